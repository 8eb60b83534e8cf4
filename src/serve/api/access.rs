//! Accounts, tokens and the log, for programs.

use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::access::{Known, made, revoked, who};
use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::answers::Part;
use super::problem::Problem;
use super::sent::Sent;
use super::{Answer, Asked};
use crate::store::{ApiToken, Entry, Role};

/// An account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountTold {
    name: String,
    role: Role,
    /// When it was made, in RFC 3339.
    made: String,
    /// Since when it lets nobody in.
    closed: Option<String>,
}

/// The account that asks.
fn own() -> Result<std::sync::Arc<Known>, Missing> {
    who().account.ok_or(Missing::NoAccounts)
}

fn with_accounts(bench: &Bench) -> Result<(), Missing> {
    if bench.access.required() { Ok(()) } else { Err(Missing::NoAccounts) }
}

/// Every account, by name; for admins.
#[utoipa::path(get, path = "/api/accounts", responses(
    (status = 200, body = Vec<AccountTold>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn accounts(State(bench): Of) -> Answer<Vec<AccountTold>> {
    with_accounts(&bench)?;
    let all = bench.store.accounts().await?.into_iter();
    Ok(Json(all.map(|it| AccountTold { name: it.name, role: it.role, made: it.made, closed: it.closed }).collect()))
}

/// What was done, the latest first; for admins.
#[utoipa::path(get, path = "/api/log", params(Asked), responses(
    (status = 200, body = Part<Entry>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn log(State(bench): Of, Query(asked): Query<Asked>) -> Answer<Part<Entry>> {
    with_accounts(&bench)?;
    let (page, most) = asked.part()?;
    let items = bench.store.logged((page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, bench.store.how_many_logged().await?)))
}

/// The tokens of the account that asks, the latest first.
#[utoipa::path(get, path = "/api/tokens", responses(
    (status = 200, body = Vec<ApiToken>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn tokens(State(bench): Of) -> Answer<Vec<ApiToken>> {
    Ok(Json(bench.store.api_tokens(Some(&own()?.name)).await?))
}

/// A token that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Makes {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    title: String,
    /// The most that it may do: not more than what it is made with.
    role: Role,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    /// What it is spoken of by.
    id: String,
    /// The token, which is told this once.
    token: String,
}

/// Makes a token of the account that asks.
#[utoipa::path(post, path = "/api/tokens", request_body = Makes, responses(
    (status = 201, body = Made),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn make(
    State(bench): Of,
    Sent(Makes { title, role }): Sent<Makes>,
) -> Result<(StatusCode, Json<Made>), Missing> {
    let known = own()?;
    if role > known.role {
        return Err(Missing::NotAllowed(role));
    }
    let (id, token) = made(&bench.store, &known.name, &title, role, &who().by()).await?;
    Ok((StatusCode::CREATED, Json(Made { id, token })))
}

/// Revokes a token of the account that asks, or for an admin anybody's.
#[utoipa::path(delete, path = "/api/tokens/{id}", params(("id" = String, Path, description = "The token's id")), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn revoke(State(bench): Of, Path(id): Path<String>) -> Result<StatusCode, Missing> {
    revoked(&bench.store, &*own()?, &id, &who().by()).await?;
    Ok(StatusCode::NO_CONTENT)
}
