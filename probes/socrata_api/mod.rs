//! Does the portal answer Socrata's discovery API?

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::Page;
use crate::json;
use crate::kind::{self, Kind};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Asks Socrata's discovery API how much the portal's domain publishes.
pub struct SocrataApi;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Answers { domain: String, datasets: Option<u64>, assets: u64 },
    NotSocrata { reason: String },
    NoAnswer { cause: String },
}

/// What one place answered.
enum Status {
    Socrata(u64),
    No(String),
    Unseen(String),
}

/// Where Socrata answers for every domain it hosts in North America.
const SHARED: &str = "https://api.us.socrata.com/";

impl Probe for SocrataApi {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let one = |seen: &Seen, evidence| Ok(vec![SPEC.finding(target, seen, evidence)]);
        let page = captures.get(&target.request())?;
        let exchange = |capture: &Capture| Evidence::new(&capture.id, Locus::Exchange, "");
        let at = page.answered().map_or(&target.url, |answered| &answered.url);
        let Some(domain) = at.host_str().filter(|_| !target.is_file()) else {
            let reason = "it is a file that was handed in".to_owned();
            return one(&Seen::NotSocrata { reason }, vec![exchange(&page)]);
        };
        let sign = sign(captures, &page);
        if sign.is_none() && page.success().is_ok() {
            let kind = kind::of(captures, &page);
            let reason = if kind != Kind::Html {
                Some(format!("the link leads to {kind}, not to a page, and nothing speaks of Socrata"))
            } else if at.path().trim_matches('/').contains('/') {
                Some("nothing on the page speaks of Socrata".to_owned())
            } else {
                None
            };
            if let Some(reason) = reason {
                return one(&Seen::NotSocrata { reason }, vec![exchange(&page)]);
            }
        }

        let signed = sign.is_some();
        let mut evidence: Vec<_> = sign.into_iter().collect();
        let mut refusal = None;
        let mut cause = None;
        let shared = Url::parse(SHARED).ok().filter(|_| signed);
        for origin in [Some(at), shared.as_ref()].into_iter().flatten() {
            let capture = captures.get(&Request::api(&call(origin, domain, "limit=1")))?;
            match status(captures, &capture) {
                Status::Socrata(assets) => {
                    let pointer = || Locus::Pointer("/resultSetSize".to_owned());
                    evidence.push(Evidence::new(&capture.id, pointer(), assets.to_string()));
                    let only = captures.get(&Request::api(&call(origin, domain, "only=dataset&limit=1")))?;
                    let datasets = match status(captures, &only) {
                        Status::Socrata(datasets) => {
                            evidence.push(Evidence::new(&only.id, pointer(), datasets.to_string()));
                            Some(datasets)
                        }
                        Status::No(_) | Status::Unseen(_) => None,
                    };
                    return one(&Seen::Answers { domain: domain.to_owned(), datasets, assets }, evidence);
                }
                Status::No(reason) => refusal = refusal.or(Some(format!("{} {reason}", capture.request.url))),
                Status::Unseen(why) => cause = cause.or(Some(format!("{}: {why}", capture.request.url))),
            }
            evidence.push(exchange(&capture));
        }
        match (cause, refusal) {
            (Some(cause), _) => one(&Seen::NoAnswer { cause }, evidence),
            (None, Some(refusal)) if signed => {
                let cause = format!("the page speaks of Socrata, but {refusal}");
                one(&Seen::NoAnswer { cause }, evidence)
            }
            (None, refusal) => one(&Seen::NotSocrata { reason: refusal.unwrap_or_default() }, evidence),
        }
    }
}

/// What says that Socrata made the answer.
fn sign(captures: &Captures<'_>, page: &Capture) -> Option<Evidence> {
    let answered = page.answered().ok()?;
    for field in ["x-socrata-requestid", "x-socrata-region"] {
        if let Some(value) = answered.headers.get(field) {
            return Some(Evidence::new(&page.id, Locus::Header(field.to_owned()), value));
        }
    }
    if kind::of(captures, page) != Kind::Html {
        return None;
    }
    let html = Page::of(captures, page);
    let says = |text: &str| text.contains("Powered by Socrata") || text.contains("Tyler Data & Insights");
    let block = html.blocks.iter().find(|block| says(&block.text))?;
    Some(Evidence::new(&page.id, Locus::Selector(block.selector.clone()), &block.text))
}

fn call(origin: &Url, domain: &str, rest: &str) -> Url {
    let mut url = origin.clone();
    url.set_path("/api/catalog/v1");
    url.set_query(Some(&format!("domains={domain}&search_context={domain}&{rest}")));
    url.set_fragment(None);
    url
}

fn status(captures: &Captures<'_>, capture: &Capture) -> Status {
    let answered = match capture.answered() {
        Ok(answered) => answered,
        Err(failure) => return Status::Unseen(failure.to_string()),
    };
    if let Ok(json) = json::of(captures, capture).as_ref()
        && let Some(count) = json.get("resultSetSize").and_then(Value::as_u64)
    {
        return Status::Socrata(count);
    }
    match answered.status {
        401 | 402 | 403 | 407 | 408 | 425 | 429 | 451 | 500.. => {
            Status::Unseen(format!("the server answered with status {}", answered.status))
        }
        status => Status::No(format!("answers otherwise than Socrata does (status {status})")),
    }
}
