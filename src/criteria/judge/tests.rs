//! Tables of cases: what links show, and how clauses and criteria then stand.

use serde_json::{Value, json};

use super::*;
use crate::criteria::scheme::Takes;
use crate::criteria::verdict::Lead;
use crate::criteria::{fixes, summary};

/// What a link is offered for, and the findings at its target in short.
type Offered<'a> = (Option<&'a str>, &'a [&'a str]);

const SPEC: &str = r#"
id = "eye"
question = "?"
why = "."
how = "."
most_requests = 1
[findings.share]
answer = "yes"
means = "Share {share}."
facts = { share = "share" }
[findings.aged]
answer = "yes"
means = "Aged {age}."
facts = { age = "days" }
[findings.listed]
answer = "yes"
means = "Listed {names}."
facts = { names = "list" }
[findings.none]
answer = "no"
means = "Nothing."
fix = "Add it."
[findings.dark]
answer = "unknown"
means = "It was dark."
[findings.gone]
answer = "no"
means = "Gone."
fix = "Mend it."
[findings.other]
answer = "not-applicable"
means = "Not here."
"#;
const SCHEME: &str = r#"
id = "demo"
title = "Demo"
edition = "1"
about = "."
source = "https://example.org"
points_per_criterion = 10
order = ["A1"]
categories = [{ code = "A", title = "A" }]
levels = [{ name = "High", from_share = 0.5 }]
lost = [{ probe = "eye", finding = "gone" }]
"#;

fn scheme(criterion: &str) -> Result<(Scheme, Spec), Vec<String>> {
    let spec = Spec::parse(SPEC).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("scheme.toml"), SCHEME).unwrap();
    std::fs::write(folder.path().join("a1.toml"), criterion).unwrap();
    let prefix = format!("{}/", folder.path().display());
    match Scheme::from_dir(folder.path(), &[&spec]) {
        Ok(scheme) => Ok((scheme, spec)),
        Err(problems) => Err(problems.iter().map(|p| p.to_string().replace(&prefix, "")).collect()),
    }
}

fn clause(id: &str, rest: &str) -> String {
    let sign = r#"{ probe = "eye", finding = "share", where = { share = { at-least = 0.8 } } }"#;
    let aged = r#"{ probe = "eye", finding = "aged", where = { age = { at-most = 365 } } }"#;
    format!(
        "[[clauses]]\nid = \"{id}\"\nkind = \"requirement\"\nsays = \"It is so.\"\nshown_by = [{sign}, {aged}]\n{rest}\n"
    )
}

fn criterion(needs: &str, clauses: &[String]) -> String {
    format!("code = \"A1\"\ntitle = \"T\"\ncategory = \"A\"\nneeds = {needs}\n{}", clauses.concat())
}

/// A finding in short: its code, or hits and n of 100 for a share, or an age.
fn finding(spec: &Spec, target: &str, short: &str) -> Finding {
    let (code, facts): (&str, Value) = match short.split_once(':') {
        Some(("share", of)) => {
            let (hits, n) = of.split_once('/').unwrap();
            let share = probes::finding::Share::of(hits.parse().unwrap(), n.parse().unwrap(), 100);
            ("share", json!({ "share": share }))
        }
        Some(("list", name)) => ("listed", json!({ "names": [name] })),
        Some((code, age)) => (code, json!({ "age": age.parse::<i64>().unwrap() })),
        None => (short, json!({})),
    };
    spec.read(&json!({ "probe": "eye", "target": target, "code": code, "facts": facts })).unwrap()
}

fn offered(scheme: &Scheme, spec: &Spec, links: &[Offered<'_>]) -> (Vec<Offer>, Vec<Finding>) {
    let (mut offers, mut findings) = (Vec::new(), Vec::new());
    for (at, (name, shorts)) in links.iter().enumerate() {
        let target = format!("t{at}");
        findings.extend(shorts.iter().map(|short| finding(spec, &target, short)));
        offers.push(Offer { purpose: Purpose::of(*name, scheme), target, pages: None });
    }
    (offers, findings)
}

fn judged(criterion: &str, links: &[Offered<'_>]) -> (Scheme, Spec, Vec<Finding>, Vec<Verdict>) {
    let (scheme, spec) = scheme(criterion).unwrap();
    let (offers, findings) = offered(&scheme, &spec, links);
    let verdicts = judge(&scheme, &offers, &findings, &[&spec]);
    (scheme, spec, findings, verdicts)
}

/// A clause that asks, unless what it is about is very old.
const OLD: &str = r#"asks = "Is it?"
refuted_by = [{ probe = "eye", finding = "aged", where = { age = { more-than = 1000 } } }]"#;

#[test]
fn a_clause_stands_as_its_links_show() {
    use Standing::{Met, NeedsReview, NotMet, NothingOffered};
    let by_name = Some("A1");
    let table: &[(&str, &[Offered<'_>], Standing)] = &[
        ("", &[], NothingOffered),
        ("", &[(by_name, &["share:90/100"])], Met),
        ("", &[(by_name, &["share:79/100"])], NotMet),
        ("", &[(by_name, &["share:8/10"])], NeedsReview),
        ("", &[(by_name, &["share:3/20"])], NotMet),
        ("", &[(by_name, &["share:50/50"])], Met),
        ("", &[(by_name, &["aged"])], NeedsReview),
        ("", &[(by_name, &["aged:365"])], Met),
        ("", &[(by_name, &["aged:366"])], NotMet),
        ("", &[(by_name, &["none"])], NotMet),
        ("", &[(by_name, &["none", "dark"])], NeedsReview),
        ("", &[(by_name, &["none", "aged:1"])], Met),
        ("", &[(by_name, &["other"])], NeedsReview),
        ("", &[(by_name, &[])], NeedsReview),
        ("", &[(by_name, &["gone", "aged:1"])], NotMet),
        ("", &[(Some("A.1"), &["none"]), (by_name, &["dark"])], NeedsReview),
        ("", &[(Some("B9"), &["aged:1"])], NothingOffered),
        ("links = { at-least = 2 }", &[(by_name, &["aged:1"]), (by_name, &["dark"])], NeedsReview),
        ("links = { at-least = 2 }", &[(by_name, &["aged:1"]), (by_name, &["none"])], NotMet),
        ("links = \"every\"", &[(by_name, &["aged:1"]), (by_name, &["none"])], NotMet),
        ("links = \"every\"", &[(by_name, &["aged:1"]), (by_name, &["dark"])], NeedsReview),
        ("links = \"every\"", &[(by_name, &["aged:1"]), (None, &["dark"])], Met),
        ("links = { share = 0.5 }", &[(by_name, &["aged:1"]), (by_name, &["none"])], Met),
        ("", &[(None, &["none"])], NothingOffered),
        ("", &[(None, &["other"])], NothingOffered),
        ("", &[(None, &["dark"])], NeedsReview),
        // Looked at, and something else: a list is neither a share nor an age.
        ("", &[(None, &["list:a"])], NothingOffered),
        ("", &[(by_name, &["none"]), (None, &["list:a"])], NotMet),
        ("", &[(by_name, &["list:a"])], NeedsReview),
        ("", &[(None, &["aged:1"])], Met),
        ("asks = \"Is it?\"", &[(by_name, &["none"])], NeedsReview),
        ("asks = \"Is it?\"", &[(by_name, &["gone"])], NotMet),
        (OLD, &[(by_name, &["aged:366"])], NeedsReview),
        (OLD, &[(by_name, &["aged:1001"])], NotMet),
        (OLD, &[(by_name, &["aged:1001", "dark"])], NeedsReview),
        (OLD, &[(by_name, &["aged:1001", "share:90/100"])], Met),
        (OLD, &[(by_name, &["none"])], NeedsReview),
    ];
    for (rest, links, standing) in table {
        let (.., verdicts) = judged(&criterion("\"all\"", &[clause("A.1", rest)]), links);
        assert_eq!(verdicts[0].clauses[0].standing, *standing, "{rest} {links:?}: {:?}", verdicts[0].clauses[0]);
        assert_eq!(verdicts[0].standing, *standing);
    }
}

#[test]
fn things_are_counted_over_all_links_together() {
    use Standing::{Met, NeedsReview, NotMet};
    let by_name = Some("A1");
    let table: &[(&[Offered<'_>], Standing)] = &[
        (&[(by_name, &["list:a"]), (by_name, &["list:b"])], Met),
        // The same thing offered twice is one thing.
        (&[(by_name, &["list:a"]), (by_name, &["list:a"])], NotMet),
        (&[(by_name, &["list:a"])], NotMet),
        (&[(by_name, &["list:a"]), (by_name, &["none"])], NotMet),
        (&[(by_name, &["list:a"]), (by_name, &["dark"])], NeedsReview),
        (&[(by_name, &["list:a", "list:b"])], Met),
        (&[(by_name, &["list:a"]), (None, &["list:b"])], Met),
        (&[(by_name, &["list:a"]), (by_name, &["list:b"]), (None, &["dark"])], Met),
    ];
    let clause = |fact: &str| {
        let shown_by = r#"[{ probe = "eye", finding = "listed" }]"#;
        let links = format!("{{ distinct = {{ fact = {fact}, at-least = 2 }} }}");
        let text = format!(
            "[[clauses]]\nid = \"A.1\"\nkind = \"requirement\"\nsays = \".\"\nlinks = {links}\nshown_by = {shown_by}\n"
        );
        criterion("\"all\"", &[text])
    };
    for (links, standing) in table {
        let (.., verdicts) = judged(&clause("\"names\""), links);
        let judged = &verdicts[0].clauses[0];
        assert_eq!(judged.standing, *standing, "{links:?}: {judged:?}");
        assert!(judged.reason.contains("(2 needed)"), "{}", judged.reason);
    }
    let open = clause("\"names\", fewer = \"open\"");
    for (link, standing) in [("list:a", NeedsReview), ("none", NotMet)] {
        assert_eq!(judged(&open, &[(by_name, &[link])]).3[0].standing, standing, "{link}");
    }
    let problems = scheme(&clause("\"name\"")).unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains("eye listed has no fact \"name\"")), "{problems:#?}");
}

#[test]
fn things_are_held_against_those_offered_elsewhere() {
    use Standing::{Met, NeedsReview};
    let (one, other) = (Some("A.1"), Some("A.2"));
    let table: &[(&str, &[Offered<'_>], Standing)] = &[
        ("differ", &[(one, &["list:a"]), (other, &["list:b"])], Met),
        ("differ", &[(one, &["list:a"]), (other, &["list:a"])], NeedsReview),
        ("differ", &[(one, &["list:a"])], Met),
        ("recur", &[(one, &["list:a"]), (other, &["list:a", "list:b"])], Met),
        ("recur", &[(one, &["list:a"]), (other, &["list:b"])], NeedsReview),
        ("recur", &[(one, &["list:a"])], NeedsReview),
    ];
    let text = |must: &str, with: &str| {
        let listed = |id: &str, rest: &str| {
            format!(
                "[[clauses]]\nid = \"{id}\"\nkind = \"requirement\"\nsays = \".\"\n{rest}shown_by = [{{ probe = \"eye\", finding = \"listed\" }}]\n"
            )
        };
        let compared = format!("compared = {{ with = \"{with}\", fact = \"names\", must = \"{must}\" }}\n");
        criterion("\"all\"", &[listed("A.1", &compared), listed("A.2", "")])
    };
    for (must, links, standing) in table {
        let (.., verdicts) = judged(&text(must, "A.2"), links);
        let judged = &verdicts[0].clauses[0];
        assert_eq!(judged.standing, *standing, "{must} {links:?}: {judged:?}");
    }
    let problems = scheme(&text("differ", "A.3")).unwrap_err();
    assert!(
        problems.iter().any(|problem| problem.contains("no criterion or clause is called \"A.3\"")),
        "{problems:#?}"
    );
}

#[test]
fn a_finding_may_say_nothing_of_the_matter() {
    let shown = |lists: &str, given: &str| {
        let shown_by = format!(
            r#"shown_by = [{{ probe = "eye", finding = "listed", where = {{ names = {{ contains-all = ["b"] }} }}, given = {{ names = {{ {given} = ["a"] }} }} }}]"#
        );
        let text = criterion(
            "\"all\"",
            &[format!("[[clauses]]\nid = \"A.1\"\nkind = \"requirement\"\nsays = \".\"\n{shown_by}\n")],
        );
        let (.., verdicts) = judged(&text, &[(Some("A1"), &[lists])]);
        verdicts[0].standing
    };
    assert_eq!(shown("list:b", "contains-none"), Standing::Met);
    assert_eq!(shown("list:c", "contains-none"), Standing::NotMet);
    assert_eq!(shown("list:a", "contains-none"), Standing::NeedsReview);
    assert_eq!(shown("list:c", "contains-all"), Standing::NeedsReview);
}

#[test]
fn a_scheme_may_take_any_link() {
    use Standing::{Met, NeedsReview, NotMet, NothingOffered};
    let (by_name, other) = (Some("A1"), Some("B9"));
    let table: &[(&[Offered<'_>], Standing)] = &[
        (&[(other, &["aged:1"])], Met),
        (&[(other, &["aged:366"])], NotMet),
        (&[(None, &["aged:366"])], NotMet),
        (&[(other, &["none"]), (other, &["aged:1"])], Met),
        // What was seen decides; what could not be seen was never said to be such a thing.
        (&[(other, &["aged:366"]), (other, &["dark"])], NotMet),
        (&[(other, &["dark"]), (other, &["other"])], NeedsReview),
        (&[(other, &["share:8/10"]), (other, &["dark"])], NeedsReview),
        (&[(other, &["gone"]), (other, &["other"])], NothingOffered),
        (&[(other, &[])], NothingOffered),
        // Beside a link that was offered by name, others help and never harm.
        (&[(by_name, &["dark"]), (other, &["none"])], NeedsReview),
        (&[(by_name, &["none"]), (other, &["aged:1"])], Met),
    ];
    let text = criterion("\"all\"", &[clause("A.1", "")]);
    let (mut scheme, spec) = scheme(&text).unwrap();
    scheme.file.takes = Takes::Any;
    for (links, standing) in table {
        let (offers, findings) = offered(&scheme, &spec, links);
        let verdicts = judge(&scheme, &offers, &findings, &[&spec]);
        assert_eq!(verdicts[0].standing, *standing, "{links:?}: {:?}", verdicts[0].clauses[0]);
    }
    let twice: [Offered<'_>; 2] = [(other, &["aged:1"]), (None, &["aged:1"])];
    let (mut offers, findings) = offered(&scheme, &spec, &twice);
    let first = offers[0].target.clone();
    offers[1].target = first;
    assert_eq!(judge(&scheme, &offers, &findings, &[&spec])[0].clauses[0].links.len(), 1, "the same thing once");
}

#[test]
fn a_criterion_needs_what_it_says() {
    let (a, b, c) = (("A.1"), ("A.2"), ("A.3"));
    let clauses = [clause(a, ""), clause(b, ""), clause(c, "")];
    for (needs, shown, standing) in [
        ("\"all\"", ["aged:1", "aged:1", "aged:1"], Standing::Met),
        ("\"all\"", ["aged:1", "aged:1", "dark"], Standing::NeedsReview),
        ("\"all\"", ["aged:1", "dark", "none"], Standing::NotMet),
        ("{ at-least = 2 }", ["aged:1", "aged:1", "none"], Standing::Met),
        ("{ at-least = 2 }", ["aged:1", "dark", "none"], Standing::NeedsReview),
        ("{ at-least = 2 }", ["aged:1", "none", "none"], Standing::NotMet),
    ] {
        let links = [(Some(a), &shown[..1]), (Some(b), &shown[1..2]), (Some(c), &shown[2..])];
        let (.., verdicts) = judged(&criterion(needs, &clauses), &links);
        assert_eq!(verdicts[0].standing, standing, "{needs} {shown:?}");
    }
    let (scheme, _, _, verdicts) = judged(&criterion("\"all\"", &clauses), &[(Some(a), &["aged:1"])]);
    assert_eq!(verdicts[0].standing, Standing::NeedsReview);
    assert!(verdicts[0].reason.contains("nothing offered for: A.2, A.3"), "{}", verdicts[0].reason);
    let figures = summary(&scheme, &verdicts);
    assert_eq!((figures.level_sure, figures.level_possible.as_deref()), (None, Some("High")));
}

#[test]
fn leads_are_the_best_found() {
    let rest = r#"asks = "Is it?"
leads = [{ probe = "eye", finding = "aged", lead = "weak" }, { probe = "eye", finding = "share", lead = "strong" }]"#;
    let text = criterion("\"all\"", &[clause("A.1", rest)]);
    for (shown, lead) in [("none", Lead::None), ("aged:900", Lead::Weak), ("share:1/100", Lead::Strong)] {
        let (.., verdicts) = judged(&text, &[(Some("A1"), &[shown])]);
        assert_eq!(verdicts[0].clauses[0].lead, Some(lead));
    }
}

#[test]
fn fixes_come_by_what_they_move() {
    let advice = "advice = { not_met = \"Publish it.\" }";
    let text = criterion("\"all\"", &[clause("A.1", advice), clause("A.2", ""), clause("A.3", "")]);
    let links: [Offered<'_>; 3] = [(Some("A.1"), &["gone"]), (Some("A.2"), &["none"]), (Some("A.1"), &["none"])];
    let (scheme, spec, findings, verdicts) = judged(&text, &links);
    let fixes = fixes(&scheme, &verdicts, &findings, &[&spec], &["one", "two", "three"]);
    let rows: Vec<(&str, Option<&str>)> = fixes.iter().map(|fix| (fix.what.as_str(), fix.link.as_deref())).collect();
    assert_eq!(
        rows,
        [
            ("Add it.", Some("three")),
            ("Mend it.", Some("one")),
            ("Publish it.", None),
            ("Add it.", Some("two")),
            ("Offer a link for the requirement that has none.", None)
        ]
    );
}

#[test]
fn every_problem_of_a_folder_is_told_at_once() {
    let wrong = r#"code = "A1"
title = "T"
category = "B"
needs = { at-least = 3 }
[[clauses]]
id = "A.1"
kind = "requirement"
says = "."
shown_by = [
  { probe = "eyes", finding = "aged" },
  { probe = "eye", finding = "agedd" },
  { probe = "eye", finding = "aged", where = { ages = { at-most = 1 } } },
  { probe = "eye", finding = "aged", where = { age = { one-of = ["x"] } } },
]
"#;
    let problems = scheme(wrong).unwrap_err();
    for wanted in [
        "a1.toml:3:12: scheme.toml lists no such category",
        "a1.toml:4:9: needs 3 of 1",
        "a1.toml:10:13: there is no probe \"eyes\"; did you mean \"eye\"?",
        "a1.toml:11:30: eye declares no finding \"agedd\"; did you mean \"aged\"?",
        "a1.toml:12:48: eye aged has no fact \"ages\"; did you mean \"age\"?",
        "a1.toml:13:54: age: the fact is of type days",
    ] {
        assert!(problems.iter().any(|problem| problem.starts_with(wanted)), "{problems:#?} lacks {wanted}");
    }
    let idle = wrong.replace("shown_by", "refuted_by");
    assert!(scheme(&idle).unwrap_err().iter().any(|problem| problem.contains("\"A.1\" has refuted_by")));
    let misspelt = wrong.replace("says =", "sayz =");
    assert!(scheme(&misspelt).unwrap_err().iter().any(|problem| problem.contains("did you mean \"says\"?")));
}
