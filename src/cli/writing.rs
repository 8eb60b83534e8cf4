//! Reports written into the output folder, each whole or not at all.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use clap::ValueEnum;

use super::Trouble;
use crate::report::{Report, ReportError, View, csv, html, json, junit, markdown, sarif};

/// A report beside those that are always written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Format {
    /// `report.junit.xml`, for CI
    Junit,
    /// `report.sarif`, for code scanning
    Sarif,
    /// `report.md`, for issues and wikis
    Markdown,
}

type Writer = fn(&Report, &View<'_>, &mut dyn std::io::Write) -> Result<(), ReportError>;

const ALWAYS: [(&str, Writer); 4] = [
    ("report.html", html::write),
    ("report.json", json::write),
    ("verdicts.csv", csv::write_verdicts),
    ("findings.csv", csv::write_findings),
];

fn file_of(format: Format) -> (&'static str, Writer) {
    match format {
        Format::Junit => ("report.junit.xml", junit::write),
        Format::Sarif => ("report.sarif", sarif::write),
        Format::Markdown => ("report.md", markdown::write),
    }
}

/// Writes `report` into `dir` in every format asked for.
pub(crate) fn reports(dir: &Path, report: &Report, view: &View<'_>, formats: &[Format]) -> Result<(), Trouble> {
    for (name, writer) in ALWAYS.into_iter().chain(formats.iter().copied().map(file_of)) {
        let path = dir.join(name);
        let file = tempfile::NamedTempFile::new_in(dir).map_err(Trouble::at(dir))?;
        let mut out = BufWriter::new(file);
        writer(report, view, &mut out)?;
        out.flush().map_err(Trouble::at(&path))?;
        let file = out.into_inner().map_err(|error| Trouble::at(&path)(error.into_error()))?;
        readable(file.as_file()).map_err(Trouble::at(&path))?;
        file.persist(&path).map_err(|error| Trouble::at(&path)(error.error))?;
    }
    Ok(())
}

/// A temporary file is for its owner alone; a report is for everyone that the folder lets in.
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}
