//! How an audit goes while it is under way.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use probes::capture::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::crawl::Progress;
use crate::pack::exchange::Exchange;
use crate::report::text::visible;

/// The most characters that are shown of an address.
const LONGEST: usize = 120;

/// How an audit goes.
#[derive(Default)]
pub(in super::super) struct Live(Mutex<Shown>);

/// What is shown of an audit that is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(in super::super) struct Shown {
    /// Requests that were answered, or that nothing answered.
    pub(in super::super) fetched: u64,
    /// Those of them that nothing answered.
    pub(in super::super) unanswered: u64,
    /// What was asked for last.
    pub(in super::super) asking: Option<String>,
    /// A host that is left alone for a while, and why.
    pub(in super::super) waiting: Option<String>,
}

impl Live {
    /// What is shown of it now.
    pub(in super::super) fn shown(&self) -> Shown {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for Live {
    fn started(&self, request: &Request) {
        let address = visible(request.url.as_str()).chars().take(LONGEST).collect();
        self.change(|shown| shown.asking = Some(address));
    }

    fn finished(&self, exchange: &Exchange) {
        self.change(|shown| {
            shown.fetched += 1;
            shown.unanswered += u64::from(exchange.failure.is_some());
            shown.waiting = None;
        });
    }

    fn waiting(&self, host: &str, pause: Duration, why: &str) {
        let told = visible(&format!("{host} is left alone for {} s: {why}", pause.as_secs())).into_owned();
        self.change(|shown| shown.waiting = Some(told));
    }
}
