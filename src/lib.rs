//! Tickmark: an auditor of a city's open data. Every verdict can be traced to bytes, and "could not see" never becomes "no".
//!
//! The flow, each stage with a stored artifact: a [`submission`] names targets; the [`audit`] asks every probe and
//! has the [`crawl`] fetch what they need into a [`pack`]; [`criteria`] are held against the findings; a [`report`] is written.

pub mod audit;
pub mod cli;
pub mod crawl;
pub mod criteria;
#[cfg(feature = "serve")]
pub mod notify;
pub mod pack;
pub mod report;
#[cfg(feature = "serve")]
pub mod schedule;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "serve")]
pub mod store;
pub mod submission;
pub mod survey;
