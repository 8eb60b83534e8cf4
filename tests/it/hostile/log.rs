//! What the city was asked, and how politely.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::Call;

/// How much sooner than agreed a request may seem to come: on a busy machine the first one's way here may take
/// longer than the second one's.
const JITTER: Duration = Duration::from_millis(100);

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) start: Instant,
    /// When the answer was out, or the client away; none while it goes on.
    pub(crate) end: Option<Instant>,
}

impl Asked {
    /// A request field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Every request in the order they came in.
#[derive(Default)]
pub(crate) struct Log {
    asked: Mutex<Vec<Asked>>,
    /// How often each path of each host was asked.
    times: Mutex<BTreeMap<(String, String), usize>>,
}

impl Log {
    /// Every request so far.
    pub(crate) fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The requests for one host.
    pub(crate) fn of(&self, host: &str) -> Vec<Asked> {
        self.all().into_iter().filter(|asked| asked.host == host).collect()
    }

    /// The paths asked of one host, in order.
    pub(crate) fn paths(&self, host: &str) -> Vec<String> {
        self.of(host).into_iter().map(|asked| asked.path).collect()
    }

    /// The methods that were used, each once.
    pub(crate) fn methods(&self) -> Vec<String> {
        let mut methods: Vec<_> = self.all().into_iter().map(|asked| asked.method).collect();
        methods.sort();
        methods.dedup();
        methods
    }

    /// Asserts that no request to the host came in before the last one's answer was out.
    pub(crate) fn never_two_at_once(&self, host: &str) {
        for pair in self.of(host).windows(2) {
            let end = pair[0].end.unwrap_or_else(|| panic!("{} was still being answered", pair[0].path));
            assert!(end <= pair[1].start + JITTER, "{} came in during {}", pair[1].path, pair[0].path);
        }
    }

    /// The shortest time from the end of an answer of the host to its next request; none where it was asked once.
    pub(crate) fn closest(&self, host: &str) -> Option<Duration> {
        let asked = self.of(host);
        let gap = |pair: &[Asked]| pair[1].start.saturating_duration_since(pair[0].end.unwrap_or(pair[1].start));
        asked.windows(2).map(gap).min()
    }

    /// Asserts that each request to the host came in no sooner than `interval` after the one before.
    pub(crate) fn never_faster_than(&self, host: &str, interval: Duration) {
        let asked = self.of(host);
        if let [first, .., last] = &asked[..] {
            let least = interval * u32::try_from(asked.len() - 1).unwrap();
            assert!(last.start - first.start + JITTER >= least, "{host} was asked {} times too soon", asked.len());
        }
        for pair in asked.windows(2) {
            let gap = pair[1].start - pair[0].start;
            assert!(gap + JITTER >= interval, "{} came {gap:?} after {}", pair[1].path, pair[0].path);
        }
    }

    pub(super) fn count(&self, host: &str, path: &str) -> usize {
        self.times.lock().unwrap().get(&(host.to_owned(), path.to_owned())).copied().unwrap_or(0)
    }

    pub(super) fn begin(&self, call: &Call, start: Instant) -> usize {
        *self.times.lock().unwrap().entry((call.host.clone(), call.path.clone())).or_default() += 1;
        let mut log = self.asked.lock().unwrap();
        log.push(Asked {
            host: call.host.clone(),
            path: call.path.clone(),
            method: call.method.clone(),
            headers: call.headers.clone(),
            start,
            end: None,
        });
        log.len() - 1
    }

    pub(super) fn end(&self, place: usize, end: Instant) {
        self.asked.lock().unwrap()[place].end = Some(end);
    }
}
