//! One page in a browser, from its first request until it comes to rest or its bounds are reached.

use std::io::Write as _;
use std::path::Path;
use std::pin::Pin;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use probes::capture::{Cut, Failure, Request, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::browser::Chromium;
use super::cdp::{Cdp, Trouble};
use super::document;
use super::supply::{Paused, Supply};
use crate::crawl::fetch::{Crawl, failed};
use crate::crawl::{CrawlError, Crawler};
use crate::pack::{Exchange, Payload, Picture, Rendered};

/// How often the browser's memory is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often the page's clock is let run, while the page goes on to ask for things.
const ROUNDS: u32 = 4;
/// How often the page is asked for a sign of life.
const BEAT: Duration = Duration::from_secs(10);
/// The longest that a frame is waited for: a page that nobody looks at may draw none.
const FRAME: Duration = Duration::from_secs(2);

/// The exchange for `request`, a page as a browser shows it.
pub(super) async fn render(
    crawler: &Crawler,
    crawl: &Crawl<'_>,
    request: &Request,
    held: &dyn Store,
    program: &Path,
) -> Result<Exchange, CrawlError> {
    let page = request.sent();
    if held.find(&page).is_none() {
        crawl.queue(vec![&page]).await?;
    }
    let Some(sent) = held.find(&page) else { panic!("invariant: what was handed on is held") };
    let status = match sent.answered() {
        Ok(answered) => answered.status,
        Err(failure) => return Ok(failed(request, failure.clone())),
    };
    let no_browser = |cause: String| Ok(failed(request, Failure::NoBrowser { cause }));
    let mut chromium = match Chromium::start(program).await {
        Ok(chromium) => chromium,
        Err(cause) => return no_browser(cause),
    };
    let supply = Supply::new(crawl, held, &crawler.config.page, &page);
    let shown = show(crawler, &mut chromium, &supply, &page).await;
    let product = chromium.product.clone();
    chromium.end().await;
    let Shown { document, picture, gap } = match shown? {
        Ok(shown) => shown,
        Err(cause) => return no_browser(cause),
    };
    let mut payload = Payload::new();
    payload.write_all(document.html.as_bytes()).map_err(CrawlError::Keep)?;
    payload.cut = document.cut.then_some(Cut::TooLarge);
    let at = Timestamp::now();
    let rendered = Rendered {
        of: sent.id.clone(),
        at,
        url: document.url,
        status,
        document: payload,
        picture,
        browser: product,
        requests: supply.asked(),
        gap: gap.or_else(|| supply.gap()),
    };
    Ok(Exchange {
        request: request.clone(),
        fetched_at: at,
        messages: supply.take_scripted(),
        failure: None,
        rendered: Some(Box::new(rendered)),
    })
}

struct Shown {
    document: document::Document,
    picture: Option<Picture>,
    /// Why it was not waited for any longer.
    gap: Option<String>,
}

/// The tab that the page is in.
#[derive(Clone, Copy)]
pub(super) struct Tab<'a> {
    cdp: &'a Cdp,
    session: &'a str,
    /// The name of the tab, and of the frame that fills it.
    pub(super) id: &'a str,
}

impl Tab<'_> {
    /// Has the page carry out a command.
    pub(super) async fn send(self, method: &str, params: Value) -> Result<(), Trouble> {
        self.cdp.send(Some(self.session), method, params).await.map(drop)
    }

    /// The same, with what comes of it.
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(self, method: &str, params: Value) -> Result<T, Trouble> {
        self.cdp.ask(Some(self.session), method, params).await
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    error_text: Option<String>,
}

/// A command on its way.
type Command<'a> = Pin<Box<dyn Future<Output = Result<(), Trouble>> + 'a>>;

/// Opens the page and takes it down; the inner error is the browser's.
async fn show(
    crawler: &Crawler,
    chromium: &mut Chromium,
    supply: &Supply<'_, '_>,
    request: &Request,
) -> Result<Result<Shown, String>, CrawlError> {
    let bounds = &crawler.config.page;
    let Chromium { cdp, events, process, .. } = chromium;
    let (id, session) = match open(cdp).await {
        Ok(opened) => opened,
        Err(trouble) => return Ok(Err(format!("it opens no page, {trouble}"))),
    };
    let tab = Tab { cdp, session: &session, id: &id };
    let deadline = Instant::now() + bounds.wall;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alive_at = Instant::now();
    let mut serving = FuturesUnordered::new();
    // Commands that the page itself must take: it may be too busy, or wait for an answer of ours first.
    let mut commands: FuturesUnordered<Command<'_>> = FuturesUnordered::new();
    let navigate = tab.ask::<Navigated>("Page.navigate", json!({ "url": request.url }));
    tokio::pin!(navigate);
    let (mut there, mut stuck) = (false, false);
    let (mut happened, mut rounds) = (false, 0);
    let gap = loop {
        tokio::select! {
            navigated = &mut navigate, if !there => match navigated {
                Ok(Navigated { error_text: None }) => {
                    there = true;
                    commands.push(Box::pin(tab.send("Emulation.setVirtualTimePolicy", run_for(bounds.own))));
                }
                Ok(Navigated { error_text: Some(problem) }) => return Ok(Err(format!("it does not open the page: {problem}"))),
                Err(trouble) => return Ok(Err(format!("it does not open the page, {trouble}"))),
            },
            event = events.recv() => match event {
                None => return Ok(Err(Trouble::Gone.to_string())),
                Some(event) => match event.method.as_str() {
                    "Fetch.requestPaused" => {
                        happened = true;
                        if let Ok(paused) = serde_json::from_value::<Paused>(event.params) {
                            serving.push(supply.serve(cdp, paused));
                        }
                    }
                    // Nobody is there to read it.
                    "Page.javascriptDialogOpening" => {
                        happened = true;
                        commands.push(Box::pin(tab.send("Page.handleJavaScriptDialog", json!({ "accept": false }))));
                    }
                    // At rest is a page for which nothing came to be done for a while; one that goes on for ever has
                    // shown by then what there is to be seen.
                    "Emulation.virtualTimeBudgetExpired" if there => {
                        rounds += 1;
                        if rounds > 1 && !happened && serving.is_empty() || rounds == ROUNDS {
                            break None;
                        }
                        happened = false;
                        commands.push(Box::pin(run_on(tab, bounds.own)));
                    }
                    "Inspector.targetCrashed" => return Ok(Err("the page broke it".to_owned())),
                    _ => {}
                },
            },
            Some(served) = serving.next() => served?,
            Some(taken) = commands.next() => match taken {
                Err(Trouble::Silent) if serving.is_empty() => {
                    stuck = true;
                    break None;
                }
                _ => alive_at = Instant::now(),
            },
            _ = look.tick() => {
                if !process.runs() {
                    return Ok(Err(Trouble::Gone.to_string()));
                }
                if process.memory() > bounds.memory {
                    return Ok(Err(format!("the page took more than {} bytes of memory", bounds.memory)));
                }
                if supply.asked() > bounds.requests {
                    // It says so itself.
                    break None;
                }
                if there && commands.is_empty() && alive_at.elapsed() > BEAT {
                    commands.push(Box::pin(tab.send("Runtime.evaluate", json!({ "expression": "0" }))));
                }
            }
            () = sleep_until(deadline) => break Some(format!("it had not come to rest after {} s", bounds.wall.as_secs())),
        }
    };
    if stuck {
        return Ok(Err("the page's scripts never paused".to_owned()));
    }
    let document = match document::read(tab, bounds.document).await {
        Ok(document) => document,
        Err(trouble) => {
            let why = gap.map(|gap| format!(": {gap}")).unwrap_or_default();
            return Ok(Err(format!("the page cannot be taken down, {trouble}{why}")));
        }
    };
    let picture = document::picture(tab, &document).await?;
    Ok(Ok(Shown { document, picture, gap }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
}

/// An empty tab and the session to it, with everything that may be asked for in our hands.
async fn open(cdp: &Cdp) -> Result<(String, String), Trouble> {
    // Asked of the browser and not of the page: so workers, frames and what else may come are in it too.
    cdp.send(None, "Fetch.enable", json!({})).await?;
    cdp.send(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
    let Created { target_id } = cdp.ask(None, "Target.createTarget", json!({ "url": "about:blank" })).await?;
    let attach = json!({ "targetId": target_id, "flatten": true });
    let Attached { session_id } = cdp.ask(None, "Target.attachToTarget", attach).await?;
    for (method, params) in [
        ("Page.enable", json!({})),
        ("Inspector.enable", json!({})),
        ("Network.enable", json!({})),
        ("Network.setBypassServiceWorker", json!({ "bypass": true })),
    ] {
        cdp.send(Some(&session_id), method, params).await?;
    }
    Ok((target_id, session_id))
}

/// Lets the page's clock run on once it has drawn: frames come by our clock and not by its own, so that on a busy machine the
/// page's time could be over before what it does with its next frame has begun.
async fn run_on(tab: Tab<'_>, own: Duration) -> Result<(), Trouble> {
    let frame = json!({ "expression": "new Promise(drawn => requestAnimationFrame(drawn))", "awaitPromise": true });
    let _ = timeout(FRAME, tab.send("Runtime.evaluate", frame)).await;
    tab.send("Emulation.setVirtualTimePolicy", run_for(own)).await
}

/// Lets the page's clock run, as fast as there is something to do, and stand still while an answer is waited for.
fn run_for(own: Duration) -> Value {
    json!({ "policy": "pauseIfNetworkFetchesPending", "budget": own.as_secs_f64() * 1000.0 })
}
