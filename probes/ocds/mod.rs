//! Open contracting data (OCDS 1.0 and 1.1), whatever form it comes in: held against the standard's table in one pass.

pub mod cove;
pub mod deal;
pub mod extension;
pub mod flat;
pub mod form;
mod format;
mod halves;
mod keep;
mod open;
mod package;
pub mod pointer;
mod process;
pub mod read;
pub mod report;
mod same;
mod scan;
pub mod schema;
mod source;
pub mod tally;
mod walk;

pub use open::{each_deal, each_deal_of_tables, read, read_tables};
pub use process::Checked;
