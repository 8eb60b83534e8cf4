//! The tables of GTFS Schedule, their fields, and what each cell must be: read from `schema.tsv`.

use std::sync::LazyLock;

/// A table.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Its file.
    pub(crate) file: &'static str,
    pub(crate) required: bool,
    /// Whether one row is all it may have.
    pub(crate) single: bool,
    /// Whether its cells may be of any length.
    pub(crate) long: bool,
    pub(crate) fields: Vec<Field>,
    /// Its primary key, as places among the fields.
    pub(crate) key: Vec<usize>,
}

/// A field of a table.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
    pub(crate) values: Vec<i32>,
    pub(crate) bounds: Bounds,
    /// The table and field that it refers to.
    pub(crate) refers: Option<(&'static str, &'static str)>,
    pub(crate) mixed: bool,
    /// The place of the field that it must not come after, and whether both may be equal.
    pub(crate) until: Option<(usize, bool)>,
    /// The place of the field with the amount's currency.
    pub(crate) currency: Option<usize>,
    /// By which part of a translation's record this part of the key is found.
    pub(crate) record: Record,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Text,
    Url,
    Email,
    Phone,
    Color,
    Date,
    Time,
    Timezone,
    Currency,
    Amount,
    Language,
    Latitude,
    Longitude,
    Integer,
    Float,
    Decimal,
    Enum,
}

/// Whether a cell must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Recommended,
    /// The column must be there, not the value.
    Column,
    Optional,
}

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    None,
    NonNegative,
    Positive,
    NonZero,
}

/// A part of the record that a translation names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Id,
    Sub,
    None,
}

/// The table of this file.
pub(crate) fn of(file: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().find(|schema| schema.file == file)
}

impl Schema {
    /// The place of a field.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// Every table, in the order in which they are read: what others refer to comes first.
pub(crate) static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| match parse(include_str!("schema.tsv")) {
    Ok(schemas) => schemas,
    Err(wrong) => panic!("invariant: the bundled schema.tsv is well formed: {wrong}"),
});

fn parse(text: &'static str) -> Result<Vec<Schema>, String> {
    let mut schemas: Vec<Schema> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t').chain(std::iter::repeat(""));
        let mut next = || columns.next().unwrap_or_default();
        let (file, name, kind, presence) = (next(), next(), next(), next());
        let (key, values, bounds, refers, also) = (next(), next(), next(), next(), next());
        let also: Vec<&'static str> = also.split(", ").collect();
        if name == "*" {
            schemas.push(Schema {
                file,
                required: presence == "required",
                single: also.contains(&"single"),
                long: also.contains(&"long"),
                fields: Vec::new(),
                key: Vec::new(),
            });
            continue;
        }
        let Some(schema) = schemas.last_mut().filter(|schema| schema.file == file) else {
            return Err(format!("{file} {name} stands before its file"));
        };
        let wrong = |what: &str| format!("{file} {name}: unknown {what}");
        let values = values.split(',').filter(|value| !value.is_empty()).map(str::parse);
        if !key.is_empty() {
            schema.key.push(schema.fields.len());
        }
        schema.fields.push(Field {
            name,
            kind: kind_of(kind).ok_or_else(|| wrong("type"))?,
            presence: presence_of(presence).ok_or_else(|| wrong("presence"))?,
            values: values.collect::<Result<_, _>>().map_err(|_| wrong("values"))?,
            bounds: bounds_of(bounds).ok_or_else(|| wrong("bounds"))?,
            refers: refers.split_once(':'),
            mixed: also.contains(&"mixed"),
            until: None,
            currency: None,
            record: record_of(&also),
        });
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        link(&mut schemas, line)?;
    }
    order_keys(&mut schemas, text);
    Ok(schemas)
}

/// Fields that name others of their table find them once all are there.
fn link(schemas: &mut [Schema], line: &'static str) -> Result<(), String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [file, name, .., also] = columns[..] else { return Ok(()) };
    for note in also.split(", ") {
        let Some((word, other)) = note.split_once(' ') else { continue };
        let schema = schemas.iter_mut().find(|schema| schema.file == file);
        let schema = schema.ok_or_else(|| format!("there is no {file}"))?;
        let (Some(place), Some(other)) = (schema.place(name), schema.place(other)) else {
            return Err(format!("{file} has no {name} or {other}"));
        };
        let field = &mut schema.fields[place];
        match word {
            "until" => field.until = Some((other, true)),
            "before" => field.until = Some((other, false)),
            "in" => field.currency = Some(other),
            _ => return Err(format!("{file} {name}: unknown note {note:?}")),
        }
    }
    Ok(())
}

fn order_keys(schemas: &mut [Schema], text: &str) {
    for schema in schemas {
        let places: Vec<usize> = text
            .lines()
            .filter_map(|line| line.strip_prefix(schema.file)?.strip_prefix('\t'))
            .skip(1)
            .filter_map(|line| line.split('\t').nth(3).map(|key| key.parse().unwrap_or(0)))
            .collect();
        schema.key.sort_by_key(|place| places.get(*place).copied());
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    Some(match word {
        "id" => Kind::Id,
        "text" => Kind::Text,
        "url" => Kind::Url,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "color" => Kind::Color,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "timezone" => Kind::Timezone,
        "currency" => Kind::Currency,
        "amount" => Kind::Amount,
        "language" => Kind::Language,
        "latitude" => Kind::Latitude,
        "longitude" => Kind::Longitude,
        "integer" => Kind::Integer,
        "float" => Kind::Float,
        "decimal" => Kind::Decimal,
        "enum" => Kind::Enum,
        _ => return None,
    })
}

fn presence_of(word: &str) -> Option<Presence> {
    Some(match word {
        "required" => Presence::Required,
        "recommended" => Presence::Recommended,
        "column" => Presence::Column,
        "" => Presence::Optional,
        _ => return None,
    })
}

fn bounds_of(word: &str) -> Option<Bounds> {
    Some(match word {
        "non-negative" => Bounds::NonNegative,
        "positive" => Bounds::Positive,
        "non-zero" => Bounds::NonZero,
        "" => Bounds::None,
        _ => return None,
    })
}

fn record_of(also: &[&str]) -> Record {
    match also {
        also if also.contains(&"sub") => Record::Sub,
        also if also.contains(&"none") => Record::None,
        _ => Record::Id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        assert_eq!((SCHEMAS.len(), SCHEMAS.iter().map(|schema| schema.fields.len()).sum::<usize>()), (31, 218));
        for (file, field) in SCHEMAS.iter().flat_map(|schema| &schema.fields).filter_map(|field| field.refers) {
            assert!(of(file).and_then(|schema| schema.place(field)).is_some(), "{file} {field}");
        }
        let key: Vec<&str> = of("transfers.txt").map(|t| t.key.iter().map(|k| t.fields[*k].name).collect()).unwrap();
        assert_eq!(key, ["from_stop_id", "to_stop_id", "from_trip_id", "to_trip_id", "from_route_id", "to_route_id"]);
        assert_eq!(of("frequencies.txt").unwrap().fields[1].until, Some((2, false)));
    }
}
