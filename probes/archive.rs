//! ZIP archives: read by the child process into a list of members, each with what it is and what its table holds.

use std::io::Read as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::body::Body;
use crate::capture::{Answered, Headers, Reader, Stored};
use crate::kind::Kind;
use crate::table::{Grid, Table};

/// Lists a ZIP archive and profiles the tables in it.
pub struct Archive;

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Its files, in the order of its directory.
    pub members: Vec<Member>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name, as it is written: never a place to write to.
    pub name: String,
    /// Its length unpacked, in bytes.
    pub bytes: u64,
    /// What it is by its bytes.
    pub kind: Kind,
    /// The table in it, if it is one.
    pub grid: Option<Grid>,
}

/// The most members that are listed.
const MEMBERS: usize = 1000;
/// The most that all members may come to, in bytes.
const UNPACKED: u64 = 4 * 1024 * 1024 * 1024;
/// The most that one member is read, in bytes.
const READ: u64 = 64 * 1024 * 1024;
/// How many times its packed form a large member may come to.
const RATIO: u64 = 200;

impl Reader for Archive {
    fn name(&self) -> &'static str {
        "archive"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        let stream = body.open().map_err(|error| error.to_string())?;
        let mut archive = zip::ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
        if archive.len() > MEMBERS {
            return Err(format!("it has {} members, more than the {MEMBERS} that are read", archive.len()));
        }
        let (mut unpacked, mut read, mut members) = (0u64, 0u64, Vec::new());
        for at in 0..archive.len() {
            let member = archive.by_index_raw(at).map_err(|error| error.to_string())?;
            unpacked = unpacked.saturating_add(member.size());
            if unpacked > UNPACKED || (member.size() > READ && member.size() / RATIO > member.compressed_size()) {
                return Err(format!(
                    "{:?} unpacks to {} bytes: it is not read",
                    String::from_utf8_lossy(member.name_raw()),
                    member.size()
                ));
            }
        }
        for at in 0..archive.len() {
            let member = archive.by_index(at).map_err(|error| format!("member {at} cannot be opened: {error}"))?;
            if member.is_dir() {
                continue;
            }
            let name = String::from_utf8_lossy(member.name_raw()).into_owned();
            let bytes = member.size();
            let mut content = Vec::new();
            let whole = bytes <= READ && read <= 4 * READ;
            if whole {
                let taken = member.take(READ).read_to_end(&mut content);
                read += taken.map_err(|error| format!("{name:?} cannot be unpacked: {error}"))? as u64;
            }
            members.push(profile(name, bytes, content));
        }
        serde_json::to_value(Members { members }).map_err(|error| error.to_string())
    }
}

fn profile(name: String, bytes: u64, content: Vec<u8>) -> Member {
    if content.is_empty() {
        let kind = if bytes == 0 { Kind::Empty } else { Kind::Unknown };
        return Member { name, bytes, kind, grid: None };
    }
    let body = Body::in_memory(content);
    let kind = Url::parse("file:///").ok().map_or(Kind::Unknown, |mut url| {
        url.set_path(&name);
        let stored = Stored { sha256: String::new(), bytes, cut: None };
        Kind::of(&Answered { url, status: 200, headers: Headers::default(), body: stored, rendering: None }, &body)
    });
    let grid = matches!(kind, Kind::Csv | Kind::Tsv).then(|| body.head(usize::MAX).ok()).flatten();
    let grid = grid.map(|bytes| Table::of_stream(&bytes, true, &bytes[..], None).grid);
    Member { name, bytes, kind, grid }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zipped(members: &[(&str, &[u8])]) -> Body {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        Body::in_memory(writer.finish().unwrap().into_inner())
    }

    #[test]
    fn members_are_listed_with_their_tables() {
        let form = Archive.read(&zipped(&[("../a.csv", b"id,name\n1,x\n2,y\n"), ("b.pdf", b"%PDF-1.7")])).unwrap();
        let members = Members::deserialize(form).unwrap().members;
        assert_eq!((members[0].name.as_str(), members[0].kind), ("../a.csv", Kind::Csv));
        assert_eq!(members[0].grid.as_ref().map(|grid| grid.rows), Some(2));
        assert_eq!((members[1].kind, &members[1].grid), (Kind::Pdf, &None));
    }

    #[test]
    fn a_bomb_is_refused_by_name() {
        let zeros = vec![b'0'; usize::try_from(READ).unwrap() + 1];
        let refused = Archive.read(&zipped(&[("zeros.csv", &zeros)])).unwrap_err();
        assert!(refused.contains("zeros.csv"), "{refused}");
    }
}
