//! What is told to whom, for programs.

use std::sync::Arc;

use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::answers::Part;
use super::problem::Problem;
use super::sent::Sent;
use super::{Answer, Asked};
use crate::notify::Digest;
use crate::store::Message;

pub(super) fn described() -> OpenApiRouter<Arc<Bench>> {
    OpenApiRouter::default()
        .routes(routes!(digest))
        .routes(routes!(messages))
        .routes(routes!(again))
        .routes(routes!(channels))
        .routes(routes!(tried))
}

/// What a run changed once that was settled, why, and what to do first: as signed webhooks tell it in `data`.
#[utoipa::path(get, path = "/api/runs/{run}/digest", params(("run" = String, Path, description = "The run")), responses(
    (status = 200, body = Digest),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn digest(State(bench): Of, Path(run): Path<String>) -> Result<Response, Missing> {
    let digest = bench.digest(&run).await?.ok_or(Missing::Nothing)?;
    Ok(Json(&*digest).into_response())
}

/// The messages, the latest first; for admins.
#[utoipa::path(get, path = "/api/notifications", params(Asked), responses(
    (status = 200, body = Part<Message>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn messages(State(bench): Of, Query(asked): Query<Asked>) -> Answer<Part<Message>> {
    let (page, most) = asked.part()?;
    let (items, all) = bench.store.messages((page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, all)))
}

/// A message that was given up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenUp {
    /// The run that it tells of.
    run: String,
    /// The channel's name.
    channel: String,
}

/// Queues a message that was given up once more; for admins.
#[utoipa::path(post, path = "/api/notifications/again", request_body = GivenUp, responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn again(State(bench): Of, Sent(GivenUp { run, channel }): Sent<GivenUp>) -> Result<StatusCode, Missing> {
    bench.send_again(&run, &channel).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A channel on which people are told.
#[derive(Serialize, ToSchema)]
struct ChannelTold {
    name: String,
    /// Where it leads, as far as that is no secret.
    leads_to: String,
}

/// The channels that the file names; for admins.
#[utoipa::path(get, path = "/api/notifications/channels", responses(
    (status = 200, body = Vec<ChannelTold>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn channels(State(bench): Of) -> Answer<Vec<ChannelTold>> {
    let told = |(name, leads_to): (&str, String)| ChannelTold { name: name.to_owned(), leads_to };
    Ok(Json(bench.notify.channels().map(told).collect()))
}

/// A channel that is to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Tries {
    /// Its name.
    channel: String,
}

/// What came of trying a channel.
#[derive(Serialize, ToSchema)]
struct Tried {
    /// Why the message did not arrive; none where it did.
    problem: Option<String>,
}

/// Sends a channel a message that tells of nothing, to see whether it arrives; for admins.
#[utoipa::path(post, path = "/api/notifications/tried", request_body = Tries, responses(
    (status = 200, body = Tried),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn tried(State(bench): Of, Sent(Tries { channel }): Sent<Tries>) -> Answer<Tried> {
    Ok(Json(Tried { problem: bench.try_channel(&channel).await? }))
}
