//! How a crawl goes, on standard error: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use probes::capture::Request;

use super::problem::tell;
use crate::crawl::Progress;
use crate::pack::exchange::Exchange;
use crate::report::text::visible;

/// Lines elsewhere than on a terminal are written for every so many answers.
const EVERY: u64 = 100;

/// Tells people how a crawl goes.
pub(crate) struct Told {
    bar: Option<ProgressBar>,
    answers: AtomicU64,
    failures: AtomicU64,
}

impl Told {
    /// On standard error.
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar, answers: AtomicU64::new(0), failures: AtomicU64::new(0) }
    }

    /// The last word.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        tell(&self.count());
    }

    fn count(&self) -> String {
        let (answers, failures) = (self.answers.load(Ordering::Relaxed), self.failures.load(Ordering::Relaxed));
        format!("fetched {answers}, {failures} without an answer")
    }
}

impl Progress for Told {
    fn finished(&self, exchange: &Exchange) {
        let answers = self.answers.fetch_add(1, Ordering::Relaxed) + 1;
        if exchange.failure.is_some() {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        match &self.bar {
            Some(bar) => bar.set_message(format!("{} · {}", self.count(), short(&exchange.request))),
            None if answers.is_multiple_of(EVERY) => tell(&self.count()),
            None => {}
        }
    }

    fn waiting(&self, host: &str, pause: Duration, why: &str) {
        let what = format!("{host} is left alone for {} s: {why}", pause.as_secs());
        match &self.bar {
            Some(bar) => bar.println(format!("tickmark: {}", visible(&what))),
            None => tell(&what),
        }
    }
}

/// A request's address, short enough for one line.
fn short(request: &Request) -> String {
    visible(request.url.as_str()).chars().take(80).collect()
}
