//! A sealed pack with one more file of its run; every other byte of what it holds stays as it is.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use serde_json::{Value, json};
use zip::ZipWriter;

use super::open::{DIGEST, LIST, Wacz, broken_zip, read};
use super::region::Region;
use super::seal::{Out, at_once};
use super::{Pack, PackError, own};

impl Pack {
    /// Whether the sealed pack at `path` has the file `name` of its run; nothing else of it is read.
    pub fn has(path: &Path, name: &str) -> Result<bool, PackError> {
        Ok(list_of(path)?.index_for_name(&own(name)).is_some())
    }

    /// Writes the sealed pack at `path` anew, with the file `name` of the run added or replaced: complete, or as it was.
    pub fn amend(path: &Path, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        let mut wacz = list_of(path)?;
        at_once(path, |file| write(&mut wacz, file, &own(name), bytes))
    }
}

fn list_of(path: &Path) -> Result<Wacz, PackError> {
    let file = Pack::bytes(path)?;
    let len = file.metadata().map_err(PackError::io(path, "read"))?.len();
    Wacz::new(BufReader::new(Region::new(file).reader(0, len))).map_err(|error| broken_zip(path, &error))
}

fn write(wacz: &mut Wacz, file: File, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut list: Value = serde_json::from_slice(&read(wacz, LIST)?)?;
    let mut resources = list["resources"].as_array().cloned().unwrap_or_default();
    resources.retain(|file| file["path"] != name);
    let mut out = Out { zip: ZipWriter::new(BufWriter::new(file)), resources };
    for number in 0..wacz.len() {
        let entry = wacz.by_index_raw(number)?;
        if ![LIST, DIGEST, name].iter().any(|left_out| left_out.as_bytes() == entry.name_raw()) {
            out.zip.raw_copy_file(entry)?;
        }
    }
    out.put_bytes(name, bytes)?;
    list["resources"] = json!(out.resources);
    out.end(&list)
}
