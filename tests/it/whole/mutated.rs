//! Documents damaged at random: each ends in a document or in a refusal, within bounds, and no reader of texts panics.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use probes::body::Body;
use probes::capture::{self, Answered, Headers, Unreadable};
use probes::document::text_of;
use tickmark::audit::reading::{Limits, Readers};
use url::Url;
use zip::CompressionMethod::Stored;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::note;
use crate::damage::{Draw, damaged, tried};
use crate::world;

/// A calendar with every part that is read of one.
const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Data Governance Council\r\nBEGIN:VEVENT\r\n\
    DTSTART;TZID=America/Chicago:20260310T140000\r\nRRULE:FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU\r\n\
    EXDATE;TZID=America/Chicago:20261208T140000\r\nSUMMARY:Quarterly\r\n  session\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
    DTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270101;COUNT=40\r\nRDATE:20260106\r\n\
    SUMMARY:Minutes\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260101T090000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=3\r\n\
    SUMMARY:Retreat\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\nRRULE:FREQ=DAILY;INTERVAL=2\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// Files of this ending among the fixtures.
fn seeds(ending: &str) -> Vec<Vec<u8>> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|has| has == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), ending, &mut found);
    found.sort();
    found.iter().map(|path| fs::read(path).unwrap()).filter(|bytes| bytes.len() < 100_000).collect()
}

/// An archive with one of its members damaged, and packed again as office files may be: one is known by its first member,
/// which is not compressed. Nothing where it is none.
fn damaged_within(archive: &[u8], draw: &mut Draw) -> Option<Vec<u8>> {
    let mut from = ZipArchive::new(Cursor::new(archive)).ok()?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let (chosen, stored) = (draw.below(from.len()), SimpleFileOptions::default().compression_method(Stored));
    for at in 0..from.len() {
        let mut member = from.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        to.start_file(member.name().unwrap(), stored).unwrap();
        to.write_all(&if at == chosen { damaged(&bytes, &bytes, draw) } else { bytes }).unwrap();
    }
    Some(to.finish().unwrap().into_inner())
}

/// The texts that this project has, and a few of each way to write.
fn texts(ending: &str) -> Vec<Vec<u8>> {
    let own = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let page =
        b"<html><body><main><h1>A</h1><ul><li>b<ol><li>c</ol></ul><table><tr><td>d<td>e</table></main></body></html>";
    let rst = b"Plan\n====\n\n.. note:: Ask\n\n* a\n\n=====  =====\nGoal   Time\n=====  =====\n\nGoals\n-----\n``x`` `y <z>`_\n";
    match ending {
        "html" => vec![page.to_vec(), own],
        "rst" => vec![rst.to_vec(), own],
        _ => vec![own, rst.to_vec()],
    }
}

#[test]
#[ignore = "takes two minutes for each format: cargo test --release --test it mutated_texts -- --ignored --nocapture"]
fn mutated_texts_are_read_without_a_panic() {
    for ending in ["txt", "md", "rst", "html"] {
        let seeds = texts(ending);
        let make = |draw: &mut Draw| {
            let (a, b) = (draw.below(seeds.len()), draw.below(seeds.len()));
            let bytes = damaged(&seeds[a], &seeds[b], draw);
            let answered = Answered {
                url: Url::parse(&format!("https://www.example.gov/a.{ending}")).unwrap(),
                status: 200,
                headers: Headers::default(),
                body: capture::Stored { sha256: String::new(), bytes: bytes.len() as u64, cut: None },
                rendering: None,
            };
            (answered, Body::in_memory(bytes))
        };
        let longest = tried(ending, make, |(answered, body)| text_of(&answered, &body).is_err()).busy;
        assert!(longest < Duration::from_secs(10), "{ending}: one took {longest:?}");
    }
}

/// Keeps what broke a reader in the folder `TICKMARK_MUTATE_KEEP`, if that is said, to be looked at.
fn keep(ending: &str, body: &Body, number: u64) {
    if let Some(folder) = std::env::var_os("TICKMARK_MUTATE_KEEP") {
        let path = Path::new(&folder).join(format!("broke-{number}.{ending}"));
        fs::write(path, &*body.head(usize::MAX).unwrap()).unwrap();
    }
}

/// Hands damaged files of this ending to the child process that reads documents.
fn files_end_within_bounds(ending: &str) {
    let limits = Limits { cpu_seconds: 10, wall: Duration::from_mins(1), ..Limits::default() };
    let readers = Readers { program: env!("CARGO_BIN_EXE_tickmark").into(), limits, told: None };
    let seeds = seeds(ending);
    assert!(!seeds.is_empty(), "no fixture is a {ending} to damage");
    let mut broke = BTreeMap::<String, u64>::new();
    let make = |draw: &mut Draw| {
        let (a, b) = (draw.below(seeds.len()), draw.below(seeds.len()));
        // What is damaged as a whole seldom gets further than the archive's checksums.
        let within = if draw.below(4) > 0 { damaged_within(&seeds[a], draw) } else { None };
        Body::in_memory(within.unwrap_or_else(|| damaged(&seeds[a], &seeds[b], draw)))
    };
    let longest = tried(ending, make, |body| {
        let form = readers.read("document", &body).unwrap();
        let refused = !matches!(&form, Ok(read) if read.get("Ok").is_some());
        if let Err(Unreadable::Broke(cause)) = form {
            keep(ending, &body, broke.values().sum());
            *broke.entry(cause).or_default() += 1;
        }
        refused
    })
    .wall;
    note(&format!("{ending}: broke the reader: {broke:?}"));
    assert!(longest < Duration::from_secs(70), "{ending}: one took {longest:?}");
}

/// A test for each kind of file.
macro_rules! files {
    ($($name:ident: $ending:literal)+) => {$(
        #[test]
        #[ignore = "takes two minutes: cargo test --release --test it mutated_files -- --ignored --nocapture"]
        fn $name() {
            files_end_within_bounds($ending);
        }
    )+};
}

files! {
    mutated_files_pdf: "pdf"
    mutated_files_docx: "docx"
    mutated_files_pptx: "pptx"
    mutated_files_odt: "odt"
    mutated_files_xlsx: "xlsx"
    mutated_files_ods: "ods"
}

#[test]
#[ignore = "takes two minutes: cargo test --release --test it mutated_calendars -- --ignored --nocapture"]
fn mutated_calendars_are_read_without_a_panic() {
    let probes: Vec<_> = probes::ALL.iter().copied().filter(|probe| probe.spec().id == "meeting_dates").collect();
    let look = |bytes: &[u8]| world::look(&probes, "https://www.example.gov/council.ics", 200, bytes);
    let whole = look(CALENDAR.as_bytes()).unwrap();
    assert!(format!("{whole:?}").contains("a calendar feed"), "it is read as a calendar");
    let make = |draw: &mut Draw| damaged(CALENDAR.as_bytes(), CALENDAR.as_bytes(), draw);
    let longest = tried("calendars", make, |bytes| look(&bytes).is_err()).busy;
    assert!(longest < Duration::from_secs(10), "one took {longest:?}");
}
