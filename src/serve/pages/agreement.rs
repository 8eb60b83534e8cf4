//! How far two reviewers agree, and where they do not.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::super::missing::Missing;
use super::fill;
use crate::criteria::agreement::{Both, by_clause, kappa, pairs};
use crate::criteria::decision::Decision;
use crate::store::Store;

/// Every pair of reviewers, and every clause on which two disagreed.
pub(in super::super) async fn agreement(store: &Store) -> Result<String, Missing> {
    let runs: BTreeMap<String, Vec<Decision>> = store.all_decisions().await?;
    let pairs: Vec<Value> = pairs(runs.values().map(Vec::as_slice))
        .into_iter()
        .map(|((first, second), said)| {
            let agreed = said.iter().filter(|(a, b)| a == b).count();
            let kappa = kappa(&said).map(|kappa| format!("{kappa:.2}"));
            context! { first, second, judged => said.len(), agreed, kappa }
        })
        .collect();
    let mut disagreements = Vec::new();
    for (run, decisions) in &runs {
        for ((scheme, clause), both) in by_clause(decisions) {
            let Both::Judged { first, second, settled } = both else { continue };
            let (a, b) = (&first.decided, &second.decided);
            if a.decided != b.decided {
                disagreements.push(context! {
                    run, scheme, clause, first => &a.reviewer, said => a.decided.name(), second => &b.reviewer,
                    other => b.decided.name(), settled => settled.map(|it| it.decided.decided.name()),
                });
            }
        }
    }
    fill("bench/agreement.html", context! { pairs, disagreements })
}
