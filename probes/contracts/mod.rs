//! Lists of contracts, whatever their columns are called: which column holds what, and when the contracts end.
//!
//! `source` finds the tables behind a link, and the deals in OCDS data; `map` tells their columns apart by names and values, `tally` makes contracts
//! of rows and counts them, `list` is all of that for one link. The words are data, in `fields.toml`.

mod amount;
mod day;
mod deals;
mod fields;
mod list;
mod map;
mod names;
mod source;
mod table;
mod tally;

pub use fields::Field;
pub use list::{Fields, List, Listing, Reading, read};
pub use map::Mapped;
pub use tally::{Counts, Gap};
