//! What to do first over all cities, for programs.

use std::sync::Arc;

use axum::extract::{Json, Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::answers::Part;
use super::problem::Problem;
use super::{Answer, Asked};
use crate::store::{CityToFix, CommonFix};

pub(super) fn described() -> OpenApiRouter<Arc<Bench>> {
    OpenApiRouter::new().routes(routes!(first)).routes(routes!(cities))
}

/// By which scheme fixes are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct By {
    /// The scheme's id; that of most cities where none is named.
    scheme: Option<String>,
    /// The part, from 1.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
    /// How many there are in a part.
    #[param(minimum = 1, maximum = 200)]
    per_page: Option<u32>,
}

/// The fixes that the latest runs of all cities name, those that would move most first.
#[utoipa::path(get, path = "/api/first", params(By), responses(
    (status = 200, body = Part<CommonFix>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn first(State(bench): Of, Query(By { scheme, page, per_page }): Query<By>) -> Answer<Part<CommonFix>> {
    let (page, most) = Asked { page, per_page }.part()?;
    let scheme = match scheme {
        Some(scheme) => scheme,
        None => bench.store.schemes_with_fixes().await?.into_iter().next().map(|(id, _)| id).unwrap_or_default(),
    };
    let items = bench.store.first(&scheme, (page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, bench.store.how_many_first(&scheme).await?)))
}

/// The cities whose latest run names a fix.
#[utoipa::path(get, path = "/api/first/{fix}/cities", params(("fix" = String, Path, description = "The fix, as the list of them names it"), Asked), responses(
    (status = 200, body = Part<CityToFix>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn cities(State(bench): Of, Path(fix): Path<String>, Query(asked): Query<Asked>) -> Answer<Part<CityToFix>> {
    let (page, most) = asked.part()?;
    let known = bench.store.fix(&fix).await?.ok_or(Missing::Nothing)?;
    let items = bench.store.cities_to_fix(&fix, (page - 1) * most, most).await?;
    Ok(Json(Part::of(items, page, most, known.cities)))
}
