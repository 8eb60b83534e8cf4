//! Packs are where they are for good: put there once, and had from there as they were; what is wrong there is said, and
//! loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::super::note;
use super::super::program::{Place, flags};
#[cfg(feature = "s3")]
use super::super::storage::Storage;
use super::Workbench;
use super::audits::{beside, open};
use super::kept_once::{TABLES, added, answer, audited, bytes, keeps, signed_off};
use super::review::download;
use crate::hostile::{Call, Hostile};

/// A table that is always the same, and the one that is new each week.
const SERVED: [u32; 2] = [0, TABLES];

/// A workbench whose packs are kept for good in another folder.
struct Kept {
    week: Arc<AtomicU32>,
    _city: Hostile,
    place: Place,
    flags: Vec<String>,
    apart: tempfile::TempDir,
    id: String,
}

impl Kept {
    fn new() -> (Self, Workbench) {
        let week = Arc::new(AtomicU32::new(0));
        let now = week.clone();
        let city = Hostile::serving(move |call: &Call| answer(now.load(Ordering::Relaxed), call));
        let (place, mut flags) = beside(&city);
        let apart = tempfile::tempdir().unwrap();
        fs::create_dir(apart.path().join("depot")).unwrap();
        flags.extend(["--packs".to_owned(), format!("file://{}/depot", apart.path().display())]);
        let mut kept = Self { week, _city: city, place, flags, apart, id: String::new() };
        let workbench = kept.open();
        kept.id = added(&workbench, SERVED);
        (kept, workbench)
    }

    /// The workbench, whose words on standard error are kept.
    fn open(&self) -> Workbench {
        let mut command = self.place.command(&flags(&["serve", ".", "--port", "0"], &self.flags));
        let log = File::options().create(true).append(true).open(self.place.path("log")).unwrap();
        Workbench::started(command.stderr(log))
    }

    fn said(&self, what: &str) -> usize {
        fs::read_to_string(self.place.path("log")).unwrap().matches(what).count()
    }

    fn audited(&self, workbench: &Workbench, week: u32) -> String {
        self.week.store(week, Ordering::Relaxed);
        audited(workbench, &self.id, week)
    }

    fn depot(&self) -> PathBuf {
        self.apart.path().join("depot")
    }

    /// The packs in a folder of the city's runs, earliest first.
    fn packs(&self, root: &Path) -> Vec<PathBuf> {
        let runs = fs::read_dir(root.join("cities").join(&self.id).join("runs")).into_iter().flatten().flatten();
        let files = runs.flat_map(|run| fs::read_dir(run.path()).into_iter().flatten().flatten());
        let all: BTreeSet<PathBuf> = files.map(|file| file.path()).collect();
        all.into_iter().filter(|path| path.ends_with("pack.parts") || path.ends_with("pack.wacz")).collect()
    }

    fn here(&self) -> Vec<PathBuf> {
        self.packs(&self.place.path("."))
    }

    fn there(&self) -> Vec<PathBuf> {
        self.packs(&self.depot())
    }

    fn pieces(&self) -> BTreeMap<PathBuf, (u64, i64)> {
        pieces(&self.depot().join("cities").join(&self.id).join("pieces"))
    }
}

/// Every piece in a folder, and whether it is still the same file.
fn pieces(folder: &Path) -> BTreeMap<PathBuf, (u64, i64)> {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let files = folders.flat_map(|entry| fs::read_dir(entry.path()).unwrap().flatten());
    let with_name = files.map(|file| (file.path(), file.metadata().unwrap()));
    with_name.map(|(path, of)| (path.strip_prefix(folder).unwrap().to_owned(), (of.ino(), of.mtime_nsec()))).collect()
}

#[track_caller]
fn soon(what: &str, mut so: impl FnMut() -> bool) {
    let mut looks = (0..1200).map(|_| std::thread::sleep(Duration::from_millis(50)));
    assert!(looks.any(|()| so()), "not within a minute: {what}");
}

fn status(workbench: &Workbench, path: &str) -> String {
    let answer = workbench.get(path, &workbench.address);
    answer.lines().next().unwrap().to_owned() + answer.split("\r\n\r\n").nth(1).unwrap_or_default()
}

#[test]
fn packs_are_put_away_once_and_come_back_as_they_were() {
    let (kept, workbench) = Kept::new();
    let mut runs = vec![kept.audited(&workbench, 0)];
    let first = fs::read(kept.place.path(&download(&workbench, &runs[0], &kept.place, "first.wacz"))).unwrap();
    soon("the first pack is there", || kept.there().len() == 1);
    let (sent, taken) = (kept.pieces(), bytes(&kept.depot()));
    for week in 1..4 {
        runs.push(kept.audited(&workbench, week));
    }
    soon("all packs are there, and the latest two here", || (kept.there().len(), kept.here().len()) == (4, 2));
    let after = kept.pieces();
    assert!(sent.iter().all(|(piece, file)| after[piece] == *file), "what was there is sent again");
    let more = (bytes(&kept.depot()) - taken) / 3;
    note(&format!("a pack of {} bytes takes {taken} there, each after it {more}", first.len()));
    assert!(more * 3 < first.len() as u64 * 2);
    soon("what only old packs need is swept here", || pieces(&kept.place.path("pieces")).len() < after.len());
    for pack in kept.there() {
        kept.place.run(&["verify", pack.to_str().unwrap()]).with(0);
    }

    // The first comes back, byte for byte.
    assert!(
        kept.here()
            .iter()
            .all(|pack| pack.parent().unwrap().file_name() != kept.there()[0].parent().unwrap().file_name())
    );
    let again = download(&workbench, &runs[0], &kept.place, "again.wacz");
    assert!(fs::read(kept.place.path(&again)).unwrap() == first, "it is not as it was");
    kept.place.run(&["verify", &again]).with(0);
    assert_eq!(kept.here().len(), 3);
    assert!(workbench.page(&format!("/runs/{}/changes", runs[1])).contains("200 OK"));

    // After the loss of the folder, all is had from there.
    drop(workbench);
    fs::remove_dir_all(kept.place.path("cities")).unwrap();
    fs::remove_dir_all(kept.place.path("pieces")).unwrap();
    let workbench = kept.open();
    for run in &runs {
        let pack = download(&workbench, run, &kept.place, "anew.wacz");
        kept.place.run(&["verify", &pack]).with(0);
    }
    assert_eq!(
        (kept.here().len(), kept.said("tickmark:")),
        (4, 0),
        "{}",
        fs::read_to_string(kept.place.path("log")).unwrap()
    );

    // Who is not told of the place says where they are.
    drop(workbench);
    fs::remove_dir_all(kept.place.path("cities")).unwrap();
    let untold: Vec<String> =
        kept.flags.iter().filter(|flag| *flag != "--packs" && !flag.starts_with("file:")).cloned().collect();
    let told = status(&open(&kept.place, &untold), &format!("/runs/{}", runs[0]));
    assert!(told.starts_with("HTTP/1.1 410") && told.contains("start the workbench with --packs"), "{told}");
}

#[test]
fn what_is_wrong_there_is_said_once_and_loses_nothing() {
    let (kept, workbench) = Kept::new();
    let runs: Vec<String> = (0..3).map(|week| kept.audited(&workbench, week)).collect();
    soon("all packs are there, and the latest two here", || (kept.there().len(), kept.here().len()) == (3, 2));
    let (depot, moved) = (kept.depot(), kept.apart.path().join("moved"));
    fs::rename(&depot, &moved).unwrap();
    fs::write(&depot, "no folder").unwrap();
    let path = format!("/runs/{}", runs[0]);
    for path in [path.clone(), format!("/api{path}"), format!("{path}/pack.wacz")] {
        let told = status(&workbench, &path);
        assert!(told.starts_with("HTTP/1.1 503") && told.contains("packs are kept elsewhere for good"), "{told}");
    }
    let run = kept.audited(&workbench, 3);
    soon("trouble is told", || kept.said("packs stay in the folder until file://") == 1);
    assert!(workbench.page(&format!("/runs/{run}")).contains("Download the pack"));
    assert_eq!(kept.here().len(), 3, "what is not there stays here");
    fs::remove_file(&depot).unwrap();
    fs::rename(&moved, &depot).unwrap();
    soon("it is put there as soon as that is possible", || (kept.there().len(), kept.here().len()) == (4, 2));
    soon("which is told", || kept.said("takes packs again") == 1);
    assert_eq!(kept.said("packs stay in the folder until"), 1);

    // A piece that is not what it was is not taken for it.
    let here = pieces(&kept.place.path("pieces"));
    let gone = kept.pieces().into_keys().find(|piece| !here.contains_key(piece)).unwrap();
    let piece = depot.join("cities").join(&kept.id).join("pieces").join(gone);
    let was = fs::read(&piece).unwrap();
    fs::write(&piece, vec![0; was.len()]).unwrap();
    let told: Vec<String> = runs.iter().map(|run| status(&workbench, &format!("/runs/{run}"))).collect();
    let spoilt =
        told.iter().filter(|told| told.starts_with("HTTP/1.1 502") && told.contains("not the pack of this run"));
    assert_eq!(spoilt.count(), 1, "{told:?}");
    fs::write(&piece, was).unwrap();
    assert!(runs.iter().all(|run| status(&workbench, &format!("/runs/{run}")).starts_with("HTTP/1.1 200")));
}

#[test]
fn old_packs_are_dropped_there_but_for_those_that_decisions_rest_on() {
    let (kept, workbench) = Kept::new();
    let runs: Vec<String> = (0..4).map(|week| kept.audited(&workbench, week)).collect();
    soon("all packs are there, and the latest two here", || (kept.there().len(), kept.here().len()) == (4, 2));
    let whole = |packs: &[PathBuf]| packs.iter().filter(|pack| pack.ends_with("pack.wacz")).count();
    signed_off(&workbench, &runs[1]);
    soon("it is there signed, in place of what was", || (kept.there().len(), whole(&kept.there())) == (4, 1));
    let many = kept.pieces().len();
    keeps(&workbench, &kept.id, 2);
    let last = kept.audited(&workbench, 4);
    soon("the latest two are kept, and the signed one", || (kept.there().len(), whole(&kept.there())) == (3, 1));
    soon("pieces that none of them needs are gone", || kept.pieces().len() < many);
    soon("the signed one lies here no more", || kept.here().len() == 2);
    let named: BTreeSet<String> = kept
        .there()
        .iter()
        .filter(|pack| pack.ends_with("pack.parts"))
        .flat_map(|pack| {
            let text = String::from_utf8_lossy(&fs::read(pack).unwrap()).into_owned();
            let begins: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
            let parts = begins["parts"].as_array().unwrap().clone();
            parts.into_iter().filter_map(|part| Some(part[1].as_str()?.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    let there: BTreeSet<String> =
        kept.pieces().into_keys().map(|piece| piece.to_string_lossy().replace('/', "")).collect();
    assert_eq!(named, there);
    for run in [&runs[1], &runs[3], &last] {
        let pack = download(&workbench, run, &kept.place, "pack.wacz");
        let told = kept.place.run(&["verify", &pack]).with(0).out;
        assert_eq!(told.contains("signed off with 1 decisions, which hold"), run == &runs[1], "{told}");
    }
    for run in [&runs[0], &runs[2]] {
        assert!(status(&workbench, &format!("/runs/{run}")).starts_with("HTTP/1.1 410"));
    }
}

#[test]
fn what_one_workbench_signs_off_another_has_signed() {
    let (kept, workbench) = Kept::new();
    let run = kept.audited(&workbench, 0);
    soon("the pack is there", || kept.there().len() == 1);
    let store = format!("sqlite://{}", kept.place.path("tickmark.sqlite").display());
    let elsewhere = Place::new();
    let packs = format!("file://{}", kept.depot().display());
    let other = Workbench::with(&elsewhere, &["--store", &store, "--packs", &packs]);
    // What is there is had by others once the store says that it is.
    soon("the other one has it", || status(&other, &format!("/runs/{run}")).starts_with("HTTP/1.1 200"));
    let pack = download(&other, &run, &elsewhere, "pack.wacz");
    elsewhere.run(&["verify", &pack]).with(0);
    signed_off(&other, &run);
    soon("it is there signed", || kept.there()[0].ends_with("pack.wacz"));
    let signed = || {
        let pack = download(&workbench, &run, &kept.place, "signed.wacz");
        kept.place.run(&["verify", &pack]).with(0).out.contains("signed off with 1 decisions, which hold")
    };
    soon("the first one has it as the other signed it", &signed);
    for week in 1..3 {
        kept.audited(&workbench, week);
    }
    soon("all packs are there, and the latest two here", || (kept.there().len(), kept.here().len()) == (3, 2));
    assert!(signed(), "it is there as it was before");
}

#[test]
fn a_kill_between_pieces_and_list_loses_and_repeats_nothing() {
    let (kept, workbench) = Kept::new();
    // No list can be written where a file is in the way of its folder.
    let in_the_way = kept.depot().join("cities").join(&kept.id).join("runs");
    fs::create_dir_all(in_the_way.parent().unwrap()).unwrap();
    fs::write(&in_the_way, "").unwrap();
    let run = kept.audited(&workbench, 0);
    soon("trouble is told", || kept.said("packs stay in the folder") == 1);
    let sent = kept.pieces();
    assert!(!sent.is_empty() && kept.there().is_empty());
    drop(workbench);
    fs::remove_file(&in_the_way).unwrap();
    let workbench = kept.open();
    soon("the list is there", || kept.there().len() == 1);
    assert_eq!(kept.pieces(), sent, "pieces are sent once");
    kept.place.run(&["verify", kept.there()[0].to_str().unwrap()]).with(0);
    assert!(workbench.page(&format!("/runs/{run}")).contains("Download the pack"));
}

#[cfg(feature = "s3")]
#[test]
fn packs_in_a_bucket_come_back_as_they_were_and_are_dropped() {
    let Some(storage) = Storage::start() else { return };
    let week = Arc::new(AtomicU32::new(0));
    let now = week.clone();
    let city = Hostile::serving(move |call: &Call| answer(now.load(Ordering::Relaxed), call));
    let (place, mut own) = beside(&city);
    own.extend(["--packs", "s3://packs/a/place"].map(str::to_owned));
    let open = || {
        let mut command = place.command(&flags(&["serve", ".", "--port", "0"], &own));
        Workbench::started(command.envs(storage.environment()).stderr(File::create(place.path("log")).unwrap()))
    };
    let workbench = open();
    let id = added(&workbench, SERVED);
    let prefix = format!("a/place/cities/{id}/");
    let lists = || storage.names(&format!("{prefix}runs/"));
    let pieces = || storage.names(&format!("{prefix}pieces/"));
    let audit = |workbench: &Workbench, at: u32| {
        week.store(at, Ordering::Relaxed);
        audited(workbench, &id, at)
    };
    let runs: Vec<String> = (0..3).map(|at| audit(&workbench, at)).collect();
    soon("all lists are there", || lists().len() == 3);
    let before = runs.iter().map(|run| fs::read(place.path(&download(&workbench, run, &place, "p.wacz"))).unwrap());
    let before: Vec<Vec<u8>> = before.collect();
    drop(workbench);
    fs::remove_dir_all(place.path("cities")).unwrap();
    fs::remove_dir_all(place.path("pieces")).unwrap();
    let workbench = open();
    for (run, was) in runs.iter().zip(&before) {
        let pack = download(&workbench, run, &place, "again.wacz");
        assert!(fs::read(place.path(&pack)).unwrap() == *was);
        place.run(&["verify", &pack]).with(0);
    }
    signed_off(&workbench, &runs[0]);
    soon("it is there signed", || lists().iter().filter(|name| name.ends_with("pack.wacz")).count() == 1);
    let many = pieces().len();
    keeps(&workbench, &id, 1);
    audit(&workbench, 3);
    soon("the latest is kept, and the signed one", || lists().len() == 2);
    soon("pieces that neither needs are gone", || pieces().len() < many);
    assert!(status(&workbench, &format!("/runs/{}", runs[2])).starts_with("HTTP/1.1 410"));

    // While storage is down, it is said so.
    fs::remove_dir_all(place.path("cities")).unwrap();
    drop(storage);
    let started = std::time::Instant::now();
    let told = status(&workbench, &format!("/runs/{}", runs[0]));
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    note(&format!("storage that is down is told after {:?}", started.elapsed()));
}

#[test]
fn a_place_that_is_none_is_refused_with_what_to_do() {
    let place = Place::new();
    let within = format!("file://{}", place.path("depot").display());
    for (packs, told) in [
        (within.as_str(), "is within the folder that is served"),
        ("/srv/packs", "relative URL without a base"),
        ("https://packs.example/", "as in file:///srv/packs, or to s3://"),
        #[cfg(not(feature = "s3"))]
        ("s3://packs/tickmark", "build it with --features s3"),
    ] {
        let refused = place.run(&["serve", ".", "--port", "0", "--packs", packs]).with(2);
        assert!(refused.error.contains(told), "{packs}: {}", refused.error);
    }
}
