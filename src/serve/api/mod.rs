//! The same as the pages, as JSON for programs; `/api/openapi.json` describes it.

mod access;
mod answers;
mod audits;
mod first;
mod notifications;
mod problem;
mod sent;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Json, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::decide::Stated;
use super::missing::Missing;
use super::{Bench, Of};
use crate::criteria::decision::{Decision, SignOff};
use crate::store::{Agreement, City, Column, Matrix, Settled};
use answers::{CriterionJudged, Part, RunJudged};
use problem::Problem;
use sent::Sent;

pub(super) use audits::AuditSeen;
pub(super) use problem::{exact, tagged};

/// How many there are in a part of a list, where nothing is asked for.
const IN_A_PART: u32 = 50;
/// The most there are in one.
const MOST_IN_A_PART: u32 = 200;

/// What the description calls the token that lets a program in.
const TOKEN: &str = "token";

/// The interface's routes, and their description, which asks for a token where there are accounts.
pub(super) fn routes() -> axum::Router<Arc<Bench>> {
    let (router, api) = described().split_for_parts();
    let description = Arc::new(api);
    let described = get(async move |State(bench): Of| {
        let mut description = OpenApi::clone(&description);
        if bench.access.required() {
            let with_token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
            let parts = description.components.get_or_insert_default();
            parts.add_security_scheme(TOKEN, with_token);
            description.security = Some(vec![SecurityRequirement::new(TOKEN, [""; 0])]);
        }
        Json(description)
    });
    router.route("/api/openapi.json", described)
}

fn described() -> OpenApiRouter<Arc<Bench>> {
    let about = "What the workbench shows and takes, for programs. Answers carry an ETag; what goes wrong is told as problem \
                 details (RFC 9457). Findings and verdicts are as in report.json.";
    let info = InfoBuilder::new().title("Tickmark").version(env!("CARGO_PKG_VERSION")).description(Some(about));
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build())
        .routes(routes!(cities))
        .routes(routes!(city))
        .routes(routes!(matrix))
        .routes(routes!(run))
        .routes(routes!(criterion))
        .routes(routes!(changes))
        .routes(routes!(settled))
        .routes(routes!(finding))
        .routes(routes!(capture))
        .routes(routes!(decisions, decide))
        .routes(routes!(sign_off, sign))
        .routes(routes!(accuracy))
        .routes(routes!(access::accounts))
        .routes(routes!(access::log))
        .routes(routes!(access::tokens, access::make))
        .routes(routes!(access::revoke))
        .merge(audits::described())
        .merge(first::described())
        .merge(notifications::described())
}

/// Which part of a long list is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The part, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
    /// How many there are in a part.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

impl Asked {
    /// The part's number, and how many there are in one.
    fn part(&self) -> Result<(usize, usize), Missing> {
        let (page, most) = (self.page.unwrap_or(1), self.per_page.unwrap_or(IN_A_PART));
        if page == 0 || page > 1_000_000 || most == 0 || most > MOST_IN_A_PART {
            let told = format!("page is from 1 to 1000000, and per_page from 1 to {MOST_IN_A_PART}");
            return Err(Missing::Refused(told));
        }
        Ok((page as usize, most as usize))
    }
}

type Answer<T> = Result<Json<T>, Missing>;

/// The cities by name, each with its latest run.
#[utoipa::path(get, path = "/api/cities", params(Asked), responses(
    (status = 200, body = Part<City>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn cities(State(bench): Of, Query(asked): Query<Asked>) -> Answer<Part<City>> {
    let (page, most) = asked.part()?;
    let items = bench.store.cities((page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, bench.store.how_many_cities().await?)))
}

/// A city's runs, the latest first.
#[utoipa::path(get, path = "/api/cities/{city}/runs", params(("city" = String, Path, description = "The city's id"), Asked), responses(
    (status = 200, body = Part<Column>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn city(State(bench): Of, Path(city): Path<String>, Query(asked): Query<Asked>) -> Answer<Part<Column>> {
    let (page, most) = asked.part()?;
    let all = bench.store.how_many_runs(&city).await?;
    if all == 0 {
        return Err(Missing::Nothing);
    }
    let items = bench.store.history(&city, (page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, all)))
}

/// How each criterion stood in a city's runs, the latest first.
#[utoipa::path(get, path = "/api/cities/{city}/matrix", params(("city" = String, Path, description = "The city's id"), Asked), responses(
    (status = 200, body = Matrix),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn matrix(State(bench): Of, Path(city): Path<String>, Query(asked): Query<Asked>) -> Answer<Matrix> {
    let (page, most) = asked.part()?;
    if bench.store.how_many_runs(&city).await? == 0 {
        return Err(Missing::Nothing);
    }
    Ok(Json(bench.store.matrix(&city, (page - 1) * most, most).await?))
}

/// A run: how each criterion and clause stands, and by the decisions taken.
#[utoipa::path(get, path = "/api/runs/{run}", params(("run" = String, Path, description = "The hash of what the run's pack holds")), responses(
    (status = 200, body = RunJudged),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn run(State(bench): Of, Path(run): Path<String>) -> Answer<RunJudged> {
    let review = bench.review(&run).await?;
    let opened = bench.open(run).await?;
    Ok(Json(spawn_blocking(move || RunJudged::of(&opened, review)).await??))
}

/// A criterion of a run: its verdict as in report.json, and what was decided of its clauses.
#[utoipa::path(get, path = "/api/runs/{run}/criteria/{scheme}/{code}", params(
    ("run" = String, Path, description = "The run"), ("scheme" = String, Path, description = "The scheme's id"), ("code" = String, Path, description = "The criterion's code"),
), responses(
    (status = 200, body = CriterionJudged),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn criterion(
    State(bench): Of,
    Path((run, scheme, code)): Path<(String, String, String)>,
) -> Answer<CriterionJudged> {
    let review = bench.review(&run).await?;
    let opened = bench.open(run).await?;
    Ok(Json(spawn_blocking(move || CriterionJudged::of(&opened, &review, &scheme, &code)).await??))
}

/// What changed since the run of the city before it, and why: as `tickmark diff --format json` writes it.
#[utoipa::path(get, path = "/api/runs/{run}/changes", params(("run" = String, Path, description = "The run")), responses(
    (status = 200, body = Object),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn changes(State(bench): Of, Path(run): Path<String>) -> Answer<serde_json::Value> {
    Ok(Json(bench.changes(&run).await?.ok_or(Missing::Nothing)?.difference))
}

/// How far a run is to be believed: what could not be looked at, as it was last seen, and what changed once it was settled.
#[utoipa::path(get, path = "/api/runs/{run}/settled", params(("run" = String, Path, description = "The run")), responses(
    (status = 200, body = Settled),
    (status = "4XX", body = Problem, content_type = "application/problem+json", description = "Such as 404 while it is not settled yet"),
))]
async fn settled(State(bench): Of, Path(run): Path<String>) -> Answer<Settled> {
    Ok(Json(bench.store.settled(&run).await?.ok_or(Missing::Nothing)?))
}

/// A finding as in report.json, with the words it rests on.
#[utoipa::path(get, path = "/api/runs/{run}/findings/{finding}", params(
    ("run" = String, Path, description = "The run"), ("finding" = String, Path, description = "The finding's id"),
), responses(
    (status = 200, body = Object),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn finding(State(bench): Of, Path((run, finding)): Path<(String, String)>) -> Result<Response, Missing> {
    let opened = bench.open(run).await?;
    let found = opened.report.findings.iter().find(|it| it.id == finding).ok_or(Missing::Nothing)?;
    Ok(Json(found).into_response())
}

/// A capture as report.json lists it: request, answer, time, hash and place in the pack.
#[utoipa::path(get, path = "/api/runs/{run}/captures/{capture}", params(
    ("run" = String, Path, description = "The run"), ("capture" = String, Path, description = "The capture's id"),
), responses(
    (status = 200, body = Object),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn capture(State(bench): Of, Path((run, capture)): Path<(String, String)>) -> Result<Response, Missing> {
    let opened = bench.open(run).await?;
    let found = opened.report.captures.iter().find(|it| it.id == capture).ok_or(Missing::Nothing)?;
    Ok(Json(found).into_response())
}

/// Everything decided of a run, in order.
#[utoipa::path(get, path = "/api/runs/{run}/decisions", params(("run" = String, Path, description = "The run")), responses(
    (status = 200, body = Vec<Decision>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn decisions(State(bench): Of, Path(run): Path<String>) -> Answer<Vec<Decision>> {
    Ok(Json(bench.review(&run).await?.decisions))
}

/// A decision that is to be taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decides {
    /// The scheme's id.
    scheme: String,
    /// The clause's id.
    clause: String,
    /// What is said of it.
    stated: Stated,
}

/// Accepts how a clause stands, or sets it otherwise with a reason.
#[utoipa::path(post, path = "/api/runs/{run}/decisions", params(("run" = String, Path, description = "The run")), request_body = Decides, responses(
    (status = 201, body = Decision),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn decide(
    State(bench): Of,
    Path(run): Path<String>,
    Sent(Decides { scheme, clause, stated }): Sent<Decides>,
) -> Result<(StatusCode, Json<Decision>), Missing> {
    Ok((StatusCode::CREATED, Json(bench.decide(&run, &scheme, &clause, &stated).await?)))
}

/// The sign-off of a run.
#[utoipa::path(get, path = "/api/runs/{run}/sign-off", params(("run" = String, Path, description = "The run")), responses(
    (status = 200, body = SignOff),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign_off(State(bench): Of, Path(run): Path<String>) -> Answer<SignOff> {
    Ok(Json(bench.store.signed(&run).await?.ok_or(Missing::Nothing)?))
}

/// Who signs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Signs {
    /// Their name, where the workbench has no accounts: with them, the sign-off bears the account's.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    reviewer: Option<String>,
}

/// Closes a run with what was decided of it, and writes that into its pack; one that is closed stays as it is.
#[utoipa::path(post, path = "/api/runs/{run}/sign-off", params(("run" = String, Path, description = "The run")), request_body = Signs, responses(
    (status = 200, body = SignOff),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sign(State(bench): Of, Path(run): Path<String>, Sent(Signs { reviewer }): Sent<Signs>) -> Answer<SignOff> {
    Ok(Json(bench.sign(&run, reviewer.as_deref()).await?))
}

/// By probe, how often people agreed with what its findings had decided.
#[utoipa::path(get, path = "/api/accuracy", responses(
    (status = 200, body = BTreeMap<String, Agreement>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn accuracy(State(bench): Of) -> Answer<BTreeMap<String, Agreement>> {
    Ok(Json(bench.store.agreement().await?))
}
