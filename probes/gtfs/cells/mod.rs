//! One cell: what it holds, and what is wrong with it.

mod domain;
mod email;
pub(crate) mod language;
mod mixed;
mod number;
mod phone;
mod url;
mod zone;

use serde_json::json;

use super::notices::Notices;
use super::schema::{Bounds, Field, Kind, Presence, Schema};
use super::strings::{NONE, Strings};
pub(crate) use domain::currency_digits;
pub(crate) use mixed::is_mixed;
pub(crate) use number::{date_text, day_of, time_text};

/// A whole number, date, time or colour that is not there.
pub(crate) const NO_INT: i32 = i32::MIN;
/// What an enumerated field holds whose number means nothing.
pub(crate) const UNRECOGNIZED: i32 = -1;

/// The number that a text comes to in a field of a kind, if it comes to one.
pub(crate) fn number_of(kind: Kind, text: &str) -> i32 {
    let number = match kind {
        Kind::Date => number::date(text.as_bytes()),
        Kind::Time => number::time(text.as_bytes()),
        _ => number::java_int(text),
    };
    number.unwrap_or(NO_INT)
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    None,
    Id(u32),
    Int(i32),
    Num(f64),
}

impl Value {
    pub(crate) fn id(self) -> u32 {
        if let Self::Id(id) = self { id } else { NONE }
    }

    pub(crate) fn int(self) -> i32 {
        if let Self::Int(int) = self { int } else { NO_INT }
    }

    pub(crate) fn num(self) -> f64 {
        if let Self::Num(num) = self { num } else { f64::NAN }
    }
}

/// Reads the cells of one table.
pub(crate) struct Cells<'a> {
    pub(crate) schema: &'static Schema,
    pub(crate) country: Option<&'a str>,
    pub(crate) notices: &'a mut Notices,
    pub(crate) strings: &'a mut Strings,
    /// The row's last line.
    pub(crate) line: u32,
    /// Whether a cell of the row cannot be taken.
    pub(crate) bad: bool,
    /// Fields of the row that are not in mixed case: told only where the rest of the row can be taken.
    unmixed: Vec<(usize, u32)>,
    /// Decimals of the row's amount of money.
    decimals: i64,
    /// The last text of each field in which nothing was wrong, and its number: the next row often has the same.
    last: Vec<(Vec<u8>, u32)>,
    /// Fields that must not come after another, and amounts with the fields of their currencies.
    ordered: Vec<(usize, usize, bool)>,
    amounts: Vec<(usize, usize)>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(
        schema: &'static Schema,
        country: Option<&'a str>,
        notices: &'a mut Notices,
        strings: &'a mut Strings,
    ) -> Self {
        let fields = || schema.fields.iter().enumerate();
        Self {
            schema,
            country,
            notices,
            strings,
            line: 0,
            bad: false,
            unmixed: Vec::new(),
            decimals: 0,
            last: vec![(Vec::new(), NONE); schema.fields.len()],
            ordered: fields().filter_map(|(at, field)| field.until.map(|(end, equal)| (at, end, equal))).collect(),
            amounts: fields().filter_map(|(at, field)| Some((at, field.currency?))).collect(),
        }
    }

    /// Begins a row.
    pub(crate) fn begin(&mut self, line: u32) {
        self.line = line;
        self.bad = false;
        self.unmixed.clear();
    }

    /// A field whose column the file does not have.
    pub(crate) fn absent(&mut self, field: usize) {
        if self.schema.fields[field].presence == Presence::Recommended {
            self.tell("missing_recommended_field", field, None);
        }
    }

    /// What the cell of a field holds.
    pub(crate) fn read(&mut self, at: usize, raw: &[u8]) -> Value {
        let field = &self.schema.fields[at];
        if raw.is_empty() {
            match field.presence {
                Presence::Required => self.wrong("missing_required_field", at, None),
                Presence::Recommended => self.tell("missing_recommended_field", at, None),
                Presence::Column | Presence::Optional => {}
            }
            return Value::None;
        }
        let quick = match field.kind {
            Kind::Enum | Kind::Integer => number::digits(raw).map(Value::Int),
            Kind::Time => number::time(raw).map(Value::Int),
            Kind::Date => number::date(raw).map(Value::Int),
            Kind::Float | Kind::Latitude | Kind::Longitude => number::decimal(raw).map(Value::Num),
            Kind::Id | Kind::Text if !field.mixed => return self.named(at, field, raw),
            _ => None,
        };
        if let Some(value) = quick {
            return self.within(at, field, value);
        }
        let text = self.text(at, field, raw);
        self.slow(at, field, &text)
    }

    /// The number of a text; one in which nothing is wrong is kept for the next row.
    fn named(&mut self, at: usize, field: &Field, raw: &[u8]) -> Value {
        let (text, id) = &mut self.last[at];
        if text.as_slice() == raw {
            return Value::Id(*id);
        }
        if raw.iter().all(|byte| (0x21..=0x7e).contains(byte)) {
            *id = self.strings.id(raw);
            raw.clone_into(text);
            return Value::Id(*id);
        }
        let text = self.text(at, field, raw);
        self.slow(at, field, &text)
    }

    /// The text of a cell; what is wrong with any text is told.
    fn text<'t>(&mut self, at: usize, field: &Field, raw: &'t [u8]) -> std::borrow::Cow<'t, str> {
        let text = String::from_utf8_lossy(raw);
        if raw.iter().all(|byte| (0x21..=0x7e).contains(byte)) {
            self.mixed(at, field, &text);
            return text;
        }
        if text.contains('\u{fffd}') {
            self.wrong("invalid_character", at, Some(&text));
        }
        if text.contains(['\n', '\r']) {
            self.wrong("new_line_in_value", at, Some(&text));
        }
        let trimmed = text.trim_matches(|c| c <= ' ');
        if trimmed.len() < text.len() {
            self.tell("leading_or_trailing_whitespaces", at, Some(&text));
        }
        if field.kind == Kind::Id && !trimmed.bytes().all(|byte| (32..127).contains(&byte)) {
            let (file, line, name) = (self.schema.file, self.line, field.name);
            self.notices.add(
                "non_ascii_or_non_printable_char",
                || json!({ "filename": file, "csvRowNumber": line, "columnName": name, "fieldValue": trimmed }),
            );
        }
        self.mixed(at, field, trimmed);
        if trimmed.len() < text.len() { trimmed.to_owned().into() } else { text }
    }

    fn mixed(&mut self, at: usize, field: &Field, text: &str) {
        if field.mixed && !is_mixed(text) {
            let id = self.strings.id(text.as_bytes());
            self.unmixed.push((at, id));
        }
    }

    fn slow(&mut self, at: usize, field: &Field, text: &str) -> Value {
        let code = match field.kind {
            Kind::Id | Kind::Text => return Value::Id(self.strings.id(text.as_bytes())),
            Kind::Url => (!url::is_valid(text)).then_some("invalid_url"),
            Kind::Email => (!email::is_valid(text)).then_some("invalid_email"),
            Kind::Phone => {
                let wrong = self.country.is_some_and(|country| !phone::is_possible(text, country));
                wrong.then_some("invalid_phone_number")
            }
            _ => return self.parsed(at, field, text),
        };
        if let Some(code) = code {
            self.wrong(code, at, Some(text));
        }
        Value::Id(self.strings.id(text.as_bytes()))
    }

    fn parsed(&mut self, at: usize, field: &Field, text: &str) -> Value {
        let (value, code) = match field.kind {
            Kind::Enum | Kind::Integer => (number::java_int(text).map(Value::Int), "invalid_integer"),
            Kind::Date => (number::date(text.as_bytes()).map(Value::Int), "invalid_date"),
            Kind::Time => (number::time(text.as_bytes()).map(Value::Int), "invalid_time"),
            Kind::Color => (number::color(text).map(Value::Int), "invalid_color"),
            Kind::Float | Kind::Latitude | Kind::Longitude => {
                (number::java_double(text).map(Value::Num), "invalid_float")
            }
            Kind::Decimal | Kind::Amount => {
                let decimal = number::big_decimal(text);
                self.decimals = decimal.map_or(0, |(_, decimals)| decimals);
                (decimal.map(|(number, _)| Value::Num(number)), "invalid_float")
            }
            Kind::Currency => {
                let known = currency_digits(text).is_some();
                (known.then(|| Value::Id(self.strings.id(text.as_bytes()))), "invalid_currency")
            }
            Kind::Language => {
                let tag = language::is_well_formed(text).then(|| language::canonical(text));
                (tag.map(|tag| Value::Id(self.strings.id(tag.as_bytes()))), "invalid_language_code")
            }
            Kind::Timezone => {
                let zone = zone::normal(text);
                (zone.map(|zone| Value::Id(self.strings.id(zone.as_bytes()))), "invalid_timezone")
            }
            Kind::Id | Kind::Text | Kind::Url | Kind::Email | Kind::Phone => (None, "invalid_character"),
        };
        let Some(value) = value else {
            self.wrong(code, at, Some(text));
            return Value::None;
        };
        self.within(at, field, value)
    }

    /// A number held against what its field allows.
    fn within(&mut self, at: usize, field: &Field, value: Value) -> Value {
        if field.kind == Kind::Enum {
            let Value::Int(number) = value else { return value };
            if field.values.contains(&number) {
                return value;
            }
            self.tell("unexpected_enum_value", at, Some(&number.to_string()));
            return Value::Int(UNRECOGNIZED);
        }
        let number = match value {
            Value::Num(number) => number,
            Value::Int(int) => f64::from(int),
            _ => return value,
        };
        let fits = match (field.kind, field.bounds) {
            (Kind::Latitude, _) => (-90.0..=90.0).contains(&number),
            (Kind::Longitude, _) => (-180.0..=180.0).contains(&number),
            (_, Bounds::None) => true,
            (_, Bounds::NonNegative) => number >= 0.0,
            (_, Bounds::Positive) => number > 0.0,
            (_, Bounds::NonZero) => number != 0.0,
        };
        if !fits {
            self.wrong("number_out_of_range", at, Some(&number.to_string()));
        }
        value
    }

    /// Ends a row: what can only be said of the row as a whole. Says whether the row can be taken.
    pub(crate) fn end(&mut self, row: &[Value]) -> bool {
        if self.bad {
            return false;
        }
        for (at, text) in std::mem::take(&mut self.unmixed) {
            let (file, line, name) = (self.schema.file, self.line, self.schema.fields[at].name);
            let text = self.strings.text(text);
            self.notices.add(
                "mixed_case_recommended_field",
                || json!({ "filename": file, "csvRowNumber": line, "fieldName": name, "fieldValue": text }),
            );
        }
        for at in 0..self.ordered.len() {
            let (start, end, equal) = self.ordered[at];
            let fields = &self.schema.fields;
            self.range(&fields[start], &fields[end], equal, row[start].int(), row[end].int());
        }
        for (at, currency) in &self.amounts {
            let (at, currency, field) = (*at, *currency, &self.schema.fields[*at]);
            if row[at] != Value::None && row[currency] != Value::None {
                let code = self.strings.text(row[currency].id());
                let (file, line, name, amount) = (self.schema.file, self.line, field.name, row[at].num());
                if currency_digits(code).is_some_and(|digits| digits != self.decimals) {
                    self.notices.add("invalid_currency_amount", || {
                        json!({ "filename": file, "csvRowNumber": line, "currencyCode": code, "fieldName": name, "fieldValue": amount })
                    });
                }
            }
        }
        true
    }

    fn range(&mut self, start: &Field, end: &Field, equal: bool, from: i32, to: i32) {
        if from == NO_INT || to == NO_INT || from < to || (from == to && equal) {
            return;
        }
        let written = |value| if start.kind == Kind::Date { date_text(value) } else { time_text(value) };
        let (file, line) = (self.schema.file, self.line);
        if from == to {
            self.notices.add("start_and_end_range_equal", || {
                json!({ "filename": file, "csvRowNumber": line, "startFieldName": start.name, "endFieldName": end.name, "value": written(from) })
            });
        } else {
            self.notices.add("start_and_end_range_out_of_order", || {
                json!({ "filename": file, "csvRowNumber": line, "startFieldName": start.name, "startValue": written(from), "endFieldName": end.name, "endValue": written(to) })
            });
        }
    }

    fn wrong(&mut self, code: &'static str, at: usize, value: Option<&str>) {
        self.bad = true;
        self.tell(code, at, value);
    }

    fn tell(&mut self, code: &'static str, at: usize, value: Option<&str>) {
        let (file, line, name) = (self.schema.file, self.line, self.schema.fields[at].name);
        self.notices.add_cell(code, || {
            let mut told = json!({ "filename": file, "csvRowNumber": line, "fieldName": name });
            if let Some(value) = value {
                told["fieldValue"] = value.into();
            }
            told
        });
    }
}
