//! What a feed holds, in figures.

use serde::{Deserialize, Serialize};

use super::calendar::written;
use super::feed::Feed;
use super::overview::{self, Overview};
use super::rules::Dated;
use super::strings::NONE;

/// A feed in figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Files of the standard that are there, those in a folder included.
    pub tables: u64,
    /// Agencies.
    pub agencies: u64,
    /// Routes.
    pub routes: u64,
    /// Stops.
    pub stops: u64,
    /// Trips.
    pub trips: u64,
    /// Rows of `stop_times.txt`.
    pub stop_times: u64,
    /// Shapes.
    pub shapes: u64,
    /// The first day of service.
    pub service_from: Option<String>,
    /// The last day of service.
    pub service_until: Option<String>,
    /// The last day with a fair share of the trips.
    pub covered_until: Option<String>,
    /// The language of the feed.
    pub language: Option<String>,
    /// Its version, as the publisher has it.
    pub version: Option<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Parts of the standard beyond the timetable that it uses.
    pub features: Vec<String>,
    /// What it says of itself.
    #[serde(default)]
    pub overview: Overview,
}

impl Summary {
    pub(super) fn of(feed: &Feed, dated: &Dated, tables: u64) -> Self {
        let count = |file: &str| feed.table(file).len() as u64;
        let info = feed.table("feed_info.txt");
        let said = |name: &str| {
            let id = *info.ids(name).first()?;
            (id != NONE).then(|| feed.text(id).to_owned())
        };
        let mut features: Vec<String> = overview::called(feed).collect();
        if !feed.shapes.all.is_empty() {
            features.push("shapes".to_owned());
        }
        if feed.calls.named.flexible {
            features.push("flex".to_owned());
        }
        Self {
            tables,
            agencies: count("agency.txt"),
            routes: count("routes.txt"),
            stops: count("stops.txt"),
            trips: count("trips.txt"),
            stop_times: feed.calls.named.rows,
            shapes: feed.shapes.all.len() as u64,
            service_from: dated.window.map(|(from, _)| written(from)),
            service_until: dated.window.map(|(_, until)| written(until)),
            covered_until: dated.coverage.map(|(_, until)| written(until)),
            language: said("feed_lang"),
            version: said("feed_version"),
            publisher: said("feed_publisher_name"),
            features,
            overview: Overview::of(feed),
        }
    }
}
