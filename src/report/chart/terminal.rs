//! Bars in a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::Chart;
use crate::report::text::line;

/// Longest label shown, in characters.
const LABEL: usize = 28;
/// Longest bar, in characters.
const BAR: u32 = 32;
/// Eighths of a character, so that short bars differ too.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Most bars and rows written.
const ROWS: usize = 12;
/// Most characters of the cells beside a row's label that stand on its line.
const BESIDE: usize = 60;

/// Writes the chart's first bars below its title.
pub fn write(chart: &Chart<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bars = &chart.bars[..chart.bars.len().min(ROWS)];
    let labels: Vec<String> = bars.iter().map(|bar| short(&line(bar.label))).collect();
    let wide = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    writeln!(out, "  {}", line(chart.title))?;
    for (bar, label) in bars.iter().zip(labels) {
        let drawn = bar.length.map(drawn).unwrap_or_default();
        let gap = if drawn.is_empty() { "" } else { " " };
        writeln!(out, "    {label:<wide$}  {drawn}{gap}{}", line(&bar.figure))?;
    }
    more(chart.bars.len() - bars.len() + chart.more, out)
}

/// Writes a table's first rows, each under its label: the cell of the column `label`, or of one that tells the rows apart.
pub fn write_rows(
    title: &str,
    rows: &[BTreeMap<String, String>],
    label: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows_written = &rows[..rows.len().min(ROWS)];
    let label = label.or_else(|| telling(rows_written));
    writeln!(out, "  {}", line(&title.replace('_', " ")))?;
    for row in rows_written {
        let own = label.and_then(|label| row.get(label)).map(|own| line(own)).unwrap_or_default();
        let others = row.iter().filter(|(column, cell)| Some(column.as_str()) != label && !cell.is_empty());
        let cells: Vec<String> = others.map(|(column, cell)| format!("{}: {}", line(column), line(cell))).collect();
        let beside = cells.join(", ");
        if own.is_empty() || beside.is_empty() {
            writeln!(out, "    {own}{beside}")?;
        } else if beside.chars().count() <= BESIDE {
            writeln!(out, "    {own}  ({beside})")?;
        } else {
            writeln!(out, "    {own}")?;
            for cell in cells {
                writeln!(out, "      {cell}")?;
            }
        }
    }
    more(rows.len() - rows_written.len(), out)
}

fn more(left: usize, out: &mut dyn Write) -> io::Result<()> {
    if left > 0 { writeln!(out, "    … and {left} more") } else { Ok(()) }
}

/// The column whose cells tell the rows apart; of several the one that says most.
fn telling(rows: &[BTreeMap<String, String>]) -> Option<&str> {
    let tells = |column: &&String| {
        let cells: BTreeSet<&String> = rows.iter().filter_map(|row| row.get(*column)).collect();
        cells.len() == rows.len()
    };
    let says = |column: &&String| {
        rows.iter().map(|row| row[*column].chars().filter(|c| c.is_alphabetic()).count()).sum::<usize>()
    };
    rows.first()?.keys().filter(tells).max_by_key(says).map(String::as_str)
}

fn short(label: &str) -> String {
    match label.char_indices().nth(LABEL) {
        Some(_) => label.chars().take(LABEL - 1).chain(['…']).collect(),
        None => label.to_owned(),
    }
}

/// A bar of this length; what is there at all is seen.
fn drawn(length: f64) -> String {
    let whole = f64::from(BAR) * 8.0;
    let eighths = (0..BAR * 8).take_while(|eighth| f64::from(*eighth) < (length * whole).round()).count();
    let eighths = if length > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}
