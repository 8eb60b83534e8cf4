//! The reference of a scheme: its criteria and clauses, and who decides each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use probes::spec::{Declared, FactType, Spec};
use tickmark::criteria::Scheme;
use tickmark::criteria::condition::{Conditions, Operator, Sign};
use tickmark::criteria::scheme::{Clause, Criterion, Needs, Quota, Scoring};
use tickmark::criteria::verdict::{Kind, Lead, points};
use toml::Spanned;

use super::count;

/// Who decides a clause.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decides {
    Machine,
    MachineFirst,
    Both,
    Person,
}

fn decides(clause: &Clause) -> Decides {
    match (clause.by_machine(), &clause.asks) {
        (true, None) => Decides::Machine,
        (true, Some(_)) if !clause.refuted_by.is_empty() => Decides::MachineFirst,
        (true, Some(_)) => Decides::Both,
        (false, _) => Decides::Person,
    }
}

/// Who decides a clause, in words.
pub(crate) fn who(clause: &Clause) -> &'static str {
    match decides(clause) {
        Decides::Machine => "the program",
        Decides::MachineFirst => "the program either way, else a person",
        Decides::Both => "the program, else a person",
        Decides::Person => "a person",
    }
}

/// The page.
pub(crate) fn page(scheme: &Scheme, specs: &[Spec]) -> String {
    let file = &scheme.file;
    let clauses: Vec<&Clause> = scheme.criteria.iter().flat_map(|criterion| &criterion.clauses).collect();
    let by = |who| clauses.iter().filter(|clause| decides(clause) == who).count();
    let mut page = format!(
        "# {title}

*Generated from `criteria/{id}/`. Change that, then run `BLESS=1 cargo test --test tidy`.*

{about} Edition: {edition}. Source: {source}.

It has {criteria} with {all}. For each clause this page says who decides it:

- **the program** ({machine}): what it saw decides, either way;
- **the program either way, else a person** ({first}): the program can show that the clause is met, and that it is not;
  where it can do neither, a person is asked;
- **the program, else a person** ({both}): the program can show that the clause is met; where it cannot show it, a person
  is asked;
- **a person** ({person}): the program gathers what bears on the question, and leaves the answer open.

Where every link offered is gone, a clause is not met, whoever decides it. A link that could not be seen decides
nothing, whatever else is known of it.
How verdicts follow from all this stands in [criteria/README.md](../criteria/README.md#how-it-is-judged); what the
findings mean, in [probes.md](probes.md).
",
        title = file.title,
        id = file.id,
        about = file.about,
        edition = file.edition,
        source = file.source,
        criteria = count(scheme.criteria.len(), "criterion", "criteria"),
        all = count(clauses.len(), "clause", "clauses"),
        machine = count(by(Decides::Machine), "clause", "clauses"),
        first = count(by(Decides::MachineFirst), "clause", "clauses"),
        both = count(by(Decides::Both), "clause", "clauses"),
        person = count(by(Decides::Person), "clause", "clauses"),
    );
    if !file.levels.is_empty() {
        page.push_str("\n| level | from |\n| --- | --- |\n");
        for level in &file.levels {
            let _ = writeln!(page, "| {} | {} % of all points |", level.name, percent(level.from_share));
        }
    }
    if let Some(score) = &file.score {
        scoring(&mut page, score);
    }
    for category in &file.categories {
        let _ = writeln!(page, "\n## {}", category.title);
        for criterion in scheme.criteria.iter().filter(|c| *c.category.get_ref() == category.code) {
            section(&mut page, criterion, specs);
        }
    }
    page
}

fn scoring(page: &mut String, score: &Scoring) {
    let max = points(*score.max.get_ref());
    let _ =
        writeln!(page, "\nThe clauses earn {max} points in all. What could not be measured keeps the score a range.");
    if !score.ratings.is_empty() {
        page.push_str("\n| rating | from |\n| --- | --- |\n");
    }
    for rating in &score.ratings {
        let _ = writeln!(page, "| {} | {} points |", rating.name, points(*rating.from.get_ref()));
    }
}

fn section(page: &mut String, criterion: &Criterion, specs: &[Spec]) {
    let _ = writeln!(page, "\n### {} {}", criterion.code.get_ref(), criterion.title);
    let requirements = criterion.clauses.iter().filter(|clause| clause.kind == Kind::Requirement).count();
    if let Needs::AtLeast(least) = criterion.needs.get_ref() {
        let of = if requirements == 0 { criterion.clauses.len() } else { requirements };
        let _ = writeln!(page, "\nMet when at least {least} of its {of} requirements are.");
    }
    for clause in &criterion.clauses {
        self::clause(page, clause, specs);
    }
}

fn clause(page: &mut String, clause: &Clause, specs: &[Spec]) {
    let kind = match clause.kind {
        Kind::Requirement => "requirement",
        Kind::Evidence => "evidence",
    };
    let _ = writeln!(page, "\n- **{}** ({kind}). {}", clause.id.get_ref(), clause.says);
    let _ = write!(page, "  <br>Decided by {}.", who(clause));
    if !clause.shown_by.is_empty() {
        let links = match &clause.links {
            Quota::AtLeast(1) => String::new(),
            Quota::AtLeast(least) => format!(" of at least {least} links"),
            Quota::Every => " of every link".to_owned(),
            Quota::Share(share) => format!(" of at least {} % of the links", percent(*share)),
            Quota::Distinct(distinct) => {
                let fact = distinct.fact.get_ref();
                format!(
                    " of the links, which together must have at least {} different values of `{fact}`",
                    distinct.at_least
                )
            }
        };
        let signs: Vec<String> = clause.shown_by.iter().map(|sign| self::sign(sign, specs)).collect();
        let _ = write!(page, " Shown{links} by {}.", signs.join("; or "));
    }
    if !clause.refuted_by.is_empty() {
        let signs: Vec<String> = clause.refuted_by.iter().map(|sign| self::sign(sign, specs)).collect();
        let _ = write!(page, " Refuted by {}.", signs.join("; or "));
    }
    if let Some(points) = &clause.points {
        let _ = write!(page, " Worth {} points", self::points(*points.get_ref()));
        let _ = match &clause.earns {
            Some(sign) => write!(page, ", earned by {}", self::sign(sign, specs)),
            None => write!(page, ", all or none"),
        };
        if let Some(sign) = &clause.among {
            let _ = write!(page, ", among {}", self::sign(sign, specs));
        }
        page.push('.');
    }
    page.push('\n');
    if let Some(question) = &clause.asks {
        let _ = writeln!(page, "  <br>Question: {question}");
    }
    if !clause.leads.is_empty() {
        let leads: Vec<String> = clause.leads.iter().map(|sign| self::sign(sign, specs)).collect();
        let _ = writeln!(page, "  <br>What bears on it: {}.", leads.join("; "));
    }
    if let Some(advice) = &clause.advice.not_met {
        let _ = writeln!(page, "  <br>To do: {advice}");
    }
}

/// A finding that is waited for, and what its facts must be.
fn sign(sign: &Sign, specs: &[Spec]) -> String {
    let (probe, finding) = (sign.probe.get_ref(), sign.finding.get_ref());
    let declared = specs.iter().find(|spec| spec.id == *probe).and_then(|spec| spec.findings.get(finding));
    let held = |conditions: &Conditions, begin: &str| {
        let words: Vec<String> = conditions.iter().flat_map(|one| condition(one, declared)).collect();
        if words.is_empty() { String::new() } else { format!(", {begin} {}", words.join(" and ")) }
    };
    let conditions = held(&sign.conditions, "where") + &held(&sign.given, "given that");
    let strong = if sign.lead == Some(Lead::Strong) { " (a strong lead)" } else { "" };
    let fact = sign.fact.as_ref().map(|fact| format!(", in the share `{}`", fact.get_ref())).unwrap_or_default();
    format!("[{probe}](probes.md#{probe}) `{finding}`{fact}{conditions}{strong}")
}

/// What a fact must be, test by test.
fn condition(
    (fact, tests): (&Spanned<String>, &Spanned<BTreeMap<Operator, toml::Value>>),
    declared: Option<&Declared>,
) -> Vec<String> {
    let fact = fact.get_ref();
    let of = declared.and_then(|declared| declared.facts.get(fact)).copied();
    let told = |(operator, value): (&Operator, &toml::Value)| {
        let value = words(value, of);
        match operator {
            Operator::AtLeast => format!("`{fact}` is at least {value}"),
            Operator::AtMost => format!("`{fact}` is at most {value}"),
            Operator::MoreThan => format!("`{fact}` is more than {value}"),
            Operator::LessThan => format!("`{fact}` is less than {value}"),
            Operator::Is => format!("`{fact}` is {value}"),
            Operator::OneOf => format!("`{fact}` is one of {value}"),
            Operator::ContainsAll => format!("`{fact}` names {value}"),
            Operator::ContainsNone => format!("`{fact}` does not name {value}"),
        }
    };
    tests.get_ref().iter().map(told).collect()
}

fn words(value: &toml::Value, of: Option<FactType>) -> String {
    match (value, of) {
        (toml::Value::Array(values), _) => values.iter().map(|value| words(value, of)).collect::<Vec<_>>().join(", "),
        (toml::Value::Float(share), Some(FactType::Share)) => format!("{} %", percent(*share)),
        (toml::Value::Integer(days), Some(FactType::Days)) => format!("{days} days"),
        (toml::Value::Boolean(so), _) => if *so { "yes" } else { "no" }.to_owned(),
        (toml::Value::String(text), _) => text.clone(),
        (value, _) => value.to_string(),
    }
}

/// A share as a percentage, without decimals that say nothing.
fn percent(share: f64) -> String {
    let percent = (share * 1000.0).round() / 10.0;
    format!("{percent}")
}
