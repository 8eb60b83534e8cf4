//! GTFS Schedule: an archive of tables that says where and when public transport runs, read in the child process and
//! held against every rule that the canonical validator has.

mod archive;
mod calendar;
mod calls;
mod cells;
pub mod documented;
mod feed;
mod files;
mod geojson;
mod large;
mod lines;
mod matching;
mod notices;
mod ordered;
mod overview;
mod polygon;
mod read;
pub mod report;
mod rules;
mod schema;
mod shapes;
mod sphere;
mod strings;
mod summary;
mod table;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::Body;
use crate::capture::Reader;

/// Reads a feed and says everything that can be said of it whatever the date.
pub struct Gtfs;

/// How a feed is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The country that telephone numbers are called from, by its code; without one they are not looked at.
    pub country: Option<String>,
    /// How many places of each rule are kept.
    pub samples: usize,
    /// Whether rules are run that the canonical validator has not.
    pub extra: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { country: None, samples: 20, extra: false }
    }
}

impl Reader for Gtfs {
    fn name(&self) -> &'static str {
        "gtfs"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        self.read_told(body, "")
    }

    fn read_told(&self, body: &Body, told: &str) -> Result<Value, String> {
        let options = if told.is_empty() {
            Options::default()
        } else {
            serde_json::from_str(told).map_err(|error| error.to_string())?
        };
        let report = archive::read(body, &options)?;
        serde_json::to_value(report).map_err(|error| error.to_string())
    }
}
