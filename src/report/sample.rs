//! A report of a made-up city, with all that a report can hold and words that mean harm.

mod scored;

use jiff::civil::date;
use probes::capture::{CaptureId, Failure, Rendering, Request, Stored};
use probes::finding::{Evidence, Finding, Locus};
use probes::probe::Target;
use probes::spec::Spec;
use serde::Serialize;
use url::Url;

use super::model::{CaptureRow, Fix, Place, Robots, SchemeRef, Summary, Tool};
use super::{Report, View};
use crate::criteria::verdict::{ClauseVerdict, Kind, Lead, LinkVerdict, Shows, Standing, Verdict};
use crate::submission::{Link, Submission};

/// Words that mean harm to a page, a spreadsheet, a terminal and a comment.
pub(super) const HOSTILE: &str = "<script>alert(1)</script> \u{1b}[31mred\u{1b}[0m \u{202e}txt.exe\0 \" onload='x' ]]> {{ 7*7 }} @all `x` [a](javascript:b)";

const SPEC: &str = r#"
id = "sample_probe"
question = "Does the sample show itself?"
why = "A report must show all that it can hold."
how = "Looks at what is made up."
most_requests = 2
[findings.shown]
answer = "yes"
means = "The newest date is {newest}, {age} before the audit; {share} of the files can be read: {words}."
facts = { newest = "date", age = "days", share = "share", words = "list", rows = "table", open = "yes-no", count = "count", mean = "number" }
[findings.shown.views.rows]
title = "Amounts by name"
fact = "rows"
label = "name"
value = "amount"
[findings.gone]
answer = "no"
means = "The page says: {words}"
facts = { words = "text" }
fix = "Submit the address the page moved to."
[findings.unseen]
answer = "unknown"
means = "The page could not be seen: {cause}."
facts = { cause = "text" }
"#;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Shown {
        newest: &'static str,
        age: i64,
        share: probes::finding::Share,
        words: Vec<&'static str>,
        rows: Vec<std::collections::BTreeMap<&'static str, &'static str>>,
        open: bool,
        count: u64,
        mean: f64,
    },
    Gone {
        words: &'static str,
    },
    Unseen {
        cause: &'static str,
    },
}

/// Hands the sample and a view of it to `look`.
pub(crate) fn with(look: impl FnOnce(&Report, &View<'_>)) {
    let spec = Spec::parse(SPEC).unwrap();
    let report = report(&spec);
    look(&report, &View::of(&report, [&spec]));
}

fn report(spec: &Spec) -> Report {
    let links = vec![
        link("https://data.example.gov/budget.csv", Some("ZZ1"), Some("The budget, by department"), None),
        link("HTTPS://example.gov/policy?<script>alert(1)</script>", Some("ZZ2.1"), Some(HOSTILE), Some("3-4, 7")),
        link(
            "https://www.example.gov/a/very/long/path/that/goes/on/and/on/index.php?id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef&view=full",
            None,
            None,
            None,
        ),
        Link {
            written: "=cmd|'/c calc'!A0.pdf".into(),
            url: Url::parse("file:///cmd.pdf").unwrap(),
            path: None,
            criterion: Some("YY1".into()),
            note: None,
            pages: None,
        },
    ];
    let captures = captures(&links);
    let findings = findings(spec, &links, &captures);
    Report {
        tool: Tool { name: "tickmark".into(), version: "0.1.0".into() },
        scheme: SchemeRef { id: "sample".into(), title: "Sample Scheme".into(), sha256: "ab".repeat(32) },
        submission: Submission {
            city: format!("Exampleton {HOSTILE}"),
            date: Some(date(2026, 10, 20)),
            scheme: "sample".into(),
            also: vec![],
            allow_private: vec![],
            links,
        },
        as_of: date(2026, 11, 1),
        robots: Some(Robots::AtTheCitysRequest),
        standing: Summary {
            criteria: 4,
            met: 1,
            not_met: 1,
            needs_review: 1,
            nothing_offered: 1,
            points_sure: 12.5,
            points_possible: 48.0,
            levels: vec!["Bronze".into(), "Silver".into()],
            level_sure: None,
            level_possible: Some("Silver".into()),
            score: None,
        },
        first: (1..=6)
            .map(|n| Fix {
                what: format!("Publish the city's thing number {n}. {HOSTILE}"),
                link: (n % 2 == 1).then(|| "https://data.example.gov/budget.csv".into()),
                clauses: vec!["ZZ2.1".into(), "ZZ2.2".into()],
                points: None,
                findings: vec![findings[1].id.clone()],
            })
            .collect(),
        verdicts: verdicts(&findings),
        measured: std::collections::BTreeMap::new(),
        further: vec![scored::judged(&findings)],
        findings,
        captures,
    }
}

/// A capture as it is listed.
pub(super) fn capture() -> CaptureRow {
    captures(&[link("https://data.example.gov/budget.csv", None, None, None)]).remove(0)
}

fn link(written: &str, criterion: Option<&str>, note: Option<&str>, pages: Option<&str>) -> Link {
    Link {
        written: written.into(),
        url: Url::parse(written).unwrap(),
        path: None,
        criterion: criterion.map(Into::into),
        note: note.map(Into::into),
        pages: pages.map(Into::into),
    }
}

fn captures(links: &[Link]) -> Vec<CaptureRow> {
    links
        .iter()
        .enumerate()
        .map(|(at, link)| {
            let request = Request::submitted(&link.url);
            let failed = at == 2;
            let rendered = at == 1;
            CaptureRow {
                id: request.id().0,
                url: link.url.clone(),
                method: "GET".into(),
                final_url: (!failed).then(|| link.url.clone()),
                status: (!failed).then_some(if at == 1 { 404 } else { 200 }),
                failure: failed.then(|| Failure::Tls { cause: format!("certificate expired {HOSTILE}") }),
                fetched_at: "2026-11-01T10:20:30Z".parse().unwrap(),
                sha256: (!failed).then(|| "0f".repeat(32)),
                bytes: (!failed).then_some(1_234_567),
                cut: (at == 1).then_some(probes::capture::Cut::TooLarge),
                media_type: (!failed).then(|| "text/csv".into()),
                warc: (!failed).then_some(Place { offset: 40_213, length: 8_211 }),
                recognised: None,
                rendering: rendered.then(|| rendering(&request)),
                request,
            }
        })
        .collect()
}

fn rendering(request: &Request) -> Rendering {
    Rendering {
        of: request.id(),
        browser: format!("Chrome/156 {HOSTILE}"),
        screenshot: Some(Stored { sha256: "0e".repeat(32), bytes: 70_000, cut: None }),
        picture: Some("image/jpeg".into()),
        requests: 12,
        gap: Some(format!("it had not come to rest after 240 s {HOSTILE}")),
    }
}

fn findings(spec: &Spec, links: &[Link], captures: &[CaptureRow]) -> Vec<Finding> {
    let id = |at: usize| CaptureId(captures[at].id.clone());
    let share = probes::finding::Share::of(45, 50, 400).unwrap();
    let seen = Seen::Shown {
        newest: "2026-10-28",
        age: 4,
        share,
        words: vec!["department", "=amount"],
        rows: vec![[("name", "Water"), ("amount", "12")].into(), [("name", HOSTILE), ("amount", "=1+1")].into()],
        open: true,
        count: 3,
        mean: 0.25,
    };
    let loci = [
        Locus::Line(12),
        Locus::Row(2),
        Locus::Header("Last-Modified".into()),
        Locus::Pointer("/result/0".into()),
        Locus::Selector("main > p:nth-of-type(3)".into()),
        Locus::Text,
        Locus::Member("a/b.csv".into()),
        Locus::Passage { page: Some(3), line: None },
        Locus::Passage { page: None, line: Some(117) },
        Locus::Url,
    ];
    let mut evidence: Vec<Evidence> =
        loci.into_iter().map(|locus| Evidence::new(&id(0), locus, "Wed, 28 Oct 2026 <b>10:00</b> GMT")).collect();
    evidence.push(Evidence::new(&id(0), Locus::Exchange, ""));
    let mut findings = vec![
        spec.finding(&Target::new(&links[0].url), &seen, evidence),
        spec.finding(
            &Target::new(&links[1].url),
            &Seen::Gone { words: HOSTILE },
            vec![Evidence::new(&id(1), Locus::Text, HOSTILE)],
        ),
        spec.finding(
            &Target::new(&links[2].url),
            &Seen::Unseen { cause: "no secure connection" },
            vec![Evidence::new(&id(2), Locus::Exchange, "")],
        ),
    ];
    for (at, finding) in findings.iter_mut().enumerate() {
        finding.rests_on = vec![id(at)];
        finding.name();
    }
    findings
}

fn verdicts(findings: &[Finding]) -> Vec<Verdict> {
    let clause = |id: &str, standing, at: Option<usize>| {
        let found: Vec<String> = at.iter().map(|&at| findings[at].id.clone()).collect();
        let shows = [Shows::Yes, Shows::No, Shows::Unsure];
        ClauseVerdict {
            id: id.into(),
            kind: if at == Some(2) { Kind::Evidence } else { Kind::Requirement },
            standing,
            points: None,
            lead: (standing == Standing::NeedsReview).then_some(Lead::Strong),
            says: format!("The clause {id} says what must hold of the city's data."),
            asks: (standing == Standing::NeedsReview).then(|| "Does the page name who oversees it?".into()),
            reason: match standing {
                Standing::NotMet => format!("=HYPERLINK(\"x\") {HOSTILE}"),
                _ => "One of the links offered was looked at.".into(),
            },
            advice: (standing == Standing::NotMet).then(|| "Publish it, and submit the page's address.".into()),
            links: at
                .iter()
                .map(|&at| LinkVerdict {
                    link: at + 1,
                    target: findings[at].target.clone(),
                    shows: shows[at],
                    points: None,
                    reason: "As the finding says.".into(),
                    findings: found.clone(),
                })
                .collect(),
            findings: found,
        }
    };
    let verdict = |code: &str, title: &str, category: &str, standing, clauses| Verdict {
        code: code.into(),
        title: title.into(),
        category: category.into(),
        standing,
        points: None,
        reason: "What decided it stands below, clause by clause.".into(),
        clauses,
    };
    let mut offered_file = clause("YY1.1", Standing::NeedsReview, Some(2));
    offered_file.links.push(LinkVerdict {
        link: 4,
        target: "none".into(),
        shows: Shows::Unsure,
        points: None,
        reason: "A person must read it.".into(),
        findings: vec![],
    });
    vec![
        verdict(
            "ZZ1",
            "A budget anyone can read",
            "Open books",
            Standing::Met,
            vec![clause("ZZ1.1", Standing::Met, Some(0))],
        ),
        verdict(
            "ZZ2",
            HOSTILE,
            "Open books",
            Standing::NotMet,
            vec![clause("ZZ2.1", Standing::NotMet, Some(1)), clause("ZZ2.2", Standing::NotMet, Some(1))],
        ),
        verdict(
            "YY1",
            "A policy in force",
            "Good rules",
            Standing::NeedsReview,
            vec![offered_file, clause("YY1.2", Standing::NeedsReview, Some(2))],
        ),
        verdict(
            "YY2",
            "A plan for everything else",
            "Good rules",
            Standing::NothingOffered,
            vec![clause("YY2.1", Standing::NothingOffered, None)],
        ),
    ]
}
