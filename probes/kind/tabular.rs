//! Delimited tables, told by a number of fields that stays the same from record to record.

use super::Kind;

/// How many records are looked at.
const RECORDS: usize = 200;
/// How many lines of title may stand above a table's header.
const TITLES: usize = 10;
/// The share of records, in percent, that must have the same number of fields.
const STEADY: usize = 80;

/// The kind of table that `text` is; `declared` decides where too little of it is there to tell.
pub(super) fn table(text: &str, whole: bool, declared: &[Kind]) -> Option<Kind> {
    let promised = declared.contains(&Kind::Csv) || declared.contains(&Kind::Tsv);
    let text = if whole { text } else { &text[..text.rfind('\n')?] };
    match delimiter(text) {
        Some(delimiter) if !promised && reads_as_prose(text, delimiter) => {}
        Some(b'\t') => return Some(Kind::Tsv),
        Some(_) => return Some(Kind::Csv),
        None => {}
    }
    if !promised {
        return None;
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    match lines.next() {
        // One column, as far as its lines are as short as cells are.
        Some(_) => text.lines().all(|line| line.len() < 200).then_some(Kind::Csv),
        // Only a header.
        None if first.contains('\t') => Some(Kind::Tsv),
        None => first.contains([',', ';', '|']).then_some(Kind::Csv),
    }
}

/// The delimiter that splits `text` into records of a steady number of fields, two at least; of several the one with most fields.
pub fn delimiter(text: &str) -> Option<u8> {
    b",\t;|"
        .iter()
        .filter_map(|delimiter| fields(text, *delimiter).map(|fields| (fields, *delimiter)))
        .fold(None, |best: Option<(usize, u8)>, (fields, delimiter)| match best {
            Some((most, _)) if most >= fields => best,
            _ => Some((fields, delimiter)),
        })
        .map(|(_, delimiter)| delimiter)
}

/// The number of fields that the records have, if it is steady.
fn fields(text: &str, delimiter: u8) -> Option<usize> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut widths = Vec::new();
    let mut record = csv::ByteRecord::new();
    while widths.len() < RECORDS && reader.read_byte_record(&mut record).ok()? {
        widths.push(record.len());
    }
    let titles = widths.iter().take(TITLES).take_while(|width| **width == 1).count();
    let widths = &widths[titles..];
    let most = widths.iter().copied().max()?;
    let usual = (2..=most).max_by_key(|width| widths.iter().filter(|have| *have == width).count())?;
    let steady = widths.iter().filter(|width| **width == usual).count();
    (widths.len() >= 2 && steady * 100 >= widths.len() * STEADY).then_some(usual)
}

/// Whether the delimiter of a text that nothing declares a table stands as it does in sentences and lists.
fn reads_as_prose(text: &str, delimiter: u8) -> bool {
    let delimiter = char::from(delimiter);
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(RECORDS);
    let share = |odd: &dyn Fn(&str) -> bool| lines().filter(|line| odd(line)).count() * 10 >= lines().count() * 3;
    let spaced = text.matches(&format!("{delimiter} ")).count() * 10 >= text.matches(delimiter).count() * 8;
    // Few lines with commas between words; clauses that each end in one; lists; the rows of a table drawn in text.
    spaced && lines().count() < 10
        || delimiter != '\t'
            && share(&|line| line.matches(delimiter).count() == 1 && line.trim_end().ends_with(delimiter))
        || share(&|line| line.starts_with([' ', '|']))
}
