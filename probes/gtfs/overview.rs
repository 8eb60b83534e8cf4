//! What a feed says of itself, for the head of a report in the canonical validator's shape.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::feed::Feed;
use super::strings::NONE;
use super::table::{State, Table};

/// The most agencies that are named.
const AGENCIES: usize = 200;

/// What a feed says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overview {
    /// The tables that are there, by their files.
    pub files: Vec<String>,
    /// Its agencies: name, address, telephone, e-mail and time zone of each.
    pub agencies: Vec<BTreeMap<String, String>>,
    /// What it says of its publisher: name, address and e-mail, and from when to when it is to be used.
    pub feed: BTreeMap<String, String>,
    /// How many blocks its trips are in.
    pub blocks: u64,
    /// Parts of the standard that it uses, by the standard's names.
    pub features: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    features: Vec<Feature>,
}

/// A part of the standard, and what shows that it is used.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feature {
    name: String,
    /// What findings call it, where they speak of it.
    called: Option<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    all: Vec<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    toml::from_str(include_str!("features.toml")).expect("invariant: the bundled features are well formed")
});

impl Overview {
    pub(super) fn of(feed: &Feed) -> Self {
        let there = feed.tables().iter().filter(|table| table.state != State::Absent);
        let mut features: Vec<String> = used(feed).map(|feature| feature.name.clone()).collect();
        if !feed.shapes.all.is_empty() {
            features.push("Shapes".to_owned());
        }
        let agency = feed.table("agency.txt");
        let agencies = (0..agency.len().min(AGENCIES)).map(|row| {
            let names = ["name", "url", "phone", "email", "timezone"];
            names.map(|name| (name.to_owned(), cell(feed, agency, &format!("agency_{name}"), row))).into()
        });
        let info = feed.table("feed_info.txt");
        let said = [
            ("publisherName", "feed_publisher_name"),
            ("publisherUrl", "feed_publisher_url"),
            ("feedLanguage", "feed_lang"),
            ("feedStartDate", "feed_start_date"),
            ("feedEndDate", "feed_end_date"),
            ("feedEmail", "feed_contact_email"),
        ];
        let mut blocks: Vec<u32> = feed.table("trips.txt").ids("block_id").to_vec();
        blocks.retain(|id| *id != NONE);
        blocks.sort_unstable();
        blocks.dedup();
        Self {
            files: there.map(|table| table.schema.file.to_owned()).collect(),
            agencies: agencies.collect(),
            feed: said.map(|(name, column)| (name.to_owned(), cell(feed, info, column, 0))).into(),
            blocks: blocks.len() as u64,
            features,
        }
    }
}

/// A cell as the feed writes it; empty where it is not there.
fn cell(feed: &Feed, table: &Table, column: &str, row: usize) -> String {
    let place = table.schema.place(column).filter(|place| row < table.len() && table.is_there(*place, row));
    place.map(|place| table.written(place, row, &feed.strings)).unwrap_or_default()
}

/// The parts of the standard that the tables of a feed show, by what findings call them.
pub(super) fn called(feed: &Feed) -> impl Iterator<Item = String> {
    used(feed).filter_map(|feature| feature.called.clone())
}

fn used(feed: &Feed) -> impl Iterator<Item = &'static Feature> {
    let shows = |sign: &String| shown(feed, sign);
    KNOWN.features.iter().filter(move |feature| {
        (feature.any.is_empty() || feature.any.iter().any(shows)) && feature.all.iter().all(shows)
    })
}

/// Whether a row is there, or one in which the column is filled: `file` or `file:column`.
fn shown(feed: &Feed, sign: &str) -> bool {
    let (file, column) = sign.split_once(':').unwrap_or((sign, ""));
    let table = feed.table(file);
    match table.schema.place(column) {
        Some(place) => (0..table.len()).any(|row| table.is_there(place, row)),
        None => table.len() > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gtfs::schema::SCHEMAS;

    #[test]
    fn every_sign_of_a_feature_is_a_table_or_a_field_of_one() {
        for sign in KNOWN.features.iter().flat_map(|feature| feature.any.iter().chain(&feature.all)) {
            let (file, column) = sign.split_once(':').unwrap_or((sign, ""));
            let schema = SCHEMAS.iter().find(|schema| schema.file == file);
            let schema = schema.unwrap_or_else(|| panic!("{file} is no table"));
            assert!(column.is_empty() || schema.place(column).is_some(), "{sign}");
        }
    }
}
