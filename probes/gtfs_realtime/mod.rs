//! Is the real-time transit feed sound GTFS Realtime?

mod message;
mod wire;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

use crate::capture::{Answered, Capture, Captures, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use message::Message;

crate::declare!();

/// Reads the header of a protocol buffer and the frame of its entities.
pub struct GtfsRealtime;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Sound {
        #[serde(flatten)]
        feed: Feed,
    },
    Unsound {
        #[serde(flatten)]
        feed: Feed,
    },
    NotRealtime {
        kind: String,
    },
    Unreadable {
        cause: String,
    },
    Unseen {
        cause: String,
    },
}

#[derive(Serialize)]
struct Feed {
    version: String,
    written: Option<Date>,
    age_days: Option<i32>,
    entities: u64,
    trip_updates: u64,
    vehicles: u64,
    alerts: u64,
    wrong: u64,
    problems: Vec<BTreeMap<&'static str, String>>,
}

/// The most bytes that are read: the largest regions' feeds come to a tenth of it.
const MOST_BYTES: usize = 64 << 20;
/// Media types of protocol buffers, and what such files end with.
const PROMISES: [&str; 4] = [
    "application/x-protobuf",
    "application/protobuf",
    "application/x-google-protobuf",
    "application/vnd.google.protobuf",
];
const ENDINGS: [&str; 3] = ["pb", "pbf", "proto"];

impl Probe for GtfsRealtime {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let seen = match (obstacle::of(captures, &capture), capture.success()) {
            (Some(obstacle), _) => Seen::Unseen { cause: obstacle.to_string() },
            (None, Err(cause)) => Seen::Unseen { cause },
            (None, Ok(answered)) if answered.body.cut.is_some() || answered.body.bytes > MOST_BYTES as u64 => {
                Seen::Unseen { cause: "only a part of the feed came in".to_owned() }
            }
            (None, Ok(answered)) => read(captures, &capture, answered),
        };
        Ok(vec![SPEC.finding(target, &seen, vec![Evidence::new(&capture.id, Locus::Exchange, "")])])
    }
}

fn read(captures: &Captures<'_>, capture: &Capture, answered: &Answered) -> Seen {
    let kind = kind::of(captures, capture);
    // What a protocol buffer's bytes are taken for, if for anything.
    if !matches!(kind, Kind::Unknown | Kind::Text | Kind::Csv | Kind::Tsv | Kind::Empty) {
        return Seen::NotRealtime { kind: kind.to_string() };
    }
    let media_type = answered.headers.media_type().unwrap_or_default();
    let ending = kind::extension(&answered.url).unwrap_or_default();
    let promised = PROMISES.contains(&media_type.as_str()) || ENDINGS.contains(&ending.as_str());
    let message = captures.parse(capture, |_, body| {
        let bytes = body?.head(MOST_BYTES).map_err(|error| error.to_string())?;
        Message::read(&bytes).map_err(|wrong| wrong.to_string())
    });
    match &*message {
        Ok(Some(message)) => told(message, captures.as_of()),
        Err(cause) if promised => Seen::Unreadable { cause: cause.clone() },
        Ok(None) if promised => Seen::Unreadable { cause: "it has no feed header".to_owned() },
        Ok(None) | Err(_) => Seen::NotRealtime { kind: kind.to_string() },
    }
}

fn told(message: &Message, today: Date) -> Seen {
    let written = message.timestamp.and_then(|seconds| Timestamp::from_second(i64::try_from(seconds).ok()?).ok());
    let written = written.map(|time| Offset::UTC.to_datetime(time).date());
    let problem = |(at, says): &(String, String)| BTreeMap::from([("at", at.clone()), ("problem", says.clone())]);
    let feed = Feed {
        version: message.version.clone(),
        written,
        age_days: written.and_then(|day| day.until(today).ok()).map(|span| span.get_days()),
        entities: message.entities,
        trip_updates: message.trip_updates,
        vehicles: message.vehicles,
        alerts: message.alerts,
        wrong: message.wrong,
        problems: message.problems.iter().map(problem).collect(),
    };
    if feed.wrong == 0 { Seen::Sound { feed } } else { Seen::Unsound { feed } }
}
