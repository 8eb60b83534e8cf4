//! What state is the link in? Told apart so that only what is truly gone counts against a city.

mod envelope;
mod moved;
mod signs;

use serde::Serialize;

use crate::capture::{Answered, Capture, Captures, Cut, Failure, Need};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::Page;
use crate::kind::{self, Kind};
use crate::missing;
use crate::obstacle::{self, Barrier, Obstacle};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Tells every state of a link apart.
pub struct LinkState;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Ok {
        status: u16,
        final_url: String,
        control: String,
    },
    Moved {
        status: u16,
        final_url: String,
    },
    Gone {
        status: u16,
    },
    Dns {
        cause: String,
    },
    WrongContent {
        promised: String,
        found: String,
    },
    #[serde(rename = "soft-404")]
    Soft404 {
        basis: String,
    },
    Blocked {
        by: String,
        status: u16,
    },
    Login {
        by: String,
    },
    Closed {
        by: String,
    },
    Throttled {
        status: u16,
        retry_after: Option<String>,
    },
    ServerError {
        status: u16,
    },
    Tls {
        cause: String,
    },
    Timeout {
        cause: String,
    },
    Unreachable {
        cause: String,
    },
    RefusedByRobots {
        cause: String,
    },
    TooLarge {
        bytes: u64,
    },
    NotPublic {
        cause: String,
    },
    PlatformDeprecated {
        endpoint: String,
        status: u16,
    },
    NotCaptured {
        cause: String,
    },
}

/// What was seen, and where.
type State = (Seen, Vec<Evidence>);

impl Probe for LinkState {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let first = captures.get(&target.request())?;
        let (seen, evidence) = if is_lost(captures, &first) && !target.is_file() {
            let second = captures.get(&target.request().again())?;
            confirmed(captures, &first, &second)?
        } else {
            state(captures, &first)?
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

/// Whether the first look says that nothing is there: worth a second look before anyone is told.
fn is_lost(captures: &Captures<'_>, capture: &Capture) -> bool {
    match capture.answered() {
        Err(failure) => matches!(failure, Failure::Dns { .. }),
        Ok(answered) => {
            let walled = || obstacle::of(captures, capture).is_some_and(|obstacle| obstacle.barrier == Barrier::Wall);
            is_gone(answered.status) && signs::retired(&capture.request.url).is_none() && !walled()
        }
    }
}

fn is_gone(status: u16) -> bool {
    matches!(status, 404 | 410)
}

/// What two looks say together: a loss only where both saw the same loss.
fn confirmed(captures: &Captures<'_>, first: &Capture, second: &Capture) -> Result<State, Need> {
    let both = || vec![whole(first), whole(second)];
    Ok(match (first.answered(), second.answered()) {
        (Ok(_), Ok(answered)) if is_gone(answered.status) && is_lost(captures, second) => {
            (Seen::Gone { status: answered.status }, both())
        }
        (Err(Failure::Dns { .. }), Err(failure @ Failure::Dns { .. })) => {
            (Seen::Dns { cause: failure.to_string() }, both())
        }
        (once, Err(Failure::NotInPack | Failure::Budget { .. })) => {
            let once = match once {
                Ok(answered) => format!("status {}", answered.status),
                Err(failure) => failure.to_string(),
            };
            (Seen::NotCaptured { cause: format!("the first look met {once}, and there was no second") }, both())
        }
        // The name resolves on the second look, and something says "not here": only once, so not gone.
        (Err(_), Ok(answered)) if is_gone(answered.status) => {
            let cause = format!("the name did not resolve on the first look; status {} on the second", answered.status);
            (Seen::Unreachable { cause }, both())
        }
        (Ok(answered), Err(Failure::Dns { .. })) => {
            let cause = format!("status {} on the first look; the name did not resolve on the second", answered.status);
            (Seen::Unreachable { cause }, both())
        }
        _ => state(captures, second)?,
    })
}

/// The exchange as a whole.
fn whole(capture: &Capture) -> Evidence {
    Evidence::new(&capture.id, Locus::Exchange, "")
}

fn state(captures: &Captures<'_>, capture: &Capture) -> Result<State, Need> {
    let answered = match capture.answered() {
        Ok(answered) => answered,
        Err(failure) => return Ok((unanswered(failure), vec![whole(capture)])),
    };
    let status = answered.status;
    if status == 429 {
        let retry_after = answered.headers.get("retry-after").map(str::to_owned);
        return Ok((Seen::Throttled { status, retry_after }, vec![whole(capture)]));
    }
    if status >= 400
        && let Some(endpoint) = signs::retired(&capture.request.url)
    {
        return Ok((Seen::PlatformDeprecated { endpoint: endpoint.to_owned(), status }, vec![whole(capture)]));
    }
    if let Some(obstacle) = obstacle::of(captures, capture) {
        return Ok(stopped(obstacle, status));
    }
    match status {
        200..300 => there(captures, capture, answered),
        403 | 405 | 451 => Ok((Seen::Blocked { by: "the server".to_owned(), status }, vec![whole(capture)])),
        407 => Ok((Seen::Login { by: "a proxy on the way".to_owned() }, vec![whole(capture)])),
        300..400 => {
            let cause = format!("status {status}, without a place to go on to");
            Ok((Seen::Unreachable { cause }, vec![whole(capture)]))
        }
        _ => Ok((Seen::ServerError { status }, vec![whole(capture)])),
    }
}

fn unanswered(failure: &Failure) -> Seen {
    let cause = failure.to_string();
    match failure {
        Failure::Tls { .. } => Seen::Tls { cause },
        Failure::Timeout { .. } => Seen::Timeout { cause },
        Failure::Robots { .. } => Seen::RefusedByRobots { cause },
        Failure::NotPublic { .. } => Seen::NotPublic { cause },
        Failure::Redirects { .. } => {
            Seen::Unreachable { cause: format!("{cause}; sites that insist on cookies often do this") }
        }
        // A name that fails on one look only.
        Failure::Dns { .. }
        | Failure::Connect { .. }
        | Failure::Protocol { .. }
        | Failure::BadRedirect { .. }
        | Failure::Scheme { .. } => Seen::Unreachable { cause },
        Failure::File { .. }
        | Failure::Budget { .. }
        | Failure::NoBrowser { .. }
        | Failure::NotInPack
        | Failure::Damaged { .. } => Seen::NotCaptured { cause },
    }
}

fn stopped(obstacle: Obstacle, status: u16) -> State {
    let by = obstacle.by;
    let seen = match obstacle.barrier {
        Barrier::Wall => Seen::Blocked { by, status },
        Barrier::Cookies => Seen::Blocked { by: "a page that insists on cookies".to_owned(), status },
        Barrier::Login => Seen::Login { by },
        Barrier::Closed => Seen::Closed { by },
        Barrier::Trouble => Seen::ServerError { status },
    };
    (seen, vec![obstacle.evidence])
}

/// A success: but is it what the link promises?
fn there(captures: &Captures<'_>, capture: &Capture, answered: &Answered) -> Result<State, Need> {
    match answered.body.cut {
        Some(Cut::TooLarge) => return Ok((Seen::TooLarge { bytes: answered.body.bytes }, vec![whole(capture)])),
        Some(Cut::Timeout) => {
            let cause = format!("the body stopped coming after {} bytes", answered.body.bytes);
            return Ok((Seen::Timeout { cause }, vec![whole(capture)]));
        }
        Some(Cut::Broken) => {
            let cause = format!("the connection broke after {} bytes", answered.body.bytes);
            return Ok((Seen::Unreachable { cause }, vec![whole(capture)]));
        }
        Some(Cut::Asked) | None => {}
    }
    let found = kind::of(captures, capture);
    if found == Kind::Json
        && let Some((status, message, evidence)) = envelope::error(captures, capture)
    {
        let seen = match status {
            500.. => Seen::ServerError { status },
            429 => Seen::Throttled { status, retry_after: None },
            _ => Seen::Soft404 { basis: format!("its body is an error, {status}: {message}") },
        };
        return Ok((seen, vec![evidence]));
    }
    let mut control = "not needed".to_owned();
    if found == Kind::Html && capture.request.url.scheme() != "file" {
        match missing::compare(captures, capture)? {
            missing::Told::Missing { basis, evidence } => return Ok((Seen::Soft404 { basis }, evidence)),
            missing::Told::There(how) => control = how,
        }
        if let Some(promised) = data_promised(capture) {
            // A script in it may yet fetch the file for a browser.
            if Page::of(captures, capture).shell().is_some() {
                let seen = Seen::Blocked { by: "a page that needs JavaScript".to_owned(), status: answered.status };
                return Ok((seen, vec![whole(capture)]));
            }
            let seen = Seen::WrongContent { promised, found: found.to_string() };
            return Ok((seen, vec![whole(capture)]));
        }
    }
    let final_url = answered.url.to_string();
    if moved::for_good(capture, answered) {
        let evidence = vec![Evidence::new(&capture.id, Locus::Url, &final_url)];
        return Ok((Seen::Moved { status: capture.hops[0].status, final_url }, evidence));
    }
    Ok((Seen::Ok { status: answered.status, final_url, control }, vec![whole(capture)]))
}

/// The extension of the link, if it promises data.
fn data_promised(capture: &Capture) -> Option<String> {
    let extension = kind::extension(&capture.request.url)?;
    let promised = kind::promised_by_extension(&extension)?;
    promised.iter().any(|kind| kind.is_data()).then(|| extension.to_uppercase())
}
