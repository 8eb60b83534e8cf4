//! A reviewer decides and signs off in the browser; the pack that is downloaded tells so by itself.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tickmark::pack::{Pack, SIGN_OFF};

use super::super::program::{Place, flags};
use super::super::{POLICY, all, code, json, json_of, note, offering};
use super::audits::{POLICY_AT, beside, open};
use super::{PAGE, Workbench, linked, policy_of};
use crate::hostile::{Call, Hostile};

/// A place with one run of a city whose policy can be read.
pub(super) fn audited() -> Place {
    let place = Place::new();
    audit(&place, "2026-11-02");
    place
}

/// Audits the city into the same folder on another day.
fn audit(place: &Place, day: &str) {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    let more = place.leading_to(&city);
    let args = ["audit", "links.csv", "--city", "Example", "--as-of", day, "--pace", "0.02", "--out", "run"];
    place.run(&flags(&args, &more)).with(0);
}

/// What a hidden field of a page holds.
pub(super) fn field<'p>(page: &'p str, name: &str) -> &'p str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

/// The run that there is, and the address and the page of its criterion on policies.
fn judged(workbench: &Workbench) -> (String, String, String) {
    let run = linked(&workbench.page("/"), "/runs/").to_owned();
    let criterion = format!("/runs/{run}/criteria/what-works-cities/{}", code(POLICY));
    let page = workbench.page(&criterion);
    (run, criterion, page)
}

/// A pack as it was downloaded.
pub(super) fn download(workbench: &Workbench, run: &str, place: &Place, name: &str) -> String {
    let answer = workbench.raw("GET", &format!("/runs/{run}/pack.wacz"), &[], "");
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    place.write(name, &answer[head + 4..])
}

#[test]
fn what_is_decided_and_signed_is_in_the_pack_and_verifies() {
    let place = audited();
    let workbench = Workbench::over(&place);
    let (run, criterion, page) = judged(&workbench);
    let (token, clause) = (field(&page, "token"), field(&page, "clause"));
    let decide = |standing: &str, reason: &str| {
        let form = format!("token={token}&clause={clause}&standing={standing}&reason={reason}&reviewer=%3Cb%3EAda");
        workbench.post(&criterion, &[], &form)
    };
    assert!(decide("met", "").starts_with("HTTP/1.1 409"), "another standing needs a reason");
    assert!(decide("met", "It+says+%3Ci%3Eso.").starts_with("HTTP/1.1 303"));
    assert!(decide("not-met", "Not+in+force+yet.").starts_with("HTTP/1.1 303"));
    let page = workbench.page(&criterion);
    assert!(page.contains("It says &lt;i&gt;so.") && page.contains("&lt;b&gt;Ada"), "{page}");
    assert!(page.contains("Not in force yet.") && !page.contains("<i>so"), "{page}");
    assert!(workbench.page("/accuracy").contains("How often people overrule each probe"));

    let unsigned = download(&workbench, &run, &place, "unsigned.wacz");
    let signed = workbench.post(&format!("/runs/{run}/sign-off"), &[], &format!("token={token}&reviewer=Ada"));
    assert!(signed.starts_with("HTTP/1.1 303"), "{signed}");
    assert!(decide("met", "Too+late.").starts_with("HTTP/1.1 409"));
    let page = workbench.page(&format!("/runs/{run}"));
    assert!(page.contains("The pack holds it") && !page.contains("Sign off this run"), "{page}");

    let pack = download(&workbench, &run, &place, "signed.wacz");
    let told = place.run(&["verify", &pack]).with(0);
    assert!(told.out.contains("signed off with 2 decisions, which hold"), "{}", told.out);
    let hash = |name: &str| Pack::open(&place.path(name)).unwrap().content_hash().unwrap().unwrap();
    assert_eq!([hash(&unsigned), hash(&pack)], [run.clone(), run.clone()]);

    // What was signed is known wherever the pack is taken to.
    let elsewhere = Place::new();
    std::fs::create_dir(elsewhere.path("kept")).unwrap();
    std::fs::copy(place.path(&pack), elsewhere.path("kept/pack.wacz")).unwrap();
    let page = Workbench::over(&elsewhere).page(&format!("/runs/{run}"));
    assert!(page.contains("Not in force yet.") && page.contains("The pack holds it"), "{page}");
}

#[test]
fn a_sign_off_that_was_tampered_with_is_told_and_taken_nowhere() {
    let place = audited();
    let run = {
        let workbench = Workbench::over(&place);
        let (run, criterion, page) = judged(&workbench);
        let (token, clause) = (field(&page, "token"), field(&page, "clause"));
        let form = format!("token={token}&clause={clause}&standing=not-met&reason=No.&reviewer=Ada");
        assert!(workbench.post(&criterion, &[], &form).starts_with("HTTP/1.1 303"));
        let form = format!("token={token}&reviewer=Ada");
        assert!(workbench.post(&format!("/runs/{run}/sign-off"), &[], &form).starts_with("HTTP/1.1 303"));
        run
    };
    let path = place.path("run/pack.wacz");
    let sign_off = String::from_utf8(Pack::open(&path).unwrap().extra(SIGN_OFF).unwrap().unwrap()).unwrap();
    assert_eq!(all(&json_of(&sign_off)["decisions"]).len(), 1);
    for (was, is, named) in [
        ("\"decided\": \"not-met\"", "\"decided\": \"met\"", "decision 1"),
        ("\"reviewer\": \"Ada\"", "\"reviewer\": \"Eve\"", "the sign-off"),
        ("\"clause\": \"", "\"clause\": \"X", "decision 1"),
        (&format!("\"run\": \"{run}\""), "\"run\": \"another\"", "the sign-off"),
        ("{", "", "the sign-off"),
    ] {
        // Its hash is listed anew, as who tampers would do.
        Pack::amend(&path, SIGN_OFF, sign_off.replacen(was, is, 1).as_bytes()).unwrap();
        let told = place.run(&["verify", "run/pack.wacz"]).with(1);
        assert!(told.out.contains(&format!("{named} does not hold")), "{was}: {}", told.out);
    }
    std::fs::remove_file(place.path("tickmark.sqlite")).unwrap();
    let page = Workbench::over(&place).page(&format!("/runs/{run}"));
    assert!(page.contains("Nothing is decided yet") && !page.contains("Signed off"), "{page}");
    assert!(all(&json(&place.path("run/report.json"))["verdicts"]).len() > 1);
}

#[test]
fn nothing_is_decided_from_elsewhere() {
    let place = audited();
    let workbench = Workbench::over(&place);
    let (run, criterion, page) = judged(&workbench);
    let (token, clause) = (field(&page, "token"), field(&page, "clause"));
    let form =
        |token: &str, clause: &str| format!("token={token}&clause={clause}&standing=met&reason=Yes.&reviewer=Eve");
    let good = form(token, clause);
    for (headers, form, status) in [
        (&[("origin", "http://elsewhere.example")][..], good.clone(), "403"),
        (&[("origin", "null")], good.clone(), "403"),
        (&[("sec-fetch-site", "cross-site")], good.clone(), "403"),
        (&[("sec-fetch-site", "same-site")], good.clone(), "403"),
        (&[], form(&"0".repeat(64), clause), "403"),
        (&[], form("", clause), "403"),
        (&[], form(token, "none"), "404"),
        (&[], good.replace("=met", "=excellent"), "422"),
        (&[], good.replace("Eve", "+"), "422"),
        (&[], format!("{good}{}", "x".repeat(70_000)), "413"),
        (&[("content-type", "text/plain")], good.clone(), "415"),
    ] {
        let answer = workbench.post(&criterion, headers, &form);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers:?} {}: {answer}", &form[..40]);
    }
    let by_get = workbench.get(&format!("{criterion}?{good}"), &workbench.address);
    assert!(by_get.starts_with("HTTP/1.1 200") && !by_get.contains("Eve"));
    assert!(workbench.get(&format!("/runs/{run}/sign-off"), &workbench.address).starts_with("HTTP/1.1 405"));
    assert!(workbench.page(&format!("/runs/{run}")).contains("Nothing is decided yet"));
    let own = format!("http://{}", workbench.address);
    let answer = workbench.post(&criterion, &[("origin", &own), ("sec-fetch-site", "same-origin")], &good);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

#[test]
fn of_two_reviewers_neither_sees_the_other_before_both_have_decided() {
    let place = audited();
    let workbench = Workbench::with(&place, &["--two-reviewers"]);
    let (run, criterion, page) = judged(&workbench);
    let (token, clause) = (field(&page, "token"), field(&page, "clause"));
    let decide = |reviewer: &str, standing: &str| {
        let form =
            format!("token={token}&clause={clause}&standing={standing}&reason=Of+{reviewer}.&reviewer={reviewer}");
        assert!(workbench.post(&criterion, &[], &form).starts_with("HTTP/1.1 303"), "{form}");
    };
    let sign = || workbench.post(&format!("/runs/{run}/sign-off"), &[], &format!("token={token}&reviewer=Ada"));
    let everywhere = || {
        [criterion.clone(), format!("/runs/{run}"), format!("/api/runs/{run}/decisions"), format!("/api{criterion}")]
    };

    decide("Ada", "met");
    for path in everywhere() {
        assert!(!workbench.page(&path).contains("Of Ada."), "{path} tells what one decided");
    }
    assert!(workbench.page(&criterion).contains("A second reviewer decides before either is shown"));
    assert!(sign().starts_with("HTTP/1.1 409"), "one alone");

    decide("Bob", "not-met");
    for path in everywhere() {
        let page = workbench.page(&path);
        assert!(page.contains("Of Ada.") && page.contains("Of Bob."), "{path}: {page}");
    }
    assert!(workbench.page(&criterion).contains("A further decision settles it"));
    assert!(workbench.page("/agreement").contains("to be settled"));
    assert!(sign().starts_with("HTTP/1.1 409"), "two disagree");

    decide("Cid", "met");
    assert!(!workbench.page(&criterion).contains("A further decision settles it"));
    let agreement = workbench.page("/agreement");
    assert!(agreement.contains("<bdi>ada</bdi>, <bdi>bob</bdi>") && agreement.contains("settled"), "{agreement}");
    assert!(sign().starts_with("HTTP/1.1 303"));
    place.run(&["verify", "run/pack.wacz"]).with(0);
}

#[test]
fn a_reviewer_goes_from_a_city_to_a_signed_pack_in_a_real_browser() {
    let Some(modules) = std::env::var_os("TICKMARK_AXE") else {
        return note("skipped: TICKMARK_AXE names no folder with playwright-core");
    };
    // Slow enough for its progress to be seen.
    let city = Hostile::serving(|call: &Call| {
        std::thread::sleep(Duration::from_millis(if call.path == "/policy" { 4000 } else { 0 }));
        policy_of(PAGE, call)
    });
    let (place, flags) = beside(&city);
    let workbench = open(&place, &flags);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/review.js");
    let (url, pack) = (format!("http://{}/", workbench.address), place.path("downloaded.wacz"));
    let mut browse = Command::new("timeout");
    browse
        .arg("120")
        .arg("node")
        .arg(script)
        .args([&url, &code(POLICY)])
        .args([&pack, Path::new(POLICY_AT)])
        .env("TICKMARK_AXE", &modules);
    let ran = browse.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    if pack.exists() {
        let told = place.run(&["verify", "downloaded.wacz"]).with(0);
        assert!(told.out.contains("signed off with 1 decisions, which hold"), "{}", told.out);
    }
}

#[test]
fn what_was_signed_off_is_kept_when_the_city_is_audited_again() {
    let place = audited();
    let run = {
        let workbench = Workbench::over(&place);
        let run = linked(&workbench.page("/"), "/runs/").to_owned();
        let token = field(&workbench.page(&format!("/runs/{run}")), "token").to_owned();
        let form = format!("token={token}&reviewer=Ada");
        assert!(workbench.post(&format!("/runs/{run}/sign-off"), &[], &form).starts_with("HTTP/1.1 303"));
        run
    };
    audit(&place, "2026-11-09");
    audit(&place, "2026-11-16");
    let kept = format!("run/signed/{}/pack.wacz", &run[..16]);
    let told = place.run(&["verify", &kept]).with(0);
    assert!(told.out.contains("signed off with 0 decisions"), "{}", told.out);
    let others: Vec<_> = std::fs::read_dir(place.path("run/signed")).unwrap().collect();
    assert_eq!(others.len(), 1, "only what was signed is kept");
    let page = Workbench::over(&place).page(&format!("/runs/{run}"));
    assert!(page.contains("The pack holds it"), "{page}");
}
