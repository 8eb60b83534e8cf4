//! A survey read again by the probes of now, and two surveys compared.

use std::collections::BTreeMap;

use super::super::program::flags;
use super::{CITIES, Truth, catalogue, country, place, rows, tables, truth};
use crate::hostile::{Call, Hostile, whole};

#[test]
fn packs_are_read_again_without_a_network() {
    let country = country();
    let (place, args) = place(&country);
    place.run(&flags(&[], &args)).with(0);
    let asked = country.log.all().len();
    place.run(&["survey", "reprobe", "survey", "--out", "again"]).with(0);
    assert_eq!(country.log.all().len(), asked, "something was asked for");
    let (before, mut again) = (tables(&place.path("survey")), tables(&place.path("again")));
    // The same probes read the same bytes in the same way, so that nothing differs.
    assert_eq!(rows(&again["differences.csv"]).len(), 0);
    again.retain(|name, _| !name.starts_with("differences.") && name != "datapackage.json");
    assert!(again.iter().all(|(name, text)| before[name] == *text), "the same probes say something else");
    // By other criteria, what is asked is another thing for every clause.
    place.run(&["survey", "reprobe", "survey", "--criteria", "dcat-us", "--out", "dcat"]).with(0);
    let differences = rows(&tables(&place.path("dcat"))["differences.csv"]);
    assert!(!differences.is_empty() && differences.iter().all(|row| row["causes"] == "rule"), "{differences:?}");
}

#[test]
fn two_surveys_differ_by_what_the_sites_serve() {
    let before = country();
    let (place, args) = place(&before);
    place.run(&flags(&[], &args)).with(0);
    // Where there was a portal it is gone, and where programs were turned away there is one.
    let after = Hostile::serving(|call: &Call| {
        let city = call.path.strip_prefix("/city-").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        match city.map(truth) {
            Some(Truth::Walled) if call.path.ends_with("/data.json") => {
                whole("200 OK", &["content-type: application/json"], catalogue(3).as_bytes())
            }
            _ => whole("404 Not Found", &["content-type: text/plain"], b"not here"),
        }
    });
    let (later, args) = super::place(&after);
    later.run(&flags(&[], &args)).with(0);
    let asked = after.log.all().len();
    let later = later.path("survey").display().to_string();
    let told = place.run(&["survey", "diff", "survey", &later, "--out", "differences"]).with(1);
    assert!(told.out.contains("24 cities compared") && told.out.contains("  site\n"), "{}", told.out);
    assert_eq!(after.log.all().len(), asked, "something was asked for");
    let differences = rows(&tables(&place.path("differences"))["differences.csv"]);
    assert!(differences.iter().all(|row| row["causes"] == "site" || row["causes"] == "network"), "{differences:?}");
    let city = |row: &BTreeMap<String, String>| row["city_id"][1..].parse::<usize>().unwrap();
    for row in &differences {
        match truth(city(row)) {
            Truth::Portal => assert_eq!(row["now"], "not-met", "{row:?}"),
            Truth::Gone => panic!("{row:?}"),
            Truth::Walled => assert_eq!(row["was"], "needs-review", "{row:?}"),
        }
    }
    for number in 0..CITIES {
        let changed = differences.iter().any(|row| city(row) == number);
        assert_eq!(changed, truth(number) != Truth::Gone, "{number}");
    }
    // A survey says the same as itself.
    place.run(&["survey", "diff", "survey", "survey", "--out", "same"]).with(0);
}
