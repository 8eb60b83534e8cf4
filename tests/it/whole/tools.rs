//! Other people's tools on our packs, and the other way round; skipped, and said so, where they are not here.

use std::path::PathBuf;
use std::process::Command;

use super::portal::{audit, start};
use super::program::Place;
use super::{POLICY, PORTAL, all, json, note, offering};

/// A program beside `$TICKMARK_PYTHON`, or on the path.
fn tool(name: &str, proof: &[&str]) -> Option<Command> {
    let python = std::env::var_os("TICKMARK_PYTHON").map(PathBuf::from);
    let beside = python.and_then(|python| Some(python.parent()?.join(name))).filter(|path| path.exists());
    let found = beside.unwrap_or_else(|| PathBuf::from(name));
    if !Command::new(&found).args(proof).output().is_ok_and(|done| done.status.success()) {
        note(&format!(
            "skipped: no {name} that can do {proof:?} (pip install warcio wacz; TICKMARK_PYTHON names the python)"
        ));
        return None;
    }
    Some(Command::new(found))
}

#[test]
fn the_pack_of_a_real_portal_passes_warcio_and_wacz() {
    let (warcio, wacz) = (tool("warcio", &["--help"]), tool("wacz", &["--help"]));
    if warcio.is_none() && wacz.is_none() {
        return;
    }
    let Some(portal) = start() else { return };
    let place = Place::new();
    audit(&place, &portal);
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}");
        said
    };
    if let Some(mut warcio) = warcio {
        let mut pack = zip::ZipArchive::new(std::fs::File::open(place.path("out/pack.wacz")).unwrap()).unwrap();
        let mut warc = std::fs::File::create(place.path("data.warc.gz")).unwrap();
        std::io::copy(&mut pack.by_name("archive/data.warc.gz").unwrap(), &mut warc).unwrap();
        let said = said(warcio.args(["check", "-v"]).arg(place.path("data.warc.gz")));
        let passed = said.matches("digest pass").count();
        assert!(passed > 10 && !said.contains("failed"), "{said}");
        note(&format!("warcio check: {passed} digests pass"));
    }
    if let Some(mut wacz) = wacz {
        let said = said(wacz.args(["validate", "-f"]).arg(place.path("out/pack.wacz")));
        assert!(said.contains("Valid") && !said.to_lowercase().contains("invalid"), "{said}");
        note(&format!("wacz validate: {}", said.trim()));
    }
}

/// Records three pages of a site as they come over the wire.
const RECORD: &str = "
import sys
from warcio.capture_http import capture_http
import requests
with capture_http(sys.argv[2]):
    for path in ['', 'about/', 'data.json', 'robots.txt']:
        requests.get(sys.argv[1] + path)
";

/// What a Python must be able to do for that.
const PROOF: &[&str] = &["-c", "import warcio, requests"];

#[test]
fn what_warcio_recorded_is_audited() {
    let Some(mut python) = tool("python", PROOF).or_else(|| tool("python3", PROOF)) else { return };
    let Some(portal) = start() else { return };
    let place = Place::new();
    let site = format!("http://127.0.0.1:{}/", portal.addr.port());
    let recorded = python.arg("-c").arg(RECORD).arg(&site).arg(place.path("theirs.warc.gz")).output().unwrap();
    assert!(recorded.status.success(), "{}", String::from_utf8_lossy(&recorded.stderr));
    let asked = portal.log.all().len();
    place.write(
        "links.csv",
        offering(&[
            (PORTAL, &site),
            (POLICY, &format!("{site}about/")),
            (PORTAL, &format!("{site}data.json")),
            (PORTAL, &format!("{site}FAQ/")),
        ]),
    );
    let args = ["audit", "links.csv", "--city", "Philadelphia", "--as-of", "2026-11-02", "--from", "theirs.warc.gz"];
    let args = [&args[..], &["--criteria", "what-works-cities"]].concat();
    place.run(&args).with(0);
    assert_eq!(portal.log.all().len(), asked, "a replay asked the server");
    let report = json(&place.path("out/report.json"));
    let states = all(&report["findings"]).iter().filter(|finding| finding["probe"] == "link_state");
    let states: Vec<_> = states.map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(states, ["ok", "ok", "ok", "not-captured"]);
}
