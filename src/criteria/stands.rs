//! How a criterion stands, from how its clauses do, whoever said so of each.

use super::scheme::{Criterion, Needs};
use super::verdict::{Kind, Standing};

impl Criterion {
    /// How many of its `deciding` clauses must be met.
    pub fn needed(&self, deciding: usize) -> usize {
        match self.needs.get_ref() {
            Needs::All => deciding,
            Needs::AtLeast(least) => *least,
        }
    }

    /// How it stands where its clauses stand so: requirements decide, where it has any, else what is to be handed in.
    pub fn stands(&self, clauses: &[(Kind, Standing)]) -> Standing {
        let required = clauses.iter().any(|(kind, _)| *kind == Kind::Requirement);
        let deciding = clauses.iter().filter(|(kind, _)| !required || *kind == Kind::Requirement);
        let count = |standing| deciding.clone().filter(|(_, it)| *it == standing).count();
        let all = deciding.clone().count();
        let needed = self.needed(all);
        if clauses.iter().all(|(_, standing)| *standing == Standing::NothingOffered) {
            Standing::NothingOffered
        } else if count(Standing::Met) >= needed {
            Standing::Met
        } else if all - count(Standing::NotMet) < needed {
            Standing::NotMet
        } else {
            Standing::NeedsReview
        }
    }
}
