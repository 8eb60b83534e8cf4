//! Is there a guide that helps people to use the data?

mod page;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::Link;
use crate::missing;
use crate::obstacle::{self, Hidden};
use crate::platform::{self, Keeps};
use crate::probe::{Probe, Target};
use crate::shown;
use crate::spec::Spec;
use page::{Is, Told};

crate::declare!();

/// Finds how-to pages, and reads them.
pub struct Guidance;

type Rows = Vec<BTreeMap<String, String>>;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Guide(Box<Found>),
    ForStaff { title: String, place: String, steps: usize, words: String, pages: Rows },
    Manual { title: String, place: String, pages: Rows },
    Help { title: String, place: String, pages: Rows },
    None {},
    NeedsBrowser { sign: String },
    NotAPage { kind: String },
    Unseen { cause: String },
}

/// A guide, as the finding's facts.
#[derive(Serialize)]
struct Found {
    title: String,
    place: String,
    steps: usize,
    orders: usize,
    pictures: usize,
    screenshots: usize,
    videos: usize,
    dataset: Option<String>,
    about: Option<String>,
    pages: Rows,
}

/// The most how-to pages that are opened.
const MOST_OPENED: usize = 4;

impl Probe for Guidance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = seen(target, captures)?;
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

type Said = (Seen, Vec<Evidence>);

/// What was read so far.
struct Reading {
    pages: Vec<Told>,
    shell: Option<String>,
    gap: Option<String>,
}

fn seen(target: &Target, captures: &Captures<'_>) -> Result<Said, Need> {
    let capture = shown::get(captures, &target.request())?;
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    let page = match obstacle::page(captures, &capture) {
        Ok(page) => page,
        Err(Hidden::Otherwise(kind)) if kind.is_data() => {
            return Ok((Seen::NotAPage { kind: kind.to_string() }, exchange()));
        }
        Err(Hidden::Behind(cause, evidence)) => return Ok((Seen::Unseen { cause }, vec![evidence])),
        Err(hidden) => return Ok((Seen::Unseen { cause: hidden.to_string() }, exchange())),
    };
    let first = page::told(captures, &capture, &page);
    let at = first.place.clone();
    let gap = page.refused.clone().or_else(|| page.cut.clone());
    let mut reading = Reading { pages: vec![first], shell: page.shell(), gap };
    if !reading.has_guide() {
        let (own, makers) = page::leads(&page, &at);
        let left = own.len().saturating_sub(MOST_OPENED);
        reading.follow(captures, &capture, &own[..own.len() - left])?;
        if !reading.has_guide() && left > 0 {
            let cause = format!("of the pages that may be guides, {left} more were not opened");
            reading.gap = reading.gap.or(Some(cause));
        }
        if !reading.has_guide() && own.is_empty() {
            reading.usual_places(target, captures)?;
        }
        if let Some(link) = makers {
            let evidence = Evidence::new(&capture.id, Locus::Selector(link.selector.clone()), &link.text);
            let (place, title) = (link.href.clone(), link.text.clone());
            reading.pages.push(Told { is: Is::Manual, place, title, evidence: vec![evidence] });
        }
    }
    let Reading { mut pages, shell, gap } = reading;
    pages.sort_by_key(|told| told.is.rank());
    let rows = listed(&pages);
    if let Some(best) = pages.into_iter().next()
        && let Some(seen) = said(best.is, best.title, &best.place, rows)
    {
        return Ok((seen, best.evidence));
    }
    Ok(if let Some(sign) = shell {
        (Seen::NeedsBrowser { sign }, exchange())
    } else if let Some(cause) = gap {
        (Seen::Unseen { cause }, exchange())
    } else if let missing::Told::Missing { basis, evidence } = missing::compare(captures, &capture)? {
        (Seen::Unseen { cause: format!("the server shows this page for what is not there: {basis}") }, evidence)
    } else {
        (Seen::None {}, exchange())
    })
}

fn said(is: Is, title: String, place: &Url, pages: Rows) -> Option<Seen> {
    let place = place.to_string();
    Some(match is {
        Is::Guide(guide) => Seen::Guide(Box::new(Found {
            title,
            place,
            steps: guide.steps,
            orders: guide.orders,
            pictures: guide.pictures,
            screenshots: guide.screenshots,
            videos: guide.videos,
            dataset: guide.dataset,
            about: guide.about,
            pages,
        })),
        Is::ForStaff { steps, words } => Seen::ForStaff { title, place, steps, words, pages },
        Is::Manual => Seen::Manual { title, place, pages },
        Is::Help => Seen::Help { title, place, pages },
        Is::Other => return None,
    })
}

/// The pages that help in some way, for a reader to open.
fn listed(pages: &[Told]) -> Rows {
    let row = |told: &Told| {
        BTreeMap::from([
            ("page".to_owned(), told.place.to_string()),
            ("title".to_owned(), told.title.clone()),
            ("is".to_owned(), told.is.word().to_owned()),
        ])
    };
    pages.iter().filter(|told| !matches!(told.is, Is::Other)).map(row).collect()
}

impl Reading {
    fn has_guide(&self) -> bool {
        self.pages.iter().any(|told| matches!(told.is, Is::Guide(_)))
    }

    /// Opens the pages that `links` on the page in `from` lead to.
    fn follow(&mut self, captures: &Captures<'_>, from: &Capture, links: &[&Link]) -> Result<(), Need> {
        let requests: Vec<Request> = links.iter().map(|link| Request::discovered(&link.href)).collect();
        for (link, next) in links.iter().zip(shown::all(captures, &requests)?) {
            let on_page = Evidence::new(&from.id, Locus::Selector(link.selector.clone()), &link.text);
            match obstacle::page(captures, &next) {
                Ok(html) => {
                    self.shell = self.shell.take().or_else(|| html.shell());
                    self.gap = self.gap.take().or_else(|| html.refused.clone()).or_else(|| html.cut.clone());
                    let mut told = page::told(captures, &next, &html);
                    told.evidence.insert(0, on_page);
                    self.pages.push(told);
                }
                Err(hidden) => self.gap = self.gap.take().or(Some(format!("{}: {hidden}", next.request.url))),
            }
        }
        Ok(())
    }

    /// Looks where portals on this platform keep their guides; that nothing is there says nothing.
    fn usual_places(&mut self, target: &Target, captures: &Captures<'_>) -> Result<(), Need> {
        for answer in platform::in_places(target, captures, Keeps::Guides)? {
            if let Ok(html) = obstacle::page(captures, &answer) {
                self.pages.push(page::told(captures, &answer, &html));
            }
        }
        Ok(())
    }
}
