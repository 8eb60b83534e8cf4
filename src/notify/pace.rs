//! How often a message is tried, and until when.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::Failed;
use crate::store::Message;

/// The longest pause between two attempts, where nobody asks for a longer one.
const LONGEST: Duration = Duration::from_hours(2);
/// How much longer than an attempt may take it is nobody else's: for what the digest and the store take.
const MARGIN: Duration = Duration::from_secs(30);

/// How often a message is tried, and how long that may take.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// Seconds from the first attempt to the second; each pause after is twice as long as the one before.
    retry_seconds: f64,
    /// Hours after which a message is given up.
    give_up_hours: f64,
    /// The longest that an attempt may take, in seconds.
    timeout_seconds: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { retry_seconds: 30.0, give_up_hours: 24.0, timeout_seconds: 20.0 }
    }
}

/// What becomes of a message that did not arrive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It is tried again, not before then.
    Again(Timestamp),
    /// It is tried no more.
    GivenUp,
}

impl Pace {
    /// Whether the numbers can be kept.
    pub(super) fn check(self) -> Result<(), String> {
        let Self { retry_seconds, give_up_hours, timeout_seconds } = self;
        for (name, number, most) in [
            ("retry_seconds", retry_seconds, 86_400.0),
            ("give_up_hours", give_up_hours, 8_760.0),
            ("timeout_seconds", timeout_seconds, 600.0),
        ] {
            if !(number > 0.0 && number <= most) {
                return Err(format!("{name} is more than 0 and at most {most}"));
            }
        }
        Ok(())
    }

    /// The longest that an attempt may take.
    pub(super) fn timeout(self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds)
    }

    /// Until when a message that is taken now is nobody else's.
    pub(super) fn held_until(self, now: Timestamp) -> Timestamp {
        later(now, self.timeout() + MARGIN.min(self.timeout()))
    }

    /// What becomes of a message whose latest attempt ended so.
    pub(super) fn next(self, message: &Message, failed: &Failed, now: Timestamp) -> Next {
        let Failed::Again { after, .. } = failed else { return Next::GivenUp };
        let pause = self.pause(message).max(after.unwrap_or_default());
        let (next, last) =
            (later(now, pause), later(message.queued, Duration::from_secs_f64(self.give_up_hours * 3600.0)));
        if next > last { Next::GivenUp } else { Next::Again(next) }
    }

    /// Twice as long at each attempt, and up to half of it less, so that what failed together is not tried together.
    fn pause(self, message: &Message) -> Duration {
        let doublings = i32::try_from(message.attempts.saturating_sub(1)).unwrap_or(i32::MAX).min(32);
        let whole = (self.retry_seconds * 2.0_f64.powi(doublings)).min(LONGEST.as_secs_f64().max(self.retry_seconds));
        // Not random, but as good: no two messages have the same.
        let drawn = Sha256::digest(format!("{}/{}/{}", message.run, message.channel, message.attempts))[0];
        Duration::from_secs_f64(whole * (1.0 - f64::from(drawn) / 512.0))
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Delivery;

    fn message(attempts: usize) -> Message {
        let queued: Timestamp = "2026-11-02T08:00:00Z".parse().unwrap();
        Message {
            run: "r".to_owned(),
            channel: "c".to_owned(),
            city_id: "c1".to_owned(),
            city: "Example".to_owned(),
            as_of: "2026-11-02".parse().unwrap(),
            state: Delivery::Waiting,
            attempts,
            not_before: queued,
            queued,
            ended: None,
            trouble: None,
        }
    }

    fn again(after: Option<u64>) -> Failed {
        Failed::Again { why: "busy".to_owned(), after: after.map(Duration::from_secs) }
    }

    #[test]
    fn pauses_double_up_to_two_hours_and_differ() {
        let pace = Pace::default();
        for (attempts, whole) in [(1, 30.0), (2, 60.0), (5, 480.0), (9, 7200.0), (400, 7200.0)] {
            let pause = pace.pause(&message(attempts)).as_secs_f64();
            assert!(pause <= whole && pause >= whole / 2.0, "{attempts}: {pause}");
        }
        let other = Message { channel: "d".to_owned(), ..message(1) };
        assert_ne!(pace.pause(&message(1)), pace.pause(&other));
    }

    #[test]
    fn a_message_is_given_up_after_a_day_or_at_once() {
        let pace = Pace::default();
        let queued = message(1).queued;
        let (mut now, mut attempts) = (queued, 1);
        while let Next::Again(next) = pace.next(&message(attempts), &again(None), now) {
            assert!(next > now);
            (now, attempts) = (next, attempts + 1);
        }
        assert!(now > later(queued, Duration::from_hours(20)) && (15..40).contains(&attempts), "{attempts}: {now}");
        assert_eq!(pace.next(&message(1), &Failed::Never("gone".to_owned()), queued), Next::GivenUp);
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept() {
        let pace = Pace::default();
        let queued = message(1).queued;
        assert_eq!(
            pace.next(&message(1), &again(Some(3600)), queued),
            Next::Again(later(queued, Duration::from_hours(1)))
        );
        assert_eq!(pace.next(&message(1), &again(Some(90_000)), queued), Next::GivenUp);
        assert!(
            Pace { retry_seconds: 0.0, ..pace }.check().is_err()
                && Pace { give_up_hours: f64::NAN, ..pace }.check().is_err()
        );
        assert!(pace.check().is_ok());
    }
}
