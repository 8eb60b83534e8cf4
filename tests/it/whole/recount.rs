//! Every share of a catalogue's metadata, counted again in another language over captured catalogues.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use probes::spec::Spec;
use serde_json::{Value, json};
use tickmark::criteria::{Offer, Purpose, Scheme, judge};

use super::program::Place;
use super::{captured, note, texts};

/// Captured catalogues of each platform.
const CAPTURED: &[&str] = &[
    "socrata/catalog-v1/data.cityofchicago.org_20220723.json",
    "socrata/catalog-v1/data.cityofnewyork.us_20220723.json",
    "socrata/catalog-v1/data.austintexas.gov_20220723.json",
    "socrata/catalog-v1/data.cambridgema.gov_20220723.json",
    "socrata/catalog-v1/performance.seattle.gov_20220723.json",
    "socrata/data.json/detroit_20190426.json",
    "socrata/data.json/city-of-chicago-illinois_20200722.json",
    "socrata/data.json/cook-county_20190426.json",
    "arcgis-hub/dcat-us-1.1/minneapolis-open-data_20190104.json",
    "arcgis-hub/dcat-us-1.1/detroit-open-data_20220417.json",
    "arcgis-hub/dcat-us-1.1/openindy-data-portal_20220417.json",
    "arcgis-hub/dcat-us-1.1/delaware-valley-regional-planning-commission-dvrpc_20220417.json",
    "arcgis-hub/ceres/arcgis_items.json",
    "jkan/opendataphilly/data.json",
    "dkan/data.json",
    "opendatasoft/ceres/opendatasoft_catalog.json",
    "ckan/ceres/ckan_package_search.json",
    "data.json/education_small.json",
    "data.json/datagov-harvester/dcatus3_0.json",
    "data.json/datagov-harvester/dcatus3_0_nested_catalog.json",
    "data.json/datos.gob.ar_data.json.http",
    "data.json/catalog.data.gov_harvest-source_data.json",
    "data.json/ckanext-datajson/large-spatial.data.json",
];

/// Pages of a search, put together.
const PAGED: &[&str] = &["ckan/catalog.data.gov/paging_", "ckan/legado.dados.gov.br/package_search_q_2A_3A_2A_200"];

/// A Python that reads TOML, or a word on why there is none.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TICKMARK_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain(["python3".into(), "python".into()]);
    let able = |python: &PathBuf| {
        Command::new(python).args(["-c", "import tomllib"]).output().is_ok_and(|done| done.status.success())
    };
    let found = candidates.into_iter().find(able);
    if found.is_none() {
        note("skipped: no python3 of version 3.11 or newer (TICKMARK_PYTHON names one)");
    }
    found
}

/// What was counted of a catalogue's `field`s.
struct Counted {
    datasets: u64,
    counts: BTreeMap<String, u64>,
    least: f64,
    most: f64,
}

fn recount(python: &Path, file: &Path) -> Counted {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recount/recount.py");
    let done = Command::new(python).arg(script).arg(file).arg("--json").output().unwrap();
    assert!(done.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&done.stderr));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    let counts = told["counts"].as_object().unwrap();
    Counted {
        datasets: told["datasets"].as_u64().unwrap(),
        counts: counts.iter().map(|(name, count)| (name.clone(), count.as_u64().unwrap())).collect(),
        least: told["mqa"]["least"].as_f64().unwrap(),
        most: told["mqa"]["most"].as_f64().unwrap(),
    }
}

/// Holds each share that the program tells of `file` against the recount; says how many there were.
fn compare(place: &Place, python: &Path, file: &Path, name: &str) -> usize {
    let theirs = recount(python, file);
    let args = ["check", "metadata_complete", file.to_str().unwrap(), "--format", "json", "--as-of", "2026-11-01"];
    let run = place.run(&args);
    let told: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{name}: {error}: {}", run.error));
    let finding = &told["findings"][0];
    assert_eq!(finding["code"], "measured", "{name}: {finding}");
    let facts = finding["facts"].as_object().unwrap();
    assert_eq!(facts["datasets"], theirs.datasets, "{name}");
    let mut wrong = Vec::new();
    let mut equal = 0;
    for (field, count) in &theirs.counts {
        let Some(fact) = facts.get(field) else {
            // Told apart from missing: what people look for, where the interface never publishes a part of it.
            assert_eq!((field.as_str(), *count), ("core", 0), "{name}");
            assert!(!texts(&facts["not_published"]).is_empty(), "{name}");
            continue;
        };
        assert_eq!(fact["n"], theirs.datasets, "{name} {field}");
        let share = *count as f64 / theirs.datasets as f64;
        if fact["share"].as_f64().unwrap().to_bits() == share.to_bits() {
            equal += 1;
        } else {
            wrong.push(format!("{field}: {} against {share}", fact["share"]));
        }
    }
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    let shares = facts.values().filter(|fact| fact.get("share").is_some()).count();
    assert_eq!(shares, equal, "{name}: every share is counted again");
    let ours = points(finding);
    // A clause's points are told to the millionth.
    assert!((ours - theirs.most).abs() < 23.0 * 1e-6, "{name}: {ours} points against {}", theirs.most);
    note(&format!(
        "{name:90} {:6} datasets  {equal} shares equal  {:6.1} to {:6.1} of 405 points",
        theirs.datasets, theirs.least, theirs.most
    ));
    equal
}

/// The points that the bundled scheme gives for what was measured, if every address that is given answers.
fn points(measured: &Value) -> f64 {
    let specs: Vec<&Spec> = probes::ALL.iter().map(|probe| probe.spec()).collect();
    let scheme = Scheme::load("eu-metadata-quality", &specs).unwrap();
    let whole = json!({ "share": 1.0, "n": 1, "population": 1, "low": 1.0, "high": 1.0 });
    let answering = json!({
        "probe": "distribution_alive", "target": measured["target"], "code": "measured", "rests_on": [],
        "facts": { "alive": whole, "access_url": whole, "download_url": whole },
    });
    let read = |finding: &Value| {
        let spec = specs.iter().find(|spec| spec.id == finding["probe"].as_str().unwrap()).unwrap();
        spec.read(finding).unwrap()
    };
    let offer = Offer {
        purpose: Purpose::of(None, &scheme),
        target: measured["target"].as_str().unwrap().to_owned(),
        pages: None,
    };
    let verdicts = judge(&scheme, &[offer], &[read(measured), read(&answering)], &specs);
    let earned: Vec<_> =
        verdicts.iter().flat_map(|verdict| &verdict.clauses).map(|clause| clause.points.unwrap()).collect();
    assert_eq!((earned.len(), earned.iter().map(|points| points.of).sum::<f64>()), (23, 405.0));
    assert!(earned.iter().all(|points| (points.low - points.high).abs() < 1e-9), "{earned:?}");
    earned.iter().map(|points| points.low).sum()
}

/// The body of a stored answer.
fn body(stored: &str) -> &str {
    ["\r\n\r\n", "\n\n"].iter().find_map(|gap| stored.split_once(gap)).map_or(stored, |(_, body)| body)
}

#[test]
fn every_share_of_the_bundled_catalogues_is_counted_again() {
    let Some(python) = python() else { return };
    let place = Place::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/probes/metadata_complete");
    let mut compared = 0;
    for case in std::fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()) {
        let exchanges = std::fs::read_to_string(case.join("exchanges.http")).unwrap();
        let name = case.file_name().unwrap().to_str().unwrap();
        for exchange in exchanges.split("\n%%\n") {
            let catalogue = body(exchange.split_once("GET ").unwrap().1);
            let Ok(document) = serde_json::from_str::<Value>(catalogue) else { continue };
            let counted = ["/resultSetSize", "/numberMatched", "/total_count", "/result/count"];
            let all = document.pointer("/results").or(document.pointer("/result/results")).or(document.get("features"));
            let (all, claimed) = (all.and_then(Value::as_array), counted.iter().find_map(|at| document.pointer(at)));
            let whole = all.is_none_or(|all| claimed.and_then(Value::as_u64) == Some(all.len() as u64));
            if whole && (claimed.is_some() || document.get("dataset").is_some()) {
                place.write("catalogue.json", catalogue);
                compare(&place, &python, &place.path("catalogue.json"), name);
                compared += 1;
            }
        }
    }
    assert!(compared >= 6, "{compared} catalogues were compared");
}

#[test]
fn every_share_of_captured_catalogues_is_counted_again() {
    let Some(python) = python() else { return };
    let Some(captures) = captured("") else { return };
    let place = Place::new();
    let mut equal = 0;
    for name in CAPTURED {
        let stored = std::fs::read_to_string(captures.join(name)).unwrap();
        let catalogue = if stored.starts_with("HTTP/") { body(&stored) } else { &stored };
        place.write("catalogue.json", catalogue);
        equal += compare(&place, &python, &place.path("catalogue.json"), name);
    }
    for name in PAGED {
        place.write("catalogue.json", together(&captures, name).to_string());
        equal += compare(&place, &python, &place.path("catalogue.json"), name);
    }
    note(&format!("{equal} shares of {} catalogues are equal", CAPTURED.len() + PAGED.len()));
}

/// The stored pages whose names begin with `name`, as one answer.
fn together(captures: &Path, name: &str) -> Value {
    let at = captures.join(name);
    let (folder, begins) = (at.parent().unwrap(), at.file_name().unwrap().to_str().unwrap());
    let mut pages: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.file_name().unwrap().to_str().unwrap().starts_with(begins));
    pages.sort();
    let page = |page: &PathBuf| -> Vec<Value> {
        let stored = std::fs::read_to_string(page).unwrap();
        let answer: Value = serde_json::from_str(body(&stored)).unwrap();
        answer["result"]["results"].as_array().unwrap().clone()
    };
    let results: Vec<Value> = pages.iter().flat_map(page).collect();
    serde_json::json!({ "success": true, "result": { "count": results.len(), "results": results } })
}
