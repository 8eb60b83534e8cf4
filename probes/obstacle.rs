//! What stands between a visitor and what a link leads to: a bot wall, a login, a closed sign, a cookie wall.
//!
//! Such pages often answer 200, so the status alone says little. The signs are data, in `obstacle/signs.toml`.

use std::fmt;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde::Deserialize;

use crate::capture::{Answered, Capture, Captures};
use crate::finding::{Evidence, Locus};
use crate::html::{Page, Source};
use crate::kind::{self, Kind};

/// Something that stands in the way, and where it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is.
    pub barrier: Barrier,
    /// Who or what put it up; why, for a closed site.
    pub by: String,
    /// Where it shows.
    pub evidence: Evidence,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.barrier {
            Barrier::Wall => write!(f, "programs are kept out by {}", self.by),
            Barrier::Login => write!(f, "a login is asked for by {}", self.by),
            Barrier::Closed => write!(f, "the site is shut: {}", self.by),
            Barrier::Trouble => write!(f, "the page says that its server failed: {}", self.by),
            Barrier::Cookies => f.write_str("the page insists on cookies"),
        }
    }
}

/// The ways to be turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Barrier {
    /// Something that keeps programs out.
    Wall,
    /// A visitor must have an account.
    Login,
    /// The site is shut, for now or for good.
    Closed,
    /// The server failed, and says so under a status of success.
    Trouble,
    /// Nothing is shown without cookies.
    Cookies,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signs {
    signs: Vec<Sign>,
}

/// One sign; exactly one place is set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    barrier: Barrier,
    by: String,
    header: Option<String>,
    #[serde(default)]
    contains: String,
    title: Option<String>,
    text: Option<String>,
    markup: Option<String>,
    host: Option<String>,
    segment: Option<String>,
    pointer: Option<String>,
}

static SIGNS: LazyLock<Vec<Sign>> =
    LazyLock::new(|| match toml::from_str::<Signs>(include_str!("obstacle/signs.toml")) {
        Ok(signs) => signs.signs,
        Err(error) => panic!("invariant: the bundled signs are well formed: {error}"),
    });

/// The most words on a page that has nothing to show but the obstacle.
const FEW_WORDS: usize = 200;

/// What stands in the way of `capture`'s content, if it answered and anything does.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> Option<Obstacle> {
    let answered = capture.answered().ok()?;
    let by_headers = || SIGNS.iter().find_map(|sign| sign.in_headers(capture, answered));
    let by_place = || SIGNS.iter().find_map(|sign| sign.in_place(capture, answered));
    by_headers().or_else(|| asks_for_credentials(capture, answered)).or_else(by_place).or_else(|| {
        match kind::of(captures, capture) {
            Kind::Html => {}
            Kind::Json => return in_json(captures, capture),
            _ => return None,
        }
        let view = View::of(captures, capture, answered);
        SIGNS.iter().find_map(|sign| sign.in_page(capture, &view)).or_else(|| password_form(capture, &view))
    })
}

/// The page that `capture` shows, or why none can be seen there.
pub fn page(captures: &Captures<'_>, capture: &Capture) -> Result<Arc<Page>, Hidden> {
    if let Some(obstacle) = of(captures, capture) {
        return Err(Hidden::Behind(obstacle.to_string(), obstacle.evidence));
    }
    if let Err(cause) = capture.success() {
        return Err(Hidden::Behind(cause, Evidence::new(&capture.id, Locus::Exchange, "")));
    }
    match kind::of(captures, capture) {
        Kind::Html => Ok(Page::of(captures, capture)),
        kind => Err(Hidden::Otherwise(kind)),
    }
}

/// Why no page can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Something stands in the way or nothing was sent: why, and where that shows.
    Behind(String, Evidence),
    /// There is something else than a page.
    Otherwise(Kind),
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind(cause, _) => f.write_str(cause),
            Self::Otherwise(kind) => write!(f, "the link leads to {kind}, not to a page"),
        }
    }
}

/// Whether an answer of this status can be a request to sign in.
fn may_ask(status: u16) -> bool {
    matches!(status, 200..300 | 401 | 403)
}

/// A refusal that names credentials as the remedy (RFC 9110, 15.5.2).
fn asks_for_credentials(capture: &Capture, answered: &Answered) -> Option<Obstacle> {
    if answered.status != 401 {
        return None;
    }
    let field = "www-authenticate";
    let evidence = match answered.headers.get(field) {
        Some(value) => Evidence::new(&capture.id, Locus::Header(field.to_owned()), value),
        None => Evidence::new(&capture.id, Locus::Exchange, ""),
    };
    Some(Obstacle { barrier: Barrier::Login, by: "the server".to_owned(), evidence })
}

/// The largest JSON body that can be an API's refusal, in bytes.
const REFUSAL: usize = 16 * 1024;

/// A refusal that an API writes in the body, often under a status of success.
fn in_json(captures: &Captures<'_>, capture: &Capture) -> Option<Obstacle> {
    let body = captures.body(capture).ok()?;
    if body.len() > REFUSAL as u64 {
        return None;
    }
    let whole: serde_json::Value = serde_json::from_slice(&body.head(REFUSAL).ok()?).ok()?;
    SIGNS.iter().find_map(|sign| {
        let pointer = sign.pointer.as_deref()?;
        let value = whole.pointer(pointer)?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let shows = value.to_ascii_lowercase().contains(&sign.contains);
        shows.then(|| sign.obstacle(capture, Locus::Pointer(pointer.to_owned()), &value))
    })
}

/// A page as signs are looked for in it.
struct View {
    page: Arc<Page>,
    /// The visible words.
    text: String,
    source: Source,
    /// Whether the page has few words: then a sign among them is what it is about.
    short: bool,
    status: u16,
}

impl View {
    fn of(captures: &Captures<'_>, capture: &Capture, answered: &Answered) -> Self {
        let page = Page::of(captures, capture);
        let text = page.text();
        let source = Source::of(captures, capture);
        let short = page.refused.is_none() && text.split_whitespace().count() < FEW_WORDS;
        Self { page, text, source, short, status: answered.status }
    }

    /// Whether a sign of `barrier` in this page would be what the page is about.
    fn tells_of(&self, barrier: Barrier) -> bool {
        match barrier {
            // Error pages carry the site's own login form and cookie notice.
            Barrier::Login | Barrier::Cookies => self.short && may_ask(self.status),
            Barrier::Wall | Barrier::Closed => self.short || self.status >= 400,
            // With another status, the status says it.
            Barrier::Trouble => self.short && self.status < 300,
        }
    }
}

/// A page on which there is little but a field for a password.
fn password_form(capture: &Capture, view: &View) -> Option<Obstacle> {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r#"(?i)type\s*=\s*["']?password"#) {
        Ok(pattern) => pattern,
        Err(error) => panic!("invariant: the pattern is well formed: {error}"),
    });
    let asks = view.page.forms.iter().any(|form| form.fields.iter().any(|field| field.kind == "password"));
    if !asks || !view.tells_of(Barrier::Login) {
        return None;
    }
    let found = FIELD.find(&view.source.text)?;
    let (locus, quote) = view.source.place(found.range());
    let evidence = Evidence::new(&capture.id, locus, quote);
    Some(Obstacle { barrier: Barrier::Login, by: "the site".to_owned(), evidence })
}

impl Sign {
    fn obstacle(&self, capture: &Capture, locus: Locus, quote: &str) -> Obstacle {
        let evidence = Evidence::new(&capture.id, locus, quote);
        Obstacle { barrier: self.barrier, by: self.by.clone(), evidence }
    }

    fn in_headers(&self, capture: &Capture, answered: &Answered) -> Option<Obstacle> {
        let field = self.header.as_deref()?;
        let value = answered.headers.get(field)?;
        let shows = value.to_ascii_lowercase().contains(&self.contains);
        shows.then(|| self.obstacle(capture, Locus::Header(field.to_owned()), value))
    }

    /// Whether a redirect led to a place that is for signing in; a link straight to it is read like any page.
    fn in_place(&self, capture: &Capture, answered: &Answered) -> Option<Obstacle> {
        if capture.hops.is_empty() || !may_ask(answered.status) {
            return None;
        }
        let led_to = |url: &url::Url| {
            let host = url.host_str().unwrap_or_default();
            let at_host =
                |wanted: &str| host.strip_suffix(wanted).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
            let in_path = |wanted: &str| url.path().split('/').any(|segment| segment.eq_ignore_ascii_case(wanted));
            self.host.as_deref().is_some_and(at_host) || self.segment.as_deref().is_some_and(in_path)
        };
        let turned = led_to(&answered.url) && !led_to(&capture.request.url);
        turned.then(|| self.obstacle(capture, Locus::Url, answered.url.as_str()))
    }

    fn in_page(&self, capture: &Capture, view: &View) -> Option<Obstacle> {
        if !view.tells_of(self.barrier) {
            return None;
        }
        if let Some(title) = &self.title {
            let shows = view.page.title.to_ascii_lowercase().contains(title.as_str());
            return shows.then(|| self.obstacle(capture, Locus::Selector("title".to_owned()), &view.page.title));
        }
        if let Some(words) = &self.text {
            return found(&view.text, words).map(|quote| self.obstacle(capture, Locus::Text, quote));
        }
        let at = view.source.text.to_ascii_lowercase().find(self.markup.as_deref()?)?;
        let (locus, quote) = view.source.place(at..at + self.markup.as_deref()?.len());
        Some(self.obstacle(capture, locus, quote))
    }
}

/// `words` as they stand in `text`, whatever their case.
fn found<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let at = text.to_ascii_lowercase().find(words)?;
    text.get(at..at + words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_has_one_place_and_is_in_lower_case() {
        for sign in SIGNS.iter() {
            let places = [
                (&sign.header, true),
                (&sign.title, true),
                (&sign.text, true),
                (&sign.markup, true),
                (&sign.host, true),
                (&sign.segment, true),
                (&sign.pointer, false),
            ];
            let places: Vec<_> =
                places.into_iter().filter_map(|(place, lower)| Some((place.as_ref()?, lower))).collect();
            assert_eq!(places.len(), 1, "{}", sign.by);
            let (place, lower) = places[0];
            assert!(!lower || place == &place.to_ascii_lowercase(), "{place}");
        }
    }
}
