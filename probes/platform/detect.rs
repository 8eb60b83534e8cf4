//! Which platforms stand behind a link: from what it answers, from signs on the page, and from at most four cheap questions.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::page::Page;
use super::signs::{self, Hint};
use super::{Platform, arcgis_hub, ckan, dkan, geonode, jkan, opendatasoft, socrata, udata};
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::probe::Target;
use crate::{json, obstacle};

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

/// The most questions asked to tell platforms apart.
const QUESTIONS: usize = 4;
/// What is asked of a page that gives nothing away.
const USUAL: [Platform; QUESTIONS] = [Platform::DataJson, Platform::Ckan, Platform::ArcgisHub, Platform::Opendatasoft];

/// The platforms behind `target`.
pub fn detect(target: &Target, captures: &Captures<'_>) -> Result<Detected, Need> {
    let page = captures.get(&target.request())?;
    let mut detected = Detected { evidence: vec![exchange(&page)], ..Detected::default() };
    let kind = page.success().ok().map(|_| kind::of(captures, &page));
    if kind.is_some_and(listing)
        && let Some(sighting) = document(target, captures, &page)
    {
        detected.platforms.push(sighting);
        return Ok(detected);
    }
    if target.is_file() {
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
    let hints = signs::on_page(captures, &page);
    let at = page.answered().map_or(&target.url, |answered| &answered.url);
    let questions = questions(&hints, captures, &page, at);
    if questions.is_empty() {
        detected.refused.push("nothing on the page speaks of a data platform".to_owned());
    }
    // Asked in one go: each costs its host a moment, and the crawl paces them.
    let requests: Vec<Request> = questions.iter().map(|(_, _, url)| Request::api(url)).collect();
    let answers = captures.all(&requests)?;
    for ((platform, base, _), answer) in questions.into_iter().zip(answers) {
        if detected.platforms.iter().any(|seen| seen.platform == platform) {
            continue;
        }
        let hint = hints.iter().find(|hint| hint.platform == platform);
        match told(captures, platform, &answer) {
            Told::Is { platform, version, evidence } => {
                let evidence = hint.map(|hint| hint.evidence.clone()).into_iter().chain([evidence]).collect();
                detected.platforms.push(Sighting { platform, version, base, evidence, answer, document: false });
            }
            Told::Not(reason) => detected.refused.push(format!("{} {reason}", answer.request.url)),
            Told::Unseen(cause) => detected.unseen.push(format!("{}: {cause}", answer.request.url)),
        }
    }
    // A platform that gave itself away, and whose interface does not answer, was not refused: it was not seen.
    for hint in hints.iter().filter(|hint| hint.certain) {
        if detected.platforms.iter().all(|seen| seen.platform != hint.platform) {
            detected.unseen.push(format!("the page was made by {}, but its interface does not answer", hint.platform));
            detected.evidence.push(hint.evidence.clone());
        }
    }
    Ok(detected)
}

/// Whether the link alone speaks of a platform: it leads to a list of datasets, or to a page that gives its platform away.
///
/// For questions about pages, which are not to ask every page's host for a catalogue.
pub fn evident(target: &Target, captures: &Captures<'_>) -> Result<bool, Need> {
    let page = captures.get(&target.request())?;
    if page.success().is_err() {
        return Ok(false);
    }
    Ok(match kind::of(captures, &page) {
        Kind::Html => signs::on_page(captures, &page).iter().any(|hint| hint.certain),
        kind => listing(kind) && document(target, captures, &page).is_some(),
    })
}

/// Whether a body of this kind may be a list of datasets.
fn listing(kind: Kind) -> bool {
    matches!(kind, Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Text | Kind::Unknown)
}

fn exchange(capture: &Capture) -> Evidence {
    Evidence::new(&capture.id, Locus::Exchange, "")
}

/// The platform that wrote the document which the link itself leads to.
fn document(target: &Target, captures: &Captures<'_>, capture: &Arc<Capture>) -> Option<Sighting> {
    let page = Page::of(captures, capture);
    let form = page.form?;
    let (platform, evidence) = match &page.said_by {
        Some((platform, pointer, words)) if form.platform == Platform::DataJson => {
            (*platform, Evidence::new(&capture.id, Locus::Pointer(pointer.clone()), words))
        }
        _ => (form.platform, exchange(capture)),
    };
    let url = capture.answered().map_or(&target.url, |answered| &answered.url);
    let base = match url.path().find("/api/") {
        Some(at) => super::at(&root(url), url.path()[1..=at].trim_start_matches('/')),
        None => root(url),
    };
    let evidence = vec![evidence];
    Some(Sighting { platform, version: None, base, evidence, answer: capture.clone(), document: true })
}

fn root(url: &Url) -> Url {
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    root
}

/// What to ask, where: after the signs, or after what is usual where there are none and the page may be a portal's front.
fn questions(hints: &[Hint], captures: &Captures<'_>, page: &Capture, at: &Url) -> Vec<(Platform, Url, Url)> {
    let root = root(at);
    let mut platforms: Vec<Platform> = hints.iter().map(|hint| hint.platform).collect();
    let deep = at.path().trim_matches('/').contains('/');
    let called = ckan::called(at.path()).is_some();
    if called && !platforms.contains(&Platform::Ckan) {
        platforms.push(Platform::Ckan);
    } else if platforms.is_empty() && !deep {
        platforms.extend(USUAL);
    }
    let mut questions = Vec::new();
    for platform in platforms {
        let host = at.host_str().unwrap_or_default();
        match platform {
            Platform::Socrata => {
                questions.push((platform, root.clone(), socrata::page(&root, host, None)));
                let certain = hints.iter().any(|hint| hint.platform == platform && hint.certain);
                if let Some(shared) = Url::parse(socrata::SHARED).ok().filter(|_| !certain) {
                    questions.push((platform, shared.clone(), socrata::page(&shared, host, None)));
                }
            }
            Platform::Ckan => {
                let base = ckan::base(captures, page, at);
                let status = ckan::action(&base, "status_show", "");
                questions.push((platform, base, status));
            }
            Platform::ArcgisHub => questions.push((platform, root.clone(), arcgis_hub::page(&root, 1, None))),
            Platform::Opendatasoft => questions.push((platform, root.clone(), opendatasoft::page(&root, 0, None))),
            Platform::Dkan => questions.push((platform, root.clone(), dkan::items(&root))),
            Platform::Udata => questions.push((platform, root.clone(), udata::page(&root, 1))),
            Platform::Geonode => questions.push((platform, root.clone(), geonode::page(&root, 1))),
            Platform::Jkan => questions.push((platform, root.clone(), jkan::datasets(&root))),
            Platform::Junar | Platform::DataJson => {
                questions.push((platform, root.clone(), super::at(&root, "data.json")));
            }
            Platform::DcatRdf | Platform::SchemaOrg => {}
        }
    }
    questions.truncate(QUESTIONS);
    questions
}

/// What an answer says of the platform that was asked for.
enum Told {
    Is { platform: Platform, version: Option<String>, evidence: Evidence },
    Not(String),
    Unseen(String),
}

fn told(captures: &Captures<'_>, asked: Platform, answer: &Capture) -> Told {
    let answered = match answer.answered() {
        Ok(answered) => answered,
        Err(failure) => return Told::Unseen(failure.to_string()),
    };
    if asked == Platform::Ckan {
        if let Ok(status) = json::of(captures, answer).as_ref() {
            if let Some(version) = status.pointer("/result/ckan_version").and_then(Value::as_str) {
                let evidence = Evidence::new(&answer.id, Locus::Pointer("/result/ckan_version".to_owned()), version);
                return Told::Is { platform: asked, version: Some(version.to_owned()), evidence };
            }
            if status.get("success").is_some() && status.get("help").is_some() {
                return Told::Unseen(format!(
                    "it answers as CKAN does, but not its version (status {})",
                    answered.status
                ));
            }
        }
    } else if answer.success().is_ok() {
        let page = Page::of(captures, answer);
        let own = page.form.filter(|form| {
            form.platform == asked
                || (form.platform == Platform::DataJson && matches!(asked, Platform::Junar | Platform::Dkan))
        });
        if own.is_some() {
            let said = page.said_by.as_ref().filter(|_| asked == Platform::DataJson);
            return match said {
                Some((platform, pointer, words)) => Told::Is {
                    platform: *platform,
                    version: None,
                    evidence: Evidence::new(&answer.id, Locus::Pointer(pointer.clone()), words),
                },
                None => Told::Is { platform: asked, version: None, evidence: exchange(answer) },
            };
        }
    }
    match answered.status {
        401 | 402 | 403 | 407 | 408 | 425 | 429 | 451 | 500.. => {
            Told::Unseen(format!("the server answered with status {}", answered.status))
        }
        status => Told::Not(format!("answers otherwise than {asked} does (status {status})")),
    }
}
