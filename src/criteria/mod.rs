//! Schemes, criteria and clauses as data, and how findings are held against them.

pub mod agreement;
mod check;
pub mod condition;
pub mod decision;
pub mod fixes;
pub mod judge;
mod measured;
pub mod problem;
pub mod scheme;
mod stands;
pub mod summary;
pub mod verdict;

pub use fixes::fixes;
pub use judge::{Offer, Purpose, judge};
pub use measured::Measured;
pub use problem::Problem;
pub use scheme::Scheme;
pub use summary::summary;
