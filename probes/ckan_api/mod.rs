//! Does the portal answer the CKAN action API?

mod signs;

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::{json, kind};
use signs::Signs;

crate::declare!();

/// Asks CKAN's action API for its version and its count of datasets.
pub struct CkanApi;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Answers { version: String, datasets: Option<u64>, base: String },
    SearchDown { version: String, datasets: Option<u64>, cause: String },
    NotCkan { reason: String },
    NoAnswer { cause: String },
}

/// What one place answered when asked for its status.
enum Status {
    Ckan(String),
    No(String),
    Unseen(String),
}

impl Probe for CkanApi {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let one = |seen: &Seen, evidence| Ok(vec![SPEC.finding(target, seen, evidence)]);
        let page = captures.get(&target.request())?;
        let exchange = |capture: &Capture| Evidence::new(&capture.id, Locus::Exchange, "");
        if target.is_file() {
            return one(&Seen::NotCkan { reason: "it is a file that was handed in".to_owned() }, vec![exchange(&page)]);
        }
        let signs = Signs::of(captures, target, &page);
        let seen = page.success().is_ok();
        if seen && !signs.api_path {
            let kind = kind::of(captures, &page);
            if kind != kind::Kind::Html {
                return one(
                    &Seen::NotCkan { reason: format!("the link leads to {kind}, not to a page") },
                    vec![exchange(&page)],
                );
            }
            let deep = page.answered().is_ok_and(|answered| answered.url.path().trim_matches('/').contains('/'));
            if deep && signs.bases.is_empty() {
                return one(
                    &Seen::NotCkan { reason: "nothing on the page speaks of CKAN".to_owned() },
                    vec![exchange(&page)],
                );
            }
        }

        let mut refusals = Vec::new();
        let mut causes = Vec::new();
        let mut evidence = signs.evidence.clone();
        for base in signs.places(&page, target) {
            let capture = captures.get(&Request::api(&call(&base, "status_show", None)))?;
            match status(captures, &capture) {
                Status::Ckan(version) => {
                    let pointer = Locus::Pointer("/result/ckan_version".to_owned());
                    let shown = Evidence::new(&capture.id, pointer, &version);
                    return count(target, captures, &base, version, shown);
                }
                Status::No(reason) => refusals.push(format!("{} {reason}", capture.request.url)),
                Status::Unseen(cause) => causes.push(format!("{}: {cause}", capture.request.url)),
            }
            evidence.push(exchange(&capture));
        }
        if let Some(cause) = causes.into_iter().next() {
            return one(&Seen::NoAnswer { cause }, evidence);
        }
        let refusal = refusals.into_iter().next().unwrap_or_default();
        if signs.certain {
            let cause = format!("the page was made by CKAN, but {refusal}");
            return one(&Seen::NoAnswer { cause }, evidence);
        }
        one(&Seen::NotCkan { reason: refusal }, evidence)
    }
}

/// Counts the datasets of the CKAN at `base`.
fn count(
    target: &Target,
    captures: &Captures<'_>,
    base: &Url,
    version: String,
    shown: Evidence,
) -> Result<Vec<Finding>, Need> {
    let search = captures.get(&Request::api(&call(base, "package_search", Some("rows=0"))))?;
    let cause = match result(captures, &search) {
        Ok(result) => match result.get("count").and_then(Value::as_u64) {
            Some(datasets) => {
                let pointer = Locus::Pointer("/result/count".to_owned());
                let evidence = vec![shown, Evidence::new(&search.id, pointer, datasets.to_string())];
                let seen = Seen::Answers { version, datasets: Some(datasets), base: base.to_string() };
                return Ok(vec![SPEC.finding(target, &seen, evidence)]);
            }
            None => "the answer has no count".to_owned(),
        },
        Err(cause) => cause,
    };
    let list = captures.get(&Request::api(&call(base, "package_list", None)))?;
    let mut evidence = vec![shown, Evidence::new(&search.id, Locus::Exchange, "")];
    let names = result(captures, &list).ok().and_then(|result| result.as_array().cloned());
    let datasets = names.as_ref().map(|names| names.len() as u64);
    match names.as_ref().and_then(|names| names.first()?.as_str()) {
        Some(name) => evidence.push(Evidence::new(&list.id, Locus::Pointer("/result/0".to_owned()), name)),
        None => evidence.push(Evidence::new(&list.id, Locus::Exchange, "")),
    }
    // Only an answer of the server's own says that its search is down.
    let down = search.answered().is_ok_and(|answered| !matches!(answered.status, 401 | 403 | 429));
    let seen = if down {
        Seen::SearchDown { version, datasets, cause }
    } else {
        Seen::Answers { version, datasets, base: base.to_string() }
    };
    Ok(vec![SPEC.finding(target, &seen, evidence)])
}

/// The URL of an action of the CKAN at `base`, which ends in a slash.
fn call(base: &Url, action: &str, query: Option<&str>) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}api/3/action/{action}", base.path()));
    url.set_query(query);
    url
}

fn status(captures: &Captures<'_>, capture: &Capture) -> Status {
    let answered = match capture.answered() {
        Ok(answered) => answered,
        Err(failure) => return Status::Unseen(failure.to_string()),
    };
    let json = json::of(captures, capture);
    if let Ok(json) = json.as_ref() {
        if let Some(version) = json.pointer("/result/ckan_version").and_then(Value::as_str) {
            return Status::Ckan(version.to_owned());
        }
        if json.get("success").is_some() && json.get("help").is_some() {
            return Status::Unseen(format!(
                "it answers as CKAN does, but not its version (status {})",
                answered.status
            ));
        }
    }
    match answered.status {
        401 | 402 | 403 | 407 | 408 | 425 | 429 | 451 | 500.. => {
            Status::Unseen(format!("the server answered with status {}", answered.status))
        }
        status => Status::No(format!("answers otherwise than CKAN does (status {status})")),
    }
}

/// The `result` of a successful action, or why there is none.
fn result(captures: &Captures<'_>, capture: &Capture) -> Result<Value, String> {
    capture.success()?;
    let json = json::of(captures, capture);
    let json = json.as_ref().as_ref().map_err(|error| format!("the answer is not JSON: {error}"))?;
    if json.get("success").and_then(Value::as_bool) != Some(true) {
        return Err("the API says that it did not succeed".to_owned());
    }
    json.get("result").cloned().ok_or_else(|| "the answer has no result".to_owned())
}
