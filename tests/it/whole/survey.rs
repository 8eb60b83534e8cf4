//! Many cities surveyed: each ends classified and as it truly stands, hosts that they share see one pace, a kill loses
//! and doubles none, and what was found is judged again without a network.

mod again;
mod pages;
#[cfg(feature = "serve")]
pub(super) mod workers;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::program::{Place, flags};
use super::{PORTAL, all, code, json, json_of, note, shared};
use crate::hostile::{Call, Hostile, whole};

const CITIES: usize = 24;
/// The shortest time between two requests to a host.
const PACE: Duration = Duration::from_millis(20);

/// What a made-up city truly has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Truth {
    Portal,
    /// The link is gone, and says so.
    Gone,
    /// Programs are turned away.
    Walled,
}

fn truth(city: usize) -> Truth {
    [Truth::Portal, Truth::Portal, Truth::Gone, Truth::Walled][city % 4]
}

/// So many datasets in a file such as portals give out.
fn catalogue(city: usize) -> String {
    let mut listed = String::new();
    for number in 0..=city {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(listed, r#"{comma}{{"title": "Benches of ward {number}", "identifier": "{city}-{number}"}}"#);
    }
    format!(r#"{{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [{listed}]}}"#)
}

/// Cities on three hosts, as on a platform that several share.
fn country() -> Hostile {
    Hostile::serving(|call: &Call| {
        let city = call.path.strip_prefix("/city-").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        match city.map(|city| (city, truth(city))) {
            Some((city, Truth::Portal)) if call.path.ends_with("/data.json") => {
                whole("200 OK", &["content-type: application/json"], catalogue(city).as_bytes())
            }
            Some((_, Truth::Walled)) => whole("403 Forbidden", &["content-type: text/plain"], b"turned away"),
            _ => whole("404 Not Found", &["content-type: text/plain"], b"not here"),
        }
    })
}

fn place(country: &Hostile) -> (Place, Vec<String>) {
    let place = Place::new();
    let portal = code(PORTAL);
    let mut table = "id,city,url,criterion\n".to_owned();
    for city in 0..CITIES {
        let host = ["a", "b", "c"][city % 3];
        let url = format!("http://{host}.example.gov/city-{city}/data.json");
        let _ = writeln!(table, "c{city:02},City {city},{url},{portal}");
    }
    place.write("cities.csv", table);
    let mut args: Vec<String> =
        ["survey", "cities.csv", "--as-of", "2026-11-02", "--at-once", "6", "--pace", "0.02", "--no-render"]
            .map(str::to_owned)
            .into();
    args.extend(place.leading_to(country));
    (place, args)
}

/// Every file that a survey wrote beside the packs, by name.
pub(super) fn tables(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect()
}

pub(super) fn rows(table: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(table).deserialize().map(Result::unwrap).collect()
}

/// The rows of a table in JSON Lines, with their cells as CSV has them.
fn lines(table: &[u8]) -> Vec<BTreeMap<String, String>> {
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = |line: &str| {
        json_of(line).as_object().unwrap().iter().map(|(name, value)| (name.clone(), cell(value))).collect()
    };
    std::str::from_utf8(table).unwrap().lines().map(row).collect()
}

/// The rows of a table in Parquet, with their cells as CSV has them.
#[cfg(feature = "parquet")]
fn columnar(table: &Path) -> Vec<BTreeMap<String, String>> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;
    let file = SerializedFileReader::new(fs::File::open(table).unwrap()).unwrap();
    let cell = |field: &Field| match field {
        Field::Null => None,
        Field::Str(words) => Some(words.clone()),
        Field::Double(number) => Some(number.to_string()),
        other => Some(other.to_string()),
    };
    let rows = file.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.get_column_iter().filter_map(|(name, field)| Some((name.clone(), cell(field)?))).collect())
        .collect()
}

#[test]
fn every_city_ends_as_it_truly_stands_and_a_kill_changes_nothing() {
    let calm = country();
    let (unbroken, args) = place(&calm);
    let whole = unbroken.run(&flags(&[], &args)).with(0);
    note(&format!("{CITIES} cities in {:?}, {:?} KiB", whole.took, whole.peak));
    for host in ["a", "b", "c"].map(|host| format!("{host}.example.gov")) {
        calm.log.never_two_at_once(&host);
        calm.log.never_faster_than(&host, PACE);
    }
    let expected = tables(&unbroken.path("survey"));
    let cities = rows(&expected["cities.csv"]);
    assert_eq!(cities.len(), CITIES);
    let portal = code(PORTAL);
    let clauses: Vec<_> =
        rows(&expected["clauses.csv"]).into_iter().filter(|clause| clause["criterion"] == portal).collect();
    for (city, row) in cities.iter().enumerate() {
        let standing: Vec<&str> = clauses
            .iter()
            .filter(|clause| clause["city_id"] == row["city_id"])
            .map(|clause| clause["standing"].as_str())
            .collect();
        // None is met by what was not seen, nor fails by it.
        let wanted = match truth(city) {
            Truth::Portal => ("seen", standing.contains(&"met")),
            Truth::Gone => ("unseen", standing.contains(&"not-met") && !standing.contains(&"met")),
            Truth::Walled => ("unseen", standing.iter().all(|standing| *standing == "needs-review")),
        };
        assert_eq!((row["state"].as_str(), true), wanted, "{row:?} {standing:?}");
    }

    let stormy = country();
    let (broken, args) = place(&stormy);
    let sealed =
        || (0..CITIES).filter(|city| broken.path(&format!("survey/cities/c{city:02}/pack.wacz")).exists()).count();
    for wanted in [3, 9, 15] {
        let mut child = broken.command(&flags(&[], &args)).spawn().unwrap();
        while sealed() < wanted && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        note(&format!("killed with {} of {CITIES} sealed", sealed()));
    }
    let status = broken.run(&["survey", "status", "survey"]);
    assert_eq!(status.code, Some(i32::from(sealed() < CITIES)), "{}", status.out);
    broken.run(&flags(&[], &args)).with(0);
    for (name, text) in tables(&broken.path("survey")) {
        assert!(expected[&name] == text, "{name} says something else after kills");
    }
    broken.run(&["survey", "status", "survey"]).with(0);
}

#[test]
fn what_was_found_is_judged_again_without_a_network() {
    let country = country();
    let (place, args) = place(&country);
    place.run(&flags(&[], &args)).with(0);
    let asked = country.log.all().len();
    place.run(&["survey", "rejudge", "survey", "--criteria", "what-works-cities", "--out", "same"]).with(0);
    let (before, same) = (tables(&place.path("survey")), tables(&place.path("same")));
    assert!(same.iter().all(|(name, text)| before[name] == *text), "the same criteria say something else");
    place.run(&["survey", "rejudge", "survey", "--criteria", "dcat-us", "--out", "dcat"]).with(0);
    assert!(rows(&tables(&place.path("dcat"))["clauses.csv"]).iter().all(|row| row["scheme"] == "dcat-us"));
    assert_eq!(country.log.all().len(), asked, "something was asked for");

    // The package says of each table what is in it.
    let package = json(&place.path("survey/datapackage.json"));
    for resource in all(&package["resources"]) {
        let path = resource["path"].as_str().unwrap();
        let table = &before[path];
        let fields = all(&resource["schema"]["fields"]);
        let of_csv = before.get(&format!("{}.csv", path.split_once('.').unwrap().0)).unwrap();
        let read = match resource["format"].as_str().unwrap() {
            "csv" => rows(table),
            "jsonl" => lines(table),
            #[cfg(feature = "parquet")]
            "parquet" => columnar(&place.path("survey").join(path)),
            other => panic!("{other}"),
        };
        assert_eq!(resource["rows"], read.len(), "{path}");
        let cells = |row: &BTreeMap<String, String>| -> Vec<String> {
            let cell = |field: &Value| {
                let cell = row.get(field["name"].as_str().unwrap()).cloned().unwrap_or_default();
                let number = cell.parse::<f64>().ok().filter(|_| field["type"] == "number");
                number.map_or(cell, |number| number.to_string())
            };
            fields.iter().map(cell).collect()
        };
        for (one, other) in read.iter().zip(rows(of_csv)) {
            assert_eq!(cells(one), cells(&other), "{path}");
        }
    }
    every_measurement_is_of_a_metric(&json(&place.path("survey/quality.jsonld")), &rows(&before["facts.csv"]));
    the_queries_run(&place.path("survey"));
    #[cfg(feature = "parquet")]
    other_programs_read_as_many_rows(&place.path("survey"), &package);
    every_dataset_is_told_of(&rows(&before["datasets.csv"]));
    let probes = rows(&before["codebook.csv"]).into_iter().filter(|row| row["kind"] == "probe").count();
    assert!(probes > 20, "{probes}");
}

/// A row for each dataset that a city's catalogue lists.
fn every_dataset_is_told_of(datasets: &[BTreeMap<String, String>]) {
    let listed: Vec<usize> = (0..CITIES).filter(|city| truth(*city) == Truth::Portal).map(|city| city + 1).collect();
    assert_eq!(datasets.len(), listed.iter().sum::<usize>());
    let of_last = datasets.iter().filter(|row| row["city_id"] == "c21").collect::<Vec<_>>();
    assert!(of_last.iter().all(|row| row["listed"] == "22" && row["title"].starts_with("Benches of ward")));
    assert_eq!(of_last.iter().map(|row| &row["dataset"]).collect::<BTreeSet<_>>().len(), 22);
}

/// Every fact that is one value is a measurement, of a metric that is defined.
fn every_measurement_is_of_a_metric(quality: &Value, facts: &[BTreeMap<String, String>]) {
    let of_kind =
        |kind: &str| all(&quality["@graph"]).iter().filter(move |node| node["@type"] == kind).collect::<Vec<_>>();
    let metrics: BTreeSet<&str> = of_kind("dqv:Metric").iter().map(|node| node["@id"].as_str().unwrap()).collect();
    let measured = of_kind("dqv:QualityMeasurement");
    for node in &measured {
        assert!(metrics.contains(node["dqv:isMeasurementOf"]["@id"].as_str().unwrap()), "{node}");
    }
    let typed = measured.iter().filter(|node| node["dqv:value"]["@type"].is_string()).count();
    let single = ["count", "number", "share", "days", "date", "yes-no"];
    assert_eq!(typed, facts.iter().filter(|row| single.contains(&&*row["type"])).count());
    assert!(typed > 100 && measured.len() > typed, "{typed} of {}", measured.len());
}

/// What the example queries answer, each in one of these columns.
const ANSWERED: [&str; 6] = ["met_possible", "catalogues", "widest_interval", "cause", "licensed", "probes_version"];
/// Puts each query to `DataFusion`, and prints its columns and how many rows it gave.
const DATAFUSION: &str = "
import sys
from datafusion import SessionContext
context = SessionContext().enable_url_table()
text = ''.join(line for line in open('queries.sql') if not line.startswith('--'))
for query in text.split(';'):
    if query.strip():
        answer = context.sql(query)
        print(','.join(answer.schema().names), answer.count())
";

/// Opens each table in pandas, and prints it with how many rows it has.
const PANDAS: &str = "
import sys
import pandas
for table in sys.argv[1:]:
    print(table, len(pandas.read_parquet(table)))
";

/// Each table in Parquet has the rows that the package says, by other programs than ours, where there are any.
#[cfg(feature = "parquet")]
fn other_programs_read_as_many_rows(survey: &Path, package: &Value) {
    let tables = all(&package["resources"]).iter().filter(|resource| resource["format"] == "parquet");
    let told = |resource: &Value| format!("{} {}", resource["path"].as_str().unwrap(), resource["rows"]);
    let told: BTreeSet<String> = tables.map(told).collect();
    assert!(told.len() >= 5, "{told:?}");
    let names: Vec<&str> = told.iter().filter_map(|told| told.split(' ').next()).collect();
    let counted = |name: &&str| format!("SELECT '{name} ' || count(*) FROM '{name}'");
    let counts = names.iter().map(counted).collect::<Vec<_>>().join(" UNION ALL ");
    let pandas = [&["-c", PANDAS], &names[..]].concat();
    for (program, args) in [("duckdb", vec!["-noheader", "-list", "-c", &counts]), ("python3", pandas)] {
        let answered = std::process::Command::new(program).args(args).current_dir(survey).output();
        match answered.ok().filter(|answered| answered.status.success()) {
            Some(answered) => {
                let out = String::from_utf8(answered.stdout).unwrap();
                assert_eq!(out.lines().map(str::to_owned).collect::<BTreeSet<_>>(), told, "{program}");
            }
            None => note(&format!("skipped: no {program} that reads Parquet on the path")),
        }
    }
}

/// A register of portals, as it is published, is a survey's plan.
#[test]
fn the_register_of_municipal_portals_is_read_as_it_is() {
    let Some(register) = shared("facts/portals/us_city_portals.tsv") else { return };
    let portals = fs::read_to_string(&register).unwrap().lines().skip(1).count();
    let cities = tickmark::survey::cities(&register).unwrap();
    assert_eq!((cities.len(), portals), (626, 626));
    assert!(cities.iter().all(|city| city.submission.links.len() == 1), "each is a portal");
}

/// The example queries give an answer each, where there is a `DuckDB` or a `DataFusion` to ask.
fn the_queries_run(survey: &Path) {
    let queries = fs::File::open(survey.join("queries.sql")).unwrap();
    let command = |program: &str| {
        let mut command = std::process::Command::new(program);
        command.current_dir(survey).env_remove("RUST_LOG");
        command
    };
    match command("duckdb").arg("-csv").stdin(queries).output() {
        Ok(answered) => answers(&answered),
        Err(_) => note("skipped: no duckdb on the path"),
    }
    let known = command("python3").args(["-c", "import datafusion"]).output();
    if known.is_ok_and(|known| known.status.success()) {
        answers(&command("python3").args(["-c", DATAFUSION]).output().unwrap());
    } else {
        note("skipped: no python3 with datafusion on the path");
    }
}

fn answers(answered: &std::process::Output) {
    let out = String::from_utf8_lossy(&answered.stdout).into_owned();
    assert!(answered.status.success(), "{}", String::from_utf8_lossy(&answered.stderr));
    for column in ANSWERED {
        assert!(out.contains(column), "{column} is not answered: {out}");
    }
}

#[test]
fn a_folder_holds_one_survey() {
    let country = country();
    let (place, args) = place(&country);
    place.run(&flags(&[], &args)).with(0);
    let other: Vec<String> = args.iter().map(|arg| arg.replace("2026-11-02", "2026-11-09")).collect();
    let refused = place.run(&flags(&[], &other)).with(2);
    assert!(refused.error.contains("another date") && refused.error.contains("--out"), "{}", refused.error);
    place.write("typo.csv", "city,url,criterion\nAix,https://a.example.gov/,ZZ99\n");
    assert!(
        place.run(&["survey", "typo.csv", "--out", "typo"]).with(2).error.contains("aix: what-works-cities has no")
    );
    place.write("none.csv", "city,url\nAix,nowhere\n");
    assert!(place.run(&["survey", "none.csv"]).with(2).error.contains("none.csv:2:"));
}
