//! Other tools read our packs, and we read theirs; skipped, and said so, where they are not installed.

use std::path::PathBuf;
use std::process::Command;

use probes::capture::{Request, Store as _};

use super::{Place, body, open, seal, url};
use crate::hostile::{Hostile, table};

/// The tool beside `$TICKMARK_PYTHON`, or on the path.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn tool(name: &str) -> Option<Command> {
    let beside =
        std::env::var_os("TICKMARK_PYTHON").and_then(|python| Some(PathBuf::from(python).parent()?.join(name)));
    let found = beside.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name));
    let found = Command::new(&found).arg("--help").output().is_ok_and(|help| help.status.success()).then_some(found);
    if found.is_none() {
        eprintln!("skipped: {name} is neither beside TICKMARK_PYTHON nor on the path (pip install warcio wacz)");
    }
    found.map(Command::new)
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn warcio_finds_every_digest_right() {
    let Some(mut warcio) = tool("warcio") else { return };
    let place = Place::new();
    let pack = place.begin();
    for exchange in super::exchanges() {
        pack.add(exchange).unwrap();
    }
    let said = said(warcio.args(["check", "-v"]).arg(place.work().join("data.warc.gz")));
    assert!(said.contains("digest pass") && !said.contains("failed"), "{said}");
}

#[test]
fn wacz_finds_the_sealed_pack_valid() {
    let Some(mut wacz) = tool("wacz") else { return };
    let place = Place::new();
    seal(&place);
    let said = said(wacz.arg("validate").arg("-f").arg(place.sealed()));
    assert!(said.to_lowercase().contains("valid") && !said.to_lowercase().contains("invalid"), "{said}");
}

#[test]
fn what_warcio_recompressed_is_read() {
    let Some(mut warcio) = tool("warcio") else { return };
    let place = Place::new();
    let pack = place.begin();
    for mut exchange in super::exchanges() {
        for message in &mut exchange.messages {
            // It writes letters beyond ASCII down otherwise than they came, and their record's hash is wrong then.
            message.headers.0.retain(|(name, _)| name != "x");
        }
        pack.add(exchange).unwrap();
    }
    let again = place.dir.path().join("again.warc.gz");
    said(warcio.arg("recompress").arg(place.work().join("data.warc.gz")).arg(&again));
    let read = open(&again);
    assert_eq!((read.captures(), read.damage()), (pack.captures(), &[][..]));
    let page = read.find(&Request::submitted(&url(super::PAGE))).unwrap();
    assert_eq!(body(&read, &page), b"<p>a</p>");
}

#[test]
fn the_index_leads_warcio_to_the_records() {
    let Some(mut warcio) = tool("warcio") else { return };
    let place = Place::new();
    seal(&place);
    let mut wacz = zip::ZipArchive::new(std::fs::File::open(place.sealed()).unwrap()).unwrap();
    let index = std::io::read_to_string(wacz.by_name("indexes/index.cdxj").unwrap()).unwrap();
    let line = index.lines().find(|line| line.starts_with("org,example)/ 20261101120000 ")).unwrap();
    let fields: serde_json::Value = serde_json::from_str(line.splitn(3, ' ').nth(2).unwrap()).unwrap();
    assert_eq!(fields["filename"], "data.warc.gz");
    let mut warc = std::fs::File::create(place.dir.path().join("data.warc.gz")).unwrap();
    std::io::copy(&mut wacz.by_name("archive/data.warc.gz").unwrap(), &mut warc).unwrap();
    let path = place.dir.path().join("data.warc.gz");
    let said = said(warcio.args(["extract", "--payload"]).arg(path).arg(fields["offset"].as_str().unwrap()));
    assert_eq!(said, "<p>a</p>");
}

#[test]
fn what_wget_wrote_is_read() {
    let Some(mut wget) = tool("wget") else { return };
    let city = Hostile::start();
    let at = |path: &str| format!("http://{}{path}", city.addr);
    let place = Place::new();
    let warc = place.dir.path().join("wget");
    for path in ["/moved", "/gone", "/chunked"] {
        wget.arg(at(path));
    }
    // It ends with an error, as one of the pages is gone.
    wget.args(["--no-verbose", "--tries=1", "-O", "/dev/null", "--warc-file"]).arg(&warc).output().unwrap();
    let pack = open(&warc.with_extension("warc.gz"));
    assert_eq!(pack.damage(), []);
    let find = |path: &str| pack.find(&Request::submitted(&url(&at(path)))).unwrap();
    let moved = find("/moved");
    assert_eq!((moved.hops.len(), body(&pack, &moved)), (1, table()));
    assert_eq!(find("/gone").answered().unwrap().status, 410);
    assert_eq!(super::failure(&find("/unseen")), Some(&probes::capture::Failure::NotInPack));
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn what_warcio_captured_is_read() {
    let Some(python) = std::env::var_os("TICKMARK_PYTHON") else {
        eprintln!("skipped: TICKMARK_PYTHON names no Python with warcio");
        return;
    };
    let city = Hostile::start();
    let place = Place::new();
    let warc = place.dir.path().join("captured.warc.gz");
    let script = "import sys\nfrom warcio.capture_http import capture_http\nimport http.client\n\
        with capture_http(sys.argv[1]):\n    c = http.client.HTTPConnection(sys.argv[2])\n    \
        c.request('GET', '/table.csv')\n    c.getresponse().read()\n";
    said(Command::new(python).args(["-c", script]).arg(&warc).arg(city.addr.to_string()));
    let pack = open(&warc);
    assert_eq!(pack.damage(), []);
    let capture = pack.find(&Request::submitted(&url(&format!("http://{}/table.csv", city.addr)))).unwrap();
    assert_eq!(body(&pack, &capture), table());
}

#[test]
fn what_wacz_created_is_read() {
    let Some(mut wacz) = tool("wacz") else { return };
    let place = Place::new();
    let pack = place.begin();
    for exchange in super::exchanges() {
        pack.add(exchange).unwrap();
    }
    let created = place.dir.path().join("created.wacz");
    said(wacz.args(["create", "-f"]).arg(place.work().join("data.warc.gz")).arg("-o").arg(&created));
    let read = open(&created);
    assert_eq!((read.captures(), read.damage()), (pack.captures(), &[][..]));
}
