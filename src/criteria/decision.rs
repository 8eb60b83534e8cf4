//! What a person decided of a clause of one run, and the sign-off that closes a run.
//!
//! Decisions of a run form a chain: each names the hash of the one before it, and the first names the run by the hash of
//! what its pack holds. None can be changed, left out or moved without every later hash being another.

use jiff::Timestamp;
use probes::capture::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::verdict::Standing;

/// The most characters of a reviewer's name.
const LONGEST_NAME: usize = 100;
/// The most characters of a reason.
const LONGEST_REASON: usize = 4000;

/// What a reviewer says of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The scheme's folder name.
    pub scheme: String,
    /// The clause's id.
    pub clause: String,
    /// How the clause stood in the run.
    pub found: Standing,
    /// How it stands by this decision: the same where the reviewer accepts it.
    pub decided: Standing,
    /// Why; it may be empty only where the standing is accepted.
    pub reason: String,
    /// Who decided.
    pub reviewer: String,
    /// When.
    #[cfg_attr(feature = "serve", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The findings that had decided the clause, by id: the evidence that the reviewer was shown.
    pub findings: Vec<String>,
}

/// A decision in its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Its number within its run, from 1.
    pub number: usize,
    /// What was decided.
    pub decided: Decided,
    /// The hash of the decision before it; of the first, the run.
    pub before: String,
    /// SHA-256 over all of the above.
    pub sha256: String,
}

/// A run that a reviewer closed, with all that was decided of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// The hash of what the run's pack holds, this left aside.
    pub run: String,
    /// Every decision, in order.
    pub decisions: Vec<Decision>,
    /// Who closed it.
    pub reviewer: String,
    /// When.
    #[cfg_attr(feature = "serve", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// SHA-256 over all of the above.
    pub sha256: String,
}

impl Decided {
    /// Whether the program's standing was one that a person need not settle, and the reviewer set another.
    pub fn overrules(&self) -> bool {
        self.decided != self.found && matches!(self.found, Standing::Met | Standing::NotMet)
    }

    /// What is wrong with it, in words for whoever wrote it.
    pub fn problem(&self) -> Option<&'static str> {
        if let Some(problem) = not_a_name(&self.reviewer) {
            Some(problem)
        } else if self.decided != self.found && self.reason.trim().is_empty() {
            Some("a standing is set otherwise only with a reason")
        } else if self.reason.chars().nth(LONGEST_REASON).is_some() {
            Some("a reason has 4000 characters at most")
        } else {
            None
        }
    }

    /// The same in its place, after `before`.
    pub fn chained(self, number: usize, before: &str) -> Decision {
        let sha256 = hash(&(number, &self, before));
        Decision { number, decided: self, before: before.to_owned(), sha256 }
    }
}

impl SignOff {
    /// Closes a run with these decisions.
    pub fn of(run: &str, decisions: Vec<Decision>, reviewer: &str, at: Timestamp) -> Self {
        let sha256 = hash(&(run, &decisions, reviewer, at));
        Self { run: run.to_owned(), decisions, reviewer: reviewer.to_owned(), at, sha256 }
    }

    /// What in it is not as it was signed: by the number of the decision, or of the whole.
    pub fn problems(&self) -> Vec<(Option<usize>, &'static str)> {
        let mut problems = broken(&self.run, &self.decisions);
        if hash(&(&self.run, &self.decisions, &self.reviewer, self.at)) != self.sha256 {
            problems.push((None, "it does not have the hash it was signed with"));
        }
        problems
    }
}

/// Why this cannot be the name of who decides or signs, if it cannot.
pub fn not_a_name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("the name of who decides or signs is needed")
    } else if name.chars().nth(LONGEST_NAME).is_some() {
        Some("a name has 100 characters at most")
    } else {
        None
    }
}

/// Where a chain of decisions is broken.
fn broken(run: &str, decisions: &[Decision]) -> Vec<(Option<usize>, &'static str)> {
    let mut problems = Vec::new();
    let mut before = run;
    for (at, decision) in decisions.iter().enumerate() {
        let number = at + 1;
        if decision.number != number || decision.before != before {
            problems.push((Some(number), "it does not follow the one before it"));
        } else if hash(&(decision.number, &decision.decided, &decision.before)) != decision.sha256 {
            problems.push((Some(number), "it does not have the hash it was taken with"));
        }
        before = &decision.sha256;
    }
    problems
}

fn hash(what: &impl Serialize) -> String {
    match serde_json::to_vec(what) {
        Ok(bytes) => hex(&Sha256::digest(bytes)),
        Err(error) => panic!("invariant: a decision can be written as JSON: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(clause: &str, decided: Standing) -> Decided {
        Decided {
            scheme: "made-up".to_owned(),
            clause: clause.to_owned(),
            found: Standing::NotMet,
            decided,
            reason: "The page says so.".to_owned(),
            reviewer: "R. Viewer".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            findings: vec!["f1".to_owned()],
        }
    }

    fn signed() -> SignOff {
        let first = decided("A.1", Standing::Met).chained(1, "run");
        let second = decided("A.2", Standing::NotMet).chained(2, &first.sha256);
        SignOff::of("run", vec![first, second], "R. Viewer", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_chain_holds_until_any_of_it_is_touched() {
        assert_eq!(signed().problems(), []);
        let touched: [fn(&mut SignOff); 6] = [
            |it| it.decisions[0].decided.decided = Standing::NeedsReview,
            |it| it.decisions[0].decided.findings.clear(),
            |it| drop(it.decisions.remove(0)),
            |it| it.decisions.swap(0, 1),
            |it| it.run = "another run".to_owned(),
            |it| it.reviewer = "S. Omeone".to_owned(),
        ];
        for (at, touch) in touched.into_iter().enumerate() {
            let mut it = signed();
            touch(&mut it);
            assert!(!it.problems().is_empty(), "{at}");
        }
    }

    #[test]
    fn a_decision_is_read_back_as_it_was_written() {
        let written = serde_json::to_vec(&signed()).unwrap();
        assert_eq!(serde_json::from_slice::<SignOff>(&written).unwrap(), signed());
    }

    #[test]
    fn another_standing_needs_a_reason_and_every_decision_a_name() {
        let problem = |change: fn(&mut Decided)| {
            let mut it = decided("A.1", Standing::Met);
            change(&mut it);
            it.problem().is_some()
        };
        assert!(!problem(|_| ()));
        assert!(problem(|it| it.reason = " ".to_owned()));
        assert!(!problem(|it| (it.decided, it.reason) = (Standing::NotMet, String::new())));
        assert!(problem(|it| it.reviewer = "\t".to_owned()));
        assert!(problem(|it| it.reviewer = "n".repeat(101)));
        assert!(problem(|it| it.reason = "r".repeat(4001)));
    }

    #[test]
    fn settling_what_was_left_to_a_person_overrules_nothing() {
        let left = |found, set| Decided { found, ..decided("A.1", set) }.overrules();
        assert!(left(Standing::NotMet, Standing::Met));
        assert!(left(Standing::Met, Standing::NeedsReview));
        assert!(!left(Standing::NeedsReview, Standing::Met));
        assert!(!left(Standing::Met, Standing::Met));
    }
}
