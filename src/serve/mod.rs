//! The workbench: the runs that lie in a folder, in a browser, and what reviewers decide of them. Without accounts it is
//! served on loopback only; a run is changed by nothing but its sign-off.
//!
//! Lists and histories come from the store, into which each pack is taken once; quotes and captures from the packs. What
//! a site sent is shown as escaped text, and no page may run a script or load anything from elsewhere.

mod access;
mod api;
mod audits;
mod changes;
mod decide;
mod feed;
mod folder;
mod forms;
mod guard;
mod latest;
mod marked;
mod missing;
mod opened;
mod pages;
mod settle;
mod stream;
mod tell;
mod tokens;
mod told;

pub use access::{Accounts, Refused};

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::audit::reading::Readers;
use crate::crawl::{self, Crawler};
use crate::criteria::agreement;
use crate::notify::Notify;
use crate::store::{Place, PlaceError, Store, StoreError};
use access::Access;
use audits::Auditors;
pub use audits::{Config, Unread};
use decide::Stated;
use folder::Folder;
use missing::Missing;
use opened::{Open, Opened};
use pages::Review;
use tell::Digests;
use tokens::Tokens;

/// How long after one look for something to do the next one begins, unless it is asked for before.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// How long a place that does not answer is asked again: somebody may wait for a page.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes that a form may have.
const MOST_SENT: usize = 64 * 1024;

/// What is served, and how.
pub struct Serving {
    /// The folder in which runs lie.
    pub folder: PathBuf,
    /// The store's address, as [`Store::open`] takes it.
    pub store: String,
    /// Where packs are for good, if not in the folder alone: the URL of a place that several machines may share.
    pub packs: Option<String>,
    /// The address that is listened on; one that is not loopback needs accounts.
    pub listen: IpAddr,
    /// The port on it; 0 takes a free one.
    pub port: u16,
    /// Whether a proxy in front says in `X-Forwarded-For` where requests come from.
    pub proxied: bool,
    /// Whether two reviewers decide each clause, neither shown what the other decided before both have.
    pub two_reviewers: bool,
    /// Who reads what is dangerous, where packs are read again to tell what changed.
    pub readers: Readers,
    /// Which cities are audited, and when, as a file says it.
    pub config: Config,
    /// How audits fetch.
    pub crawl: crawl::Config,
    /// Who hears of packs that hold no run, and of what else does not keep it from serving.
    pub aside: fn(&str),
}

/// Why the workbench cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Unserved {
    /// The port cannot be had.
    #[error("cannot serve on port {0}: {1}")]
    Port(u16, io::Error),
    /// Others than this machine's would be let in, and there is nothing to know them by.
    #[error(
        "{0} can be reached from other machines, and the store has no open account to sign in with: make one first with \
         tickmark account add NAME --role admin --store {1}, or listen on 127.0.0.1"
    )]
    NoAccounts(IpAddr, String),
    /// The store cannot be had.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Packs cannot be kept there.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The folder cannot be taken in.
    #[error("cannot take in the folder: {0}")]
    Folder(String),
    /// The file that says which cities are audited says nothing that can be done.
    #[error(transparent)]
    Config(#[from] Unread),
    /// Nothing can be fetched.
    #[error(transparent)]
    Crawl(#[from] crawl::CrawlError),
    /// The server ended.
    #[error("cannot serve: {0}")]
    Ended(io::Error),
}

/// Serves the runs in a folder until the process ends; `ready` hears the address, once all runs that are
/// there are taken in.
pub fn serve(serving: Serving, ready: &dyn Fn(SocketAddr)) -> Result<(), Unserved> {
    let robots = serving.crawl.robots;
    // Crawler and place have runtimes of their own, which must not end within the other.
    let crawler = Arc::new(Crawler::new(serving.crawl.clone())?);
    let place = serving.packs.as_deref().map(|url| Place::at(url, PATIENCE)).transpose()?.map(Arc::new);
    let own = place.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Unserved::Ended)?;
    runtime.block_on(async {
        let Serving { folder, store: lies, listen, port, proxied, two_reviewers, readers, config, aside, .. } = serving;
        let no_port = |error| Unserved::Port(port, error);
        let store = Store::open(&lies).await?;
        let known = config.signs_in_elsewhere();
        if !known && !listen.is_loopback() && store.accounts().await?.iter().all(|account| account.closed.is_some()) {
            return Err(Unserved::NoAccounts(listen, Store::shown(&lies)));
        }
        let access = Access::of(&store, proxied).await?;
        #[cfg(feature = "oidc")]
        let access = config.lets_in(access)?;
        let listener = TcpListener::bind((listen, port)).await.map_err(no_port)?;
        let refused = |problem: Missing| Unserved::Folder(problem.to_string());
        let folder = Folder::of(folder, own, &store).await.map_err(refused)?;
        folder.take_in(&store, aside).await.map_err(refused)?;
        store.look_at_tables().await?;
        let tokens = Tokens::new().map_err(Unserved::Ended)?;
        config.take_up(&store, decide::now(), aside).await?;
        let auditors = Auditors::new(Arc::clone(&crawler), robots, config.audits_at_once, tokens.name());
        let (open, signing, comparing, settling) =
            (Open::default(), Mutex::default(), Mutex::default(), Mutex::default());
        let bench = Arc::new(Bench {
            folder,
            store,
            access,
            open,
            two_reviewers,
            tokens,
            readers,
            auditors,
            notify: config.told,
            digests: Digests::default(),
            comparing,
            settling,
            signing,
        });
        tokio::spawn(watch(Arc::clone(&bench), aside));
        tokio::spawn(audits::keep_on(Arc::clone(&bench), aside));
        tokio::spawn(audits::put_away(Arc::clone(&bench), aside));
        tokio::spawn(settle::keep_on(Arc::clone(&bench), aside));
        tokio::spawn(tell::keep_on(Arc::clone(&bench), aside));
        ready(listener.local_addr().map_err(no_port)?);
        let routes = routes(bench).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, routes).await.map_err(Unserved::Ended)
    })
}

/// What every page is made from.
struct Bench {
    folder: Folder,
    store: Store,
    access: Access,
    open: Open,
    two_reviewers: bool,
    tokens: Tokens,
    readers: Readers,
    auditors: Auditors,
    notify: Notify,
    digests: Digests,
    /// Held while two runs are compared.
    comparing: Mutex<()>,
    /// Held while runs are settled.
    settling: Mutex<()>,
    /// Held while a run is signed off.
    signing: Mutex<()>,
}

impl Bench {
    /// A run's pack and report.
    async fn open(self: Arc<Self>, run: String) -> Result<Arc<Opened>, Missing> {
        self.store.run(&run).await?.ok_or(Missing::Nothing)?;
        let mut path = self.folder.pack(&self.store, &run).await?;
        loop {
            let (bench, asked, at) = (Arc::clone(&self), run.clone(), path.clone());
            let opened = spawn_blocking(move || bench.open.get(&asked, &at)).await?;
            if opened.is_ok() {
                return opened;
            }
            // It may have been taken apart, or put together, in between.
            let now = self.folder.pack(&self.store, &run).await?;
            if now == path {
                return opened;
            }
            path = now;
        }
    }

    /// What is known of a run, and what was decided of it.
    async fn review(&self, run: &str) -> Result<Review, Missing> {
        let known = self.store.run(run).await?.ok_or(Missing::Nothing)?;
        let mut decisions = self.store.decisions(run).await?;
        let signed = self.store.signed(run).await?;
        let (mut half, mut unsettled) = (BTreeSet::new(), BTreeSet::new());
        if self.two_reviewers && signed.is_none() {
            let owned = |(scheme, clause): (&str, &str)| (scheme.to_owned(), clause.to_owned());
            let open = agreement::open(&decisions);
            (half, unsettled) =
                (open.half.into_iter().map(owned).collect(), open.unsettled.into_iter().map(owned).collect());
            decisions.retain(|it| !half.contains(&(it.decided.scheme.clone(), it.decided.clause.clone())));
        }
        let before = self.store.before(&known).await?;
        let held = self.store.settled(run).await?.unwrap_or_default().held;
        Ok(Review { known, before, decisions, half, unsettled, held, signed, token: self.tokens.of(run) })
    }
}

/// Takes in what audits leave in the folder meanwhile.
async fn watch(bench: Arc<Bench>, aside: fn(&str)) {
    if let Err(problem) = bench.folder.keep_fixes(&bench.store).await {
        aside(&format!("what to do first is not known of every city: {problem}"));
    }
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        if let Err(problem) = bench.access.look(&bench.store).await {
            aside(&format!("whether there are accounts is not known: {problem}"));
        }
        if let Err(problem) = bench.folder.take_in(&bench.store, aside).await {
            aside(&format!("the folder is not taken in: {problem}"));
        }
    }
}

type Of = State<Arc<Bench>>;

/// Which part of a long list is shown, from 1.
#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    page: usize,
}

fn routes(bench: Arc<Bench>) -> Router {
    Router::new()
        .route("/", get(cities))
        .route("/style.css", get(style))
        .route("/cities/{city}", get(city))
        .route("/cities/{city}/changes.atom", get(feed::feed))
        .route("/runs/{run}", get(run))
        .route("/runs/{run}/criteria/{scheme}/{code}", get(criterion).post(decide))
        .route("/runs/{run}/sign-off", post(sign))
        .route("/first", get(first))
        .route("/first/{fix}", get(fix))
        .route("/accuracy", get(accuracy))
        .route("/agreement", get(agreed))
        .route("/runs/{run}/changes", get(changes))
        .route("/runs/{run}/report", get(report))
        .route("/runs/{run}/pack.wacz", get(pack))
        .route("/runs/{run}/evidence/{finding}/{place}", get(evidence))
        .route("/runs/{run}/evidence/{finding}/{place}/body", get(body))
        .merge(access::routes())
        .merge(forms::routes())
        .merge(told::routes())
        .merge(api::routes())
        .fallback(async || Missing::Nothing)
        .layer(DefaultBodyLimit::max(MOST_SENT))
        .layer(middleware::from_fn_with_state(Arc::clone(&bench), access::admit))
        .layer(middleware::from_fn_with_state(Arc::clone(&bench), guard::guard))
        .layer(middleware::from_fn(api::exact))
        .with_state(bench)
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], pages::style()).into_response()
}

/// Which cities are shown.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

async fn cities(State(bench): Of, Query(part): Query<Part>, Query(named): Query<Named>) -> Result<Response, Missing> {
    let token = bench.tokens.of(forms::CITIES);
    Ok(page(guard::PAGE, pages::cities(&bench.store, &named.name, part.page.max(1), &token).await?))
}

async fn city(State(bench): Of, Path(city): Path<String>, Query(part): Query<Part>) -> Result<Response, Missing> {
    let token = bench.tokens.of(&city);
    Ok(page(guard::PAGE, pages::city(&bench.store, &city, part.page.max(1), &token).await?))
}

async fn run(State(bench): Of, Path(run): Path<String>) -> Result<Response, Missing> {
    let review = bench.review(&run).await?;
    made(bench, run, guard::PAGE, move |opened| pages::run(opened, &review)).await
}

async fn criterion(
    State(bench): Of,
    Path((run, scheme, code)): Path<(String, String, String)>,
) -> Result<Response, Missing> {
    let review = bench.review(&run).await?;
    made(bench, run, guard::PAGE, move |opened| pages::criterion(opened, &review, &scheme, &code)).await
}

/// What the form of a clause brings.
#[derive(Deserialize)]
struct Decides {
    token: String,
    clause: String,
    #[serde(flatten)]
    stated: Stated,
}

async fn decide(
    State(bench): Of,
    Path((run, scheme, code)): Path<(String, String, String)>,
    Form(Decides { token, clause, stated }): Form<Decides>,
) -> Result<Redirect, Missing> {
    bench.tokens.accept(&run, &token)?;
    bench.decide(&run, &scheme, &clause, &stated).await?;
    Ok(Redirect::to(&format!("/runs/{run}/criteria/{scheme}/{code}#k-{clause}")))
}

/// What the form of a sign-off brings.
#[derive(Deserialize)]
struct Signs {
    token: String,
    reviewer: Option<String>,
}

async fn sign(
    State(bench): Of,
    Path(run): Path<String>,
    Form(Signs { token, reviewer }): Form<Signs>,
) -> Result<Redirect, Missing> {
    bench.tokens.accept(&run, &token)?;
    bench.sign(&run, reviewer.as_deref()).await?;
    Ok(Redirect::to(&format!("/runs/{run}#decided")))
}

async fn changes(State(bench): Of, Path(run): Path<String>) -> Result<Response, Missing> {
    let changes = bench.changes(&run).await?.ok_or(Missing::Nothing)?;
    made(bench, run, guard::PAGE, move |opened| pages::changes(opened, &changes)).await
}

/// By which scheme fixes are shown.
#[derive(Deserialize)]
struct By {
    #[serde(default)]
    scheme: String,
}

async fn first(State(bench): Of, Query(part): Query<Part>, Query(by): Query<By>) -> Result<Response, Missing> {
    Ok(page(guard::PAGE, pages::first(&bench.store, &by.scheme, part.page.max(1)).await?))
}

async fn fix(State(bench): Of, Path(fix): Path<String>, Query(part): Query<Part>) -> Result<Response, Missing> {
    Ok(page(guard::PAGE, pages::fix(&bench.store, &fix, part.page.max(1)).await?))
}

async fn accuracy(State(bench): Of) -> Result<Response, Missing> {
    Ok(page(guard::PAGE, pages::accuracy(&bench.store).await?))
}

async fn agreed(State(bench): Of) -> Result<Response, Missing> {
    Ok(page(guard::PAGE, pages::agreement(&bench.store).await?))
}

async fn report(State(bench): Of, Path(run): Path<String>) -> Result<Response, Missing> {
    made(bench, run, guard::REPORT, pages::report).await
}

async fn evidence(
    State(bench): Of,
    Path((run, finding, place)): Path<(String, String, usize)>,
) -> Result<Response, Missing> {
    made(bench, run, guard::PAGE, move |opened| pages::evidence(opened, &finding, place)).await
}

async fn body(
    State(bench): Of,
    Path((run, finding, place)): Path<(String, String, usize)>,
) -> Result<Response, Missing> {
    made(bench, run, guard::BODY, move |opened| pages::body(opened, &finding, place)).await
}

async fn pack(State(bench): Of, Path(run): Path<String>) -> Result<Response, Missing> {
    let path = bench.folder.pack(&bench.store, &run).await?;
    stream::file(&path, "application/wacz", "pack.wacz").await
}

/// A page made from a run's pack, beside the runtime, as it reads files.
async fn made(
    bench: Arc<Bench>,
    run: String,
    policy: &'static str,
    make: impl FnOnce(&Opened) -> Result<String, Missing> + Send + 'static,
) -> Result<Response, Missing> {
    let opened = bench.open(run).await?;
    Ok(page(policy, spawn_blocking(access::carried(move || make(&opened))).await??))
}

fn page(policy: &'static str, page: String) -> Response {
    let fields = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (fields, page).into_response()
}
