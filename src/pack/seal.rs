//! Seals an unsealed pack: one WACZ 1.1.1 file, complete or not there at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use probes::capture::{Outcome, Standing};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::contents::Contents;
use super::digest::Hashing;
use super::open::{DIGEST, EARLIER, LIST};
use super::work::ENTRY;
use super::{Identity, Pack, PackError, cdxj, own};

impl Pack {
    /// Writes the sealed pack to `path` in one step, the `extras` (name to bytes) in it, and removes the work
    /// directory; what is open stays readable.
    pub fn seal(&self, path: &Path, extras: &BTreeMap<String, Vec<u8>>) -> Result<(), PackError> {
        let writer = self.writer()?;
        at_once(path, |file| self.write_wacz(file, writer.end(), extras))?;
        if let Some(work) = &self.work {
            let directory = &work.directory;
            fs::remove_file(&self.path).map_err(PackError::io(&self.path, "remove"))?;
            fs::remove_dir(directory).map_err(PackError::io(directory, "remove"))?;
        }
        drop(writer);
        Ok(())
    }

    fn write_wacz(&self, file: File, len: u64, extras: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        let identity = self.identity.as_ref().ok_or_else(|| io::Error::other("invariant: a work pack has an audit"))?;
        let mut out = Out { zip: ZipWriter::new(BufWriter::new(file)), resources: Vec::new() };
        out.put(ENTRY, &mut self.segments[0].region.reader(0, len), len)?;
        {
            let contents = self.contents();
            let file = ENTRY.rsplit('/').next().unwrap_or(ENTRY);
            out.put_bytes("indexes/index.cdxj", cdxj::lines(&contents.lines, file).as_bytes())?;
            out.put_bytes("pages/pages.jsonl", pages(&contents).as_bytes())?;
        }
        for (name, bytes) in extras {
            out.put_bytes(&own(name), bytes)?;
        }
        if !self.earlier.is_empty() {
            out.put_bytes(&own(EARLIER), &serde_json::to_vec_pretty(&self.earlier)?)?;
        }
        let list = list(identity, &out.resources);
        out.end(&list)
    }
}

/// Writes the file at `path` so that it is complete or not there at all: what was there before stays until then.
pub(super) fn at_once(path: &Path, write: impl FnOnce(File) -> io::Result<()>) -> Result<(), PackError> {
    let partial = partial(path);
    let file = File::create(&partial).map_err(PackError::io(&partial, "create"))?;
    let written = write(file).and_then(|()| fs::rename(&partial, path));
    if let Err(error) = written {
        let _ = fs::remove_file(&partial);
        return Err(PackError::io(path, "write")(error));
    }
    // The name is safe once its directory is; not every system can do that, and the bytes are safe already.
    if let Some(directory) = path.parent().and_then(|directory| File::open(directory).ok()) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// The name a file has until it is complete.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

/// A WACZ that is being written.
pub(super) struct Out {
    pub(super) zip: ZipWriter<BufWriter<File>>,
    /// What its list says of the files in it.
    pub(super) resources: Vec<Value>,
}

impl Out {
    pub(super) fn put_bytes(&mut self, path: &str, bytes: &[u8]) -> io::Result<String> {
        self.put(path, &mut &*bytes, bytes.len() as u64)
    }

    fn put(&mut self, path: &str, from: &mut dyn Read, len: u64) -> io::Result<String> {
        // Archive and index are stored, as players read them in ranges; and with no time, as the same pack has the
        // same bytes.
        let own = path.starts_with("tickmark/");
        let options = SimpleFileOptions::default()
            .compression_method(if own { CompressionMethod::Deflated } else { CompressionMethod::Stored })
            .last_modified_time(zip::DateTime::default())
            .large_file(len >= u64::from(u32::MAX));
        self.zip.start_file(path, options)?;
        let mut hashing = Hashing::new(&mut self.zip);
        io::copy(&mut from.take(len), &mut hashing)?;
        let (sha256, bytes) = hashing.finish();
        if bytes != len {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{path} ended before its length")));
        }
        let hash = format!("sha256:{sha256}");
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        // Without a type, validators take `report.json` for a report of theirs.
        self.resources.push(json!({ "name": name, "type": "file", "path": path, "hash": hash, "bytes": bytes }));
        Ok(hash)
    }

    /// Adds its list and that list's hash, and ends it.
    pub(super) fn end(mut self, list: &Value) -> io::Result<()> {
        let hash = self.put_bytes(LIST, &serde_json::to_vec_pretty(list)?)?;
        let digest = json!({ "path": LIST, "hash": hash });
        self.put_bytes(DIGEST, &serde_json::to_vec_pretty(&digest)?)?;
        let file = self.zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()
    }
}

fn list(identity: &Identity, resources: &[Value]) -> Value {
    json!({
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": format!("An audit of open data by {}, as of {}", identity.scheme, identity.as_of),
        "software": concat!("Tickmark/", env!("CARGO_PKG_VERSION")),
        "created": identity.begins().to_string(),
        "resources": resources,
    })
}

/// The pages that the city submitted, as far as they answered.
fn pages(contents: &Contents) -> String {
    let mut lines = json!({ "format": "json-pages-1.0", "id": "pages", "title": "Submitted links" }).to_string();
    lines.push('\n');
    for entry in contents.captures.values() {
        let capture = &entry.capture;
        let submitted = capture.request.standing == Standing::Submitted && !capture.request.is_rendered();
        if submitted && matches!(capture.outcome, Outcome::Answered(_)) && capture.request.url.scheme() != "file" {
            let url = &capture.request.url;
            let ts = capture.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            lines.push_str(&json!({ "id": capture.id, "url": url, "ts": ts, "title": url }).to_string());
            lines.push('\n');
        }
    }
    lines
}
