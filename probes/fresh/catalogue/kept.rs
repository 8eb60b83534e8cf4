//! One dataset's dates held against the frequency that it declares, and which of them was believed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::super::Basis;
use crate::dates::{self, Order};
use crate::dcat::Dataset;
use crate::finding::Evidence;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    late_after: f64,
    least_days: f64,
    shared_by: f64,
    shared_least: u64,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| match toml::from_str(include_str!("kept.toml")) {
    Ok(rules) => rules,
    Err(error) => panic!("invariant: the bundled rules are well formed: {error}"),
});

/// The dates of one dataset, none of them behind the audit's.
#[derive(Default)]
pub(super) struct Dates {
    /// The newest in the rows that were read.
    pub(super) rows: Option<Date>,
    /// Of the data, by the platform.
    pub(super) platform: Option<Date>,
    /// In the file's own properties.
    pub(super) file: Option<Date>,
    /// Of the file, by its server.
    pub(super) header: Option<Date>,
    /// Of the record.
    pub(super) metadata: Option<Date>,
    /// Where those that stand in a capture of their own do so.
    pub(super) evidence: BTreeMap<Basis, Evidence>,
}

/// Whether a dataset keeps what it declares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept,
    Late,
    Untold,
}

/// What was made of a dataset's dates.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// What the believed date rests on; none where none was.
    pub(super) basis: Option<Basis>,
    /// Which date was believed, and why.
    pub(super) why: String,
    /// Whether the record was changed in time, and the data was not.
    pub(super) touched: bool,
    pub(super) evidence: Option<Evidence>,
}

/// Days that so many datasets share that something was done to all of them together: moved, or published anew.
pub(super) struct SharedDays(BTreeMap<Date, u64>);

impl SharedDays {
    /// The shared days of these datasets' records and of their data.
    pub(super) fn of<'d>(datasets: impl Iterator<Item = &'d Dataset>) -> Self {
        let mut days: BTreeMap<Date, u64> = BTreeMap::new();
        let mut all = 0;
        for dataset in datasets {
            all += 1;
            let day = |written: &str| Some(dates::parse(written, Order::MonthFirst)?.first);
            let (record, data) = (day(&dataset.modified), day(&dataset.data_modified));
            for day in record.into_iter().chain(data.filter(|_| data != record)) {
                *days.entry(day).or_default() += 1;
            }
        }
        days.retain(|_, count| *count >= RULES.shared_least && *count as f64 >= RULES.shared_by * f64::from(all));
        Self(days)
    }
}

/// Holds `dates` against a period of so many days.
///
/// Rows may prove that data is new and never that it is old: a register of old things has old dates. Of all other
/// dates the data's own stand before the record's, as a record is touched for many reasons.
pub(super) fn judge(dates: &Dates, period: f64, as_of: Date, shared: &SharedDays) -> Judged {
    let allowed = (period * RULES.late_after).max(period + RULES.least_days);
    let age = |day: Date| as_of.since(day).map_or(0, |span| span.get_days());
    let in_time = |day: Date| f64::from(age(day)) <= allowed;
    let say = |verdict, basis: Basis, why: String, touched| {
        let evidence = dates.evidence.get(&basis).cloned();
        Judged { verdict, basis: Some(basis), why, touched, evidence }
    };
    if let Some(day) = dates.rows.filter(|day| in_time(*day)) {
        return say(Verdict::Kept, Basis::Rows, format!("its newest row is of {day}"), false);
    }
    let own = [(Basis::Platform, dates.platform), (Basis::File, dates.file), (Basis::Header, dates.header)];
    let own = own.into_iter().find_map(|(basis, day)| Some((basis, day?)));
    let Some((basis, day)) = own.or_else(|| Some((Basis::Metadata, dates.metadata?))) else {
        let why = "neither its record nor its data has a date".to_owned();
        return Judged { verdict: Verdict::Untold, basis: None, why, touched: false, evidence: None };
    };
    let what = match basis {
        Basis::Platform => "its platform says that the data was changed",
        Basis::File => "the file's own properties say that it was changed",
        Basis::Header => "its server says that the file was changed",
        Basis::Rows | Basis::Text | Basis::Metadata => "its record was changed",
    };
    let (mut why, fits) = (format!("{what} on {day}"), in_time(day));
    let together = shared.0.get(&day);
    if let Some(count) = together.filter(|_| !fits || basis == Basis::Metadata) {
        let why = format!("{why}, as {count} of the datasets looked at together: that tells nothing of this one");
        return Judged { verdict: Verdict::Untold, basis: None, why, touched: false, evidence: None };
    }
    if fits {
        return say(Verdict::Kept, basis, why, false);
    }
    let touched = basis != Basis::Metadata && dates.metadata.is_some_and(in_time);
    if let Some(record) = dates.metadata.filter(|_| touched) {
        why = format!("{why}, and the record on {record}: touched, not updated");
    }
    say(Verdict::Late, basis, why, touched)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: &str) -> Date {
        day.parse().unwrap()
    }

    fn monthly(dates: &Dates, shared: &[&str]) -> (Verdict, Option<Basis>, bool) {
        let shared = SharedDays(shared.iter().map(|written| (day(written), 9)).collect());
        let judged = judge(dates, 30.0, "2026-11-01".parse().unwrap(), &shared);
        (judged.verdict, judged.basis, judged.touched)
    }

    #[test]
    fn a_record_that_is_new_does_not_make_its_data_new() {
        let dates = Dates { metadata: Some(day("2026-10-30")), platform: Some(day("2024-01-01")), ..Dates::default() };
        assert_eq!(monthly(&dates, &[]), (Verdict::Late, Some(Basis::Platform), true));
    }

    #[test]
    fn rows_prove_that_data_is_new_and_never_that_it_is_old() {
        let old = Dates { rows: Some(day("1931-05-01")), platform: Some(day("2026-10-20")), ..Dates::default() };
        assert_eq!(monthly(&old, &[]), (Verdict::Kept, Some(Basis::Platform), false));
        let new = Dates { rows: Some(day("2026-10-20")), platform: Some(day("2024-01-01")), ..Dates::default() };
        assert_eq!(monthly(&new, &[]), (Verdict::Kept, Some(Basis::Rows), false));
        let alone = Dates { rows: Some(day("1931-05-01")), ..Dates::default() };
        assert_eq!(monthly(&alone, &[]), (Verdict::Untold, None, false));
    }

    #[test]
    fn no_date_and_the_date_of_a_move_are_never_late() {
        assert_eq!(monthly(&Dates::default(), &[]), (Verdict::Untold, None, false));
        let moved = Dates { platform: Some(day("2024-01-01")), metadata: Some(day("2024-01-01")), ..Dates::default() };
        assert_eq!(monthly(&moved, &["2024-01-01"]), (Verdict::Untold, None, false));
        assert_eq!(monthly(&moved, &[]), (Verdict::Late, Some(Basis::Platform), false));
        // A touch of all records says nothing for any of them, however new it is.
        let touched = Dates { metadata: Some(day("2026-10-30")), ..Dates::default() };
        assert_eq!(monthly(&touched, &["2026-10-30"]), (Verdict::Untold, None, false));
        // Data that is made anew every night is new.
        let nightly = Dates { platform: Some(day("2026-10-31")), ..Dates::default() };
        assert_eq!(monthly(&nightly, &["2026-10-31"]), (Verdict::Kept, Some(Basis::Platform), false));
    }
}
