//! The cheap questions that tell platforms apart: what is asked, where, and what an answer says.

use serde_json::Value;
use url::Url;

use super::page::Page;
use super::signs::Hint;
use super::{Platform, arcgis_hub, ckan, dcat_rdf, dkan, geonode, jkan, opendatasoft, socrata, udata};
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::json;
use crate::kind::{self, Kind};

/// The most questions asked to tell platforms apart.
pub(super) const MOST: usize = 4;
/// What is asked of a page that gives nothing away.
const USUAL: [Platform; MOST] = [Platform::DataJson, Platform::Ckan, Platform::ArcgisHub, Platform::Opendatasoft];

/// One question.
pub(super) struct Question {
    /// The platform that would answer it.
    pub(super) platform: Platform,
    /// Where that platform's interface would stand.
    pub(super) base: Url,
    /// What is asked.
    pub(super) request: Request,
    /// What speaks of the platform, if anything does.
    pub(super) hint: Option<Evidence>,
}

/// The root of an address's host.
pub(super) fn root(url: &Url) -> Url {
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    root
}

/// The address that each platform answers at `root`; none for kinds of catalogue that have no usual place.
pub(super) fn address(platform: Platform, root: &Url) -> Option<Url> {
    Some(match platform {
        Platform::Socrata => socrata::page(root, root.host_str().unwrap_or_default(), None),
        Platform::Ckan => ckan::action(root, "status_show", ""),
        Platform::ArcgisHub => arcgis_hub::page(root, 1, None),
        Platform::Opendatasoft => opendatasoft::page(root, 0, None),
        Platform::Dkan => dkan::items(root),
        Platform::Udata => udata::page(root, 1),
        Platform::Geonode => geonode::page(root, 1),
        Platform::Jkan => jkan::datasets(root),
        Platform::Junar | Platform::DataJson => super::at(root, "data.json"),
        Platform::DcatRdf | Platform::SchemaOrg => return None,
    })
}

/// What to ask first: after the signs, then where the links lead, then what is usual if nothing gives the page away.
pub(super) fn first(
    hints: &[Hint],
    linked: Vec<Question>,
    captures: &Captures<'_>,
    page: &Capture,
    at: &Url,
    most: usize,
) -> Vec<Question> {
    let root = root(at);
    let mut platforms: Vec<Platform> = hints.iter().map(|hint| hint.platform).collect();
    let deep = at.path().trim_matches('/').contains('/');
    let called = ckan::called(at.path()).is_some();
    let mut questions = Vec::new();
    let mut add = |platform: Platform, base: &Url, url: Url| {
        let hint = hints.iter().find(|hint| hint.platform == platform).map(|hint| hint.evidence.clone());
        questions.push(Question { platform, base: base.clone(), request: Request::api(&url), hint });
    };
    let mut usual = false;
    if called && !platforms.contains(&Platform::Ckan) {
        platforms.push(Platform::Ckan);
    } else if platforms.is_empty() && !deep {
        usual = true;
    }
    for platform in platforms.into_iter().chain(USUAL.into_iter().filter(|_| usual)) {
        match platform {
            Platform::Ckan => {
                let base = ckan::base(captures, page, at);
                add(platform, &base, ckan::action(&base, "status_show", ""));
            }
            Platform::Socrata => {
                let host = at.host_str().unwrap_or_default();
                add(platform, &root, socrata::page(&root, host, None));
                let certain = hints.iter().any(|hint| hint.platform == platform && hint.certain);
                if let Some(shared) = Url::parse(socrata::SHARED).ok().filter(|_| !certain) {
                    add(platform, &shared, socrata::page(&shared, host, None));
                }
            }
            platform => {
                if let Some(url) = address(platform, &root) {
                    add(platform, &root, url);
                }
            }
        }
    }
    let mut sure = linked;
    if usual
        && page.success().is_ok()
        && kind::of(captures, page) == Kind::Html
        && let Some(url) = dcat_rdf::alternate(captures, page)
    {
        let request = Request::discovered(&url);
        sure.insert(0, Question { platform: Platform::DcatRdf, base: root.clone(), request, hint: None });
    }
    // What the page names comes before what is usual, and behind what it shows itself to be.
    let at = if usual { 0 } else { questions.len() };
    questions.splice(at..at, sure);
    questions.truncate(most);
    questions
}

/// What else a platform that gave itself away may answer: older interfaces, and the files that it writes.
pub(super) fn others(hint: &Hint, at: &Url) -> Vec<Question> {
    let root = root(at);
    let file = || super::at(&root, "data.json");
    let urls = match hint.platform {
        Platform::ArcgisHub => vec![arcgis_hub::feed(&root), file()],
        Platform::Opendatasoft => vec![opendatasoft::search(&root, 0)],
        Platform::Socrata => vec![file()],
        Platform::Dkan => vec![file(), dkan::packages(&root, 0)],
        _ => Vec::new(),
    };
    let question = |url: Url| {
        let hint_evidence = Some(hint.evidence.clone());
        let request = Request::api(&url);
        Question { platform: hint.platform, base: root.clone(), request, hint: hint_evidence }
    };
    urls.into_iter().map(question).collect()
}

/// What an answer says of the platform that was asked for.
pub(super) enum Told {
    Is { platform: Platform, version: Option<String>, evidence: Evidence },
    Not(String),
    Unseen(String),
}

/// What `answer` says; of a platform that gave itself away its catalogue file is taken as its own.
pub(super) fn told(captures: &Captures<'_>, asked: Platform, hinted: bool, answer: &Capture) -> Result<Told, Need> {
    let answered = match answer.answered() {
        Ok(answered) => answered,
        Err(failure) => return Ok(Told::Unseen(failure.to_string())),
    };
    let exchange = || Evidence::new(&answer.id, Locus::Exchange, "");
    if asked == Platform::Ckan {
        if let Ok(status) = json::of(captures, answer).as_ref() {
            if let Some(version) = status.pointer("/result/ckan_version").and_then(Value::as_str) {
                let evidence = Evidence::new(&answer.id, Locus::Pointer("/result/ckan_version".to_owned()), version);
                return Ok(Told::Is { platform: asked, version: Some(version.to_owned()), evidence });
            }
            if status.get("success").is_some() && status.get("help").is_some() {
                let status = answered.status;
                return Ok(Told::Unseen(format!("it answers as CKAN does, but not its version (status {status})")));
            }
        }
    } else if asked == Platform::DcatRdf {
        if answer.success().is_ok()
            && dcat_rdf::may_be(captures, answer)
            && dcat_rdf::listing(captures, answer)?.as_ref().as_ref().is_ok_and(dcat_rdf::lists)
        {
            return Ok(Told::Is { platform: asked, version: None, evidence: exchange() });
        }
    } else if answer.success().is_ok() {
        let page = Page::of(captures, answer);
        if page.form.is_some_and(|form| form.platform == asked || (form.platform == Platform::DataJson && hinted)) {
            let said = page.said_by.as_ref().filter(|_| asked == Platform::DataJson);
            return Ok(match said {
                Some((platform, pointer, words)) => Told::Is {
                    platform: *platform,
                    version: None,
                    evidence: Evidence::new(&answer.id, Locus::Pointer(pointer.clone()), words),
                },
                None => Told::Is { platform: asked, version: None, evidence: exchange() },
            });
        }
    }
    Ok(match answered.status {
        401 | 402 | 403 | 407 | 408 | 425 | 429 | 451 | 500.. => {
            Told::Unseen(format!("the server answered with status {}", answered.status))
        }
        status => Told::Not(format!("answers otherwise than {asked} does (status {status})")),
    })
}
