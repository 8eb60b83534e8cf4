//! An audit that was asked for, and how a city is audited from here.

use jiff::Timestamp;
use minijinja::{Value, context};

use super::super::api::AuditSeen;
use super::super::audits::{Shown, Timed};
use super::super::missing::Missing;
use super::fill;
use crate::store::{Audit, State, Store, Watched};

/// Audits on a city's page.
const AUDITS: usize = 5;

/// An audit: how it goes, or what came of it.
pub(in super::super) fn audit(city: &str, seen: &AuditSeen) -> Result<String, Missing> {
    let AuditSeen { audit, live } = seen;
    fill(
        "bench/audit.html",
        context! {
            city, live => live.as_ref().map(goes), open => matches!(audit.state, State::Waiting | State::Begun), id => &audit.city_id,
            as_of => audit.as_of.to_string(), run => &audit.run, problem => &audit.problem, ended => &audit.ended,
            attempts => audit.attempts, ..told(audit)
        },
    )
}

/// How a city is audited from here; one that is not, as it would be.
pub(super) async fn regular(store: &Store, city: &str, watched: Option<&Watched>) -> Result<Value, Missing> {
    let (audits, _) = store.audits(city, 0, AUDITS).await?;
    let timing = watched.map(|watched| &watched.timing);
    let next = timing.and_then(|timing| timing.schedule.as_ref()?.next(Timestamp::now()));
    let Timed { cron, time_zone, jitter_minutes, keep_runs, keep_days } = timing.map(Timed::of).unwrap_or_default();
    let links = watched.map(|watched| watched.submission.links.as_slice()).unwrap_or_default().iter().map(|link| {
        context! { url => &link.written, criterion => &link.criterion, note => &link.note }
    });
    let audits = audits.iter().map(|audit| context! { run => &audit.run, ..told(audit) });
    Ok(context! {
        here => watched.is_some(), next => next.map(|next| next.to_string()), next_when => next.map(when), links => links.collect::<Vec<_>>(), audits => audits.collect::<Vec<_>>(),
        cron, time_zone, jitter_minutes, keep_runs, keep_days,
    })
}

/// A time as people read it.
fn when(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn goes(live: &Shown) -> Value {
    let Shown { fetched, unanswered, asking, waiting } = live;
    context! { fetched, unanswered, asking, waiting }
}

fn told(audit: &Audit) -> Value {
    context! { due => audit.due.to_string(), when => when(audit.due), state => audit.state.name(), scheduled => audit.scheduled }
}
