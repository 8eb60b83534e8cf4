//! Many cities audited the same way, as one body of work: gone on with after a kill, judged again without a network.
//!
//! A survey is a folder: `survey.json` says what is surveyed, each of `cities/` holds one city's pack, and the tables
//! beside them are made from the packs alone.

mod anew;
mod cities;
#[cfg(feature = "parquet")]
mod columnar;
mod dataset;
mod described;
mod differences;
mod files;
mod ledger;
mod ordered;
mod quality;
#[cfg(feature = "serve")]
mod queue;
mod report;
mod row;
mod run;
mod tables;
#[cfg(feature = "serve")]
mod worker;

pub use anew::{Anew, Making};
pub use cities::{City, cities, offered_for_nothing_known};
pub use differences::{Compared, compare};
pub use ledger::{Ledger, Planned, PlannedCity, State, SurveyError};
#[cfg(feature = "serve")]
pub use queue::{Queue, Queued, queued};
pub use report::report;
pub use run::{Ended, Surveyors, run};
pub use tables::{Tables, write};
#[cfg(feature = "serve")]
pub use worker::{Worker, work};
