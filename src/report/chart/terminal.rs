//! Bars in a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Chart;
use crate::report::text::line;

/// Longest label shown, in characters.
const LABEL: usize = 28;
/// Longest bar, in characters.
const BAR: u32 = 32;
/// Eighths of a character, so that short bars differ too.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Writes the chart below its title.
pub fn write(chart: &Chart<'_>, out: &mut dyn Write) -> io::Result<()> {
    let labels: Vec<String> = chart.bars.iter().map(|bar| short(&line(bar.label))).collect();
    let wide = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    writeln!(out, "  {}", line(chart.title))?;
    for (bar, label) in chart.bars.iter().zip(labels) {
        let drawn = bar.length.map(drawn).unwrap_or_default();
        let gap = if drawn.is_empty() { "" } else { " " };
        writeln!(out, "    {label:<wide$}  {drawn}{gap}{}", line(&bar.figure))?;
    }
    if chart.more > 0 {
        writeln!(out, "    … and {} more", chart.more)?;
    }
    Ok(())
}

/// Most rows of a table written.
const ROWS: usize = 12;

/// Writes a table's first rows, each as its cells by name.
pub fn write_rows(name: &str, rows: &[BTreeMap<String, String>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {}", line(&name.replace('_', " ")))?;
    for row in rows.iter().take(ROWS) {
        let told = row.iter().filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<String> = told.map(|(column, cell)| format!("{}: {}", line(column), line(cell))).collect();
        writeln!(out, "    {}", cells.join(", "))?;
    }
    if rows.len() > ROWS {
        writeln!(out, "    … and {} more", rows.len() - ROWS)?;
    }
    Ok(())
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
