//! The dates that the rows themselves bear.

use jiff::civil::Date;

use super::{Basis, Mention};
use crate::dates::{Dated, Precision};
use crate::finding::Evidence;
use crate::table::{Grid, Mark};

/// Parts of names of columns whose dates say nothing of when the rows were written.
const OF_OTHER_THINGS: &[&str] = &[
    "due",
    "expir",
    "end",
    "birth",
    "dob",
    "planned",
    "plan ",
    "target",
    "deadline",
    "scheduled",
    "next",
    "estimated",
    "anticipated",
    "projected",
    "proposed",
    "venc",
    "nacimiento",
    "nascimento",
    "fin ",
    "until",
    "renewal",
];

/// The newest day of each column of dates, not after `as_of` where there is one.
pub(super) fn gather(grid: &Grid, as_of: Date, at: impl Fn(&Mark) -> Evidence, into: &mut Vec<Mention>) {
    for column in &grid.columns {
        if column.dated == 0 || column.dated * 10 < column.filled * 8 || says_other(&column.name) {
            continue;
        }
        let meant = |date: &Date, mark: &Mark| match mark.otherwise {
            Some(other) if column.day_first => other,
            _ => *date,
        };
        let days = || column.dates.iter().map(|(date, mark)| (meant(date, mark), mark));
        let (all, ahead) = (days().count(), days().filter(|(date, _)| *date > as_of).count());
        // One typing error is not a plan.
        let planned = ahead * 5 > all;
        let past = days().filter(|(date, _)| *date <= as_of).max_by_key(|(date, _)| *date);
        let Some((first, mark)) = past.or_else(|| days().max_by_key(|(date, _)| *date)) else { continue };
        let otherwise = mark.otherwise.filter(|_| !column.day_first && column.ambiguous == column.dated);
        into.push(Mention {
            basis: Basis::Rows,
            dated: Dated { first, precision: Precision::Day, otherwise },
            words: format!("{}: {}", column.name, mark.words),
            evidence: at(mark),
            planned,
        });
    }
}

/// Whether a name says that its dates are of something else than the rows' making.
pub(super) fn says_other(name: &str) -> bool {
    let name = format!("{} ", name.to_lowercase().replace(['_', '-'], " "));
    OF_OTHER_THINGS.iter().any(|part| match *part {
        // "end" is in "vendor" and "calendar" too.
        "end" => name.split(' ').any(|word| matches!(word, "end" | "ends" | "ending" | "enddate")),
        part => name.contains(part),
    })
}
