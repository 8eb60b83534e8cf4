//! Schemes, criteria and clauses as data, and how findings are held against them.

pub mod verdict;
