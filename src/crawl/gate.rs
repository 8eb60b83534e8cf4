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

/// The gates of all hosts, by name: ports and schemes of one host share its gate.
pub(crate) struct Gates {
    pace: Duration,
    hosts: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Turn>>>>,
}

/// The right to ask a host once; the host's next one waits until it is dropped.
pub(crate) struct Pass(OwnedMutexGuard<Turn>);

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
    pub(crate) fn new(pace: Duration) -> Self {
        Self { pace, hosts: Mutex::default() }
    }

    /// Waits for the host's turn.
    pub(crate) async fn enter(&self, host: &str, progress: &dyn Progress) -> Pass {
        let turn = self.turn(host).lock_owned().await;
        if turn.refusals >= MOST_REFUSALS {
            return Pass(turn);
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
        Pass(turn)
    }

    /// From now on, lets one request an `interval` through to `host`, if that is slower than before.
    pub(crate) async fn slow_down(&self, host: &str, interval: Duration) {
        let turn = self.turn(host);
        let mut turn = turn.lock().await;
        if interval > turn.interval {
            turn.set(interval);
        }
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
        self.0.refusals >= MOST_REFUSALS
    }

    /// The request ended, however it did: the interval to the next one begins.
    pub(crate) fn ended(&mut self) {
        let interval = self.0.interval;
        self.0.set(interval);
    }

    /// The host answered, or failed in another way than by asking for a pause.
    pub(crate) fn served(&mut self) {
        self.0.refusals = 0;
    }

    /// The host asked for a pause to the last.
    pub(crate) fn refused(&mut self) {
        self.0.refusals += 1;
    }

    /// Closes the host for a while, from now.
    pub(crate) fn close_for(&mut self, pause: Duration) {
        self.0.closed_until = self.0.closed_until.max(Some(Instant::now() + pause));
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
        let gates = Gates::new(Duration::from_hours(1));
        gates.enter("a", &()).await.ended();
        let other = tokio::time::timeout(Duration::from_mins(1), gates.enter("b", &())).await;
        assert!(other.is_ok());
    }

    #[tokio::test]
    async fn a_host_is_asked_at_its_interval() {
        let gates = Gates::new(Duration::from_millis(40));
        let start = Instant::now();
        gates.enter("a", &()).await.ended();
        drop(gates.enter("a", &()).await);
        assert!(start.elapsed() >= Duration::from_millis(40));
        gates.slow_down("a", Duration::from_millis(120)).await;
        let slowed = Instant::now();
        gates.enter("a", &()).await.close_for(Duration::from_millis(200));
        assert!(slowed.elapsed() >= Duration::from_millis(119));
        drop(gates.enter("a", &()).await);
        assert!(slowed.elapsed() >= Duration::from_millis(318));
    }
}
