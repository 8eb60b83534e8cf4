//! The whole report, for people and in the canonical validator's shape.

use std::io::{self, Write};

use jiff::civil::Date;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::capture::Reader;
use crate::gtfs::documented::{self, Severity};
use crate::gtfs::report::{Report, Summary, Told};
use crate::gtfs::{Gtfs, Options};
use crate::probe::{Asked, Linter};

/// Writes reports.
pub(super) struct Written;

/// How many places of each rule are shown to people.
const SHOWN: usize = 3;
/// What stands at the beginning and end of a word in colour.
const COLORS: [(Severity, &str); 3] =
    [(Severity::Error, "\u{1b}[31m"), (Severity::Warning, "\u{1b}[33m"), (Severity::Info, "\u{1b}[36m")];
const PLAIN: &str = "\u{1b}[0m";

impl Linter for Written {
    fn reader(&self) -> &'static dyn Reader {
        &Gtfs
    }

    fn told(&self, asked: &Asked) -> Result<String, String> {
        let defaults = Options::default();
        let options = Options {
            country: asked.country.clone(),
            samples: asked.samples.unwrap_or(defaults.samples),
            extra: asked.extra,
        };
        serde_json::to_string(&options).map_err(|error| error.to_string())
    }

    fn write(&self, form: &Value, date: Date, asked: &Asked, out: &mut dyn Write) -> io::Result<()> {
        let report = Report::deserialize(form).map_err(io::Error::other)?;
        match asked.shape {
            crate::probe::Shape::Canonical => canonical(&report, date, asked, out),
            crate::probe::Shape::Own => own(&report, date, out),
            crate::probe::Shape::Text => text(&report, date, asked.colored, out),
        }
    }
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// The report as the canonical validator writes it, with what it would have found and no more.
fn canonical(report: &Report, date: Date, asked: &Asked, out: &mut dyn Write) -> io::Result<()> {
    let mut notices: Vec<Value> = Vec::new();
    for told in report.on(date).iter().filter(|told| !told.beyond) {
        let known = notices.iter_mut().find(|notice| notice["code"] == told.code.as_str());
        if let Some(notice) = known {
            notice["totalNotices"] = (notice["totalNotices"].as_u64().unwrap_or_default() + told.total).into();
            if let Some(samples) = notice["sampleNotices"].as_array_mut() {
                samples.extend(told.samples.iter().cloned());
            }
        } else {
            notices.push(json!({
                "code": told.code,
                "severity": severity(told.severity).to_ascii_uppercase(),
                "totalNotices": told.total,
                "sampleNotices": told.samples,
            }));
        }
    }
    let written = json!({ "summary": summary(report, date, asked), "notices": notices });
    serde_json::to_writer_pretty(&mut *out, &written).map_err(io::Error::from)?;
    writeln!(out)
}

/// The head of the canonical report, but for where and how long that validator ran.
fn summary(report: &Report, date: Date, asked: &Asked) -> Value {
    let Summary { overview, service_from, service_until, .. } = &report.summary;
    let mut feed = json!(overview.feed);
    feed["feedServiceWindowStart"] = json!(service_from);
    feed["feedServiceWindowEnd"] = json!(service_until);
    json!({
        "validatorVersion": concat!("Tickmark ", env!("CARGO_PKG_VERSION")),
        "countryCode": asked.country.as_deref().unwrap_or_default(),
        "dateForValidation": date,
        "feedInfo": feed,
        "agencies": overview.agencies,
        "files": overview.files,
        "counts": {
            "Shapes": report.summary.shapes,
            "Stops": report.summary.stops,
            "Routes": report.summary.routes,
            "Trips": report.summary.trips,
            "Agencies": report.summary.agencies,
            "Blocks": overview.blocks,
        },
        "gtfsFeatures": overview.features,
    })
}

fn own(report: &Report, date: Date, out: &mut dyn Write) -> io::Result<()> {
    let described = |told: &Told| {
        let mut value = serde_json::to_value(told).unwrap_or_default();
        if let Some(rule) = documented::of(&told.code) {
            value["says"] = rule.says.clone().into();
            value["why"] = rule.why.clone().into();
            value["fix"] = rule.fix.clone().into();
            value["reference"] = rule.reference.clone().into();
        }
        value
    };
    let notices: Vec<Value> = report.on(date).iter().map(described).collect();
    let written =
        json!({ "date": date, "summary": report.summary, "notices": notices, "not_checked": report.not_checked });
    serde_json::to_writer_pretty(&mut *out, &written).map_err(io::Error::from)
}

/// A place in words.
pub(super) fn place(sample: &Value) -> String {
    let Some(members) = sample.as_object() else { return String::new() };
    let said = |(name, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::String(text) => Some(format!("{name} {text:?}")),
        value => Some(format!("{name} {value}")),
    };
    members.iter().filter_map(said).collect::<Vec<_>>().join(", ")
}

fn text(report: &Report, date: Date, colored: bool, out: &mut dyn Write) -> io::Result<()> {
    for told in report.on(date) {
        let (color, plain) = match COLORS.iter().find(|(severity, _)| colored && *severity == told.severity) {
            Some((_, color)) => (*color, PLAIN),
            None => ("", ""),
        };
        let beyond = if told.beyond { ", which other validators pass by here" } else { "" };
        writeln!(out, "\n{color}{}{plain} {} ({}{beyond})", severity(told.severity), told.code, told.total)?;
        if let Some(rule) = documented::of(&told.code) {
            writeln!(out, "  {} {}\n  To do: {}\n  {}", rule.says, rule.why, rule.fix, rule.reference)?;
        }
        for sample in told.samples.iter().take(SHOWN) {
            // What a feed says is never trusted with the terminal.
            writeln!(out, "    {}", place(sample).replace(char::is_control, " "))?;
        }
    }
    for left in &report.not_checked {
        let about = if left.file.is_empty() { String::new() } else { format!("{}: ", left.file) };
        let rules = if left.rules.is_empty() { String::new() } else { format!(" ({})", left.rules.join(", ")) };
        writeln!(out, "\nnot checked: {about}{}{rules}", left.because)?;
    }
    Ok(())
}
