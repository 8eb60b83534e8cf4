//! A run, written out for people, spreadsheets and programs.

pub mod chart;
pub mod csv;
pub mod gate;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod model;
mod opens;
#[cfg(test)]
pub(crate) mod sample;
pub mod sarif;
pub mod summary;
pub(crate) mod text;
pub mod view;

pub use model::Report;
pub use view::View;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The place it is written to gave up.
    #[error("cannot write the report: {0}")]
    Write(#[from] std::io::Error),
    /// The report has no JSON form.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The report has no CSV form.
    #[error("cannot write the report as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// The report has no `JUnit` form.
    #[error("cannot write the report as JUnit XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// A template asks for what the report does not have: a bug.
    #[error("cannot fill the report's template: {0:#}")]
    Html(#[from] minijinja::Error),
}
