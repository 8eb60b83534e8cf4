//! A pack that was taken apart is the same pack; what two hold is kept once, and nothing is lost on the way.

use std::fs;

use super::*;

const TABLE: &str = "https://example.org/table.csv";
const NOTES: &str = "https://example.org/notes.txt";
const FROM: &str = "../pieces";

/// A body of words that compress to some tens of kilobytes.
fn words(seed: u32) -> Vec<u8> {
    (0..20_000_u32).flat_map(|n| format!("{}\n", (n ^ seed).wrapping_mul(2_654_435_761) >> 16).into_bytes()).collect()
}

/// The sealed pack of a week, in a folder of its own: the table is as always, and the notes are new.
fn week(folder: &TempDir, week: u32) -> PathBuf {
    let home = folder.path().join(format!("week-{week}"));
    fs::create_dir(&home).unwrap();
    let pack = Pack::create_or_resume(&home.join("pack.work"), &identity(), None).unwrap();
    let date = format!("Mon, {:02} Nov 2026 12:00:00 GMT", week + 1);
    for (at, bytes) in [(TABLE, words(0)), (NOTES, words(1 + week))] {
        let fields = [("content-type", "text/plain"), ("date", date.as_str())];
        let mut message = message(at, 200, &fields, &bytes);
        message.sent_at = format!("2026-11-{:02}T12:00:00Z", week + 1).parse().unwrap();
        pack.add(exchange(&Request::submitted(&url(at)), vec![message])).unwrap();
    }
    let path = home.join("pack.wacz");
    pack.seal(&path, &BTreeMap::from([("report.json".to_owned(), words(100 + week))])).unwrap();
    path
}

fn apart(pack: &Path) -> PathBuf {
    let parts = pack.with_file_name("pack.parts");
    let pieces = pack.parent().unwrap().parent().unwrap().join("pieces");
    Pack::open(pack).unwrap().take_apart(&parts, &pieces, Path::new(FROM)).unwrap();
    parts
}

fn pieces(folder: &TempDir) -> Vec<PathBuf> {
    let folders = fs::read_dir(folder.path().join("pieces")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|piece| piece.unwrap().path()))
        .collect();
    all.sort();
    all
}

#[test]
fn it_is_the_same_pack_byte_for_byte_and_what_did_not_change_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let packs = [0, 1, 2].map(|n| week(&folder, n));
    let whole = packs.clone().map(|pack| fs::read(pack).unwrap());
    let parts = packs.clone().map(|pack| apart(&pack));
    // Of each week its notes and report, of all the table.
    assert_eq!(pieces(&folder).len(), 2 * 3 + 1);
    for ((pack, parts), bytes) in packs.iter().zip(&parts).zip(&whole) {
        assert!(!pack.exists() && fs::metadata(parts).unwrap().len() < 16 * 1024);
        let mut again = Vec::new();
        Pack::bytes(parts).unwrap().read_to_end(&mut again).unwrap();
        assert!(again == *bytes);
        let opened = Pack::open(parts).unwrap();
        assert!(opened.damage().is_empty());
        let table = opened.capture(&Request::submitted(&url(TABLE)).id()).unwrap();
        assert!(body(&opened, &table) == words(0));
    }
    Pack::put_together(&parts[1], &packs[1]).unwrap();
    assert!(fs::read(&packs[1]).unwrap() == whole[1] && !parts[1].exists());
}

#[test]
fn what_no_pack_needs_is_swept_and_what_one_needs_stays() {
    let folder = tempfile::tempdir().unwrap();
    let parts = [0, 1].map(|n| apart(&week(&folder, n)));
    let before = pieces(&folder);
    // Never whole: its writer was killed.
    fs::write(before[0].with_file_name("partial-of-a-killed-writer"), "half").unwrap();
    Pack::sweep(&folder.path().join("pieces"), || Ok(parts.to_vec())).unwrap();
    assert_eq!(pieces(&folder), before);
    fs::remove_file(&parts[0]).unwrap();
    Pack::sweep(&folder.path().join("pieces"), || Ok(vec![parts[1].clone()])).unwrap();
    assert_eq!(pieces(&folder).len(), 3);
    assert!(Pack::open(&parts[1]).unwrap().damage().is_empty());
    // A list that cannot be read might have needed any.
    fs::write(&parts[0], "tickmark parts 1\n{").unwrap();
    Pack::sweep(&folder.path().join("pieces"), || Ok(parts.to_vec())).unwrap_err();
    assert_eq!(pieces(&folder).len(), 3);
}

#[test]
fn killed_on_the_way_the_pack_is_still_there_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let pack = week(&folder, 0);
    let (whole, parts) = (fs::read(&pack).unwrap(), pack.with_file_name("pack.parts"));
    // Killed before the whole was removed, and before some pieces were there.
    apart(&pack);
    fs::write(&pack, &whole).unwrap();
    fs::remove_file(&pieces(&folder)[0]).unwrap();
    let again = apart(&pack);
    assert!(again == parts && !pack.exists() && Pack::open(&parts).unwrap().damage().is_empty());
    // Killed while the list was written.
    fs::write(&pack, &whole).unwrap();
    fs::rename(&parts, folder.path().join("week-0/pack.parts.partial")).unwrap();
    apart(&pack);
    assert!(Pack::open(&parts).unwrap().damage().is_empty());
}

#[test]
fn a_piece_that_is_gone_or_not_as_it_was_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let parts = apart(&week(&folder, 0));
    let piece = pieces(&folder)[0].clone();
    let bytes = fs::read(&piece).unwrap();
    fs::write(&piece, vec![0; bytes.len()]).unwrap();
    let told = Pack::open(&parts).err().unwrap().to_string();
    assert!(told.contains("a piece of it is not as it was kept"), "{told}");
    fs::remove_file(&piece).unwrap();
    let told = Pack::open(&parts).err().unwrap().to_string();
    assert!(told.contains(piece.file_name().unwrap().to_str().unwrap()), "{told}");
    fs::write(&piece, bytes).unwrap();
    assert!(Pack::open(&parts).unwrap().damage().is_empty());
}
