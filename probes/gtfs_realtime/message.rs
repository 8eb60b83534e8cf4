//! A feed message: its header, and the frame of its entities.

use std::collections::BTreeSet;

use super::wire::{Field, Fields, Wrong};

/// Versions that there are.
const VERSIONS: [&str; 3] = ["1.0", "2.0", "2"];
/// The first second of the year 2000: before it, a time is a mistake.
const FIRST: u64 = 946_684_800;
/// From here on a time is in milliseconds.
const LAST: u64 = 10_000_000_000;
/// What an entity may say: where in the message it stands.
const SAYS: std::ops::RangeInclusive<u64> = 3..=8;
/// So many problems are named.
const NAMED: usize = 20;

/// What a feed message holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) version: String,
    /// When it was written, in seconds since 1970.
    pub(super) timestamp: Option<u64>,
    pub(super) entities: u64,
    pub(super) trip_updates: u64,
    pub(super) vehicles: u64,
    pub(super) alerts: u64,
    pub(super) wrong: u64,
    /// Where, and what; the first of them.
    pub(super) problems: Vec<(String, String)>,
}

impl Message {
    /// Reads a message; none where it has no header that such a feed begins with.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<Self>, Wrong> {
        let mut message = Self::default();
        let (mut headers, mut ids) = (0, BTreeSet::new());
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(header)) => {
                    headers += 1;
                    message.header(header)?;
                }
                (2, Field::Bytes(entity)) => {
                    // Without a header before it, anything could look like an entity.
                    if headers == 0 {
                        return Ok(None);
                    }
                    message.entity(entity, &mut ids)?;
                }
                _ if headers == 0 => return Ok(None),
                _ => {}
            }
        }
        if headers > 1 {
            message.problem("header", "there is more than one");
        }
        Ok((headers > 0 && is_version(&message.version)).then_some(message))
    }

    fn problem(&mut self, at: &str, says: &str) {
        self.wrong += 1;
        if self.problems.len() < NAMED {
            self.problems.push((at.to_owned(), says.to_owned()));
        }
    }

    fn header(&mut self, bytes: &[u8]) -> Result<(), Wrong> {
        let mut incrementality = 0;
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(version)) => self.version = String::from_utf8_lossy(version).into_owned(),
                (2, Field::Number(number)) => incrementality = number,
                (3, Field::Number(time)) => self.timestamp = Some(time),
                _ => {}
            }
        }
        if !VERSIONS.contains(&self.version.as_str()) {
            self.problem("header.gtfs_realtime_version", "is neither 1.0 nor 2.0");
        }
        if incrementality != 0 {
            self.problem("header.incrementality", "is not FULL_DATASET, the only one that is supported");
        }
        match self.timestamp {
            None | Some(0) if self.version != "1.0" => self.problem("header.timestamp", "is missing"),
            Some(time) if time > 0 && !(FIRST..LAST).contains(&time) => {
                self.problem("header.timestamp", "is no time in seconds since 1970");
            }
            _ => {}
        }
        self.timestamp = self.timestamp.filter(|time| (FIRST..LAST).contains(time));
        Ok(())
    }

    fn entity<'a>(&mut self, bytes: &'a [u8], ids: &mut BTreeSet<&'a [u8]>) -> Result<(), Wrong> {
        let (mut id, mut deleted, mut says) = (None, false, 0);
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(text)) => id = Some(text),
                (2, Field::Number(number)) => deleted = number != 0,
                (what, Field::Bytes(_)) if SAYS.contains(&what) => {
                    says += 1;
                    match what {
                        3 => self.trip_updates += 1,
                        4 => self.vehicles += 1,
                        5 => self.alerts += 1,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        let at = format!("entity[{}]", self.entities);
        self.entities += 1;
        match id {
            None | Some([]) => self.problem(&at, "has no id"),
            Some(id) if !ids.insert(id) => self.problem(&at, "has the id of another"),
            Some(_) => {}
        }
        if says == 0 && !deleted {
            self.problem(&at, "says nothing: it has no trip update, vehicle, alert or other part");
        }
        Ok(())
    }
}

/// Whether it looks like a version at all.
fn is_version(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    fn header(version: &str, rest: &[u8]) -> Vec<u8> {
        part(1, &[&part(1, version.as_bytes())[..], rest].concat())
    }

    /// 2026-06-01, a little past one in the afternoon.
    const NOON: &[u8] = &[0x18, 0xc0, 0x86, 0xf6, 0xd0, 0x06];

    #[test]
    fn a_sound_message_has_no_problems() {
        let entity = part(2, &[part(1, b"a"), part(4, b"")].concat());
        let message = Message::read(&[header("2.0", NOON), entity].concat()).unwrap().unwrap();
        assert_eq!((message.version.as_str(), message.entities, message.vehicles), ("2.0", 1, 1));
        assert_eq!((message.timestamp, message.wrong), (Some(1_780_319_040), 0));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let nameless = part(2, &part(5, b""));
        let empty = part(2, &part(1, b"a"));
        let message = Message::read(&[header("3.0", &[0x10, 1]), nameless, empty.clone(), empty].concat());
        let message = message.unwrap().unwrap();
        let at: Vec<&str> = message.problems.iter().map(|(at, _)| at.as_str()).collect();
        let header = ["header.gtfs_realtime_version", "header.incrementality", "header.timestamp"];
        assert_eq!(at[..3], header);
        assert_eq!(at[3..], ["entity[0]", "entity[1]", "entity[2]", "entity[2]"]);
    }

    #[test]
    fn other_bytes_are_no_feed() {
        assert_eq!(Message::read(b""), Ok(None));
        assert_eq!(Message::read(&part(1, &part(1, b"Bikes"))), Ok(None));
        assert_eq!(Message::read(&part(2, b"")), Ok(None));
        assert!(Message::read(&[0x0a, 9, 1]).is_err());
    }
}
