//! Two reviewers of the same clauses, neither of whom is shown what the other decided before both have.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::verdict::Standing;

/// Where two reviewers are with a clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Both<'a> {
    /// One has decided; a second must before either is shown.
    Half,
    /// Both have: what each said last before knowing of the other, and the decision that settled it afterwards, if any.
    Judged {
        /// What who came first said.
        first: &'a Decision,
        /// What the other said.
        second: &'a Decision,
        /// The last decision after both.
        settled: Option<&'a Decision>,
    },
}

impl Both<'_> {
    /// How the clause stands by them; none while it is not settled.
    pub fn standing(&self) -> Option<Standing> {
        match self {
            Self::Half => None,
            Self::Judged { settled: Some(settled), .. } => Some(settled.decided.decided),
            Self::Judged { first, second, settled: None } => {
                (first.decided.decided == second.decided.decided).then_some(second.decided.decided)
            }
        }
    }
}

/// Every clause of a run that anybody decided, by scheme and clause; `decisions` are those of the run, in order.
pub fn by_clause(decisions: &[Decision]) -> BTreeMap<(&str, &str), Both<'_>> {
    let mut all: BTreeMap<(&str, &str), Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        let it = &decision.decided;
        all.entry((it.scheme.as_str(), it.clause.as_str())).or_default().push(decision);
    }
    all.into_iter().map(|(clause, decisions)| (clause, both(&decisions))).collect()
}

fn both<'a>(decisions: &[&'a Decision]) -> Both<'a> {
    let name = |decision: &Decision| decision.decided.reviewer.to_lowercase();
    let other = decisions.iter().position(|decision| name(decision) != name(decisions[0]));
    match other.map(|at| (at.checked_sub(1).map(|before| decisions[before]), decisions[at], &decisions[at + 1..])) {
        Some((Some(first), second, after)) => Both::Judged { first, second, settled: after.last().copied() },
        _ => Both::Half,
    }
}

/// Cohen's kappa of what two people said of the same things: 1 where they always agree, 0 where they agree as often as
/// chance would have it; none where there is nothing, or where chance alone has them always agree.
pub fn kappa(said: &[(Standing, Standing)]) -> Option<f64> {
    let n = said.len() as f64;
    let agreed = said.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let share = |of: &dyn Fn(&(Standing, Standing)) -> Standing, which| {
        said.iter().filter(|pair| of(pair) == which).count() as f64 / n
    };
    let by_chance: f64 =
        Standing::ALL.into_iter().map(|it| share(&|pair| pair.0, it) * share(&|pair| pair.1, it)).sum();
    (!said.is_empty() && by_chance < 1.0).then(|| (agreed - by_chance) / (1.0 - by_chance))
}

/// The names of two reviewers, and what they said of each clause that both judged; the names in order, whatever their case.
pub type Pairs = BTreeMap<(String, String), Vec<(Standing, Standing)>>;

/// By the names of the two, what they said before they knew of each other; `runs` are the decisions of each run.
pub fn pairs<'a>(runs: impl IntoIterator<Item = &'a [Decision]>) -> Pairs {
    let mut pairs = Pairs::new();
    for decisions in runs {
        for both in by_clause(decisions).into_values() {
            let Both::Judged { first, second, .. } = both else { continue };
            let [mut a, mut b] = [first, second].map(|it| (it.decided.reviewer.to_lowercase(), it.decided.decided));
            if a.0 > b.0 {
                (a, b) = (b, a);
            }
            pairs.entry((a.0, b.0)).or_default().push((a.1, b.1));
        }
    }
    pairs
}

/// What two reviewers are not through with, by scheme and clause.
#[derive(Debug, Default)]
pub struct Open<'a> {
    /// What one of them has decided.
    pub half: BTreeSet<(&'a str, &'a str)>,
    /// What they disagree on, and none has settled.
    pub unsettled: BTreeSet<(&'a str, &'a str)>,
}

/// What is open of a run, whose decisions these are.
pub fn open(decisions: &[Decision]) -> Open<'_> {
    let mut open = Open::default();
    for (clause, both) in by_clause(decisions).into_iter().filter(|(_, both)| both.standing().is_none()) {
        if both == Both::Half {
            open.half.insert(clause)
        } else {
            open.unsettled.insert(clause)
        };
    }
    open
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::decision::Decided;
    use super::*;
    use Standing::{Met, NeedsReview, NotMet};

    fn decisions(said: &[(&str, &str, Standing)]) -> Vec<Decision> {
        let mut before = "run".to_owned();
        let decided = said.iter().enumerate().map(|(at, &(reviewer, clause, decided))| {
            let decided = Decided {
                scheme: "made-up".to_owned(),
                clause: clause.to_owned(),
                found: NeedsReview,
                decided,
                reason: "So.".to_owned(),
                reviewer: reviewer.to_owned(),
                at: Timestamp::UNIX_EPOCH,
                findings: Vec::new(),
            };
            let decision = decided.chained(at + 1, &before);
            before.clone_from(&decision.sha256);
            decision
        });
        decided.collect()
    }

    #[test]
    fn a_clause_is_settled_when_two_agree_or_a_later_decision_says_so() {
        let said = decisions(&[
            ("Ada", "A.1", Met),
            ("Ada", "A.2", NotMet),
            // Who decides again alone is still alone, in whatever case the name is typed.
            ("ADA", "A.2", Met),
            ("Bob", "A.2", Met),
            ("Ada", "A.3", Met),
            ("Bob", "A.3", NotMet),
            ("Ada", "A.4", Met),
            ("Bob", "A.4", NotMet),
            ("Cid", "A.4", NotMet),
        ]);
        let all = by_clause(&said);
        let standing = |clause| all[&("made-up", clause)].standing();
        assert_eq!(
            [standing("A.1"), standing("A.2"), standing("A.3"), standing("A.4")],
            [None, Some(Met), None, Some(NotMet)]
        );
        let Open { half, unsettled } = open(&said);
        assert_eq!(half.into_iter().collect::<Vec<_>>(), [("made-up", "A.1")]);
        assert_eq!(unsettled.into_iter().collect::<Vec<_>>(), [("made-up", "A.3")]);
        let pairs = pairs([said.as_slice()]);
        assert_eq!(pairs[&("ada".to_owned(), "bob".to_owned())], [(Met, Met), (Met, NotMet), (Met, NotMet)]);
    }

    #[test]
    fn kappa_is_what_is_agreed_beyond_chance() {
        let said = |both: usize, first: usize, second: usize, neither: usize| {
            let all =
                [(both, (Met, Met)), (first, (Met, NotMet)), (second, (NotMet, Met)), (neither, (NotMet, NotMet))];
            all.into_iter().flat_map(|(n, pair)| std::iter::repeat_n(pair, n)).collect::<Vec<_>>()
        };
        // Of 50, 20 + 15 agreed: 0.7; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
        let some = kappa(&said(20, 5, 10, 15)).unwrap();
        assert!((some - 0.4).abs() < 1e-12, "{some}");
        assert_eq!(kappa(&said(3, 0, 0, 3)), Some(1.0));
        assert_eq!((kappa(&[]), kappa(&said(4, 0, 0, 0))), (None, None));
    }
}
