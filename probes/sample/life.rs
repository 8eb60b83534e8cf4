//! Whether an address answers: a loss counts only when two looks saw it.

use std::sync::Arc;

use crate::capture::{Capture, Captures, Cut, Failure, Need};
use crate::finding::{Evidence, Locus};
use crate::obstacle;

/// Whether an address answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Life {
    /// It answers with a success.
    Alive,
    /// Two looks saw that nothing is there; how.
    Dead(String),
    /// Whether it is there could not be seen, and why.
    Unseen(String),
}

/// Whether what `capture` asked for is there; a loss is looked at again.
pub fn life(captures: &Captures<'_>, capture: &Arc<Capture>) -> Result<(Life, Evidence), Need> {
    let first = look(captures, capture);
    let Life::Dead(once) = first.0 else { return Ok(first) };
    let second = captures.get(&capture.request.clone().again())?;
    Ok(match look(captures, &second) {
        (Life::Dead(_), evidence) => (Life::Dead(once), evidence),
        (Life::Unseen(cause), evidence) => {
            (Life::Unseen(format!("{once} on one look, {cause} on the other")), evidence)
        }
        alive => alive,
    })
}

fn look(captures: &Captures<'_>, capture: &Capture) -> (Life, Evidence) {
    let exchange = || Evidence::new(&capture.id, Locus::Exchange, "");
    let answered = match capture.answered() {
        Ok(answered) => answered,
        Err(failure @ Failure::Dns { .. }) => return (Life::Dead(failure.to_string()), exchange()),
        Err(failure) => return (Life::Unseen(failure.to_string()), exchange()),
    };
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return (Life::Unseen(obstacle.to_string()), obstacle.evidence);
    }
    let life = match answered.status {
        // Made on demand, and not ready yet.
        202 => Life::Unseen("the server is still making the file (status 202)".to_owned()),
        200..300 => match answered.body.cut {
            Some(Cut::Timeout | Cut::Broken) => Life::Unseen("the body did not come in whole".to_owned()),
            Some(Cut::Asked | Cut::TooLarge) | None => Life::Alive,
        },
        status @ (404 | 410) => Life::Dead(format!("status {status}")),
        status => Life::Unseen(format!("the server answered with status {status}")),
    };
    (life, exchange())
}
