//! The page of what is told to whom, for admins: what did not arrive, and why; and its forms.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::missing::Missing;
use super::{Bench, Of, Part, guard, page as answer, pages};

/// Where it is, and what the token of its forms is made for.
const PAGE: &str = "/notifications";

/// The routes of the page.
pub(super) fn routes() -> Router<Arc<Bench>> {
    Router::new()
        .route(PAGE, get(page))
        .route("/notifications/again", post(again))
        .route("/notifications/tried", post(tried))
}

async fn page(State(bench): Of, Query(part): Query<Part>) -> Result<Response, Missing> {
    bench.page_of_messages(part.page.max(1), None).await
}

/// What the form of a message that was given up brings.
#[derive(Deserialize)]
struct Again {
    token: String,
    run: String,
    channel: String,
}

async fn again(State(bench): Of, Form(Again { token, run, channel }): Form<Again>) -> Result<Redirect, Missing> {
    bench.tokens.accept(PAGE, &token)?;
    bench.send_again(&run, &channel).await?;
    Ok(Redirect::to(PAGE))
}

/// What the form of a channel brings.
#[derive(Deserialize)]
struct Tries {
    token: String,
    channel: String,
}

async fn tried(State(bench): Of, Form(Tries { token, channel }): Form<Tries>) -> Result<Response, Missing> {
    bench.tokens.accept(PAGE, &token)?;
    let problem = bench.try_channel(&channel).await?;
    bench.page_of_messages(1, Some((channel, problem))).await
}

impl Bench {
    async fn page_of_messages(
        &self,
        page: usize,
        tried: Option<(String, Option<String>)>,
    ) -> Result<Response, Missing> {
        let page = pages::notifications(&self.store, &self.notify, page, &self.tokens.of(PAGE), tried).await?;
        Ok(answer(guard::PAGE, page))
    }
}
