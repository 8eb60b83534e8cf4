//! Opens what was sealed, and what other tools wrote.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use probes::body::Part;
use probes::capture::hex;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::contents::Contents;
use super::digest::drain;
use super::foreign::Foreign;
use super::region::Region;
use super::scan::Segment;
use super::{Damage, Pack, PackError, SIGN_OFF, own, work};

/// The files of a WACZ.
pub(crate) type Wacz = ZipArchive<BufReader<Part>>;

/// The file of a run that holds what it was told of earlier ones.
pub(super) const EARLIER: &str = "earlier.json";
/// The largest file of a run that is read into memory, in bytes.
const MOST_EXTRA: u64 = 1024 * 1024 * 1024;
/// The list of a WACZ's files.
pub(super) const LIST: &str = "datapackage.json";
/// The hash of that list.
pub(super) const DIGEST: &str = "datapackage-digest.json";
/// The largest such list, in bytes.
const MOST_LIST: u64 = 16 * 1024 * 1024;
/// The most that is unpacked of a WARC that was compressed as a whole, in bytes.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024 * 1024;

impl Pack {
    /// Opens a pack to read: a WACZ file, ours or any other tool's, a `.warc` or `.warc.gz` file, an unsealed pack's
    /// directory, or one that was taken apart.
    ///
    /// Every body is read and hashed once here; see [`Pack::damage`]. A request that it does not hold is answered
    /// with [`Failure::NotInPack`](probes::capture::Failure::NotInPack).
    pub fn open(path: &Path) -> Result<Self, PackError> {
        if path.is_dir() {
            let (segment, len) = work::segment(path)?;
            let mut contents = Contents::default();
            contents.scan(0, &segment, len);
            // An unfinished capture at its end is no damage.
            let whole_to = contents.whole_to;
            contents.damage.retain(|damage| damage.offset < whole_to);
            return Self::opened(path, vec![segment], contents, None);
        }
        let mut file = Self::bytes(path)?;
        let mut start = [0; 5];
        let known = read_start(&mut file, &mut start).map_err(PackError::io(path, "read"))?;
        let len = file.metadata().map_err(PackError::io(path, "read"))?.len();
        match &start[..known] {
            [b'P', b'K', ..] => Self::open_wacz(path, file, len),
            [0x1f, 0x8b, ..] => Self::open_warc(path, file, len, true),
            b"WARC/" => Self::open_warc(path, file, len, false),
            _ => Err(PackError::malformed(path, 0, "this is neither a WACZ nor a WARC: give a file that is one")),
        }
    }

    fn open_warc(path: &Path, file: File, len: u64, gzip: bool) -> Result<Self, PackError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let segment = Segment { name, region: Region::new(file), gzip };
        let mut contents = Contents::default();
        let segment = scan(path, &mut contents, 0, segment, len)?;
        Self::opened(path, vec![segment], contents, None)
    }

    fn open_wacz(path: &Path, file: File, len: u64) -> Result<Self, PackError> {
        let file = Region::new(file);
        let broken = |error: ZipError| broken_zip(path, &error);
        let mut wacz = ZipArchive::new(BufReader::new(file.reader(0, len))).map_err(broken)?;
        let mut contents = Contents::default();
        let mut segments = Vec::new();
        for number in 0..wacz.len() {
            let entry = wacz.by_index(number).map_err(broken)?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            let is_warc = [".warc", ".warc.gz"].iter().any(|suffix| name.ends_with(suffix));
            if !name.starts_with("archive/") || !is_warc {
                continue;
            }
            let (region, len) = match (entry.compression(), entry.data_start()) {
                (CompressionMethod::Stored, Some(start)) => (file.from(start), entry.size()),
                _ => unpack(path, entry)?,
            };
            // What it is and not what it is called; and where its very first byte is damaged, most likely gzip.
            let mut start = [0; 5];
            let known = region.reader(0, len).read(&mut start).map_err(PackError::io(path, "read"))?;
            let segment = Segment { name, region, gzip: &start[..known] != b"WARC/" };
            let segment = scan(path, &mut contents, segments.len(), segment, len)?;
            segments.push(segment);
        }
        if segments.is_empty() {
            let problem = "the zip file holds no archive/*.warc.gz: give a WACZ, or the WARC itself";
            return Err(PackError::malformed(path, 0, problem));
        }
        check_list(&mut wacz, &mut contents.damage);
        Self::opened(path, segments, contents, Some(wacz))
    }

    fn opened(
        path: &Path,
        segments: Vec<Segment>,
        mut contents: Contents,
        wacz: Option<Wacz>,
    ) -> Result<Self, PackError> {
        if !path.is_dir() {
            contents.name_lost(&segments);
        }
        let ours = contents.identity.is_some() || !contents.captures.is_empty();
        if !ours && contents.lines.is_empty() {
            let (offset, cause) = contents.damage.first().map_or_else(
                || (0, "nothing that a server answered is in it".to_owned()),
                |damage| (damage.offset, damage.cause.clone()),
            );
            return Err(PackError::malformed(path, offset, format!("{cause}: give a pack that holds captures")));
        }
        let foreign = (!ours).then(|| Foreign::new(&contents));
        let mut pack = Self::over(path.to_owned(), segments, contents);
        pack.foreign = foreign;
        pack.wacz = wacz.map(Mutex::new);
        if let Some(bytes) = pack.extra(EARLIER)? {
            pack.earlier = serde_json::from_slice(&bytes).map_err(|error| {
                PackError::malformed(
                    path,
                    0,
                    format!("tickmark/{EARLIER}: {error}: take the pack from where it was kept"),
                )
            })?;
        }
        Ok(pack)
    }

    /// SHA-256 over the hashes that its files are listed with, a sign-off left aside: what the pack holds, whatever it is
    /// called and wherever it lies; none for one that lists none.
    pub fn content_hash(&self) -> Result<Option<String>, PackError> {
        let Some(wacz) = &self.wacz else { return Ok(None) };
        let mut wacz = wacz.lock().unwrap_or_else(PoisonError::into_inner);
        if wacz.index_for_name(LIST).is_none() {
            return Ok(None);
        }
        let list = read(&mut wacz, LIST).and_then(|bytes| Ok(serde_json::from_slice::<List>(&bytes)?));
        let list = list.map_err(|error| PackError::malformed(&self.path, 0, format!("{LIST}: {error}")))?;
        let listed = list.resources.into_iter().filter_map(|file| Some((file.path?, file.hash?)));
        let files: BTreeMap<String, String> = listed.filter(|(path, _)| *path != own(SIGN_OFF)).collect();
        let mut all = Sha256::new();
        for (path, hash) in &files {
            all.update(format!("{hash} {path}\n"));
        }
        Ok(Some(hex(&all.finalize())))
    }

    /// A file of the run by its name (`report.json`) as it was handed to [`Pack::seal`]; none if there is no such.
    pub fn extra(&self, name: &str) -> Result<Option<Vec<u8>>, PackError> {
        let Some(wacz) = &self.wacz else { return Ok(None) };
        let mut wacz = wacz.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match wacz.by_name(&own(name)) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(broken_zip(&self.path, &error)),
        };
        let offset = entry.header_start();
        let mut bytes = Vec::new();
        match entry.take(MOST_EXTRA).read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => {
                let problem = format!("tickmark/{name} is damaged ({error}): take the pack from where it was kept");
                Err(PackError::malformed(&self.path, offset, problem))
            }
        }
    }
}

fn read_start(file: &mut File, start: &mut [u8; 5]) -> io::Result<usize> {
    let mut known = 0;
    while known < start.len() {
        match file.read(&mut start[known..])? {
            0 => break,
            read => known += read,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(known)
}

pub(super) fn broken_zip(path: &Path, error: &ZipError) -> PackError {
    PackError::malformed(path, 0, format!("the zip file cannot be read ({error}): take it from where it was kept"))
}

/// Scans a segment; one that was compressed as a whole is unpacked first, and read as plain.
fn scan(path: &Path, contents: &mut Contents, number: usize, segment: Segment, len: u64) -> Result<Segment, PackError> {
    if contents.scan(number, &segment, len) {
        return Ok(segment);
    }
    let plain = MultiGzDecoder::new(BufReader::new(segment.region.reader(0, len)));
    let (region, len) = unpack(path, plain)?;
    let segment = Segment { name: segment.name, region, gzip: false };
    contents.scan(number, &segment, len);
    Ok(segment)
}

/// Copies what must be read from any place to a file without a name.
fn unpack(path: &Path, from: impl Read) -> Result<(Region, u64), PackError> {
    let mut file = tempfile::tempfile().map_err(PackError::io(path, "make a temporary file for"))?;
    let len = io::copy(&mut from.take(MOST_UNPACKED), &mut file).map_err(PackError::io(path, "unpack"))?;
    Ok((Region::new(file), len))
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    resources: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    path: Option<String>,
    hash: Option<String>,
}

/// Holds every file of a WACZ against the hash that it is listed with.
fn check_list(wacz: &mut Wacz, damage: &mut Vec<Damage>) {
    let mut say = |file: &str, cause: String| {
        damage.push(Damage { capture: None, file: file.to_owned(), offset: 0, cause });
    };
    // Other tools' archives may come without a list.
    if wacz.index_for_name(LIST).is_none() {
        return;
    }
    let list = match read(wacz, LIST).and_then(|bytes| Ok(serde_json::from_slice::<List>(&bytes)?)) {
        Ok(list) => list,
        Err(error) => return say(LIST, error.to_string()),
    };
    let mut listed = list.resources;
    if wacz.index_for_name(DIGEST).is_some() {
        match read(wacz, DIGEST).and_then(|bytes| Ok(serde_json::from_slice::<Listed>(&bytes)?)) {
            Ok(list) => listed.push(list),
            Err(error) => say(DIGEST, error.to_string()),
        }
    }
    for Listed { path, hash } in listed {
        let (Some(path), Some(hash)) = (path, hash) else { continue };
        let Some(declared) = hash.strip_prefix("sha256:") else { continue };
        match hash_of(wacz, &path) {
            Ok(hash) if hash == declared => {}
            Ok(_) => say(&path, "the file does not have the hash it was sealed with".to_owned()),
            Err(error) => say(&path, error.to_string()),
        }
    }
}

pub(super) fn read(wacz: &mut Wacz, name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    wacz.by_name(name)?.take(MOST_LIST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn hash_of(wacz: &mut Wacz, name: &str) -> io::Result<String> {
    Ok(drain(&mut wacz.by_name(name)?)?.0)
}
