//! A real portal's site, served here under its own name: audited, replayed, verified, damaged.

mod damage;
mod site;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use probes::probe::Target;

use super::program::{Ended, Place, flags};
use super::{GOVERNANCE, POLICY, PORTAL, STANDARD, all, json, note, offering, texts};
use crate::hostile::Hostile;

pub(super) use site::start;

/// What is offered, and the links to it.
const LINKS: &[(&str, &str)] = &[
    (PORTAL, "https://opendataphilly.org/"),
    (PORTAL, "https://opendataphilly.org/datasets/"),
    (PORTAL, "https://opendataphilly.org/data.json"),
    (STANDARD, "https://opendataphilly.org/datasets/city-operating-budget/"),
    (POLICY, "https://opendataphilly.org/about/"),
    ("", "https://opendataphilly.org/FAQ/"),
    (GOVERNANCE, "https://opendataphilly.org/no-such-dataset/"),
];

/// Audits the portal; the folder `out` has the result.
pub(super) fn audit(place: &Place, portal: &Hostile) -> Ended {
    place.write("links.csv", offering(LINKS));
    let more = place.leading_to(portal);
    let args = ["audit", "links.csv", "--city", "Philadelphia", "--as-of", "2026-11-02", "--pace", "0.02"];
    let args = [&args[..], &["--criteria", "what-works-cities"]].concat();
    place.run(&flags(&args, &more)).with(0)
}

#[test]
fn a_real_portal_is_audited_and_its_pack_replays_byte_for_byte() {
    let Some(portal) = start() else { return };
    let place = Place::new();
    let live = audit(&place, &portal);
    let asked = portal.log.all().len();
    let report = json(&place.path("out/report.json"));
    note(&format!("{asked} requests, {:?}, {:?} KiB at most", live.took, live.peak));
    assert!(all(&report["findings"]).len() > 20);
    let states: Vec<_> = all(&report["findings"])
        .iter()
        .filter(|finding| finding["probe"] == "link_state")
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["ok", "ok", "ok", "ok", "ok", "ok", "gone"]);

    let replay = ["audit", "--from", "out/pack.wacz", "--out", "again"];
    place.run(&replay).with(0);
    same(&place.path("out"), &place.path("again"));
    if let Some(ended) = place.run_without_network(&["audit", "--from", "out/pack.wacz", "--out", "offline"]) {
        ended.with(0);
        same(&place.path("out"), &place.path("offline"));
    }
    let verified = place.run(&["verify", "out/pack.wacz"]).with(0);
    assert!(verified.out.contains("hold"), "{}", verified.out);
    assert_eq!(portal.log.all().len(), asked, "a replay asked the server");

    // Once more on the same folder: what did not change is not sent again, and says the same.
    audit(&place, &portal);
    let known: BTreeSet<String> = portal.log.all()[asked..]
        .iter()
        .filter(|asked| asked.header("if-none-match").is_some())
        .map(|asked| format!("https://{}{}", asked.host, asked.path))
        .collect();
    for (_, link) in LINKS.iter().filter(|(_, link)| !link.contains("no-such")) {
        assert!(known.contains(*link), "{link} was sent again");
    }
    let again = json(&place.path("out/report.json"));
    assert_eq!(again["verdicts"], report["verdicts"]);
    place.run(&["verify", "out/pack.wacz"]).with(0);
}

/// The same reports, byte for byte.
fn same(one: &Path, other: &Path) {
    for name in ["report.json", "findings.csv", "verdicts.csv", "report.html"] {
        let read = |folder: &Path| fs::read(folder.join(name)).unwrap();
        assert!(read(one) == read(other), "{name} differs in {}", other.display());
    }
}

/// What `verify` names as no longer holding.
fn named(out: &str) -> BTreeSet<String> {
    let what = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let known = matches!(words.first(), Some(&"finding" | &"clause" | &"criterion" | &"capture"));
        (known && line.contains("does not hold")).then(|| format!("{} {}", words[0], words[1]))
    };
    out.lines().filter_map(what).collect()
}

/// What rests on the captures of one body, computed from the report alone: what names it, and beside that the clauses
/// that a link to it was offered for, whose standing may or may not hang on what could be seen there. A link that was
/// offered for nothing in particular may, if less of it is seen, be one for any clause that has no other.
fn resting_on(report: &Path, sha256: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let report = json(report);
    let captures: BTreeSet<&str> = all(&report["captures"])
        .iter()
        .filter(|capture| capture["sha256"] == sha256)
        .map(|capture| capture["id"].as_str().unwrap())
        .collect();
    let mut named: BTreeSet<String> = captures.iter().map(|id| format!("capture {id}")).collect();
    let (mut fallen, mut targets) = (BTreeSet::new(), BTreeSet::new());
    let mut may = BTreeSet::new();
    for finding in all(&report["findings"]) {
        let id = finding["id"].as_str().unwrap();
        if texts(&finding["rests_on"]).iter().any(|capture| captures.contains(capture)) {
            fallen.insert(id);
            targets.insert(finding["target"].as_str().unwrap());
            named.insert(format!("finding {id}"));
        }
    }
    let for_nothing = all(&report["submission"]["links"])
        .iter()
        .filter(|link| link["criterion"].is_null())
        .any(|link| targets.contains(Target::new(&link["url"].as_str().unwrap().parse().unwrap()).id.as_str()));
    for verdict in all(&report["verdicts"]) {
        for clause in all(&verdict["clauses"]) {
            let both = [
                format!("clause {}", clause["id"].as_str().unwrap()),
                format!("criterion {}", verdict["code"].as_str().unwrap()),
            ];
            if texts(&clause["findings"]).iter().any(|id| fallen.contains(id)) {
                named.extend(both);
            } else if all(&clause["links"]).iter().any(|link| targets.contains(link["target"].as_str().unwrap()))
                // What is offered for nothing in particular may, unseen, be what a clause that is not met lacks.
                || (for_nothing && clause["standing"] != "met")
            {
                may.extend(both);
            }
        }
    }
    (named, may)
}

#[test]
fn one_flipped_byte_takes_down_exactly_what_rests_on_it() {
    let Some(portal) = start() else { return };
    let place = Place::new();
    audit(&place, &portal);
    let report = place.path("out/report.json");
    let captures = json(&report);
    // A page, a page that many findings rest on, and the catalogue.
    for path in ["/FAQ/", "/", "/data.json"] {
        let url = format!("https://opendataphilly.org{path}");
        let capture = all(&captures["captures"])
            .iter()
            .find(|capture| capture["url"] == url.as_str() && capture["request"]["standing"] == "submitted")
            .unwrap();
        let sha256 = capture["sha256"].as_str().unwrap();
        let (expected, may) = resting_on(&report, sha256);
        let part = |name: &str| capture["warc"][name].as_u64().unwrap();
        let (offset, length) = (part("offset"), part("length"));
        for (how, pack) in [
            ("in the body", damage::in_the_body(&place.path("out/pack.wacz"), offset, length)),
            ("on the disk", damage::on_the_disk(&place.path("out/pack.wacz"), offset + length / 2)),
        ] {
            let damaged = place.path("damaged.wacz");
            fs::write(&damaged, pack).unwrap();
            let verified = place.run(&["verify", "damaged.wacz"]).with(1);
            let mut found = named(&verified.out);
            // The container's own sums are named too.
            found.retain(|name| !name.starts_with("capture ") || expected.contains(name));
            let said = format!("{path} {how}:\n{}\n{}", verified.out, verified.error);
            assert!(found.is_superset(&expected), "{:?} are missing: {said}", &expected - &found);
            assert!((&found - &expected).is_subset(&may), "{:?} are too many: {said}", &found - &expected);
            assert!(expected.len() > 2);
        }
    }
}
