//! What a folder of criteria promises, held against what the probes declare: every problem at once.

mod points;

use std::collections::{BTreeMap, BTreeSet};

use probes::spec::{Declared, FactType, Spec};
use toml::Spanned;

use super::condition::Sign;
use super::problem::{Problem, did_you_mean};
use super::scheme::{Criterion, Needs, Quota, SchemeFile, Words};
use super::verdict::{Kind, Lead};

/// Where a sign stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Under {
    ShownBy,
    Earns,
    Leads,
}

struct Checker<'a> {
    path: String,
    text: &'a str,
    specs: &'a [&'a Spec],
    problems: &'a mut Vec<Problem>,
}

/// Adds what is wrong with the files of a scheme; `broken` when some could not be read, so that none is missed twice.
pub(super) fn check(
    name: &str,
    texts: &BTreeMap<&str, &str>,
    head: &SchemeFile,
    criteria: &[(&str, Criterion)],
    specs: &[&Spec],
    broken: bool,
    problems: &mut Vec<Problem>,
) {
    let text = |file: &str| texts.get(file).copied().unwrap_or_default();
    let codes: Vec<&str> = criteria.iter().map(|(_, criterion)| criterion.code.get_ref().as_str()).collect();
    let mut at = Checker { path: format!("{name}/scheme.toml"), text: text("scheme.toml"), specs, problems };
    for sign in head.lost.iter().chain(&head.unseen) {
        at.sign(sign, Under::ShownBy);
    }
    for probe in &head.look_too {
        at.probe(probe);
    }
    at.sums(head, criteria, broken);
    let mut listed = BTreeSet::new();
    for code in &head.order {
        if !listed.insert(code.get_ref().as_str()) {
            at.problem(code.span(), format!("{:?} stands in the order twice", code.get_ref()));
        } else if !broken && !codes.contains(&code.get_ref().as_str()) {
            let hint = did_you_mean(code.get_ref(), codes.iter().copied());
            at.problem(code.span(), format!("no file has the criterion {:?}{hint}", code.get_ref()));
        }
    }
    let mut ids = BTreeSet::new();
    for (file, criterion) in criteria {
        let mut at = Checker { path: format!("{name}/{file}"), text: text(file), specs, problems: at.problems };
        let code = criterion.code.get_ref();
        if !listed.contains(code.as_str()) {
            at.problem(criterion.code.span(), format!("{code:?} is not in the order: add it to scheme.toml"));
        }
        if !ids.insert(code.as_str()) {
            at.problem(criterion.code.span(), format!("{code:?} is taken: another criterion or clause has it"));
        }
        for probe in &criterion.look_too {
            at.probe(probe);
        }
        let categories = head.categories.iter().map(|category| category.code.as_str());
        if !categories.clone().any(|known| known == criterion.category.get_ref()) {
            let hint = did_you_mean(criterion.category.get_ref(), categories);
            at.problem(criterion.category.span(), format!("scheme.toml lists no such category{hint}"));
        }
        at.clauses(criterion, &mut ids);
        for compared in criterion.clauses.iter().filter_map(|clause| clause.compared.as_ref()) {
            let known = |other: &Criterion| {
                let clauses = other.clauses.iter().map(|clause| clause.id.get_ref());
                clauses.chain([other.code.get_ref()]).any(|name| name == compared.with.get_ref())
            };
            if !broken && !criteria.iter().any(|(_, other)| known(other)) {
                let what = format!("no criterion or clause is called {:?}", compared.with.get_ref());
                at.problem(compared.with.span(), what);
            }
        }
        at.worth(head, criterion);
    }
}

/// Adds what is wrong with `offers.toml`.
pub(super) fn check_words(
    name: &str,
    texts: &BTreeMap<&str, &str>,
    words: &[Words],
    criteria: &[(&str, Criterion)],
    problems: &mut Vec<Problem>,
) {
    let text = texts.get("offers.toml").copied().unwrap_or_default();
    let mut at = Checker { path: format!("{name}/offers.toml"), text, specs: &[], problems };
    let codes = criteria.iter().map(|(_, criterion)| criterion.code.get_ref().as_str());
    for entry in words {
        let code = entry.criterion.get_ref();
        if !codes.clone().any(|known| known == code) {
            let hint = did_you_mean(code, codes.clone());
            at.problem(entry.criterion.span(), format!("no file has the criterion {code:?}{hint}"));
        }
        for phrase in &entry.words {
            if phrase.get_ref().trim().is_empty() || phrase.get_ref().to_lowercase() != *phrase.get_ref() {
                at.problem(phrase.span(), format!("{:?} can never be found: write small letters", phrase.get_ref()));
            }
        }
    }
}

impl<'a> Checker<'a> {
    fn problem(&mut self, span: std::ops::Range<usize>, what: String) {
        self.problems.push(Problem::at(&self.path, self.text, &span, what));
    }

    fn clauses<'c>(&mut self, criterion: &'c Criterion, ids: &mut BTreeSet<&'c str>) {
        let requirements = criterion.clauses.iter().filter(|clause| clause.kind == Kind::Requirement).count();
        let deciding = if requirements == 0 { criterion.clauses.len() } else { requirements };
        if deciding == 0 {
            self.problem(criterion.code.span(), "has no clauses: add at least one".to_owned());
        }
        if let Needs::AtLeast(least) = criterion.needs.get_ref()
            && (*least == 0 || *least > deciding)
        {
            self.problem(criterion.needs.span(), format!("needs {least} of {deciding}: it can never decide"));
        }
        for clause in &criterion.clauses {
            let id = clause.id.get_ref();
            if !ids.insert(id) {
                self.problem(clause.id.span(), format!("{id:?} is taken: another criterion or clause has it"));
            }
            if !clause.by_machine() && clause.asks.is_none() {
                let what = format!("{id:?} has neither shown_by nor asks nor earns: nothing could decide it");
                self.problem(clause.id.span(), what);
            }
            if !clause.leads.is_empty() && clause.asks.is_none() {
                self.problem(clause.id.span(), format!("{id:?} has leads and no question: add asks"));
            }
            if !clause.refuted_by.is_empty() && (clause.asks.is_none() || clause.shown_by.is_empty()) {
                let what = "has refuted_by, which only sets aside a question (asks) where shown_by fails: add both";
                self.problem(clause.id.span(), format!("{id:?} {what}"));
            }
            match &clause.links {
                Quota::AtLeast(0) => self.problem(clause.id.span(), "links: at-least begins at 1".to_owned()),
                Quota::Share(share) if !(*share > 0.0 && *share <= 1.0) => {
                    self.problem(clause.id.span(), "links: a share lies between 0 and 1".to_owned());
                }
                Quota::Distinct(distinct) => {
                    if distinct.at_least < 1 {
                        self.problem(distinct.fact.span(), "links: at-least begins at 1".to_owned());
                    }
                    self.named(&distinct.fact, &clause.shown_by);
                }
                _ => {}
            }
            if let Some(compared) = &clause.compared {
                self.named(&compared.fact, &clause.shown_by);
            }
            for sign in clause.shown_by.iter().chain(&clause.refuted_by) {
                self.sign(sign, Under::ShownBy);
            }
            for sign in clause.earns.iter().chain(&clause.among) {
                self.sign(sign, Under::Earns);
            }
            for sign in &clause.leads {
                self.sign(sign, Under::Leads);
            }
        }
    }

    /// What is wrong with telling things apart by `fact`: each sign's finding must have it, as names.
    fn named(&mut self, fact: &Spanned<String>, signs: &[Sign]) {
        for sign in signs {
            let spec = self.specs.iter().find(|spec| spec.id == *sign.probe.get_ref());
            let declared = spec.and_then(|spec| spec.findings.get(sign.finding.get_ref()));
            let Some(declared) = declared else { continue };
            match declared.facts.get(fact.get_ref()) {
                Some(FactType::List | FactType::Text | FactType::Date) => {}
                Some(other) => {
                    let what = format!(
                        "{sign} has {:?} of type {other}: things are told apart by a list, text or date",
                        fact.get_ref()
                    );
                    self.problem(fact.span(), what);
                }
                None => self.problem(fact.span(), format!("{sign} has no fact {:?}", fact.get_ref())),
            }
        }
    }

    fn probe(&mut self, named: &Spanned<String>) -> Option<&'a Spec> {
        let specs = self.specs;
        let known = specs.iter().find(|spec| spec.id == *named.get_ref());
        if known.is_none() {
            let hint = did_you_mean(named.get_ref(), specs.iter().map(|spec| spec.id.as_str()));
            self.problem(named.span(), format!("there is no probe {:?}{hint}", named.get_ref()));
        }
        known.copied()
    }

    fn sign(&mut self, sign: &Sign, under: Under) {
        match (under == Under::Leads, sign.lead) {
            (true, None | Some(Lead::None)) => {
                self.problem(sign.probe.span(), "a lead is weak or strong: add lead = \"weak\"".to_owned());
            }
            (false, Some(_)) => self.problem(sign.probe.span(), "lead belongs under leads only: drop it".to_owned()),
            _ => {}
        }
        let Some(spec) = self.probe(&sign.probe) else { return };
        let Some(declared) = spec.findings.get(sign.finding.get_ref()) else {
            let hint = did_you_mean(sign.finding.get_ref(), spec.findings.keys().map(String::as_str));
            let what = format!("{} declares no finding {:?}{hint}", spec.id, sign.finding.get_ref());
            return self.problem(sign.finding.span(), what);
        };
        if let Some(fact) = &sign.fact {
            let typed = self.fact(sign, declared, fact);
            if under != Under::Earns {
                self.problem(fact.span(), "fact belongs under earns only: put it into where".to_owned());
            } else if let Some(typed) = typed.filter(|typed| !matches!(typed, FactType::Share | FactType::YesNo)) {
                let what =
                    format!("{}: the fact is of type {typed}: only a share or a yes-no earns points", fact.get_ref());
                self.problem(fact.span(), what);
            }
        }
        for (fact, tests) in sign.conditions.iter().chain(&sign.given) {
            let Some(fact_type) = self.fact(sign, declared, fact) else { continue };
            if tests.get_ref().is_empty() {
                self.problem(tests.span(), "says nothing: add an operator such as at-least".to_owned());
            }
            for (operator, value) in tests.get_ref() {
                if let Some(what) = operator.problem(fact_type, value) {
                    self.problem(tests.span(), format!("{}: {what}", fact.get_ref()));
                }
            }
        }
    }
    fn fact(&mut self, sign: &Sign, declared: &Declared, fact: &Spanned<String>) -> Option<FactType> {
        let known = declared.facts.get(fact.get_ref()).copied();
        if known.is_none() {
            let hint = did_you_mean(fact.get_ref(), declared.facts.keys().map(String::as_str));
            let (probe, finding) = (sign.probe.get_ref(), sign.finding.get_ref());
            self.problem(fact.span(), format!("{probe} {finding} has no fact {:?}{hint}", fact.get_ref()));
        }
        known
    }
}
