//! A survey's pages for people: whatever they lead to is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::program::flags;
use super::{country, place};

/// What an attribute says, wherever a page has it.
fn said<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    page.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Asserts that whatever the pages in a survey's report lead to is there; how many such links there are.
fn every_link_leads_somewhere(survey: &Path) -> usize {
    let report = survey.join("report");
    let rows = fs::read_dir(report.join("rows")).unwrap().map(|entry| entry.unwrap().path());
    let mut places: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut links = 0;
    for path in rows.chain([report.join("index.html")]) {
        let page = fs::read_to_string(&path).unwrap().replace("&#x2f;", "/");
        for link in said(&page, "href").into_iter().filter(|link| !link.starts_with("http")) {
            links += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{}: {link}", path.display()));
            let ids = places.entry(target.clone()).or_insert_with(|| {
                said(&fs::read_to_string(&target).unwrap(), "id").into_iter().map(str::to_owned).collect()
            });
            assert!(place.is_empty() || ids.contains(place), "{}: {link}", path.display());
        }
    }
    links
}

#[test]
fn every_figure_of_the_report_leads_to_its_rows() {
    let country = country();
    let (place, args) = place(&country);
    place
        .run(&flags(
            &[],
            &[args, ["--criteria", "what-works-cities", "--criteria", "dcat-us"].map(str::to_owned).into()].concat(),
        ))
        .with(0);
    let told = place.run(&["survey", "report", "survey"]).with(0);
    assert_eq!(told.out.trim(), "survey/report/index.html");
    let links = every_link_leads_somewhere(&place.path("survey"));
    assert!(links > 1000, "{links}");
    assert!(place.path("survey/cities/c00/report.html").exists(), "the rows lead to no city's report");
    let page = fs::read_to_string(place.path("survey/report/index.html")).unwrap();
    // Half of the cities have the portal that they offer, a quarter have not, and of a quarter it is not known.
    assert!(page.contains("met 50 to 75&nbsp;% <span class=\"of\">(n 24, "), "the page says nothing of the portals");
    // Tables that were judged again are told of in the same way, without the cities' own reports.
    place.run(&["survey", "rejudge", "survey", "--criteria", "dcat-us", "--out", "judged"]).with(0);
    place.run(&["survey", "report", "judged"]).with(0);
    every_link_leads_somewhere(&place.path("judged"));
}
