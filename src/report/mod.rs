//! A run, written out for people, spreadsheets and programs.

pub mod model;

pub use model::Report;
