//! Whether a host is asked again after an answer or a failure, and after which pause.

use std::time::{Duration, SystemTime};

use probes::capture::{Failure, Headers};

use super::config::Config;
use super::failure;

/// How often a throttling host is asked, the first time included.
const MOST_TRIES: u32 = 3;

/// What to do after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// It stands as it is.
    Stands,
    /// It stands, and the host is left alone for a while.
    StandsAndPause(Duration),
    /// The host is left alone for a while, then asked again.
    Again(Duration),
}

/// What to do after the try number `tries` (from 1) was answered.
pub(crate) fn after_answer(status: u16, headers: &Headers, tries: u32, now: SystemTime, config: &Config) -> After {
    let asked = headers.get("retry-after").and_then(|value| retry_after(value, now));
    match (status, asked) {
        (429 | 503, Some(pause)) if pause > config.most_wait => After::StandsAndPause(config.most_wait),
        (429 | 503, Some(pause)) if tries < MOST_TRIES => After::Again(pause),
        (429 | 503, Some(pause)) => After::StandsAndPause(pause),
        (429, None) if tries < MOST_TRIES => {
            After::Again((config.backoff * 2_u32.pow(tries - 1)).min(config.most_wait))
        }
        (429, None) => After::StandsAndPause(config.backoff),
        (502..=504, None) if tries < 2 => After::Again(config.backoff),
        _ => After::Stands,
    }
}

/// What to do after the try number `tries` (from 1) failed.
pub(crate) fn after_failure(failure: &Failure, tries: u32, config: &Config) -> After {
    if failure::is_passing(failure) && tries < 2 { After::Again(config.backoff) } else { After::Stands }
}

/// The pause that a `Retry-After` field asks for, in seconds or until a date.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(status: u16, retry_after: Option<&str>, tries: u32) -> After {
        let now = httpdate::parse_http_date("Sun, 01 Nov 2026 10:00:00 GMT").unwrap();
        let fields = retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned()));
        after_answer(status, &Headers(fields.into_iter().collect()), tries, now, &Config::default())
    }

    #[test]
    fn a_pause_is_kept_in_both_forms_and_not_for_ever() {
        assert_eq!(after(429, Some("7"), 1), After::Again(Duration::from_secs(7)));
        assert_eq!(after(503, Some("Sun, 01 Nov 2026 10:00:30 GMT"), 2), After::Again(Duration::from_secs(30)));
        assert_eq!(after(503, Some("Sun, 01 Nov 2026 09:00:00 GMT"), 1), After::Again(Duration::ZERO));
        assert_eq!(after(429, Some("86400"), 1), After::StandsAndPause(Duration::from_mins(2)));
        assert_eq!(after(429, Some("7"), 3), After::StandsAndPause(Duration::from_secs(7)));
        assert_eq!(after(429, None, 2), After::Again(Duration::from_secs(10)));
        assert_eq!(after(429, Some("soon"), 3), After::StandsAndPause(Duration::from_secs(5)));
        assert_eq!(after(502, None, 1), After::Again(Duration::from_secs(5)));
        assert_eq!(after(502, None, 2), After::Stands);
        assert_eq!(after(500, None, 1), After::Stands);
    }
}
