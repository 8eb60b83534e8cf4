//! How long ago datasets were last changed.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Tally;

/// Spans by the months at which they end.
const SPANS: &[(i32, &str)] = &[
    (0, "this month"),
    (3, "up to 3 months"),
    (12, "up to a year"),
    (24, "up to 2 years"),
    (60, "up to 5 years"),
    (i32::MAX, "over 5 years"),
];

/// Datasets by the time since their last change, as of a day; those without a date last.
pub fn ages(months: &Tally, datasets: u64, as_of: Date) -> Vec<BTreeMap<String, String>> {
    let mut counts = vec![0_u64; SPANS.len()];
    let mut dated = 0;
    for (month, count) in months.iter() {
        let Some((year, month)) = month.split_once('-') else { continue };
        let (Ok(year), Ok(month)) = (year.parse::<i32>(), month.parse::<i32>()) else { continue };
        let age = (i32::from(as_of.year()) - year) * 12 + i32::from(as_of.month()) - month;
        let span = SPANS.iter().position(|(end, _)| age <= *end).unwrap_or(SPANS.len() - 1);
        counts[span] += count;
        dated += count;
    }
    let spans = SPANS.iter().map(|(_, name)| *name).chain(["no date"]);
    let counts = counts.into_iter().chain([datasets.saturating_sub(dated)]);
    let row = |(span, count): (&str, u64)| {
        BTreeMap::from([("age".to_owned(), span.to_owned()), ("datasets".to_owned(), count.to_string())])
    };
    spans.zip(counts).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_fall_into_spans_and_the_rest_has_no_date() {
        let mut months = Tally::default();
        for month in ["2026-11", "2026-09", "2025-11", "1999-01", "2027-01"] {
            months.add(month);
        }
        let rows = ages(&months, 7, "2026-11-24".parse().unwrap());
        let counts: Vec<&str> = rows.iter().map(|row| row["datasets"].as_str()).collect();
        assert_eq!(counts, ["2", "1", "1", "0", "0", "1", "2"]);
    }
}
