//! Where a page's links lead to a data platform: the portal of a city often stands beside its own site.

use std::sync::Arc;

use url::Url;

use super::ask::{self, Question};
use super::detect::Detected;
use super::{Platform, signs};
use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Locus};
use crate::kind::{self, Kind};
use crate::{html, site};

/// The most other hosts that are asked.
const HOSTS: usize = 2;

/// The questions to ask where the page's links lead, on the grounds of a link alone; and how many were asked to find them.
pub(super) fn questions(
    captures: &Captures<'_>,
    page: &Arc<Capture>,
    at: &Url,
    detected: &mut Detected,
) -> Result<(Vec<Question>, usize), Need> {
    if page.success().is_err() || kind::of(captures, page) != Kind::Html {
        return Ok((Vec::new(), 0));
    }
    let mut roots: Vec<(Url, Evidence, Option<Platform>)> = Vec::new();
    for link in &html::Page::of(captures, page).links {
        let root = ask::root(&link.href);
        let Some(host) = root.host_str().filter(|host| Some(*host) != at.host_str()) else { continue };
        let platform = signs::of_linked_host(host);
        let is_portal = platform.is_some() || (site::same(&link.href, at) && signs::names_a_portal(host));
        if is_portal && matches!(root.scheme(), "http" | "https") && roots.iter().all(|(known, ..)| *known != root) {
            let evidence = Evidence::new(&page.id, Locus::Selector(link.selector.clone()), &link.text);
            roots.push((root, evidence, platform));
        }
    }
    roots.truncate(HOSTS);
    let fronts: Vec<Request> = roots
        .iter()
        .filter(|(_, _, platform)| platform.is_none())
        .map(|(root, ..)| Request::discovered(root))
        .collect();
    let asked = fronts.len();
    let mut fronts = captures.all(&fronts)?.into_iter();
    let mut questions = Vec::new();
    for (root, hint, platform) in roots {
        let (platform, base, sign) = if let Some(platform) = platform {
            (platform, root, None)
        } else {
            let Some(front) = fronts.next() else { continue };
            let answered = match front.success() {
                Ok(answered) => answered,
                Err(cause) => {
                    detected.unseen.push(format!("{root}: {cause}"));
                    continue;
                }
            };
            let sign = signs::on_page(captures, &front).into_iter().next();
            let platform = sign.as_ref().map_or(Platform::DataJson, |sign| sign.platform);
            (platform, ask::root(&answered.url), sign.map(|sign| sign.evidence))
        };
        if let Some(url) = ask::address(platform, &base) {
            let request = Request::discovered(&url);
            questions.push(Question { platform, base, request, hint: sign.or(Some(hint)) });
        }
    }
    Ok((questions, asked))
}
