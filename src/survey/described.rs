//! The datasets of a city's catalogues, one by one, as its pack has them.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use probes::capture::{Captures, Memo};
use probes::dcat::{Dataset, Distribution, FIELDS, Fields, is_machine_readable};
use probes::platform::{self, Catalogue, Reading};
use serde_json::{Value, json};

use super::row::{Row, VERSION, yes_no};
use crate::pack::Pack;
use crate::report::Report;
use crate::submission::Link;

/// By what a finding shows that a catalogue stands behind its link.
const TOLD: &str = "platform";

/// A row for each dataset that is kept whole of a city's catalogues, in the order of their identifiers' hashes.
pub(super) fn rows(id: &str, report: &Report, pack: &Pack) -> Vec<Row> {
    let portals: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.facts.contains_key(TOLD))
        .map(|finding| finding.target.as_str())
        .collect();
    let links = report.submission.links.iter().filter(|link| portals.contains(&*link.target().id));
    let mut seen = BTreeSet::new();
    links.filter(|link| seen.insert(link.target().id)).flat_map(|link| of_link(id, report, pack, link)).collect()
}

/// What a site sent may bring a bug of ours to light: then its findings say so, and there are no rows.
fn of_link(id: &str, report: &Report, pack: &Pack, link: &Link) -> Vec<Row> {
    let memo = Memo::default();
    let captures = Captures::new(pack, &memo, report.as_of);
    let read = || {
        let target = link.target();
        // What a capture lacks for was never asked for, and nothing is asked here.
        let front = captures.get(&target.request()).ok()?;
        let detected = platform::detect(&target, &captures).ok()?;
        let all = detected.platforms.iter().filter_map(|seen| match platform::read(seen, &front, &captures) {
            Ok(Reading::Read(catalogue)) => Some(catalogue),
            _ => None,
        });
        Some(all.flat_map(|catalogue| of_catalogue(id, report, link, &catalogue)).collect())
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten().unwrap_or_default()
}

fn of_catalogue(id: &str, report: &Report, link: &Link, catalogue: &Catalogue) -> Vec<Row> {
    let row = |dataset| of_dataset(id, report, link, catalogue, dataset);
    catalogue.profile.sample().map(row).collect()
}

fn of_dataset(id: &str, report: &Report, link: &Link, catalogue: &Catalogue, dataset: &Dataset) -> Row {
    let files: Vec<Fields> = dataset.distributions.iter().map(Distribution::filled).collect();
    let filled = dataset.filled(&files);
    let formats: BTreeSet<String> = dataset.distributions.iter().map(Distribution::format_name).collect();
    let fields: Vec<&str> = FIELDS.iter().filter(|(field, _)| filled.has(*field)).map(|(_, name)| *name).collect();
    let licence = if dataset.licence.url.is_empty() { &dataset.licence.name } else { &dataset.licence.url };
    let given = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    vec![
        json!(id),
        json!(report.submission.city),
        json!(link.target().id),
        json!(link.url.as_str()),
        json!(catalogue.platform.id()),
        json!(catalogue.profile.datasets),
        given(&dataset.identifier),
        given(&dataset.title),
        json!(dataset.description.chars().count()),
        json!(dataset.keywords.len()),
        given(&dataset.publisher),
        given(licence),
        given(&dataset.issued),
        given(&dataset.modified),
        given(&dataset.data_modified),
        given(&dataset.frequency),
        given(&dataset.kind),
        given(&dataset.federated_from),
        given(&dataset.landing_page),
        json!(dataset.distributions.len()),
        json!(json!(formats.iter().filter(|format| !format.is_empty()).collect::<Vec<_>>()).to_string()),
        json!(yes_no(formats.iter().any(|format| is_machine_readable(format)))),
        json!(yes_no(dataset.distributions.iter().any(|one| one.row_api().is_some()))),
        json!(fields.join(" ")),
        json!(dataset.views),
        json!(dataset.downloads),
        json!(report.as_of),
        json!(VERSION),
        json!(report.tool.version),
    ]
}
