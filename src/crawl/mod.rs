//! The polite crawler: robots.txt, pace, guards and bounds around every request.
//!
//! Synchronous outside; the only async runtime is the one in here. Parallel across hosts, one at a time within one.

mod client;
mod config;
mod connect_to;
mod failure;
mod fetch;
mod gate;
mod guard;
mod hop;
mod on_path;
mod recognise;
mod render;
mod resolve;
mod retry;
mod robots;
#[cfg(feature = "serve")]
mod stored_turns;
mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use probes::capture::Request;
use tokio::time::Instant;
use url::Url;

pub use config::{Browser, Config, PageBounds, Proxies, Recognising, RecognitionBounds};
pub use connect_to::{BadConnectTo, ConnectTo};
#[cfg(feature = "serve")]
pub(crate) use retry::retry_after;
#[cfg(feature = "serve")]
pub use stored_turns::StoredTurns;
pub use turns::{NoTurn, Turns};

pub use crate::pack::exchange::Validators;

use crate::pack::Pack;
use crate::pack::exchange::{Exchange, Robots};
use client::Clients;
use gate::Gates;
use guard::Guard;
use robots::Rules;

/// Why a crawl could not go on; the world's trouble is in the exchanges instead.
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// The client cannot be built as configured.
    #[error("the HTTP client cannot be set up, check certificates and proxies: {0}")]
    Client(#[from] reqwest::Error),
    /// The runtime cannot start.
    #[error("the crawler cannot start: {0}")]
    Runtime(io::Error),
    /// An exchange cannot be kept, or a body cannot be written down.
    #[error("what was fetched cannot be kept: {0}")]
    Keep(io::Error),
    /// A host may not be asked, since others may be asking it.
    #[error(transparent)]
    Turn(#[from] NoTurn),
}

/// The last run, as far as a crawl needs it.
pub trait Previous: Sync {
    /// What the last run knows of what `request` asks for.
    fn validators(&self, request: &Request) -> Option<Validators>;
}

/// No last run.
impl Previous for () {
    fn validators(&self, _: &Request) -> Option<Validators> {
        None
    }
}

impl Previous for Pack {
    fn validators(&self, request: &Request) -> Option<Validators> {
        Pack::validators(self, request)
    }
}

/// Hears how a crawl goes.
pub trait Progress: Sync {
    /// A request's turn has come.
    fn started(&self, _request: &Request) {}
    /// A request ended.
    fn finished(&self, _exchange: &Exchange) {}
    /// A host is not asked for a while.
    fn waiting(&self, _host: &str, _pause: Duration, _why: &str) {}
}

/// Nobody listens.
impl Progress for () {}

/// An origin's rules once they are known; locked while they are fetched, so that they are fetched once.
type RulesCell = Arc<tokio::sync::Mutex<Option<Arc<Rules>>>>;

/// Fetches what probes ask for; paces, robots.txt answers and the budget live as long as it does.
pub struct Crawler {
    config: Config,
    guard: Guard,
    clients: Arc<Clients>,
    gates: Arc<Gates>,
    rules: Mutex<BTreeMap<String, RulesCell>>,
    asked: Mutex<BTreeMap<Url, Instant>>,
    sent: AtomicU64,
    runtime: Arc<tokio::runtime::Runtime>,
}

impl Crawler {
    /// A crawler that has not asked for anything yet.
    pub fn new(config: Config) -> Result<Self, CrawlError> {
        Self::among(config, None)
    }

    /// A crawler that has not asked for anything yet, and takes turns with `others` at every host.
    pub fn among(config: Config, others: Option<Arc<dyn Turns>>) -> Result<Self, CrawlError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(CrawlError::Runtime)?;
        let guard = Guard::new(&config.allow_private);
        Ok(Self {
            clients: Arc::new(Clients::new(&config, &guard)?),
            gates: Arc::new(Gates::new(config.pace, others)),
            rules: Mutex::default(),
            asked: Mutex::default(),
            sent: AtomicU64::new(0),
            guard,
            config,
            runtime: Arc::new(runtime),
        })
    }

    /// Another crawler that takes turns with this one: a host sees one pace, however many of them ask it.
    ///
    /// The files that were handed in and the rule for robots.txt are its own, and so are its budget and what it knows of robots.txt, so that an audit
    /// holds all that it rests on.
    #[must_use]
    pub fn beside(&self, files: BTreeMap<Url, PathBuf>, robots: Robots) -> Self {
        Self {
            config: Config { robots, files, ..self.config.clone() },
            guard: self.guard.clone(),
            clients: Arc::clone(&self.clients),
            gates: Arc::clone(&self.gates),
            rules: Mutex::default(),
            asked: Mutex::default(),
            sent: AtomicU64::new(0),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// Fetches every request and hands each exchange to `sink` as it ends, robots.txt files among them.
    ///
    /// Within a host the order is that of the set; an error of `sink` ends the crawl.
    pub fn fetch(
        &self,
        requests: &BTreeSet<Request>,
        previous: &dyn Previous,
        sink: &mut dyn FnMut(Exchange) -> io::Result<()>,
        progress: &dyn Progress,
    ) -> Result<(), CrawlError> {
        let mut hosts: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
        for request in requests {
            hosts.entry(request.url.host_str().unwrap_or_default()).or_default().push(request);
        }
        let crawl = fetch::Crawl::new(self, previous, sink, progress);
        self.runtime.block_on(async {
            // Polled here, not spawned: an error drops every other host's work at once.
            let mut queues = futures_util::stream::iter(hosts.into_values().map(|queue| crawl.queue(queue)))
                .buffer_unordered(self.config.hosts_at_once.max(1));
            while let Some(ended) = queues.next().await {
                ended?;
            }
            Ok(())
        })
    }
}
