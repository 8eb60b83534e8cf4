//! How a pack that was taken apart goes together: the list that its file begins with.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PackError;
use super::seal::at_once;

/// How such a file begins.
const MAGIC: &[u8] = b"tickmark parts 1\n";
/// The longest list of parts that is read, in bytes: millions of bodies.
const MOST: u64 = 512 << 20;

/// The second line of such a file; behind it come the bytes that are no piece.
#[derive(Serialize, Deserialize)]
pub struct PartsList {
    /// The hash of the whole.
    pub(super) sha256: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Where the pieces are, from here.
    pub(super) pieces: PathBuf,
    /// The parts in their order: so many bytes of a piece's, or of those that come behind the list.
    pub(super) parts: Vec<(u64, Option<String>)>,
}

impl PartsList {
    /// The list of the pack that was taken apart as `path`.
    pub fn of(path: &Path) -> Result<Self, PackError> {
        Self::read(File::open(path).map_err(PackError::io(path, "open"))?, path)
    }

    /// The list of a pack that was taken apart as `path`, whose bytes come from anywhere.
    pub fn read(from: impl Read, path: &Path) -> Result<Self, PackError> {
        Ok(Self::begins(from, path)?.0)
    }

    /// Writes such a file to `into`, the same but for the place of its pieces: `pieces` from there.
    pub fn with_pieces_at(path: &Path, pieces: &Path, into: &Path) -> Result<(), PackError> {
        let mut file = File::open(path).map_err(PackError::io(path, "open"))?;
        let (list, behind) = Self::begins(&mut file, path)?;
        file.seek(SeekFrom::Start(behind)).map_err(PackError::io(path, "read"))?;
        Self { pieces: pieces.to_owned(), ..list }.write(into, [file])
    }

    /// The length of each piece that it names.
    pub fn pieces(&self) -> BTreeMap<&str, u64> {
        self.parts.iter().filter_map(|(bytes, piece)| Some((piece.as_deref()?, *bytes))).collect()
    }

    /// The length of the whole, in bytes.
    pub fn whole(&self) -> u64 {
        self.bytes
    }

    /// Whether both make the same file, wherever their pieces are.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        self.sha256 == other.sha256 && self.parts == other.parts
    }

    /// Writes the file that this is the list of, at once, with the bytes behind it.
    pub(super) fn write<R: Read>(&self, path: &Path, behind: impl IntoIterator<Item = R>) -> Result<(), PackError> {
        at_once(path, |mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.write_all(b"\n")?;
            for mut bytes in behind {
                io::copy(&mut bytes, &mut file)?;
            }
            file.sync_all()
        })
    }

    /// The list, and where the bytes behind it begin.
    pub(super) fn begins(from: impl Read, path: &Path) -> Result<(Self, u64), PackError> {
        let mut from = BufReader::new(from).take(MOST);
        let (mut magic, mut line) = (Vec::new(), Vec::new());
        let read = from.read_until(b'\n', &mut magic).and_then(|_| from.read_until(b'\n', &mut line));
        read.map_err(PackError::io(path, "read"))?;
        if magic != MAGIC {
            return Err(PackError::malformed(path, 0, "this is no pack that was taken apart"));
        }
        let unreadable = |why: &dyn ToString| {
            PackError::malformed(
                path,
                MAGIC.len() as u64,
                format!("its list of parts cannot be read: {}", why.to_string()),
            )
        };
        let list: Self = serde_json::from_slice(&line).map_err(|error| unreadable(&error))?;
        // They become the names of files.
        if let Some(odd) = list.pieces().into_keys().find(|piece| !is_hash(piece)) {
            return Err(unreadable(&format!("{odd:?} is no hash")));
        }
        Ok((list, (magic.len() + line.len()) as u64))
    }
}

/// Whether a file is a pack that was taken apart; it is read from its beginning again.
pub(super) fn begins_so(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    (&mut *file).take(MAGIC.len() as u64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(start == MAGIC)
}

fn is_hash(piece: &str) -> bool {
    piece.len() == 64 && piece.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_no_name_but_a_hash() {
        let list = |piece: &str| {
            format!("tickmark parts 1\n{{\"sha256\":\"\",\"bytes\":1,\"pieces\":\"\",\"parts\":[[1,\"{piece}\"]]}}\n")
        };
        let read = |piece: &str| PartsList::read(list(piece).as_bytes(), Path::new("pack.parts"));
        let good = "0f".repeat(32);
        assert_eq!(read(&good).unwrap().pieces(), BTreeMap::from([(good.as_str(), 1)]));
        for bad in ["", "..", "ab/../../../../etc/passwd", &"0F".repeat(32), &"/x".repeat(32)] {
            let Err(refused) = read(bad) else { panic!("{bad} is taken") };
            assert!(refused.to_string().contains("is no hash"), "{refused}");
        }
    }
}
