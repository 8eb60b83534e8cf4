//! One WACZ file: the captures as WARC records, and the run's submission, findings and verdicts.

pub mod exchange;

pub use exchange::{Exchange, Message, Payload};
