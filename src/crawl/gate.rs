//! One request at a time to a host, and never sooner than its interval after the last one ended.
//!
//! Counted from the end: a host that was slow to take a request in must not see the next one on its heels.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::Progress;
use super::turns::{NoTurn, Turns};

/// The gates of all hosts, by name: ports and schemes of one host share its gate.
pub(crate) struct Gates {
    pace: Duration,
    /// The turns of those who ask beside this process.
    others: Option<Arc<dyn Turns>>,
    hosts: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Turn>>>>,
}

/// The right to ask a host once; the host's next one waits until it is dropped.
pub(crate) struct Pass {
    /// None once it was let go of.
    turn: Option<OwnedMutexGuard<Turn>>,
    /// The host, and with whom the turn there is shared.
    shared: Option<(String, Arc<dyn Turns>)>,
}

struct Turn {
    limiter: Option<DefaultDirectRateLimiter>,
    interval: Duration,
    closed_until: Option<Instant>,
    /// How many requests in a row ended with the host asking for another pause.
    refusals: u32,
}

/// After so many refusals in a row a host is left alone: waiting for each further one would take hours.
const MOST_REFUSALS: u32 = 3;

impl Gates {
    /// Gates that let one request a `pace` through; zero turns the waiting off, not the queueing.
    pub(crate) fn new(pace: Duration, others: Option<Arc<dyn Turns>>) -> Self {
        Self { pace, others, hosts: Mutex::default() }
    }

    /// Waits for the host's turn.
    pub(crate) async fn enter(&self, host: &str, progress: &dyn Progress) -> Result<Pass, NoTurn> {
        let turn = self.turn(host).lock_owned().await;
        if turn.refusals >= MOST_REFUSALS {
            return Ok(Pass { turn: Some(turn), shared: None });
        }
        if let Some(until) = turn.closed_until {
            let rest = until.saturating_duration_since(Instant::now());
            if !rest.is_zero() {
                progress.waiting(host, rest, "it is given a pause");
                tokio::time::sleep_until(until).await;
            }
        }
        if let Some(limiter) = &turn.limiter {
            while let Err(early) = limiter.check() {
                tokio::time::sleep(early.wait_time_from(limiter.clock().now())).await;
            }
        }
        if let Some(others) = &self.others {
            others.take(host, turn.interval).await?;
        }
        Ok(Pass { turn: Some(turn), shared: self.others.clone().map(|others| (host.to_owned(), others)) })
    }

    /// From now on, lets one request an `interval` through to `host`, if that is slower than before.
    pub(crate) async fn slow_down(&self, host: &str, interval: Duration) -> Result<(), NoTurn> {
        let turn = self.turn(host);
        let mut turn = turn.lock().await;
        if interval > turn.interval {
            turn.set(interval);
            if let Some(others) = &self.others {
                others.slow_down(host, interval).await?;
            }
        }
        Ok(())
    }

    fn turn(&self, host: &str) -> Arc<tokio::sync::Mutex<Turn>> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let mut turn = Turn { limiter: None, interval: Duration::ZERO, closed_until: None, refusals: 0 };
            turn.limiter = limiter(self.pace);
            turn.interval = self.pace;
            Arc::new(tokio::sync::Mutex::new(turn))
        };
        hosts.entry(host.to_owned()).or_insert_with(fresh).clone()
    }
}

impl Pass {
    /// Whether the host is left alone from now on.
    pub(crate) fn is_given_up(&self) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.refusals >= MOST_REFUSALS)
    }

    /// The request ended, however it did: the interval to the next one begins.
    pub(crate) fn ended(&mut self) {
        self.note(|turn| turn.set(turn.interval));
    }

    /// The host answered, or failed in another way than by asking for a pause.
    pub(crate) fn served(&mut self) {
        self.note(|turn| turn.refusals = 0);
    }

    /// The host asked for a pause to the last.
    pub(crate) fn refused(&mut self) {
        self.note(|turn| turn.refusals += 1);
    }

    /// Closes the host for a while, from now.
    pub(crate) fn close_for(&mut self, pause: Duration) {
        self.note(|turn| turn.closed_until = turn.closed_until.max(Some(Instant::now() + pause)));
    }

    fn note(&mut self, what: impl FnOnce(&mut Turn)) {
        if let Some(turn) = &mut self.turn {
            what(turn);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let (Some(turn), Some((host, others))) = (self.turn.take(), self.shared.take()) else { return };
        let closed = turn.closed_until.map(|until| until.saturating_duration_since(Instant::now()));
        let pause = turn.interval.max(closed.unwrap_or_default());
        // Whoever waits in here takes it up only once the others know.
        tokio::spawn(async move {
            others.leave(&host, pause).await;
            drop(turn);
        });
    }
}

impl Turn {
    fn set(&mut self, interval: Duration) {
        self.interval = interval;
        self.limiter = limiter(interval);
        if let Some(limiter) = &self.limiter {
            // The interval runs from now, not from the next request.
            let _ = limiter.check();
        }
    }
}

fn limiter(interval: Duration) -> Option<DefaultDirectRateLimiter> {
    Quota::with_period(interval).map(RateLimiter::direct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn others_do_not_wait_for_a_host() {
        let gates = Gates::new(Duration::from_hours(1), None);
        gates.enter("a", &()).await.unwrap().ended();
        let other = tokio::time::timeout(Duration::from_mins(1), gates.enter("b", &())).await;
        assert!(other.is_ok());
    }

    #[tokio::test]
    async fn a_host_is_asked_at_its_interval() {
        let gates = Gates::new(Duration::from_millis(40), None);
        let start = Instant::now();
        gates.enter("a", &()).await.unwrap().ended();
        drop(gates.enter("a", &()).await.unwrap());
        assert!(start.elapsed() >= Duration::from_millis(40));
        gates.slow_down("a", Duration::from_millis(120)).await.unwrap();
        let slowed = Instant::now();
        gates.enter("a", &()).await.unwrap().close_for(Duration::from_millis(200));
        assert!(slowed.elapsed() >= Duration::from_millis(119));
        drop(gates.enter("a", &()).await.unwrap());
        assert!(slowed.elapsed() >= Duration::from_millis(318));
    }
}
