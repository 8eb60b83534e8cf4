//! What stands in the tables of a survey: their columns, and a row for each city, clause and fact.

use probes::finding::{Fact, Finding};
use serde_json::{Value, json};

use super::ledger::State;
use crate::report::Report;
use crate::report::model::{ByScheme, SchemeRef};
use crate::report::text::{answer, kind, lead, standing_name};

/// A table: its name, what a row is, and its columns.
pub(super) struct Table {
    /// The stem of its files' names.
    pub(super) name: &'static str,
    /// What one row is.
    pub(super) about: &'static str,
    /// Its columns, in order.
    pub(super) columns: &'static [Column],
}

/// A column: its name, its type by Table Schema, and what stands in it.
pub(super) struct Column(pub(super) &'static str, pub(super) &'static str, pub(super) &'static str);

/// The version that judges and writes.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A row: a cell for each column.
pub(super) type Row = Vec<Value>;

// Columns that several tables have.
const CITY_ID: Column = Column("city_id", "string", "The city's folder in the survey");
const CITY: Column = Column("city", "string", "The city's name, as it was given");
const SCHEME: Column = Column("scheme", "string", "The criteria");
const SCHEME_SHA256: Column = Column("scheme_sha256", "string", "A hash of all files of the criteria");
const CRITERION: Column = Column("criterion", "string", "The criterion's code");
const STANDING: Column = Column("standing", "string", "met, not-met, needs-review or nothing-offered");
const REASON: Column = Column("reason", "string", "Why it stands so");
const AS_OF: Column = Column("as_of", "date", "The date that the audit speaks of");
const TOOL_VERSION: Column =
    Column("tool_version", "string", "The version of the program that judged, and wrote the row");
const PROBES_VERSION: Column =
    Column("probes_version", "string", "The version of the program whose probes found what was found");

pub(super) const CITIES: Table = Table {
    name: "cities",
    about: "One row a city and scheme: how it ended, and the result in figures.",
    columns: &[
        CITY_ID,
        CITY,
        Column("state", "string", "seen, unseen (nothing answered with what was asked for), failed, begun or waiting"),
        Column("cause", "string", "Why it could not be audited"),
        Column("links", "integer", "How many links were offered"),
        Column("captures", "integer", "How many requests were made"),
        Column("answered", "integer", "How many of them were answered with a status below 400"),
        Column("bytes", "integer", "Bytes of all bodies as they were sent"),
        SCHEME,
        SCHEME_SHA256,
        Column("met", "integer", "Criteria that are met"),
        Column("not_met", "integer", "Criteria that are not met"),
        Column("needs_review", "integer", "Criteria that a person must look at"),
        Column("nothing_offered", "integer", "Criteria for which no link was offered"),
        Column("points_sure", "number", "Points that are sure"),
        Column("points_possible", "number", "Points that are possible, the sure ones among them"),
        AS_OF,
        TOOL_VERSION,
        PROBES_VERSION,
    ],
};

pub(super) const CRITERIA: Table = Table {
    name: "criteria",
    about: "One row a city, scheme and criterion: how it stands, and why.",
    columns: &[
        CITY_ID,
        CITY,
        SCHEME,
        CRITERION,
        Column("title", "string", "Its title"),
        STANDING,
        Column("clauses", "integer", "How many clauses it has"),
        REASON,
        AS_OF,
        TOOL_VERSION,
        PROBES_VERSION,
        SCHEME_SHA256,
    ],
};

pub(super) const CLAUSES: Table = Table {
    name: "clauses",
    about: "One row a city, scheme and clause: how it stands, and why.",
    columns: &[
        CITY_ID,
        CITY,
        SCHEME,
        CRITERION,
        Column("clause", "string", "The clause's id"),
        Column("kind", "string", "requirement or evidence"),
        STANDING,
        Column(
            "lead",
            "string",
            "How strongly passages bear on it: none, weak or strong; empty where nothing was looked for",
        ),
        Column("points_low", "number", "Points earned for sure, where the clause earns points"),
        Column("points_high", "number", "Points that are possible"),
        Column("points_of", "number", "Points there are"),
        Column("links", "integer", "How many links bear on it"),
        REASON,
        Column("findings", "string", "Ids of the findings that it rests on"),
        AS_OF,
        TOOL_VERSION,
        PROBES_VERSION,
        SCHEME_SHA256,
    ],
};

pub(super) const FACTS: Table = Table {
    name: "facts",
    about: "One row a city, finding and fact; a finding without facts has one row with an empty fact.",
    columns: &[
        CITY_ID,
        CITY,
        Column("target", "string", "A hash of the link"),
        Column("url", "string", "The link"),
        Column("probe", "string", "The probe"),
        Column("code", "string", "What it found"),
        Column("answer", "string", "yes, no, unknown or not-applicable"),
        Column("finding", "string", "The finding's id, by which the report has its evidence"),
        Column("fact", "string", "The fact's name"),
        Column("type", "string", "text, count, number, share, days, date, yes-no, list or table"),
        Column("value", "string", "The fact in words: a share from 0 to 1, lists and tables as JSON"),
        Column("number", "number", "The same as a number, where it is a count, number, share or days"),
        Column("n", "integer", "Of a share: how many were measured"),
        Column("population", "integer", "Of a share: how many there are"),
        Column("low", "number", "Of a share: the lower end of the 95 % interval, 0 to 1"),
        Column("high", "number", "Of a share: its upper end"),
        AS_OF,
        TOOL_VERSION,
        PROBES_VERSION,
        Column("scheme", "string", "The criteria by which it was decided what is looked at, the city's own first"),
        Column("scheme_sha256", "string", "A hash of all files of each"),
    ],
};

pub(super) const DATASETS: Table = Table {
    name: "datasets",
    about: "One row a dataset of a city's catalogues, as the catalogue describes it; of a catalogue with more than 200, those \
            200 whose identifiers have the lowest hashes, which is a fair sample and the same next week.",
    columns: &[
        CITY_ID,
        CITY,
        Column("target", "string", "A hash of the link to the portal"),
        Column("url", "string", "The link to the portal"),
        Column("platform", "string", "What the portal runs on"),
        Column(
            "listed",
            "integer",
            "How many datasets were read of this catalogue: each row stands for listed ÷ rows of them",
        ),
        Column("dataset", "string", "What the catalogue identifies it by"),
        Column("title", "string", "Its title"),
        Column("description_length", "integer", "Characters of its description, markup among them"),
        Column("keywords", "integer", "How many keywords it has"),
        Column("publisher", "string", "Its publisher's name"),
        Column("licence", "string", "Its licence as it is written: the address, else the name"),
        Column("issued", "string", "When it was first published, as it is written"),
        Column("modified", "string", "When it or its record was changed, as it is written"),
        Column("data_modified", "string", "When its data was changed, where the platform tells that apart"),
        Column("frequency", "string", "How often it is said to be updated, as it is written"),
        Column("kind", "string", "What the platform calls this kind of thing"),
        Column("federated_from", "string", "The domain it comes from, if that is another than the portal's"),
        Column("landing_page", "string", "Its page"),
        Column("distributions", "integer", "How many distributions it has"),
        Column("formats", "string", "Their formats, as a JSON list"),
        Column(
            "machine_readable",
            "string",
            "yes where a distribution is said to be in a format that programs read, else no",
        ),
        Column("row_api", "string", "yes where a distribution leads to an interface that gives out rows, else no"),
        Column("fields", "string", "The fields that say something, in DCAT's names"),
        Column("views", "integer", "How often it was looked at, where the platform counts that"),
        Column("downloads", "integer", "How often it was downloaded, where the platform counts that"),
        AS_OF,
        TOOL_VERSION,
        PROBES_VERSION,
    ],
};

pub(super) const DIFFERENCES: Table = Table {
    name: "differences",
    about: "One row a city, scheme and clause that stands otherwise than before, with what made the difference.",
    columns: &[
        CITY_ID,
        CITY,
        SCHEME,
        Column("clause", "string", "The clause's id"),
        Column("was", "string", "How it stood; empty where it was not asked"),
        Column("now", "string", "How it stands; empty where it is not asked any more"),
        Column("led", "string", "How strongly passages bore on it"),
        Column("leads", "string", "How strongly they bear on it now"),
        Column(
            "settled",
            "string",
            "no where it could only not be looked at this time: then it stands as it was last seen",
        ),
        Column("causes", "string", "What made the difference: site, network, submission, rule, tool or date"),
        Column("detail", "string", "The same with captures, links, versions and dates, as JSON"),
    ],
};

/// The row of a city that was not audited.
pub(super) fn unaudited(id: &str, name: &str, links: usize, state: &State) -> Row {
    let (state, cause) = match state {
        State::Waiting => ("waiting", ""),
        State::Begun => ("begun", ""),
        State::Failed(why) => ("failed", why.as_str()),
        State::Audited => ("audited", ""),
    };
    let mut row = vec![json!(id), json!(name), json!(state), json!(cause), json!(links)];
    row.resize(CITIES.columns.len(), Value::Null);
    row
}

/// The rows of an audited city, one for each scheme.
pub(super) fn audited<'r>(id: &'r str, report: &'r Report) -> impl Iterator<Item = Row> + 'r {
    let answered = report.captures.iter().filter(|capture| capture.status.is_some_and(|status| status < 400));
    // That a host tells programs what to leave alone says nothing of the city.
    let seen = answered.clone().any(|capture| capture.url.path() != "/robots.txt");
    let answered = answered.count();
    let bytes: u64 = report.captures.iter().filter_map(|capture| capture.bytes).sum();
    report.by_scheme().map(move |by| {
        let standing = by.standing;
        vec![
            json!(id),
            json!(report.submission.city),
            json!(if seen { "seen" } else { "unseen" }),
            json!(""),
            json!(report.submission.links.len()),
            json!(report.captures.len()),
            json!(answered),
            json!(bytes),
            json!(by.scheme.id),
            json!(by.scheme.sha256),
            json!(standing.met),
            json!(standing.not_met),
            json!(standing.needs_review),
            json!(standing.nothing_offered),
            json!(standing.points_sure),
            json!(standing.points_possible),
            json!(report.as_of),
            json!(VERSION),
            json!(report.tool.version),
        ]
    })
}

/// A row for each criterion of one scheme.
pub(super) fn criteria<'r>(id: &'r str, report: &'r Report, by: ByScheme<'r>) -> impl Iterator<Item = Row> + 'r {
    by.verdicts.iter().map(move |verdict| {
        vec![
            json!(id),
            json!(report.submission.city),
            json!(by.scheme.id),
            json!(verdict.code),
            json!(verdict.title),
            json!(standing_name(verdict.standing)),
            json!(verdict.clauses.len()),
            json!(verdict.reason),
            json!(report.as_of),
            json!(VERSION),
            json!(report.tool.version),
            json!(by.scheme.sha256),
        ]
    })
}

/// A row for each clause of one scheme.
pub(super) fn clauses<'r>(id: &'r str, report: &'r Report, by: ByScheme<'r>) -> impl Iterator<Item = Row> + 'r {
    by.verdicts.iter().flat_map(move |verdict| {
        verdict.clauses.iter().map(move |clause| {
            vec![
                json!(id),
                json!(report.submission.city),
                json!(by.scheme.id),
                json!(verdict.code),
                json!(clause.id),
                json!(kind(clause.kind)),
                json!(standing_name(clause.standing)),
                json!(clause.lead.map_or("", lead)),
                json!(clause.points.map(|points| points.low)),
                json!(clause.points.map(|points| points.high)),
                json!(clause.points.map(|points| points.of)),
                json!(clause.links.len()),
                json!(clause.reason),
                json!(clause.findings.join(" ")),
                json!(report.as_of),
                json!(VERSION),
                json!(report.tool.version),
                json!(by.scheme.sha256),
            ]
        })
    })
}

/// A row for each fact of each finding.
pub(super) fn facts<'r>(id: &'r str, report: &'r Report) -> impl Iterator<Item = Row> + 'r {
    report.findings.iter().flat_map(move |finding| {
        let none = finding.facts.is_empty().then_some(None);
        let facts = finding.facts.iter().map(Some).chain(none);
        facts.map(move |fact| fact_row(id, report, finding, fact))
    })
}

fn fact_row(id: &str, report: &Report, finding: &Finding, fact: Option<(&String, &Fact)>) -> Row {
    let url = report.submission.links.iter().find(|link| link.target().id == finding.target);
    let mut row = vec![
        json!(id),
        json!(report.submission.city),
        json!(finding.target),
        json!(url.map(|link| link.url.as_str())),
        json!(finding.probe),
        json!(finding.code),
        json!(answer(finding.answer)),
        json!(finding.id),
        json!(fact.map(|(name, _)| name)),
    ];
    let (kind, value, number) = match fact.map(|(_, fact)| fact) {
        None => ("", Value::Null, Value::Null),
        Some(Fact::Text(words)) => ("text", json!(words), Value::Null),
        Some(Fact::Count(count)) => ("count", json!(count.to_string()), json!(count)),
        Some(Fact::Number(number)) => ("number", json!(number.to_string()), json!(number)),
        Some(Fact::Share(share)) => ("share", json!(share.share.to_string()), json!(share.share)),
        Some(Fact::Days(days)) => ("days", json!(days.to_string()), json!(days)),
        Some(Fact::Date(date)) => ("date", json!(date), Value::Null),
        Some(Fact::YesNo(yes)) => ("yes-no", json!(yes_no(*yes)), Value::Null),
        Some(Fact::List(list)) => ("list", json!(json!(list).to_string()), Value::Null),
        Some(Fact::Table(rows)) => ("table", json!(json!(rows).to_string()), Value::Null),
    };
    row.extend([json!(kind), value, number]);
    match fact {
        Some((_, Fact::Share(share))) => {
            row.extend([json!(share.n), json!(share.population), json!(share.low), json!(share.high)]);
        }
        _ => row.extend([Value::Null, Value::Null, Value::Null, Value::Null]),
    }
    let schemes = |of: fn(&SchemeRef) -> &str| report.by_scheme().map(|by| of(by.scheme)).collect::<Vec<_>>().join(" ");
    row.extend([json!(report.as_of), json!(VERSION), json!(report.tool.version)]);
    row.extend([json!(schemes(|scheme| &scheme.id)), json!(schemes(|scheme| &scheme.sha256))]);
    row
}

/// As tables have it.
pub(super) fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
