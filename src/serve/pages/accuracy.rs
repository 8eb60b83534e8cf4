//! How often people overruled each probe.

use minijinja::{Value, context};
use probes::finding::Share;

use super::super::missing::Missing;
use super::fill;
use crate::store::{Agreement, Store};

/// Every probe whose findings decided what a person has judged, those most often overruled first.
pub(in super::super) async fn accuracy(store: &Store) -> Result<String, Missing> {
    let mut probes: Vec<(String, Agreement)> = store.agreement().await?.into_iter().collect();
    probes.sort_by_key(|(probe, it)| (std::cmp::Reverse(it.overruled), it.upheld, probe.clone()));
    let rows: Vec<Value> = probes
        .into_iter()
        .map(|(probe, it)| {
            let judged = it.upheld + it.overruled;
            let spec = probes::specs().find(|spec| spec.id == probe);
            context! {
                probe, question => spec.map(|spec| &spec.question), judged, upheld => it.upheld, overruled => it.overruled,
                settled_met => it.settled_met, settled_not_met => it.settled_not_met, share => share(it.overruled, judged),
            }
        })
        .collect();
    fill("bench/accuracy.html", context! { rows })
}

/// The share that was overruled with its interval: what was judged is a sample of what will be.
fn share(overruled: usize, judged: usize) -> Option<String> {
    let (overruled, judged) = (u64::try_from(overruled).ok()?, u64::try_from(judged).ok()?);
    let share = Share::of(overruled, judged, judged + 1)?;
    Some(format!("{:.0} to {:.0} %", share.low * 100.0, share.high * 100.0))
}
