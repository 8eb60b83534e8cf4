//! Open contracting data (OCDS 1.0 and 1.1), whatever form it comes in: held against the standard's table in one pass.

pub mod cove;
pub mod deal;
pub mod form;
mod format;
mod open;
pub mod pointer;
pub mod process;
pub mod read;
pub mod report;
mod same;
mod scan;
mod schema;
mod source;
pub mod tally;
mod walk;

pub use open::{each_deal, read};
