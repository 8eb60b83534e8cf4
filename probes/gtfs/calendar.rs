//! Sets of days as runs of days, the first and last of each included.

use super::cells::date_text;

/// Days since 1970, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days(Vec<(i32, i32)>);

impl Days {
    /// The days of a week that run, from Monday on, between two days.
    pub(crate) fn weekly(start: i32, end: i32, week: &[bool]) -> Self {
        let mut days = Self::default();
        if week.iter().all(|runs| *runs) {
            days.0.push((start, end));
            return days;
        }
        for day in start..=end {
            // The first day of 1970 was a Thursday.
            let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
            if week.get(weekday).copied().unwrap_or_default() {
                days.push((day, day));
            }
        }
        days
    }

    /// Adds a run that begins no earlier than the last one.
    fn push(&mut self, (start, end): (i32, i32)) {
        match self.0.last_mut() {
            Some((_, last)) if start <= *last + 1 => *last = end.max(*last),
            _ => self.0.push((start, end)),
        }
    }

    /// Adds days.
    pub(crate) fn add(&mut self, days: Vec<i32>) {
        if days.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.0);
        all.extend(days.into_iter().map(|day| (day, day)));
        all.sort_unstable();
        for run in all {
            self.push(run);
        }
    }

    /// Takes days out.
    pub(crate) fn remove(&mut self, mut days: Vec<i32>) {
        days.sort_unstable();
        let mut days = days.into_iter().peekable();
        for (mut start, end) in std::mem::take(&mut self.0) {
            while days.next_if(|day| *day < start).is_some() {}
            while let Some(day) = days.next_if(|day| *day <= end) {
                if day > start {
                    self.0.push((start, day - 1));
                }
                start = day + 1;
            }
            if start <= end {
                self.0.push((start, end));
            }
        }
    }

    /// The runs.
    pub(crate) fn runs(&self) -> &[(i32, i32)] {
        &self.0
    }

    /// The first and the last day.
    pub(crate) fn ends(&self) -> Option<(i32, i32)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    /// The first day that both have.
    pub(crate) fn first_shared(&self, other: &Self) -> Option<i32> {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let (first, second) = (**a.peek()?, **b.peek()?);
            let start = first.0.max(second.0);
            if start <= first.1.min(second.1) {
                return Some(start);
            }
            if first.1 < second.1 {
                a.next()
            } else {
                b.next()
            };
        }
    }
}

/// A day as people write it.
pub(crate) fn written(day: i32) -> String {
    let text = date_text(day);
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_added_and_taken_out() {
        let mut week = [true; 7];
        (week[5], week[6]) = (false, false);
        // 5 January 1970 was a Monday.
        let mut days = Days::weekly(4, 14, &week);
        assert_eq!(days.runs(), [(4, 8), (11, 14)]);
        days.add(vec![20, 9, 10]);
        assert_eq!(days.runs(), [(4, 14), (20, 20)]);
        days.remove(vec![20, 4, 6, 6]);
        assert_eq!((days.runs(), days.ends()), (&[(5, 5), (7, 14)][..], Some((5, 14))));
        assert_eq!(days.first_shared(&Days(vec![(6, 6), (9, 30)])), Some(9));
        assert_eq!(days.first_shared(&Days(vec![(6, 6)])), None);
        assert_eq!(written(4), "1970-01-05");
    }
}
