//! The channels that a page offers: forms, trackers, addresses, and where to look further.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::provider::{self, Kind, Provider, of};
use crate::capture::Capture;
use crate::finding::{Evidence, Locus};
use crate::html::{Form, Link, Page, Source};
use crate::site;

static DATA: LazyLock<Regex> = LazyLock::new(|| {
    words(
        r"\b(open[\s-]data|data\s?sets?|data (portal|request|feedback|inventory|quality|catalog(ue)?)s?|(suggest|request|nominate)( a| an| new| other)? data|feedback (on|about) (the |our |this )?data)\b",
    )
});
static FURTHER: LazyLock<Regex> = LazyLock::new(|| {
    words(r"\b(feedback|contact|suggest(ion)?s?|nominate|comments?|request (a )?data(set)?|get in touch)\b")
});
static FURTHER_PATH: LazyLock<Regex> = LazyLock::new(|| {
    words(r"/(pages/)?(contact|feedback|suggest(ion)?s?|ask|nominate|get-?in-?touch)([-_/]?us)?(\.\w+)?/?$")
});
static SEARCH: LazyLock<Regex> = LazyLock::new(|| words(r"^(q|s|query|search|keywords?|search_?\w*|searchterm)$"));
static NEWSLETTER: LazyLock<Regex> = LazyLock::new(|| words(r"subscri|newsletter|sign up|mailing list|e-?notif"));
static RECORDS: LazyLock<Regex> =
    LazyLock::new(|| words(r"public records?|records request|\bfoia\b|freedom of information"));
static REPORTER: LazyLock<Regex> =
    LazyLock::new(|| words(r"\b311\b|pothole|graffiti|report (a|an) (problem|issue)|service request"));

/// Trackers of the software that portals run on, linked from their footers.
const SOFTWARE: &[&str] = &["ckan", "getdkan", "timwis", "opendataphilly-jkan", "esri", "socrata", "uswds", "18f"];

fn words(pattern: &str) -> Regex {
    match Regex::new(&format!("(?i){pattern}")) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of words is well formed: {error}"),
    }
}

/// What a page offers.
#[derive(Default)]
pub(super) struct Offers {
    pub(super) forms: Vec<Offer>,
    pub(super) trackers: Vec<Offer>,
    /// Forms for something else: search, login …
    pub(super) others: BTreeSet<&'static str>,
    pub(super) other: Option<Evidence>,
    pub(super) mail: Option<(String, Evidence)>,
    /// Pages of the same site that may have a form.
    pub(super) further: Vec<Url>,
}

/// A channel on a page.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) provider: String,
    pub(super) url: Url,
    /// The provider who hosts it, if it is not the page's own.
    pub(super) host: Option<&'static Provider>,
    /// The words that say it is about data, if any do.
    pub(super) about: Option<String>,
    pub(super) evidence: Evidence,
}

/// Words that say a text is about data.
pub(super) fn about_data(text: &str) -> Option<String> {
    DATA.find(text).map(|found| found.as_str().to_owned())
}

/// The form that an address itself is known to be.
pub(super) fn itself(capture: &Capture) -> Option<Offer> {
    let host = of(&capture.request.url).filter(|host| host.kind == Kind::Form)?;
    let (provider, url) = (host.name.clone(), capture.request.url.clone());
    let about = host.of_data.then(|| provider.clone());
    Some(Offer { provider, url, host: Some(host), about, evidence: Evidence::new(&capture.id, Locus::Exchange, "") })
}

/// Everything that `page` offers.
pub(super) fn offers(capture: &Capture, at: &Url, page: &Page, source: &Source) -> Offers {
    let mut offers = Offers::default();
    for link in page.links.iter().chain(&page.frames) {
        if let Some(provider) = of(&link.href) {
            offers.hosted(capture, page, link, provider);
        } else if link.href.scheme() == "mailto" {
            let address = link.href.path().to_owned();
            if offers.mail.is_none() && address.contains('@') {
                let evidence = Evidence::new(&capture.id, Locus::Selector(link.selector.clone()), &link.written);
                offers.mail = Some((address, evidence));
            }
        } else if (FURTHER.is_match(&link.text) || FURTHER_PATH.is_match(link.href.path()))
            && site::same(&link.href, at)
            && bare(&link.href) != bare(at)
        {
            offers.further.push(bare(&link.href));
        }
    }
    for form in &page.forms {
        offers.own(capture, at, page, form);
    }
    if offers.forms.is_empty() && offers.trackers.is_empty() {
        offers.written_by_scripts(capture, at, page, source);
    }
    let mut seen = BTreeSet::new();
    offers.further.retain(|url| seen.insert(url.clone()));
    offers
}

impl Offers {
    fn hosted(&mut self, capture: &Capture, page: &Page, link: &Link, provider: &'static Provider) {
        let quote = if link.text.is_empty() { &link.written } else { &link.text };
        let evidence = Evidence::new(&capture.id, Locus::Selector(link.selector.clone()), quote);
        let about = about_data(&link.text).or_else(|| about_data(&near(page, &link.selector, &link.text)));
        let about = about.or_else(|| provider.of_data.then(|| provider.name.clone()));
        let url = link.href.clone();
        self.add(Offer { provider: provider.name.clone(), url, host: Some(provider), about, evidence }, provider);
    }

    fn add(&mut self, offer: Offer, provider: &Provider) {
        match provider.kind {
            Kind::Form => self.forms.push(offer),
            Kind::Tracker => {
                let owner = offer.url.path_segments().and_then(|mut path| path.next()).unwrap_or_default();
                if !SOFTWARE.contains(&owner.to_ascii_lowercase().as_str()) {
                    self.trackers.push(offer);
                }
            }
            Kind::IssueReporter => self.another("311", offer.evidence),
            Kind::RecordsRequest => self.another("records request", offer.evidence),
        }
    }

    /// Channels that no element of the page shows: addresses in its scripts, and the marks of forms that scripts write.
    fn written_by_scripts(&mut self, capture: &Capture, at: &Url, page: &Page, source: &Source) {
        let headings = page.blocks.iter().filter(|block| block.heading == Some(1)).map(|block| block.text.as_str());
        let about = std::iter::once(page.title.as_str()).chain(headings).find_map(about_data);
        let mut found: Vec<Offer> = Vec::new();
        for (url, range) in source.addresses(at) {
            let Some(provider) = of(&url).filter(|provider| provider.kind == Kind::Form) else { continue };
            let (locus, quote) = source.place(range);
            let evidence = Evidence::new(&capture.id, locus, quote);
            let about = about.clone().or_else(|| provider.of_data.then(|| provider.name.clone()));
            found.push(Offer { provider: provider.name.clone(), url, host: Some(provider), about, evidence });
        }
        // What loads a form is no form: its own address, where there is one, stands beside.
        found.sort_by_key(|offer| offer.url.path().contains(".js") || offer.url.path().contains("js.php"));
        self.forms.extend(found.into_iter().next());
        if self.forms.is_empty()
            && let Some((provider, range)) = provider::marked(&source.text)
        {
            let (locus, quote) = source.place(range);
            let evidence = Evidence::new(&capture.id, locus, quote);
            let about = about.or_else(|| provider.of_data.then(|| provider.name.clone()));
            self.forms.push(Offer { provider: provider.name.clone(), url: at.clone(), host: None, about, evidence });
        }
    }

    fn own(&mut self, capture: &Capture, at: &Url, page: &Page, form: &Form) {
        let has = |kind: &str| form.fields.iter().any(|field| field.kind == kind);
        let label = form
            .fields
            .iter()
            .find(|field| matches!(field.kind.as_str(), "textarea" | "email") && !field.label.is_empty());
        let quote = label
            .map_or_else(|| form.text.split(' ').take(8).collect::<Vec<_>>().join(" "), |field| field.label.clone());
        let evidence = Evidence::new(&capture.id, Locus::Selector(form.selector.clone()), quote);
        let text = format!(
            "{} {}",
            form.text,
            form.fields.iter().map(|field| field.label.as_str()).collect::<Vec<_>>().join(" ")
        );
        let email = has("email") || form.fields.iter().any(|field| field.name.to_ascii_lowercase().contains("email"));
        let host = form.action.as_ref().and_then(of);
        let kind = if has("password") {
            Some("login")
        } else if host.is_some_and(|host| host.kind == Kind::RecordsRequest)
            || RECORDS.is_match(&text) && about_data(&text).is_none()
        {
            Some("records request")
        } else if REPORTER.is_match(&text) && about_data(&text).is_none() {
            Some("311")
        } else if has("textarea") || (email && has("select") && !NEWSLETTER.is_match(&text)) {
            None
        } else if email || NEWSLETTER.is_match(&text) {
            Some("newsletter")
        } else if has("search") || form.fields.iter().any(|field| SEARCH.is_match(&field.name)) {
            Some("search")
        } else {
            Some("another purpose")
        };
        if let Some(kind) = kind {
            self.another(kind, evidence);
            return;
        }
        let heading = near(page, &form.selector, "");
        let about = about_data(&text).or_else(|| about_data(&heading)).or_else(|| about_data(&page.title));
        let provider = host.map_or_else(|| "own".to_owned(), |host| host.name.clone());
        self.forms.push(Offer { provider, url: at.clone(), host: None, about, evidence });
    }

    fn another(&mut self, kind: &'static str, evidence: Evidence) {
        self.others.insert(kind);
        self.other.get_or_insert(evidence);
    }
}

/// The block around an element, and the last heading before it.
fn near(page: &Page, selector: &str, text: &str) -> String {
    let around = page.blocks.iter().position(|block| {
        within(selector, &block.selector) && (text.is_empty() || block.text.contains(text))
            || within(&block.selector, selector)
    });
    let Some(around) = around else { return page.title.clone() };
    let heading = page.blocks[..around].iter().rev().find(|block| block.heading.is_some());
    let heading = heading.map(|block| block.text.as_str()).unwrap_or_default();
    format!("{} {heading}", page.blocks[around].text)
}

/// Whether the element at `inner` is the one at `outer` or in it, as far as their selectors tell.
fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn bare(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}
