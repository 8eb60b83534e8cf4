//! One probe's look at one target: its findings, what it still lacks, or what came of a probe that broke.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use probes::capture::{CaptureId, Captures, Memo, Need, Request, Store};
use probes::finding::Finding;
use probes::probe::{Probe, Target};
use probes::spec::Spec;
use serde::Serialize;

/// How a look ended.
#[derive(Debug)]
pub enum Look {
    /// The probe answered.
    Found(Vec<Finding>),
    /// It still lacks captures or readings.
    Lacks(Need),
    /// It panicked: a bug of ours, said as an unknown.
    Broke(Vec<Finding>),
}

/// The findings that every probe has, said by the audit in its place.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Broke { cause: String },
    OverBudget { cause: String },
}

/// Asks `probe` about `target` over what `store` holds.
///
/// Every finding names all captures the probe consulted. A probe that asks for more requests than it declared is answered for: *unknown*.
pub fn look(probe: &dyn Probe, target: &Target, store: &dyn Store, memo: &Memo, as_of: Date) -> Look {
    let captures = Captures::new(store, memo, as_of);
    let spec = probe.spec();
    match catch_unwind(AssertUnwindSafe(|| probe.look(target, &captures))) {
        Ok(Ok(findings)) => Look::Found(resting_on(findings, &captures.consulted())),
        Ok(Err(need)) if asks_too_much(spec, &captures.asked(), &need.requests) => {
            let cause = format!("{} are allowed", spec.most_requests);
            Look::Found(said(spec, target, &Seen::OverBudget { cause }, &captures))
        }
        Ok(Err(need)) => Look::Lacks(need),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let cause = words.unwrap_or("it panicked without a word").to_owned();
            Look::Broke(said(spec, target, &Seen::Broke { cause }, &captures))
        }
    }
}

fn said(spec: &Spec, target: &Target, seen: &Seen, captures: &Captures<'_>) -> Vec<Finding> {
    resting_on(vec![spec.finding(target, seen, Vec::new())], &captures.consulted())
}

fn asks_too_much(spec: &Spec, asked: &[CaptureId], lacking: &BTreeSet<Request>) -> bool {
    let lacking = lacking.iter().filter(|request| !request.is_rendered());
    let all: BTreeSet<CaptureId> = asked.iter().cloned().chain(lacking.map(Request::id)).collect();
    all.len() as u64 > spec.most_requests
}

fn resting_on(mut findings: Vec<Finding>, consulted: &[CaptureId]) -> Vec<Finding> {
    for finding in &mut findings {
        finding.rests_on = consulted.to_vec();
        finding.name();
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, LazyLock};

    use jiff::Timestamp;
    use probes::body::Body;
    use probes::capture::{Capture, Failure, Form, Outcome, Reading};
    use probes::finding::Answer;
    use probes::spec::{BROKE, OVER_BUDGET};
    use url::Url;

    use super::*;

    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        Spec::parse("id='greedy'\nquestion=''\nwhy=''\nhow=''\nmost_requests=2\n[findings]").expect("well formed")
    });

    /// Asks for a page more each time; at the page numbered so it panics.
    struct Greedy(u32);

    impl Probe for Greedy {
        fn spec(&self) -> &'static Spec {
            &SPEC
        }

        fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
            for page in 0.. {
                assert!(page < self.0, "page {page} of \u{1b}[31m");
                captures.get(&Request::discovered(&target.url.join(&page.to_string()).expect("a path")))?;
            }
            Ok(Vec::new())
        }
    }

    /// Holds captures of the first pages.
    struct Pages(u32);

    impl Store for Pages {
        fn find(&self, request: &Request) -> Option<Arc<Capture>> {
            let page: u32 = request.url.path().trim_start_matches('/').parse().ok()?;
            (page < self.0).then(|| {
                Arc::new(Capture {
                    id: request.id(),
                    request: request.clone(),
                    fetched_at: Timestamp::UNIX_EPOCH,
                    hops: Vec::new(),
                    outcome: Outcome::Failed(Failure::NotInPack),
                })
            })
        }

        fn body(&self, _: &Capture) -> io::Result<Body> {
            Ok(Body::in_memory([]))
        }

        fn form(&self, _: &Reading) -> Option<Arc<Form>> {
            None
        }
    }

    fn look_at(pages: u32, panics_at: u32) -> Look {
        let target = Target::new(&Url::parse("https://example.org/").unwrap());
        look(&Greedy(panics_at), &target, &Pages(pages), &Memo::default(), "2026-11-01".parse().unwrap())
    }

    #[test]
    fn a_need_within_the_budget_is_passed_on() {
        let Look::Lacks(need) = look_at(1, 9) else { panic!("should lack a page") };
        assert_eq!(need.requests.len(), 1);
    }

    #[test]
    fn a_probe_that_asks_for_too_much_says_unknown() {
        let Look::Found(findings) = look_at(2, 9) else { panic!("should have been answered for") };
        assert_eq!((findings[0].code.as_str(), findings[0].answer), (OVER_BUDGET, Answer::Unknown));
        assert_eq!(findings[0].rests_on.len(), 2);
    }

    #[test]
    fn a_probe_that_panics_says_unknown() {
        let Look::Broke(findings) = look_at(2, 1) else { panic!("should have broken") };
        assert_eq!((findings[0].code.as_str(), findings[0].answer), (BROKE, Answer::Unknown));
        assert_eq!(findings[0].facts["cause"].to_string(), "page 1 of \u{1b}[31m");
    }
}
