//! Tables of cases: which link's points count, and what a score may come to.

use probes::finding::{Finding, Share};
use probes::spec::Spec;
use serde_json::{Value, json};

use crate::criteria::scheme::Scheme;
use crate::criteria::verdict::{Points, Standing, Summary, Verdict};
use crate::criteria::{Offer, Purpose, fixes, judge, summary};

const SPEC: &str = r#"
id = "tally"
question = "?"
why = "."
how = "."
most_requests = 1
[findings.counted]
answer = "yes"
means = "Counted."
facts = { named = "share", dated = "share", open = "yes-no", mean = "number" }
[findings.broken]
answer = "no"
means = "It breaks off."
fix = "Mend it."
[findings.dark]
answer = "unknown"
means = "It was dark."
[findings.away]
answer = "unknown"
means = "It is away."
[findings.gone]
answer = "no"
means = "Gone."
fix = "Mend the link."
[findings.none]
answer = "not-applicable"
means = "There is none."
"#;
const SCHEME: &str = r#"
id = "points"
title = "Points"
edition = "1"
about = "."
source = "https://example.org"
order = ["N", "D"]
categories = [{ code = "N", title = "Names" }, { code = "D", title = "Dates" }]
lost = [{ probe = "tally", finding = "gone" }]
unseen = [{ probe = "tally", finding = "away" }]
[score]
max = 100
ratings = [{ name = "good", from = 80 }, { name = "fair", from = 40 }, { name = "poor", from = 0 }]
"#;
const NAMES: &str = r#"
code = "N"
title = "Names"
category = "N"
needs = "all"
[[clauses]]
id = "N.1"
kind = "requirement"
says = "It is named."
points = 60
earns = { probe = "tally", finding = "counted", fact = "named" }
advice = { not_met = "Name it." }
[[clauses]]
id = "N.2"
kind = "requirement"
says = "It is open."
points = 10
earns = { probe = "tally", finding = "counted", fact = "open" }
advice = { not_met = "Open it." }
"#;
const DATES: &str = r#"
code = "D"
title = "Dates"
category = "D"
needs = "all"
[[clauses]]
id = "D.1"
kind = "requirement"
says = "It is dated."
points = 20
shown_by = [{ probe = "tally", finding = "counted", where = { dated = { at-least = 0.5 } } }]
[[clauses]]
id = "D.2"
kind = "requirement"
says = "It is counted."
points = 10
earns = { probe = "tally", finding = "counted", where = { mean = { at-most = 2 } } }
"#;

fn read(files: &[(&str, &str)]) -> Result<(Scheme, Spec), Vec<String>> {
    let spec = Spec::parse(SPEC).unwrap();
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    match Scheme::from_files("points", &files, &[&spec]) {
        Ok(scheme) => Ok((scheme, spec)),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect()),
    }
}

/// A finding in short: its code, or the share named of 100 and whether it is open.
fn finding(spec: &Spec, target: &str, short: &str) -> Finding {
    let (code, facts): (&str, Value) = match short.split_once(':') {
        Some((code, of)) => {
            let (hits, n) = of.split_once('/').unwrap();
            let share = Share::of(hits.parse().unwrap(), n.parse().unwrap(), 100);
            (code, json!({ "named": share, "dated": share, "open": true, "mean": 1.5 }))
        }
        None => (short, json!({})),
    };
    spec.read(&json!({ "probe": "tally", "target": target, "code": code, "facts": facts })).unwrap()
}

struct Judged {
    verdicts: Vec<Verdict>,
    summary: Summary,
    first: Vec<(String, Option<f64>)>,
}

impl Judged {
    fn points(&self) -> Points {
        self.summary.score.as_ref().unwrap().points
    }
}

fn judged(links: &[(Option<&str>, &[&str])]) -> Judged {
    let (scheme, spec) = read(&[("scheme.toml", SCHEME), ("n.toml", NAMES), ("d.toml", DATES)]).unwrap();
    let (mut offers, mut findings) = (Vec::new(), Vec::new());
    for (at, (name, shorts)) in links.iter().enumerate() {
        let target = format!("t{at}");
        findings.extend(shorts.iter().map(|short| finding(&spec, &target, short)));
        offers.push(Offer { purpose: Purpose::of(*name, &scheme), target, pages: None });
    }
    let verdicts = judge(&scheme, &offers, &findings, &[&spec]);
    let written: Vec<&str> = links.iter().map(|_| "link").collect();
    let first = fixes(&scheme, &verdicts, &findings, &[&spec], &written);
    let first = first.into_iter().map(|fix| (fix.what, fix.points)).collect();
    Judged { summary: summary(&scheme, &verdicts), verdicts, first }
}

/// Both criteria are offered the same links.
fn scored(links: &[&[&str]]) -> (String, Vec<String>) {
    let twice: Vec<(Option<&str>, &[&str])> =
        links.iter().flat_map(|shorts| [(Some("N"), *shorts), (Some("D"), *shorts)]).collect();
    let judged = judged(&twice);
    (judged.points().to_string(), judged.summary.score.unwrap().ratings)
}

#[test]
fn a_score_is_a_range_while_something_is_not_known() {
    for (links, points, ratings) in [
        (&[&["counted:100/100"][..]][..], "100 of 100", &["good"][..]),
        // 60 × 0.5, the yes-no, the threshold at half, and the count.
        (&[&["counted:50/100"]], "70 of 100", &["fair"]),
        (&[&["counted:49/100"]], "49.4 of 100", &["fair"]),
        // Of a sample of 10: 60 times its interval, and a threshold that straddles it.
        (&[&["counted:5/10"]], "34.1 to 85.8 of 100", &["poor", "fair", "good"]),
        (&[&["dark"]], "0 to 100 of 100", &["poor", "fair", "good"]),
        (&[&["away", "counted:100/100"]], "0 to 100 of 100", &["poor", "fair", "good"]),
        (&[&["gone"]], "0 of 100", &["poor"]),
        (&[&["broken"]], "0 of 100", &["poor"]),
        (&[&["counted"]], "0 to 100 of 100", &["poor", "fair", "good"]),
        (&[&["none"]], "0 to 100 of 100", &["poor", "fair", "good"]),
        (&[&[]], "0 to 100 of 100", &["poor", "fair", "good"]),
        (&[], "0 to 100 of 100", &["poor", "fair", "good"]),
    ] {
        let (got, named) = scored(links);
        assert_eq!((got.as_str(), named.join(" ")), (points, ratings.join(" ")), "{links:?}");
    }
}

#[test]
fn the_first_link_counts() {
    let (all, half) = (&["counted:100/100"][..], &["counted:50/100"][..]);
    let named = |of: &[(Option<&str>, &[&str])]| judged(of).verdicts[0].clauses[0].points.unwrap().to_string();
    let (n, clause) = (Some("N"), Some("N.1"));
    for (links, points) in [
        (&[(n, half), (n, all)][..], "30 of 60"),
        (&[(n, all), (clause, half)], "60 of 60"),
        // A page that is no catalogue was never meant to count.
        (&[(n, &["none"]), (n, half)], "30 of 60"),
        // One that was offered and could not be seen may be better than the next.
        (&[(n, &["dark"]), (n, half)], "0 to 60 of 60"),
        // What was offered by name goes before what was not.
        (&[(None, all), (n, half)], "30 of 60"),
        (&[(None, half), (None, all)], "30 of 60"),
        // Nobody said of these that they are catalogues: one that could not be seen is not waited for.
        (&[(None, &["dark"]), (None, &["none"]), (None, half)], "30 of 60"),
        (&[(None, &["away", "counted:100/100"]), (None, half)], "30 of 60"),
        (&[(None, &["gone"]), (None, &["dark"])], "0 to 60 of 60"),
    ] {
        assert_eq!(named(links), points, "{links:?}");
    }
    let two = judged(&[(Some("N"), half), (Some("N"), all)]);
    let clause = &two.verdicts[0].clauses[0];
    assert_eq!(clause.reason, "30 of 60 points: named 50 % of 100; of 2 links, link 1 counts.");
    assert_eq!((clause.links.len(), clause.links[0].link), (1, 1));
}

#[test]
fn a_share_of_some_is_brought_down_to_all() {
    let earns = r#"earns = { probe = "tally", finding = "counted", fact = "named" }"#;
    let dated = r#"{ probe = "tally", finding = "counted", fact = "dated" }"#;
    let never = r"given = { mean = { more-than = 2 } }";
    let points = |among: &str, short: &str| {
        let names = NAMES.replace(earns, &format!("{earns}\namong = {among}"));
        let (scheme, spec) = read(&[("scheme.toml", SCHEME), ("n.toml", &names), ("d.toml", DATES)]).unwrap();
        let offers = [Offer { purpose: Purpose::Anything, target: "t".to_owned(), pages: None }];
        let verdicts = judge(&scheme, &offers, &[finding(&spec, "t", short)], &[&spec]);
        (verdicts[0].clauses[0].points.unwrap().to_string(), verdicts[0].clauses[0].reason.clone())
    };
    let (half_of_half, reason) = points(dated, "counted:50/100");
    assert_eq!(
        (half_of_half.as_str(), reason.contains("named 50 % of 100; among: dated 50 % of 100")),
        ("15 of 60", true)
    );
    assert_eq!(points(dated, "dark").0, "0 to 60 of 60");
    // Where it is given that nothing is said of the whole, the whole may be nothing or all.
    assert_eq!(points(&dated.replace('}', &format!(", {never} }}")), "counted:50/100").0, "0 to 30 of 60");
    let problems = read(&[
        ("scheme.toml", SCHEME),
        ("n.toml", &NAMES.replace(earns, &format!("asks = \"Is it?\"\namong = {dated}"))),
        ("d.toml", DATES),
    ]);
    assert!(problems.err().unwrap()[0].contains("\"N.1\" has among and no earns"));
}

#[test]
fn clauses_and_criteria_stand_by_their_points() {
    let stands = |links: &[&str]| {
        let judged = judged(&[(Some("N"), links)]);
        (judged.verdicts[0].clauses[0].standing, judged.verdicts[0].points.unwrap().to_string())
    };
    assert_eq!(stands(&["counted:100/100"]), (Standing::Met, "70 of 70".to_owned()));
    assert_eq!(stands(&["counted:99/100"]), (Standing::NotMet, "69.4 of 70".to_owned()));
    assert_eq!(stands(&["dark"]), (Standing::NeedsReview, "0 to 70 of 70".to_owned()));
    let none = judged(&[]);
    assert_eq!(none.verdicts[0].standing, Standing::NothingOffered);
    assert_eq!(none.summary.score.as_ref().unwrap().dimensions.len(), 2);
    assert_eq!(none.summary.level_possible.as_deref(), Some("good"));
}

#[test]
fn fixes_come_by_the_points_they_would_earn() {
    let judged = judged(&[(Some("N"), &["counted:50/100"]), (Some("D"), &["broken"])]);
    let wanted = [("Mend it.".to_owned(), Some(30.0)), ("Name it.".to_owned(), Some(30.0))];
    assert_eq!(judged.first, wanted);
}

#[test]
fn what_is_wrong_with_points_is_told_with_its_place() {
    let problems = |scheme: (&str, &str), names: (&str, &str)| {
        let (scheme, names) = (SCHEME.replace(scheme.0, scheme.1), NAMES.replace(names.0, names.1));
        read(&[("scheme.toml", &scheme), ("n.toml", &names), ("d.toml", DATES)]).err().unwrap_or_default()
    };
    let scheme = |from: &str, to: &str| problems((from, to), ("", ""));
    let names = |from: &str, to: &str| problems(("", ""), (from, to));
    let earns = r#"earns = { probe = "tally", finding = "counted", fact = "named" }"#;
    for (problems, wanted) in [
        (scheme("max = 100", "max = 90"), "scheme.toml:12:7: the points of all clauses add up to 100, not to 90"),
        (scheme("from = 80", "from = 101"), "scheme.toml:13:36: no score reaches \"good\""),
        (scheme("from = 80", "from = 40"), "scheme.toml:13:66: \"fair\" begins where another rating does"),
        (scheme("from = 0", "from = 1"), "scheme.toml:12:7: a score may be below all ratings"),
        (scheme("order", "points_per_criterion = 1\norder"), "scheme.toml:7:24: points_per_criterion is for schemes"),
        (scheme("[score]\nmax = 100", ""), "scheme.toml"),
        (names("points = 60", ""), "n.toml:7:6: \"N.1\" has earns and no points"),
        (names("points = 60", "points = 0"), "n.toml:10:10: a clause is worth more than 0 points"),
        (names("\"named\"", "\"mean\""), "n.toml:11:56: mean: the fact is of type number: only a share or a yes-no"),
        (names("\"named\"", "\"name\""), "n.toml:11:56: tally counted has no fact \"name\"; did you mean \"named\"?"),
        (names(earns, &format!("{earns}\nasks = \"Is it?\"")), "n.toml:7:6: \"N.1\" has earns beside"),
        (
            names(earns, &earns.replace("earns = {", "shown_by = [{").replace('}', "}]")),
            "fact belongs under earns only",
        ),
    ] {
        assert!(problems.iter().any(|problem| problem.contains(wanted)), "{problems:#?} lacks {wanted}");
    }
    let plain = SCHEME.split("[score]").next().unwrap();
    let problems = read(&[("scheme.toml", plain), ("n.toml", NAMES), ("d.toml", DATES)]).unwrap_err();
    for wanted in ["scheme.toml:1:1: counts nothing", "n.toml:10:10: the scheme has no score"] {
        assert!(problems.iter().any(|problem| problem.contains(wanted)), "{problems:#?} lacks {wanted}");
    }
}
