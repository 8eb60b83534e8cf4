//! Can people say what they think of the data, or which data they miss?

mod page;
mod provider;

use serde::Serialize;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::{Page, Source};
use crate::missing::{self, Told};
use crate::obstacle::{self, Hidden};
use crate::platform::{self, Keeps};
use crate::probe::{Probe, Target};
use crate::shown;
use crate::spec::Spec;
use page::{Offer, Offers};
use provider::Provider;

crate::declare!();

/// Finds a form for feedback, and sees whether it is open.
pub struct FeedbackForm;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Form { provider: String, form_url: String, about_data: bool, words: String },
    Repository { url: String },
    FormClosed { provider: String, form_url: String, cause: String },
    OtherForms { kinds: Vec<String> },
    MailOnly { address: String },
    None {},
    NeedsBrowser { sign: String },
    NotAPage { kind: String },
    Unseen { cause: String },
}

/// Most pages of the site that are looked at beyond the target.
const MOST_FURTHER: usize = 3;
/// Most forms that are opened.
const MOST_OPENED: usize = 3;
/// What became of opening a form.
enum Opened {
    Open,
    Closed(String, Evidence),
    Unseen(String, Evidence),
}

impl Probe for FeedbackForm {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = seen(target, captures)?;
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

type Said = (Seen, Vec<Evidence>);

fn seen(target: &Target, captures: &Captures<'_>) -> Result<Said, Need> {
    let capture = shown::get(captures, &target.request())?;
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    if let Some(host) = provider::of(&target.url).filter(|host| host.kind == provider::Kind::Form) {
        return hosted(target, captures, &capture, host);
    }
    let page = match obstacle::page(captures, &capture) {
        Ok(page) => page,
        Err(Hidden::Otherwise(kind)) if kind.is_data() => {
            return Ok((Seen::NotAPage { kind: kind.to_string() }, exchange()));
        }
        Err(Hidden::Behind(cause, evidence)) => return Ok((Seen::Unseen { cause }, vec![evidence])),
        Err(hidden) => return Ok((Seen::Unseen { cause: hidden.to_string() }, exchange())),
    };
    let at = capture.answered().map_or(&target.url, |answered| &answered.url);
    let mut offers = page::offers(&capture, at, &page, &Source::of(captures, &capture));
    if capture.request.is_rendered() {
        // What a browser shows is without the scripts, and those may name the form.
        let sent = captures.get(&target.request())?;
        join(&mut offers, page::offers(&sent, at, &Page::of(captures, &sent), &Source::of(captures, &sent)));
    }
    let mut gap = page.refused.clone().or_else(|| page.cut.clone());
    let mut shell = page.shell();
    if offers.forms.is_empty() && offers.trackers.is_empty() {
        let urls: Vec<_> = offers.further.iter().take(MOST_FURTHER).map(Request::discovered).collect();
        let left = offers.further.len() - urls.len();
        for next in shown::all(captures, &urls)? {
            match obstacle::page(captures, &next) {
                Ok(html) => {
                    gap = gap.or_else(|| html.refused.clone()).or_else(|| html.cut.clone());
                    shell = shell.or_else(|| html.shell());
                    let at = next.answered().map_or(&next.request.url, |answered| &answered.url);
                    join(&mut offers, page::offers(&next, at, &html, &Source::of(captures, &next)));
                }
                Err(hidden) => gap = gap.or(Some(format!("{}: {hidden}", next.request.url))),
            }
        }
        if left > 0 {
            gap = gap.or(Some(format!("of the pages that may have one, {left} more were not opened")));
        }
    }
    if offers.forms.is_empty() && offers.trackers.is_empty() && offers.mail.is_none() {
        for place in platform::in_places(target, captures, Keeps::Asking)? {
            if let Ok(html) = obstacle::page(captures, &place) {
                let at = place.answered().map_or(&place.request.url, |answered| &answered.url);
                offers.forms.extend(page::itself(&place));
                join(&mut offers, page::offers(&place, at, &html, &Source::of(captures, &place)));
            }
        }
    }
    let hidden = shell.is_some() || gap.is_some();
    // That one form is closed says nothing of those on a page that could not be seen.
    if let Some(said) =
        opened(captures, &offers)?.filter(|(seen, _)| !hidden || !matches!(seen, Seen::FormClosed { .. }))
    {
        return Ok(said);
    }
    Ok(if let Some(sign) = shell {
        (Seen::NeedsBrowser { sign }, exchange())
    } else if let Some(cause) = gap {
        (Seen::Unseen { cause }, exchange())
    } else if let Some((address, evidence)) = offers.mail {
        (Seen::MailOnly { address }, vec![evidence])
    } else if let Told::Missing { basis, evidence } = missing::compare(captures, &capture)? {
        (Seen::Unseen { cause: format!("the server shows this page for what is not there: {basis}") }, evidence)
    } else if let Some(evidence) = offers.other {
        let kinds = offers.others.iter().map(|&kind| kind.to_owned()).collect();
        (Seen::OtherForms { kinds }, vec![evidence])
    } else {
        (Seen::None {}, exchange())
    })
}

fn join(offers: &mut Offers, more: Offers) {
    offers.forms.extend(more.forms);
    offers.trackers.extend(more.trackers);
    offers.others.extend(more.others);
    offers.other = offers.other.take().or(more.other);
    offers.mail = offers.mail.take().or(more.mail);
}

/// The best channel that is open: a form about data, a tracker, any form; then what kept forms from being seen.
fn opened(captures: &Captures<'_>, offers: &Offers) -> Result<Option<Said>, Need> {
    let mut forms: Vec<&Offer> = offers.forms.iter().collect();
    forms.sort_by_key(|offer| offer.about.is_none());
    forms.dedup_by(|one, other| one.url == other.url);
    forms.truncate(MOST_OPENED);
    let mut open = Vec::new();
    let mut closed = None;
    let mut unseen = None;
    for offer in forms {
        let Some(host) = offer.host else {
            open.push(offer);
            continue;
        };
        match open_form(captures, &offer.url, host)? {
            Opened::Open => open.push(offer),
            Opened::Closed(cause, evidence) => {
                let (provider, form_url) = (offer.provider.clone(), offer.url.to_string());
                let seen = Seen::FormClosed { provider, form_url, cause };
                closed = closed.or(Some((seen, vec![offer.evidence.clone(), evidence])));
            }
            Opened::Unseen(cause, evidence) => {
                let cause = format!("the form at {} could not be opened: {cause}", offer.url);
                unseen = unseen.or(Some((Seen::Unseen { cause }, vec![offer.evidence.clone(), evidence])));
            }
        }
    }
    let form = |offer: &Offer| {
        let seen = Seen::Form {
            provider: offer.provider.clone(),
            form_url: offer.url.to_string(),
            about_data: offer.about.is_some(),
            words: offer.about.clone().unwrap_or_else(|| offer.evidence.quote.clone()),
        };
        (seen, vec![offer.evidence.clone()])
    };
    if let Some(offer) = open.iter().find(|offer| offer.about.is_some()) {
        return Ok(Some(form(offer)));
    }
    if let Some(tracker) = offers.trackers.first() {
        return Ok(Some((Seen::Repository { url: tracker.url.to_string() }, vec![tracker.evidence.clone()])));
    }
    Ok(open.first().map(|offer| form(offer)).or(unseen).or(closed))
}

/// The target is itself a form that someone hosts.
fn hosted(target: &Target, captures: &Captures<'_>, capture: &Capture, host: &Provider) -> Result<Said, Need> {
    let (provider, form_url) = (host.name.clone(), target.url.to_string());
    let again = || captures.get(&target.request().again());
    Ok(match judge(captures, capture, host, again)? {
        Opened::Closed(cause, evidence) => (Seen::FormClosed { provider, form_url, cause }, vec![evidence]),
        Opened::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
        Opened::Open => {
            let page = Page::of(captures, capture);
            let block = page.blocks.iter().find(|block| page::about_data(&block.text).is_some());
            let (words, evidence) = match block {
                Some(block) => (
                    page::about_data(&block.text).unwrap_or_default(),
                    Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), &block.text),
                ),
                None => (page.title.clone(), Evidence::new(&capture.id, Locus::Exchange, "")),
            };
            (Seen::Form { provider, form_url, about_data: block.is_some(), words }, vec![evidence])
        }
    })
}

fn open_form(captures: &Captures<'_>, url: &Url, host: &Provider) -> Result<Opened, Need> {
    let request = Request::discovered(url);
    let capture = shown::get(captures, &request)?;
    judge(captures, &capture, host, || captures.get(&request.clone().again()))
}

/// Whether the form in `capture` takes answers.
fn judge(
    captures: &Captures<'_>,
    capture: &Capture,
    host: &Provider,
    again: impl Fn() -> Result<std::sync::Arc<Capture>, Need>,
) -> Result<Opened, Need> {
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    let gone = |capture: &Capture| capture.answered().is_ok_and(|answered| matches!(answered.status, 404 | 410));
    if gone(capture) && gone(&*again()?) {
        return Ok(Opened::Closed("its page is gone".to_owned(), exchange));
    }
    // A login says nothing of who may answer: some providers ask for one only so that nobody answers twice.
    let page = match obstacle::page(captures, capture) {
        Ok(page) => page,
        Err(Hidden::Behind(cause, evidence)) => return Ok(Opened::Unseen(cause, evidence)),
        Err(hidden) => return Ok(Opened::Unseen(hidden.to_string(), exchange)),
    };
    let closed = page.blocks.iter().find(|block| {
        let text = block.text.to_lowercase();
        host.closed.iter().any(|phrase| text.contains(phrase.as_str()))
    });
    if let Some(block) = closed {
        let evidence = Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), &block.text);
        return Ok(Opened::Closed("it says that it takes no more answers".to_owned(), evidence));
    }
    if let Some(cause) = page.refused.clone().or_else(|| page.shell().map(|sign| format!("it needs a browser: {sign}")))
    {
        return Ok(Opened::Unseen(cause, exchange));
    }
    Ok(Opened::Open)
}
