//! The tables of an `SQLite` file, read from its pages: enough for the small tables of a `GeoPackage`, and bounded.

use std::io::{Read, Seek, SeekFrom};

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    pub(super) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    pub(super) fn int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Self::Real(real) => Some(*real),
            // Whole numbers are stored as such, whatever the column.
            Self::Int(int) => Some(*int as f64),
            _ => None,
        }
    }
}

/// A database file.
pub(super) struct Database<R> {
    stream: R,
    page_size: usize,
    /// The part of a page that holds cells.
    usable: usize,
    /// How many pages may still be read.
    left: u64,
}

/// The most pages that are read of a file.
const PAGES: u64 = 200_000;
/// The longest row that is read, in bytes; what is longer is read to here.
const LONGEST: usize = 1 << 20;

impl<R: Read + Seek> Database<R> {
    pub(super) fn open(mut stream: R) -> Result<Self, String> {
        let mut head = [0; 100];
        stream.read_exact(&mut head).map_err(|_| "it is shorter than a database's head".to_owned())?;
        let page_size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65536,
            size => usize::from(size),
        };
        let usable = page_size.saturating_sub(usize::from(head[20]));
        if !head.starts_with(b"SQLite format 3\0") || !page_size.is_power_of_two() || usable < 480 {
            return Err("its head is no SQLite database's".to_owned());
        }
        if !matches!(head[56..60], [0, 0, 0, 0 | 1]) {
            return Err("its texts are not in UTF-8".to_owned());
        }
        Ok(Self { stream, page_size, usable, left: PAGES })
    }

    /// The page on which the table `name` begins.
    pub(super) fn root(&mut self, name: &str) -> Result<Option<u32>, String> {
        let mut root = None;
        self.rows(1, &mut |_, cells| {
            if let [kind, table, _, page, ..] = cells
                && kind.text() == "table"
                && table.text().eq_ignore_ascii_case(name)
            {
                root = page.int().and_then(|page| u32::try_from(page).ok());
            }
            root.is_none()
        })?;
        Ok(root)
    }

    /// Hands each row of the table that begins on the page `root`, with its number, to `each` for as long as that wants more.
    ///
    /// Gives the number of rows, of those too that were not handed over.
    pub(super) fn rows(&mut self, root: u32, each: &mut dyn FnMut(i64, &[Cell]) -> bool) -> Result<u64, String> {
        let mut pages = vec![root];
        let (mut count, mut more) = (0, true);
        while let Some(number) = pages.pop() {
            let page = self.page(number)?;
            let head = if number == 1 { 100 } else { 0 };
            let cells = usize::from(u16_at(&page, head + 3)?);
            let kind = *page.get(head).ok_or(SHORT)?;
            let pointers = head + if kind == 5 { 12 } else { 8 };
            match kind {
                // Inner pages point to others: the last of them first here, as the stack turns them round.
                5 => {
                    pages.push(u32_at(&page, head + 8)?);
                    for cell in (0..cells).rev() {
                        let at = usize::from(u16_at(&page, pointers + 2 * cell)?);
                        pages.push(u32_at(&page, at)?);
                    }
                }
                13 => {
                    count += cells as u64;
                    for cell in 0..cells {
                        if !more {
                            break;
                        }
                        let at = usize::from(u16_at(&page, pointers + 2 * cell)?);
                        let (row, payload) = self.payload(&page, at)?;
                        more = each(row, &record(&payload)?);
                    }
                }
                other => return Err(format!("page {number} is of the kind {other}, which no table has")),
            }
        }
        Ok(count)
    }

    fn page(&mut self, number: u32) -> Result<Vec<u8>, String> {
        self.left = self.left.checked_sub(1).ok_or("it has more pages than are read")?;
        let at =
            u64::from(number).checked_sub(1).ok_or("it points to a page before its first")? * self.page_size as u64;
        let mut page = vec![0; self.page_size];
        let read = self.stream.seek(SeekFrom::Start(at)).and_then(|_| self.stream.read_exact(&mut page));
        read.map_err(|_| format!("it ends before its page {number}"))?;
        Ok(page)
    }

    /// The number and the record of the row at `at`, with what of it lies on further pages.
    fn payload(&mut self, page: &[u8], at: usize) -> Result<(i64, Vec<u8>), String> {
        let (length, at) = varint(page, at)?;
        let (row, at) = varint(page, at)?;
        let length = usize::try_from(length).map_err(|_| SHORT)?;
        let most = self.usable - 35;
        let here = if length <= most {
            length
        } else {
            let least = (self.usable - 12) * 32 / 255 - 23;
            let fitting = least + (length - least) % (self.usable - 4);
            if fitting <= most { fitting } else { least }
        };
        let mut payload = page.get(at..at + here).ok_or(SHORT)?.to_vec();
        let mut next = if here < length { u32_at(page, at + here)? } else { 0 };
        while next != 0 && payload.len() < length.min(LONGEST) {
            let page = self.page(next)?;
            next = u32_at(&page, 0)?;
            let take = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + take).ok_or(SHORT)?);
        }
        Ok((row.cast_signed(), payload))
    }
}

const SHORT: &str = "a page of it holds less than it says";

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, String> {
    let bytes = bytes.get(at..at + 2).ok_or(SHORT)?;
    Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, String> {
    let bytes = bytes.get(at..at + 4).ok_or(SHORT)?;
    Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// A number of one to nine bytes, and where it ends.
fn varint(bytes: &[u8], at: usize) -> Result<(u64, usize), String> {
    let mut number = 0_u64;
    for step in 0..9 {
        let byte = *bytes.get(at + step).ok_or(SHORT)?;
        if step == 8 {
            return Ok((number << 8 | u64::from(byte), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Ok((number, at + step + 1));
        }
    }
    Err(SHORT.to_owned())
}

/// The cells of a record; those that were not read to their end are left out.
fn record(payload: &[u8]) -> Result<Vec<Cell>, String> {
    let (head, mut at) = varint(payload, 0)?;
    let head = usize::try_from(head).map_err(|_| SHORT)?;
    let mut data = head;
    let mut cells = Vec::new();
    while at < head {
        let (kind, next) = varint(payload, at)?;
        at = next;
        let length = match kind {
            0 | 8 | 9 | 10 | 11 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            _ => (kind - 12) / 2,
        };
        let end = usize::try_from(length).ok().and_then(|length| data.checked_add(length)).ok_or(SHORT)?;
        let Some(bytes) = payload.get(data..end) else { break };
        data = end;
        cells.push(match kind {
            0 => Cell::Null,
            8 => Cell::Int(0),
            9 => Cell::Int(1),
            1..=6 => {
                let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1_i64 };
                Cell::Int(bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte)))
            }
            7 => Cell::Real(f64::from_be_bytes(bytes.try_into().map_err(|_| SHORT)?)),
            10 | 11 => return Err("a row of it is of a kind that SQLite keeps for itself".to_owned()),
            _ if kind % 2 == 0 => Cell::Blob(bytes.to_vec()),
            _ => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
        });
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn numbers_and_records_are_read_as_they_are_written() {
        assert_eq!(varint(&[0x7f], 0), Ok((127, 1)));
        assert_eq!(varint(&[0x81, 0x00], 0), Ok((128, 2)));
        assert_eq!(varint(&[0xff; 9], 0), Ok((u64::MAX, 9)));
        assert!(varint(&[0x81], 0).is_err());
        let cells = record(&[6, 0, 1, 8, 17, 14, 0xff, b'a', b'b', 9]).unwrap();
        assert_eq!(cells, [Cell::Null, Cell::Int(-1), Cell::Int(0), Cell::Text("ab".to_owned()), Cell::Blob(vec![9])]);
    }

    #[test]
    fn what_is_no_database_is_refused_and_loops_end() {
        assert!(Database::open(Cursor::new(vec![0; 200])).is_err());
        let mut file = vec![0; 512];
        file[..16].copy_from_slice(b"SQLite format 3\0");
        file[16..18].copy_from_slice(&512_u16.to_be_bytes());
        // Page 1 is an inner page that points to itself.
        file[100] = 5;
        file[108..112].copy_from_slice(&1_u32.to_be_bytes());
        let mut database = Database::open(Cursor::new(file)).unwrap();
        assert!(database.root("gpkg_contents").unwrap_err().contains("more pages"));
    }
}
