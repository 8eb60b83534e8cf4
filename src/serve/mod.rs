//! The workbench: the runs that lie in a folder, in a browser. On loopback only, and it changes nothing.
//!
//! What a site sent is shown as escaped text, and no page may run a script or load anything from elsewhere.

mod guard;
mod marked;
mod pages;
mod runs;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use pages::Missing;
use runs::Runs;

/// Serves the runs in `folder` on loopback until the process ends; `ready` hears the address. Port 0 takes a free one.
pub fn serve(folder: PathBuf, port: u16, ready: &dyn Fn(SocketAddr)) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        ready(listener.local_addr()?);
        axum::serve(listener, routes(Runs::of(folder))).await
    })
}

fn routes(runs: Runs) -> Router {
    Router::new()
        .route("/", get(cities))
        .route("/runs/{run}", get(run))
        .route("/runs/{run}/report", get(report))
        .route("/runs/{run}/pack.wacz", get(pack))
        .route("/runs/{run}/evidence/{finding}/{place}", get(evidence))
        .route("/runs/{run}/evidence/{finding}/{place}/body", get(body))
        .layer(middleware::from_fn(guard::guard))
        .with_state(Arc::new(runs))
}

async fn cities(State(runs): State<Arc<Runs>>) -> Response {
    answer(guard::PAGE, move || pages::cities(&runs)).await
}

async fn run(State(runs): State<Arc<Runs>>, Path(run): Path<String>) -> Response {
    answer(guard::PAGE, move || pages::run(&runs, &run)).await
}

async fn report(State(runs): State<Arc<Runs>>, Path(run): Path<String>) -> Response {
    answer(guard::REPORT, move || pages::report(&runs, &run)).await
}

async fn evidence(
    State(runs): State<Arc<Runs>>,
    Path((run, finding, place)): Path<(String, String, usize)>,
) -> Response {
    answer(guard::PAGE, move || pages::evidence(&runs, &run, &finding, place)).await
}

async fn body(State(runs): State<Arc<Runs>>, Path((run, finding, place)): Path<(String, String, usize)>) -> Response {
    answer(guard::BODY, move || pages::body(&runs, &run, &finding, place)).await
}

async fn pack(State(runs): State<Arc<Runs>>, Path(run): Path<String>) -> Response {
    let read = spawn_blocking(move || runs.pack_bytes(&run));
    match read.await {
        Ok(Ok(bytes)) => {
            let fields = [
                (header::CONTENT_TYPE, "application/wacz"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"pack.wacz\""),
            ];
            (fields, bytes).into_response()
        }
        Ok(Err(missing)) => told(&missing),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page that is made beside the runtime, as it reads files, under its policy.
async fn answer(policy: &'static str, make: impl FnOnce() -> Result<String, Missing> + Send + 'static) -> Response {
    match spawn_blocking(make).await {
        Ok(Ok(page)) => {
            let fields =
                [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
            (fields, page).into_response()
        }
        Ok(Err(missing)) => told(&missing),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn told(missing: &Missing) -> Response {
    let status =
        if matches!(missing, Missing::Nothing) { StatusCode::NOT_FOUND } else { StatusCode::INTERNAL_SERVER_ERROR };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], missing.to_string()).into_response()
}
