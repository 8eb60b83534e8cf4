//! One request from its robots.txt to its final answer, through redirects and second tries.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::SystemTime;

use jiff::Timestamp;
use probes::capture::{CaptureId, Failure, Headers, Look, Request, Standing, Want};
use tokio::time::Instant;
use url::Url;

use super::gate::Pass;
#[cfg(feature = "browser")]
use super::hop::Script;
use super::hop::{self, Ask, Bound};
use super::retry::{self, After};
use super::robots::{self, Rules};
use super::{CrawlError, Crawler, Previous, Progress};
use crate::pack::exchange::{Exchange, IN_MEMORY, Message, Payload, Robots};

/// One call of [`Crawler::fetch`].
pub(crate) struct Crawl<'a> {
    crawler: &'a Crawler,
    previous: &'a dyn Previous,
    sink: RefCell<&'a mut dyn FnMut(Exchange) -> io::Result<()>>,
    progress: &'a dyn Progress,
    handed_on: RefCell<BTreeSet<CaptureId>>,
}

/// What holds on every hop of a request.
#[derive(Clone, Copy)]
struct Bounds {
    robots: Obeys,
    most_redirects: usize,
    most_bytes: u64,
}

/// What robots.txt is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Obeys {
    /// Whether it allows the request, and at what pace.
    All,
    /// At what pace only.
    Pace,
    /// It is the request.
    Itself,
}

impl<'a> Crawl<'a> {
    pub(crate) fn new(
        crawler: &'a Crawler,
        previous: &'a dyn Previous,
        sink: &'a mut dyn FnMut(Exchange) -> io::Result<()>,
        progress: &'a dyn Progress,
    ) -> Self {
        Self { crawler, previous, sink: RefCell::new(sink), progress, handed_on: RefCell::default() }
    }

    /// Fetches one host's requests in their order.
    pub(crate) async fn queue(&self, requests: Vec<&Request>) -> Result<(), CrawlError> {
        for request in requests {
            // A robots.txt that a probe asks for too is fetched once.
            if self.handed_on.borrow().contains(&request.id()) {
                continue;
            }
            self.progress.started(request);
            let exchange = match request.url.scheme() {
                "http" | "https" => self.exchange(request).await?,
                "file" => self.file(request)?,
                scheme => failed(request, Failure::Scheme { scheme: scheme.to_owned() }),
            };
            self.hand_on(exchange)?;
        }
        Ok(())
    }

    pub(super) fn hand_on(&self, exchange: Exchange) -> Result<(), CrawlError> {
        if !self.handed_on.borrow_mut().insert(exchange.request.id()) {
            return Ok(());
        }
        self.progress.finished(&exchange);
        (self.sink.borrow_mut())(exchange).map_err(CrawlError::Keep)
    }

    fn file(&self, request: &Request) -> Result<Exchange, CrawlError> {
        let Some(path) = self.crawler.config.files.get(&request.url) else {
            return Ok(failed(request, Failure::File { cause: "it was not handed in".to_owned() }));
        };
        let sent_at = Timestamp::now();
        // What stays where it is takes no room.
        let config = &self.crawler.config;
        let bound = hop::bound(request.want, if config.files_stay { u64::MAX } else { config.most_bytes });
        let taken = File::open(path).map_err(Ok).and_then(|file| self.taken(file, &bound));
        let payload = match taken {
            Ok(payload) => payload,
            Err(Ok(error)) => return Ok(failed(request, Failure::File { cause: error.to_string() })),
            Err(Err(error)) => return Err(error),
        };
        let message = Message {
            url: request.url.clone(),
            sent_at,
            remote: None,
            request_headers: Headers::default(),
            posted: None,
            status: 200,
            version: String::new(),
            headers: Headers::default(),
            payload,
        };
        Ok(Exchange {
            request: request.clone(),
            fetched_at: sent_at,
            messages: vec![message],
            failure: None,
            rendered: None,
        })
    }

    /// A file that was handed in; the inner error is the file's, the outer the payload's.
    fn taken(&self, mut file: File, bound: &Bound) -> Result<Payload, Result<io::Error, CrawlError>> {
        let large = file.metadata().is_ok_and(|about| about.is_file() && about.len() > IN_MEMORY as u64);
        let mut payload = if self.crawler.config.files_stay && large {
            Payload::staying(file.try_clone().map_err(Ok)?)
        } else {
            Payload::new()
        };
        hop::copy(&mut file, &mut payload, bound).map_err(Err)?.map_err(Ok)?;
        Ok(payload)
    }

    /// Asks for one thing on the web, as its standing allows.
    pub(super) async fn exchange(&self, request: &Request) -> Result<Exchange, CrawlError> {
        if request.look == Look::Second {
            self.wait_for_second_look(&request.url).await;
        }
        let config = &self.crawler.config;
        let bounds = Bounds {
            robots: match (request.standing, config.robots) {
                (Standing::Discovered, _) | (_, Robots::Strict) => Obeys::All,
                (Standing::Submitted | Standing::Api, Robots::AtTheCitysRequest) => Obeys::Pace,
            },
            most_redirects: config.most_redirects,
            most_bytes: config.most_bytes,
        };
        self.follow(request, bounds).await
    }

    async fn wait_for_second_look(&self, url: &Url) {
        let asked = self.crawler.asked.lock().unwrap_or_else(PoisonError::into_inner).get(url).copied();
        if let Some(asked) = asked {
            tokio::time::sleep_until(asked + self.crawler.config.second_look).await;
        }
    }

    /// Asks, and asks on where a redirect leads.
    async fn follow(&self, request: &Request, bounds: Bounds) -> Result<Exchange, CrawlError> {
        let mut messages: Vec<Message> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut url = request.url.clone();
        let failure = loop {
            // A name or password in a URL is never sent.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_fragment(None);
            if messages.len() > bounds.most_redirects || !seen.insert(url.clone()) {
                break Some(Failure::Redirects { most: bounds.most_redirects });
            }
            if let Err(refused) = self.crawler.guard.literal(&url) {
                break Some(Failure::NotPublic { host: refused.host, address: refused.address.to_string() });
            }
            if let Err(refused) = Box::pin(self.ask_robots(request, &url, bounds.robots)).await? {
                break Some(refused);
            }
            match self.persist(request, &url, bounds).await? {
                Err(failure) => break Some(failure),
                Ok(message) => {
                    let location = redirect(&message).map(str::to_owned);
                    messages.push(message);
                    match location {
                        None => break None,
                        Some(location) => match url.join(&location) {
                            Ok(next) if matches!(next.scheme(), "http" | "https") && next.has_host() => url = next,
                            _ => break Some(Failure::BadRedirect { location }),
                        },
                    }
                }
            }
        };
        let fetched_at = match (&failure, messages.last()) {
            (None, Some(last)) => last.sent_at,
            _ => Timestamp::now(),
        };
        Ok(Exchange { request: request.clone(), fetched_at, messages, failure, rendered: None })
    }

    /// Slows the host down as its robots.txt asks, and refuses where that decides.
    async fn ask_robots(&self, request: &Request, url: &Url, obeys: Obeys) -> Result<Result<(), Failure>, CrawlError> {
        let Some(robots_url) = robots::url(url) else { return Ok(Ok(())) };
        if obeys == Obeys::Itself || robots_url == *url {
            return Ok(Ok(()));
        }
        let rules = self.rules(&robots_url, request.look).await?;
        if let Some(delay) = rules.delay {
            self.crawler.gates.slow_down(url.host_str().unwrap_or_default(), delay).await?;
        }
        Ok(if obeys == Obeys::All { rules.check(url) } else { Ok(()) })
    }

    /// The rules of an origin, fetched once; a second look asks again for those that could not be read.
    async fn rules(&self, robots_url: &Url, look: Look) -> Result<Arc<Rules>, CrawlError> {
        let cell = {
            let mut rules = self.crawler.rules.lock().unwrap_or_else(PoisonError::into_inner);
            rules.entry(robots_url.to_string()).or_default().clone()
        };
        let mut cell = cell.lock().await;
        if let Some(rules) = &*cell
            && !(look == Look::Second && rules.is_closed())
        {
            return Ok(rules.clone());
        }
        let mut request = Request::discovered(robots_url);
        if cell.is_some() {
            // Otherwise it is a first look at these rules: so too where an audit goes on with a second look at a link.
            request.look = look;
        }
        let bounds =
            Bounds { robots: Obeys::Itself, most_redirects: robots::MOST_REDIRECTS, most_bytes: robots::MOST_BYTES };
        let mut exchange = self.follow(&request, bounds).await?;
        let rules = match (&exchange.failure, exchange.messages.last_mut()) {
            (None, Some(last)) => {
                let body = hop::read_plain(last, robots::MOST_BYTES).map_err(CrawlError::Keep)?;
                let agent = self.crawler.config.user_agent.split(['/', ' ']).next().unwrap_or_default();
                Rules::answered(last.status, &body, agent)
            }
            (failure, _) => Rules::unanswered(failure.as_ref().unwrap_or(&Failure::NotInPack)),
        };
        let rules = Arc::new(rules);
        *cell = Some(rules.clone());
        self.hand_on(exchange)?;
        Ok(rules)
    }

    /// Waits for the host's turn; the failure says why it has none any more.
    async fn enter(&self, host: &str) -> Result<Result<Pass, Failure>, CrawlError> {
        let pass = self.crawler.gates.enter(host, self.progress).await?;
        if pass.is_given_up() {
            let cause = "the host kept asking for pauses and is left alone for the rest of this audit".to_owned();
            return Ok(Err(Failure::Connect { cause }));
        }
        let most = self.crawler.config.most_requests;
        if self.crawler.sent.fetch_add(1, Ordering::Relaxed) >= most {
            return Ok(Err(Failure::Budget { most }));
        }
        Ok(Ok(pass))
    }

    /// Asks one URL until it has an answer that stands.
    async fn persist(
        &self,
        request: &Request,
        url: &Url,
        bounds: Bounds,
    ) -> Result<Result<Message, Failure>, CrawlError> {
        let config = &self.crawler.config;
        let host = url.host_str().unwrap_or_default();
        // The rules are read from this run's robots.txt, so it is asked for whole.
        let known = if bounds.robots == Obeys::Itself { None } else { self.previous.validators(request) };
        let validators = known.filter(|known| known.url == *url);
        let mut ranged = true;
        let mut tries = 0;
        loop {
            let mut pass = match self.enter(host).await? {
                Ok(pass) => pass,
                Err(failure) => return Ok(Err(failure)),
            };
            self.crawler.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(url.clone(), Instant::now());
            let ask = Ask {
                url,
                want: request.want,
                ranged,
                plain: bounds.robots == Obeys::Itself,
                validators: validators.as_ref(),
                most_bytes: bounds.most_bytes,
                script: None,
            };
            let answer = hop::send(self.crawler, &ask).await?;
            pass.ended();
            if ranged && request.want != Want::Whole && answer.as_ref().is_ok_and(|message| message.status == 416) {
                // An empty file has no first byte to give.
                ranged = false;
                continue;
            }
            tries += 1;
            let after = match &answer {
                Ok(message) => retry::after_answer(message.status, &message.headers, tries, SystemTime::now(), config),
                Err(failure) => retry::after_failure(failure, tries, config),
            };
            match after {
                After::Stands => {
                    pass.served();
                    return Ok(answer);
                }
                After::StandsAndPause(pause) => {
                    pass.close_for(pause);
                    pass.refused();
                    return Ok(answer);
                }
                After::Again(pause) => pass.close_for(pause),
            }
        }
    }
}

#[cfg(feature = "browser")]
impl Crawl<'_> {
    /// Asks once as a script of a page wants it asked; a redirect is not followed, and nothing is sent a second time.
    pub(super) async fn scripted(&self, url: &Url, script: &Script) -> Result<Result<Message, Failure>, CrawlError> {
        if let Err(refused) = self.crawler.guard.literal(url) {
            return Ok(Err(Failure::NotPublic { host: refused.host, address: refused.address.to_string() }));
        }
        if let Err(refused) = self.ask_robots(&Request::discovered(url), url, Obeys::All).await? {
            return Ok(Err(refused));
        }
        let mut pass = match self.enter(url.host_str().unwrap_or_default()).await? {
            Ok(pass) => pass,
            Err(failure) => return Ok(Err(failure)),
        };
        let most_bytes = self.crawler.config.page.bytes.min(self.crawler.config.most_bytes);
        let ask = Ask {
            url,
            want: Want::Whole,
            ranged: false,
            plain: true,
            validators: None,
            most_bytes,
            script: Some(script),
        };
        let answer = hop::send(self.crawler, &ask).await?;
        pass.ended();
        match &answer {
            Ok(message) if matches!(message.status, 429 | 503) => {
                pass.close_for(self.crawler.config.backoff);
                pass.refused();
            }
            _ => pass.served(),
        }
        Ok(answer)
    }
}

/// Where a message redirects to.
fn redirect(message: &Message) -> Option<&str> {
    matches!(message.status, 301 | 302 | 303 | 307 | 308).then(|| message.headers.get("location")).flatten()
}

pub(super) fn failed(request: &Request, failure: Failure) -> Exchange {
    Exchange {
        request: request.clone(),
        fetched_at: Timestamp::now(),
        messages: Vec::new(),
        failure: Some(failure),
        rendered: None,
    }
}
