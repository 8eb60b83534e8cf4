//! Cities that are audited from here: their links, their schedules, their audits.

use std::sync::Arc;

use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::audits::{Linked, Shown, Submits, Timed};
use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::answers::Part;
use super::problem::Problem;
use super::sent::Sent;
use super::{Answer, Asked};
use crate::store::{Audit, Watched};

pub(super) fn described() -> OpenApiRouter<Arc<Bench>> {
    OpenApiRouter::default()
        .routes(routes!(add))
        .routes(routes!(submission, replace))
        .routes(routes!(offer))
        .routes(routes!(schedule, set))
        .routes(routes!(audits, ask))
        .routes(routes!(audit))
}

/// A city that is audited from here.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// Names the city in addresses.
    id: String,
    city: String,
    scheme: String,
    links: Vec<Linked>,
    schedule: Timed,
}

/// An audit, and how it goes if it is under way.
#[derive(Serialize, ToSchema)]
pub(in super::super) struct AuditSeen {
    /// The audit.
    pub(in super::super) audit: Audit,
    /// How it goes; none if it is not under way, or not in this process.
    pub(in super::super) live: Option<Shown>,
}

impl Taken {
    fn of(watched: &Watched) -> Self {
        Self {
            id: watched.city_id.clone(),
            city: watched.submission.city.clone(),
            scheme: watched.submission.scheme.clone(),
            links: watched.submission.links.iter().map(Linked::of).collect(),
            schedule: Timed::of(&watched.timing),
        }
    }
}

/// Takes a new city and its links.
#[utoipa::path(post, path = "/api/cities", request_body = Submits, responses(
    (status = 201, body = Taken),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn add(State(bench): Of, Sent(submits): Sent<Submits>) -> Result<(StatusCode, Json<Taken>), Missing> {
    let id = bench.add_city(submits).await?;
    let watched = bench.store.watched(&id).await?.ok_or(Missing::Nothing)?;
    Ok((StatusCode::CREATED, Json(Taken::of(&watched))))
}

/// What a city submits, and when it is audited by itself.
#[utoipa::path(get, path = "/api/cities/{city}/submission", params(("city" = String, Path, description = "The city's id")), responses(
    (status = 200, body = Taken),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn submission(State(bench): Of, Path(city): Path<String>) -> Answer<Taken> {
    Ok(Json(Taken::of(&bench.store.watched(&city).await?.ok_or(Missing::Nothing)?)))
}

/// Takes a submission in place of the one that is there.
#[utoipa::path(put, path = "/api/cities/{city}/submission", params(("city" = String, Path, description = "The city's id")), request_body = Submits, responses(
    (status = 200, body = Taken),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn replace(State(bench): Of, Path(city): Path<String>, Sent(submits): Sent<Submits>) -> Answer<Taken> {
    Ok(Json(Taken::of(&bench.replace(&city, submits).await?)))
}

/// Adds a link to what a city submits.
#[utoipa::path(post, path = "/api/cities/{city}/links", params(("city" = String, Path, description = "The city's id")), request_body = Linked, responses(
    (status = 201, body = Taken),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn offer(
    State(bench): Of,
    Path(city): Path<String>,
    Sent(linked): Sent<Linked>,
) -> Result<(StatusCode, Json<Taken>), Missing> {
    bench.offer(&city, &linked).await?;
    let watched = bench.store.watched(&city).await?.ok_or(Missing::Nothing)?;
    Ok((StatusCode::CREATED, Json(Taken::of(&watched))))
}

/// When a city is audited by itself, and how long its packs are kept.
#[utoipa::path(get, path = "/api/cities/{city}/schedule", params(("city" = String, Path, description = "The city's id")), responses(
    (status = 200, body = Timed),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn schedule(State(bench): Of, Path(city): Path<String>) -> Answer<Timed> {
    Ok(Json(Timed::of(&bench.store.watched(&city).await?.ok_or(Missing::Nothing)?.timing)))
}

/// Sets when a city is audited by itself, and how long its packs are kept.
#[utoipa::path(put, path = "/api/cities/{city}/schedule", params(("city" = String, Path, description = "The city's id")), request_body = Timed, responses(
    (status = 200, body = Timed),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set(State(bench): Of, Path(city): Path<String>, Sent(timed): Sent<Timed>) -> Answer<Timed> {
    bench.set_timing(&city, &timed).await?;
    Ok(Json(Timed::of(&bench.store.watched(&city).await?.ok_or(Missing::Nothing)?.timing)))
}

/// A city's audits from here, the latest first.
#[utoipa::path(get, path = "/api/cities/{city}/audits", params(("city" = String, Path, description = "The city's id"), Asked), responses(
    (status = 200, body = Part<Audit>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn audits(State(bench): Of, Path(city): Path<String>, Query(asked): Query<Asked>) -> Answer<Part<Audit>> {
    let (page, most) = asked.part()?;
    bench.store.watched(&city).await?.ok_or(Missing::Nothing)?;
    let (items, all) = bench.store.audits(&city, (page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, all)))
}

/// An audit that is to be made.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asks {
    /// The date it speaks of; today, in UTC, where there is none.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
}

/// Has a city audited now. Where an audit of it waits already, that is the answer.
#[utoipa::path(post, path = "/api/cities/{city}/audits", params(("city" = String, Path, description = "The city's id")), request_body = Asks, responses(
    (status = 202, body = Audit),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn ask(
    State(bench): Of,
    Path(city): Path<String>,
    Sent(Asks { as_of }): Sent<Asks>,
) -> Result<(StatusCode, Json<Audit>), Missing> {
    bench.own(&city).await?;
    Ok((StatusCode::ACCEPTED, Json(bench.ask(&city, as_of).await?)))
}

/// An audit, and how it goes; `/cities/{city}/audits/{due}/events` tells the same as it changes, as server-sent events.
#[utoipa::path(get, path = "/api/cities/{city}/audits/{due}", params(
    ("city" = String, Path, description = "The city's id"), ("due" = String, Path, description = "When it was due or asked for"),
), responses(
    (status = 200, body = AuditSeen),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn audit(State(bench): Of, Path((city, due)): Path<(String, String)>) -> Answer<AuditSeen> {
    // No audit was due at what is no time.
    let due: Timestamp = due.parse().map_err(|_| Missing::Nothing)?;
    Ok(Json(bench.seen(&city, due).await?))
}
