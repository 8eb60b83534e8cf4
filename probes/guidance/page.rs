//! What a page is: a guide with steps, a manual for programmers, a page of help without steps, or something else.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::words::WORDS;
use crate::capture::{Capture, Captures};
use crate::finding::{Evidence, Locus};
use crate::html::{Block, Link, Page, Source};
use crate::kind;

static PICTURE: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r"(?i)<img\b[^>]*>") {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern of a picture is well formed: {error}"),
});

/// A page, as far as it guides anyone.
pub(super) struct Told {
    pub(super) is: Is,
    pub(super) place: Url,
    pub(super) title: String,
    pub(super) evidence: Vec<Evidence>,
}

/// What a page is.
pub(super) enum Is {
    Guide(Guide),
    ForStaff { steps: usize, words: String },
    Manual,
    Help,
    Other,
}

/// A guide: steps, and what they are about.
pub(super) struct Guide {
    pub(super) steps: usize,
    pub(super) orders: usize,
    pub(super) pictures: usize,
    pub(super) screenshots: usize,
    pub(super) videos: usize,
    pub(super) dataset: Option<String>,
    pub(super) about: Option<String>,
}

impl Is {
    /// In a word, for lists of pages.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Guide(_) => "guide with steps",
            Self::ForStaff { .. } => "guide for those who publish",
            Self::Manual => "manual for programmers",
            Self::Help => "help without steps",
            Self::Other => "something else",
        }
    }

    /// The best come first.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Guide(guide) => u8::from(guide.dataset.is_none()),
            Self::ForStaff { .. } => 2,
            Self::Manual => 3,
            Self::Help => 4,
            Self::Other => 5,
        }
    }
}

/// Steps that follow each other.
struct Steps<'p> {
    all: usize,
    orders: usize,
    first: Option<&'p Block>,
}

/// What the page in `capture` is.
pub(super) fn told(captures: &Captures<'_>, capture: &Capture, page: &Page) -> Told {
    let place = capture.answered().map_or(&capture.request.url, |answered| &answered.url).clone();
    let at = |block: &Block, quote: &str| Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), quote);
    let headings = || page.blocks.iter().filter(|block| block.heading.is_some() && !block.chrome);
    let title = headings().find(|block| block.heading == Some(1)).map_or(&page.title, |block| &block.text).clone();
    let say = |is, evidence| Told { is, place: place.clone(), title: title.clone(), evidence };
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    if WORDS.is_makers(&place) {
        return say(Is::Manual, exchange());
    }
    let text = page.text();
    if let Some(steps) = steps(page) {
        let titles = [(Locus::Selector("title".to_owned()), &page.title)].into_iter();
        let heads = headings().filter(|block| block.heading == Some(1));
        let mut titles = titles.chain(heads.map(|block| (Locus::Selector(block.selector.clone()), &block.text)));
        if let Some((locus, words)) = titles.find_map(|(locus, title)| Some((locus, WORDS.staff(title)?))) {
            let evidence = vec![Evidence::new(&capture.id, locus, words)];
            return say(Is::ForStaff { steps: steps.all, words: words.to_owned() }, evidence);
        }
        let link = page.links.iter().find(|link| names_dataset(link, &place));
        let speaking = std::iter::once(page.title.as_str()).chain(headings().map(|block| block.text.as_str()));
        let about = speaking.into_iter().find_map(|words| WORDS.about(words)).map(str::to_owned);
        if link.is_some() || about.is_some() {
            let mut evidence: Vec<Evidence> = steps.first.map(|block| at(block, &block.text)).into_iter().collect();
            evidence.extend(link.map(|link| Evidence::new(&capture.id, selector(link), &link.text)));
            let source = Source::of(captures, capture);
            let pictures: Vec<&str> = PICTURE.find_iter(&source.text).map(|found| found.as_str()).collect();
            let guide = Guide {
                steps: steps.all,
                orders: steps.orders,
                pictures: pictures.len(),
                screenshots: pictures.iter().filter(|markup| WORDS.is_screenshot(markup)).count(),
                videos: page.frames.iter().filter(|frame| WORDS.is_video(&frame.href)).count(),
                dataset: link.map(|link| link.text.clone()),
                about,
            };
            return say(Is::Guide(guide), if evidence.is_empty() { exchange() } else { evidence });
        }
    }
    if WORDS.of_manual(&text) >= WORDS.least_manual {
        return say(Is::Manual, exchange());
    }
    let title = Some(page.title.as_str()).filter(|title| speaks(title));
    if let Some(title) = title {
        return say(Is::Help, vec![Evidence::new(&capture.id, Locus::Selector("title".to_owned()), title)]);
    }
    match headings().find(|block| speaks(&block.text)) {
        Some(block) => say(Is::Help, vec![at(block, &block.text)]),
        None => say(Is::Other, exchange()),
    }
}

/// Whether a title is one of a page that helps with data.
fn speaks(title: &str) -> bool {
    WORDS.leads(title).is_some() && WORDS.about(title).is_some()
}

/// Whether a link in the page's main part leads to a dataset, and says which.
fn names_dataset(link: &Link, at: &Url) -> bool {
    let web = matches!(link.href.scheme(), "http" | "https") && !WORDS.is_makers(&link.href);
    web && !link.chrome
        && !link.text.is_empty()
        && link.href.path() != at.path()
        && (WORDS.is_dataset(&link.href) || kind::leads_to_data(&link.href))
}

fn selector(link: &Link) -> Locus {
    Locus::Selector(link.selector.clone())
}

/// The row of steps that gives most orders, if it gives enough.
fn steps(page: &Page) -> Option<Steps<'_>> {
    let block = |text: &str| page.blocks.iter().find(|block| !block.chrome && block.text.starts_with(text));
    let lists = page.lists.iter().filter(|list| list.ordered && !list.chrome).map(|list| Steps {
        all: list.items.len(),
        orders: list.items.iter().filter(|item| WORDS.orders(item)).count(),
        first: list.items.first().and_then(|item| block(item)),
    });
    lists
        .chain(numbered(page))
        .filter(|steps| steps.all >= WORDS.least_steps && steps.orders >= WORDS.least_orders)
        .max_by_key(|steps| (steps.orders, steps.all))
}

/// Rows of blocks that begin with 1, 2, 3 …; what such a heading says may be told by the block behind it.
fn numbered(page: &Page) -> Vec<Steps<'_>> {
    let blocks: Vec<&Block> = page.blocks.iter().filter(|block| !block.chrome).collect();
    let mut rows: Vec<Steps<'_>> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let Some((number, rest)) = WORDS.numbered(&block.text) else { continue };
        let behind = || blocks.get(index + 1).is_some_and(|next| WORDS.orders(&next.text));
        let order = usize::from(WORDS.orders(rest) || (block.heading.is_some() || rest.is_empty()) && behind());
        match rows.last_mut() {
            Some(row) if number == row.all + 1 => {
                row.all += 1;
                row.orders += order;
            }
            _ if number == 1 => rows.push(Steps { all: 1, orders: order, first: Some(block) }),
            _ => {}
        }
    }
    rows
}

/// The links of a page that may lead to guides on the same site, those that say so most plainly first, and to makers' manuals.
pub(super) fn leads<'p>(page: &'p Page, at: &Url) -> (Vec<&'p Link>, Option<&'p Link>) {
    let plain = |link: &Link| WORDS.leads(&link.text).or_else(|| WORDS.leads_there(&link.href));
    let mut own: Vec<(usize, &Link)> = Vec::new();
    let mut makers = None;
    for link in &page.links {
        let Some(rank) = plain(link) else {
            // Makers' hosts explain nothing else.
            makers = makers.or_else(|| WORDS.is_makers(&link.href).then_some(link));
            continue;
        };
        if WORDS.is_makers(&link.href) {
            makers = makers.or(Some(link));
            continue;
        }
        let elsewhere = link.href[..url::Position::AfterQuery] != at[..url::Position::AfterQuery];
        let new = own.iter().all(|(_, other)| other.href != link.href);
        if elsewhere && new && crate::site::same(&link.href, at) && !kind::leads_to_data(&link.href) {
            own.push((rank, link));
        }
    }
    own.sort_by_key(|(rank, _)| *rank);
    (own.into_iter().map(|(_, link)| link).collect(), makers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(markup: &str) -> Option<(usize, usize)> {
        let page = Page::parse(&Url::parse("https://data.example.gov/help").unwrap(), markup);
        steps(&page).map(|steps| (steps.all, steps.orders))
    }

    #[test]
    fn steps_are_numbered_orders() {
        assert_eq!(row("<ol><li>Open it.<li>Click Filter.<li>The map changes.</ol>"), Some((3, 2)));
        assert_eq!(
            row("<h2>Step 1: The map</h2><p>Open the map.</p><h2>Step 2</h2><p>Zoom in.</p><p>3. Save it.</p>"),
            Some((3, 3))
        );
        assert_eq!(row("<ol><li>Openness<li>Privacy<li>Quality</ol>"), None);
        assert_eq!(row("<ul><li>Open it.<li>Click Filter.<li>Save.</ul>"), None);
    }
}
