//! Which platforms stand behind a link: from what it answers, from signs on the page, and from at most four cheap questions.

use std::sync::Arc;

use url::Url;

use super::ask::{self, Question, Told, told};
use super::page::Page;
use super::signs::{self, Hint};
use super::{Platform, dcat_rdf, elsewhere, schema_org, sitemap};
use crate::capture::{Answered, Capture, Captures, Need, Request, Standing};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::probe::Target;

/// A platform that was seen, and what says so.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The platform.
    pub platform: Platform,
    /// Its version, where it says so.
    pub version: Option<String>,
    /// Where its interface stands; ends in a slash.
    pub base: Url,
    /// What says so.
    pub evidence: Vec<Evidence>,
    /// What answered: the document that was submitted, or the interface's first answer.
    pub(super) answer: Arc<Capture>,
    /// Whether that is the document that was submitted.
    pub(super) document: bool,
    /// Why it may be asked.
    pub(super) standing: Standing,
}

impl Sighting {
    /// A request to the interface, on the grounds on which it may be asked.
    pub(super) fn ask(&self, url: &Url) -> Request {
        self.standing.ask(url)
    }
}

/// What was seen behind a link.
#[derive(Clone, Debug, Default)]
pub struct Detected {
    /// Platforms, the surest first.
    pub platforms: Vec<Sighting>,
    /// What could not be asked, and why.
    pub unseen: Vec<String>,
    /// What answered otherwise than any platform does.
    pub refused: Vec<String>,
    /// Where that shows.
    pub evidence: Vec<Evidence>,
}

/// The platforms behind `target`.
pub fn detect(target: &Target, captures: &Captures<'_>) -> Result<Detected, Need> {
    let page = captures.get(&target.request())?;
    let mut detected = Detected { evidence: vec![exchange(&page)], ..Detected::default() };
    let kind = page.success().ok().map(|answered| (answered, kind::of(captures, &page)));
    if let Some((answered, kind)) = kind
        && let Some(sighting) = document(answered, kind, captures, &page)?
    {
        detected.platforms.push(sighting);
        return Ok(detected);
    }
    let kind = kind.map(|(_, kind)| kind);
    if target.is_file() && kind != Some(Kind::Html) {
        detected.refused.push(format!("the file is {}, and no list of datasets", kind.unwrap_or(Kind::Unknown)));
        return Ok(detected);
    }
    if let Err(cause) = page.success() {
        detected.unseen.push(cause);
    } else if let Some(obstacle) = obstacle::of(captures, &page) {
        detected.unseen.push(obstacle.to_string());
        detected.evidence.push(obstacle.evidence);
    } else if let Some(kind) = kind.filter(|kind| *kind != Kind::Html) {
        detected.refused.push(format!("the link leads to {kind}, and to no list of datasets"));
        return Ok(detected);
    }
    let at = page.answered().map_or(&target.url, |answered| &answered.url);
    if !target.is_file() {
        interfaces(captures, &page, at, &mut detected)?;
    }
    if detected.platforms.is_empty() {
        detected.platforms.extend(marked_up(captures, &page, at)?);
    }
    if detected.platforms.is_empty() && target.is_file() {
        detected.refused.push(format!("the file is {}, and no list of datasets", Kind::Html));
    }
    Ok(detected)
}

/// Whether the link alone speaks of a platform: it leads to a list of datasets, or to a page that gives its platform away.
///
/// For questions about pages, which are not to ask every page's host for a catalogue.
pub fn evident(target: &Target, captures: &Captures<'_>) -> Result<bool, Need> {
    let page = captures.get(&target.request())?;
    let Ok(answered) = page.success() else { return Ok(false) };
    Ok(match kind::of(captures, &page) {
        Kind::Html => signs::on_page(captures, &page).iter().any(|hint| hint.certain),
        kind => document(answered, kind, captures, &page)?.is_some(),
    })
}

fn exchange(capture: &Capture) -> Evidence {
    Evidence::new(&capture.id, Locus::Exchange, "")
}

/// The platforms whose interfaces answer, here or where the page's links lead.
fn interfaces(captures: &Captures<'_>, page: &Arc<Capture>, at: &Url, detected: &mut Detected) -> Result<(), Need> {
    let hints = signs::on_page(captures, page);
    let (linked, asked) = elsewhere::questions(captures, page, at, detected)?;
    let questions = ask::first(&hints, linked, captures, page, at, ask::MOST - asked);
    if questions.is_empty() {
        detected.refused.push("nothing on the page speaks of a data platform".to_owned());
    }
    let left = ask::MOST.saturating_sub(asked + questions.len());
    answers(captures, questions, detected)?;
    // Where the platform gave itself away, its other interfaces and files are asked too.
    let missing =
        |platform: Platform, detected: &Detected| detected.platforms.iter().all(|seen| seen.platform != platform);
    let again: Vec<Question> = hints
        .iter()
        .filter(|hint| missing(hint.platform, detected))
        .flat_map(|hint| ask::others(hint, at))
        .take(left)
        .collect();
    answers(captures, again, detected)?;
    // A platform that gave itself away, and whose interface does not answer, was not refused: it was not seen.
    for hint in hints.iter().filter(|hint| hint.certain && missing(hint.platform, detected)).collect::<Vec<&Hint>>() {
        detected.unseen.push(format!("the page was made by {}, but its interface does not answer", hint.platform));
        detected.evidence.push(hint.evidence.clone());
    }
    Ok(())
}

/// Asks in one go: each question costs its host a moment, and the crawl paces them.
fn answers(captures: &Captures<'_>, questions: Vec<Question>, detected: &mut Detected) -> Result<(), Need> {
    let answers = captures.all(questions.iter().map(|question| &question.request))?;
    for (question, answer) in questions.into_iter().zip(answers) {
        let Question { platform: asked, base, request, hint } = question;
        if detected.platforms.iter().any(|seen| seen.platform == asked && seen.standing == request.standing) {
            continue;
        }
        match told(captures, asked, hint.is_some(), &answer)? {
            Told::Is { platform, version, evidence } => {
                let evidence = hint.into_iter().chain([evidence]).collect();
                let standing = request.standing;
                let document = false;
                detected.platforms.push(Sighting { platform, version, base, evidence, answer, document, standing });
            }
            Told::Not(_) if asked == Platform::Junar => {
                let file = &answer.request.url;
                detected
                    .unseen
                    .push(format!("Junar's interface asks for a key, and it has no catalogue file at {file}"));
            }
            Told::Not(reason) => detected.refused.push(format!("{} {reason}", answer.request.url)),
            Told::Unseen(cause) => detected.unseen.push(format!("{}: {cause}", answer.request.url)),
        }
    }
    // One portal's native interface says more than the feed that it writes.
    if detected.platforms.iter().any(|seen| seen.platform != Platform::DcatRdf) {
        detected.platforms.retain(|seen| seen.platform != Platform::DcatRdf);
    }
    Ok(())
}

/// The platform that wrote the document which the link itself leads to.
fn document(
    answered: &Answered,
    kind: Kind,
    captures: &Captures<'_>,
    capture: &Arc<Capture>,
) -> Result<Option<Sighting>, Need> {
    let url = &answered.url;
    let sighting = |platform, evidence| {
        let base = match url.path().find("/api/") {
            Some(at) => super::at(&ask::root(url), url.path()[1..=at].trim_start_matches('/')),
            None => ask::root(url),
        };
        let (version, answer, document) = (None, capture.clone(), true);
        Sighting { platform, version, base, evidence: vec![evidence], answer, document, standing: Standing::Api }
    };
    if matches!(kind, Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Text | Kind::Unknown) {
        let page = Page::of(captures, capture);
        if let Some(form) = page.form {
            return Ok(Some(match &page.said_by {
                Some((platform, pointer, words)) if form.platform == Platform::DataJson => {
                    sighting(*platform, Evidence::new(&capture.id, Locus::Pointer(pointer.clone()), words))
                }
                _ => sighting(form.platform, exchange(capture)),
            }));
        }
        if page.broken.is_some() && promises_json(answered) {
            return Ok(Some(sighting(Platform::DataJson, exchange(capture))));
        }
    }
    if dcat_rdf::may_be(captures, capture)
        && dcat_rdf::listing(captures, capture)?.as_ref().as_ref().map_or(true, dcat_rdf::lists)
    {
        return Ok(Some(sighting(Platform::DcatRdf, exchange(capture))));
    }
    let described = kind == Kind::Json && !schema_org::datasets(captures, capture).is_empty();
    Ok(described.then(|| sighting(Platform::SchemaOrg, exchange(capture))))
}

/// Whether JSON was promised: by the media type, or by the file's name.
fn promises_json(answered: &Answered) -> bool {
    answered.headers.media_type().is_some_and(|media_type| media_type == "application/json")
        || kind::extension(&answered.url).as_deref() == Some("json")
}

/// Datasets in the page's own markup; or the pages of datasets in the site's map, where the page links to such.
fn marked_up(captures: &Captures<'_>, page: &Arc<Capture>, at: &Url) -> Result<Option<Sighting>, Need> {
    let sighting = |answer: &Arc<Capture>, document| Sighting {
        platform: Platform::SchemaOrg,
        version: None,
        base: ask::root(at),
        evidence: vec![exchange(answer)],
        answer: answer.clone(),
        document,
        standing: Standing::Discovered,
    };
    let described = page.success().map_or(0, |_| schema_org::datasets(captures, page).len());
    if described > 1 {
        return Ok(Some(sighting(page, true)));
    }
    if at.scheme() != "file" && sitemap::is_spoken_of(captures, page, at) {
        let map = captures.get(&Request::discovered(&sitemap::address(&ask::root(at))))?;
        if map.success().is_ok() {
            let map_of = sitemap::of(captures, &map);
            if !map_of.pages.is_empty() || !map_of.maps.is_empty() {
                return Ok(Some(sighting(&map, false)));
            }
        }
    }
    Ok((described > 0).then(|| sighting(page, true)))
}
