//! Turns at hosts that the store keeps, for workers that share it.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::turns::{NoTurn, Turns};
use crate::store::{Store, StoreError, Taken};

/// How long to wait before looking again whether a host that another worker asks is free: at first, and at most.
const GLANCE: Duration = Duration::from_millis(5);
const LONGEST_GLANCE: Duration = Duration::from_millis(200);
/// How often a store that does not answer is asked again, and how long after.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// A worker's turns at the hosts that it shares with all workers of a store.
#[derive(Debug)]
pub struct StoredTurns {
    store: Store,
    worker: String,
}

impl StoredTurns {
    /// The turns of the worker of this name, which shows that it is alive.
    pub fn new(store: Store, worker: String) -> Self {
        Self { store, worker }
    }

    async fn taken(&self, host: &str, pause: Duration) -> Result<(), StoreError> {
        let (mut glance, mut failed) = (GLANCE, 0);
        loop {
            match self.store.take(host, &self.worker, pause).await {
                Ok(Taken::Yes) => return Ok(()),
                Ok(Taken::After(Some(rest))) => {
                    glance = GLANCE;
                    tokio::time::sleep(rest).await;
                }
                Ok(Taken::After(None)) => {
                    tokio::time::sleep(glance).await;
                    glance = (glance * 2).min(LONGEST_GLANCE);
                }
                Err(error) if failed == TRIES => return Err(error),
                Err(_) => {
                    failed += 1;
                    tokio::time::sleep(BETWEEN_TRIES).await;
                }
            }
        }
    }
}

impl Turns for StoredTurns {
    fn take<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, Result<(), NoTurn>> {
        Box::pin(async move { self.taken(host, pause).await.map_err(no_turn(host)) })
    }

    fn leave<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            for _ in 0..=TRIES {
                if self.store.leave(host, &self.worker, pause).await.is_ok() {
                    break;
                }
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
        })
    }

    fn slow_down<'a>(&'a self, host: &'a str, pause: Duration) -> BoxFuture<'a, Result<(), NoTurn>> {
        Box::pin(async move { self.store.slow_down(host, pause).await.map_err(no_turn(host)) })
    }
}

fn no_turn(host: &str) -> impl FnOnce(StoreError) -> NoTurn {
    let host = host.to_owned();
    move |error| NoTurn { host, cause: error.to_string() }
}
