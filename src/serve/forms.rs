//! The forms by which cities are added, offered links for, scheduled and audited, and the page of an audit that is under way.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;

use super::api::AuditSeen;
use super::audits::{Linked, Submits, Timed};
use super::missing::Missing;
use super::{Bench, Of, guard, page, pages};
use crate::store::State as Far;

/// What the token of the form for new cities is made for.
pub(super) const CITIES: &str = "cities";
/// How often it is told how far an audit is.
const EVERY: Duration = Duration::from_millis(300);
/// After so many times in which nothing changed, a word is sent all the same, so that nobody takes the line for dead.
const SILENT: u32 = 50;

/// The routes of the forms.
pub(super) fn routes() -> Router<Arc<Bench>> {
    Router::new()
        .route("/cities", post(add))
        .route("/cities/{city}/links", post(offer))
        .route("/cities/{city}/links/withdrawn", post(withdraw))
        .route("/cities/{city}/schedule", post(schedule))
        .route("/cities/{city}/audits", post(ask))
        .route("/cities/{city}/audits/{due}", get(audit))
        .route("/cities/{city}/audits/{due}/events", get(events))
        .route("/live.js", get(script))
}

/// What the form for a new city brings.
#[derive(Deserialize)]
struct Adds {
    token: String,
    city: String,
    #[serde(default)]
    scheme: Option<String>,
    #[serde(default)]
    links: String,
}

async fn add(State(bench): Of, Form(Adds { token, city, scheme, links }): Form<Adds>) -> Result<Redirect, Missing> {
    bench.tokens.accept(CITIES, &token)?;
    let city = bench.add_city(Submits { city, scheme, links: Linked::lines(&links) }).await?;
    Ok(Redirect::to(&format!("/cities/{city}")))
}

/// What the form for a link brings.
#[derive(Deserialize)]
struct Offers {
    token: String,
    url: String,
    #[serde(default)]
    criterion: String,
    #[serde(default)]
    note: String,
}

async fn offer(State(bench): Of, Path(city): Path<String>, Form(form): Form<Offers>) -> Result<Redirect, Missing> {
    bench.tokens.accept(&city, &form.token)?;
    let Offers { url, criterion, note, .. } = form;
    bench.offer(&city, &Linked { url, criterion: Some(criterion), note: Some(note), pages: None }).await?;
    Ok(Redirect::to(&format!("/cities/{city}#links")))
}

/// What the form that takes a link back brings.
#[derive(Deserialize)]
struct Withdraws {
    token: String,
    place: usize,
    url: String,
}

async fn withdraw(
    State(bench): Of,
    Path(city): Path<String>,
    Form(Withdraws { token, place, url }): Form<Withdraws>,
) -> Result<Redirect, Missing> {
    bench.tokens.accept(&city, &token)?;
    bench.withdraw(&city, place, &url).await?;
    Ok(Redirect::to(&format!("/cities/{city}#links")))
}

/// What the form for a schedule brings; a field that is left empty says nothing.
#[derive(Deserialize)]
struct Times {
    token: String,
    #[serde(default)]
    cron: String,
    #[serde(default)]
    time_zone: String,
    #[serde(default)]
    jitter_minutes: String,
    #[serde(default)]
    keep_runs: String,
    #[serde(default)]
    keep_days: String,
}

async fn schedule(State(bench): Of, Path(city): Path<String>, Form(form): Form<Times>) -> Result<Redirect, Missing> {
    bench.tokens.accept(&city, &form.token)?;
    let number = |written: &str, what: &str| match written.trim() {
        "" => Ok(None),
        written => written.parse().map(Some).map_err(|_| Missing::Refused(format!("{what}: {written:?} is no number"))),
    };
    let timed = Timed {
        jitter_minutes: number(&form.jitter_minutes, "minutes")?,
        keep_runs: number(&form.keep_runs, "runs")?,
        keep_days: number(&form.keep_days, "days")?,
        cron: Some(form.cron),
        time_zone: Some(form.time_zone),
    };
    bench.set_timing(&city, &timed).await?;
    Ok(Redirect::to(&format!("/cities/{city}#regular")))
}

/// What the button brings.
#[derive(Deserialize)]
struct Asks {
    token: String,
}

async fn ask(
    State(bench): Of,
    Path(city): Path<String>,
    Form(Asks { token }): Form<Asks>,
) -> Result<Redirect, Missing> {
    bench.tokens.accept(&city, &token)?;
    bench.own(&city).await?;
    let audit = bench.ask(&city, None).await?;
    Ok(Redirect::to(&format!("/cities/{city}/audits/{}", audit.due)))
}

async fn audit(State(bench): Of, Path((city, due)): Path<(String, Timestamp)>) -> Result<Response, Missing> {
    let name = bench.store.watched(&city).await?.ok_or(Missing::Nothing)?.submission.city;
    let seen = bench.seen(&city, due).await?;
    Ok(page(guard::LIVE, pages::audit(&name, &seen)?))
}

/// Tells how far an audit is as often as that changes, as server-sent events; ends when the audit has.
async fn events(State(bench): Of, Path((city, due)): Path<(String, Timestamp)>) -> Result<Response, Missing> {
    bench.seen(&city, due).await?;
    let told = stream::unfold((bench, None::<String>, false), move |(bench, mut last, ended)| {
        let city = city.clone();
        async move {
            if ended {
                return None;
            }
            for _ in 0..SILENT {
                let Ok(seen) = bench.seen(&city, due).await else { return None };
                let ended = matches!(seen.audit.state, Far::Done | Far::Failed);
                let Ok(told) = serde_json::to_string(&seen) else { return None };
                if last.as_ref() != Some(&told) {
                    let event = Bytes::from(format!("data: {told}\n\n"));
                    last = Some(told);
                    return Some((Ok::<_, std::io::Error>(event), (bench, last, ended)));
                }
                tokio::time::sleep(EVERY).await;
            }
            Some((Ok(Bytes::from_static(b": still at it\n\n")), (bench, last, false)))
        }
    });
    let fields = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((fields, Body::from_stream(told)).into_response())
}

async fn script() -> Response {
    let fields = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (fields, include_str!("pages/html/live.js")).into_response()
}

impl Bench {
    /// An audit, and how it goes if it is under way here.
    pub(super) async fn seen(&self, city: &str, due: Timestamp) -> Result<AuditSeen, Missing> {
        // Asked for first: an audit that ends meanwhile has ended in the store.
        let live = self.auditors.live(city).map(|live| live.shown());
        let audit = self.store.audit(city, due).await?.ok_or(Missing::Nothing)?;
        let live = live.filter(|_| audit.state == Far::Begun);
        Ok(AuditSeen { audit, live })
    }
}
