//! Gates: what a schedule may fail on.

use super::Report;
use super::text::{line, standing};
use crate::criteria::verdict::Standing;

/// What a run must hold to pass. Parsed from the name given to `--gate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// No criterion is not met.
    NotMet,
    /// The level, or one above it, is sure.
    Level(Enough),
    /// The level, or one above it, is still possible.
    Possible(Enough),
    /// The criterion of this code is not surely missed.
    Criterion(String),
    /// The criterion of this code is surely met.
    Met(String),
}

/// A level, and all that would do as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enough {
    level: String,
    or_above: Vec<String>,
}

/// What a gate can name in a scheme.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Titles of the levels, lowest first.
    pub levels: &'a [&'a str],
    /// Codes of the criteria.
    pub criteria: &'a [&'a str],
}

/// How a gate came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the run may pass.
    pub passed: bool,
    /// In a sentence, why or why not.
    pub reason: String,
}

/// A name that is no gate of the scheme.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no gate {written:?}; use one of: {}", known.join(", "))]
pub struct UnknownGate {
    written: String,
    known: Vec<String>,
}

impl Gate {
    /// Reads a gate's name: `not-met`, `level:NAME`, `possible:NAME`, `criterion:CODE` or `met:CODE`, whatever its case.
    pub fn parse(written: &str, known: Known<'_>) -> Result<Self, UnknownGate> {
        let (kind, name) = written.split_once(':').unwrap_or((written, ""));
        let is_it = |candidate: &&&str| candidate.eq_ignore_ascii_case(name);
        let level = || {
            let at = known.levels.iter().position(|level| level.eq_ignore_ascii_case(name))?;
            let or_above = known.levels[at..].iter().map(|&level| level.to_owned()).collect();
            Some(Enough { level: known.levels[at].to_owned(), or_above })
        };
        let criterion = || known.criteria.iter().find(is_it).map(|&code| code.to_owned());
        let gate = match kind {
            "not-met" if name.is_empty() => Some(Self::NotMet),
            "level" => level().map(Self::Level),
            "possible" => level().map(Self::Possible),
            "criterion" => criterion().map(Self::Criterion),
            "met" => criterion().map(Self::Met),
            _ => None,
        };
        gate.ok_or_else(|| UnknownGate { written: written.to_owned(), known: names(known) })
    }

    /// Holds the gate against a report.
    pub fn check(&self, report: &Report) -> Outcome {
        match self {
            Self::NotMet => {
                let missed: Vec<&str> = report
                    .verdicts
                    .iter()
                    .filter(|verdict| verdict.standing == Standing::NotMet)
                    .map(|verdict| verdict.code.as_str())
                    .collect();
                Outcome {
                    passed: missed.is_empty(),
                    reason: match missed.len() {
                        0 => "no criterion is not met".to_owned(),
                        1 => format!("{} is not met", missed[0]),
                        n => format!("{n} criteria are not met: {}", missed.join(", ")),
                    },
                }
            }
            Self::Level(enough) => enough.check(report.standing.level_sure.as_deref(), "sure"),
            Self::Possible(enough) => enough.check(report.standing.level_possible.as_deref(), "possible"),
            Self::Criterion(code) => criterion(report, code, |standing| standing != Standing::NotMet),
            Self::Met(code) => criterion(report, code, |standing| standing == Standing::Met),
        }
    }
}

impl Enough {
    fn check(&self, reached: Option<&str>, how: &str) -> Outcome {
        let passed = reached.is_some_and(|reached| self.or_above.iter().any(|level| level == reached));
        let reason = format!("{} is asked; {} is {how}", self.level, reached.unwrap_or("no level"));
        Outcome { passed, reason }
    }
}

fn criterion(report: &Report, code: &str, passes: impl Fn(Standing) -> bool) -> Outcome {
    match report.verdicts.iter().find(|verdict| verdict.code == code) {
        Some(verdict) => Outcome {
            passed: passes(verdict.standing),
            reason: format!("{code}: {}: {}", standing(verdict.standing), line(&verdict.reason)),
        },
        // A gate that was not judged must not pass unseen.
        None => Outcome { passed: false, reason: format!("{code} was not judged in this run") },
    }
}

fn names(known: Known<'_>) -> Vec<String> {
    let mut names = vec!["not-met".to_owned()];
    for kind in ["level", "possible"] {
        names.extend(known.levels.iter().map(|level| format!("{kind}:{}", level.to_lowercase())));
    }
    for kind in ["criterion", "met"] {
        names.extend(known.criteria.iter().map(|code| format!("{kind}:{code}")));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const KNOWN: Known<'_> = Known { levels: &["Bronze", "Silver", "Gold"], criteria: &["ZZ1", "ZZ2", "YY1"] };

    #[test]
    fn gates_pass_and_fail_with_a_reason() {
        sample::with(|report, _| {
            for (written, passed) in [
                ("not-met", false),
                ("level:bronze", false),
                ("possible:Silver", true),
                ("possible:bronze", true),
                ("possible:gold", false),
                ("criterion:zz1", true),
                ("met:ZZ1", true),
                ("criterion:ZZ2", false),
                ("criterion:YY1", true),
                ("met:YY1", false),
            ] {
                let outcome = Gate::parse(written, KNOWN).unwrap().check(report);
                assert_eq!(outcome.passed, passed, "{written}: {}", outcome.reason);
                assert!(!outcome.reason.is_empty());
            }
        });
    }

    #[test]
    fn an_unknown_gate_names_those_there_are() {
        for written in ["platinum", "level:", "level:wood", "criterion:ZZ9", "not-met:x"] {
            let error = Gate::parse(written, KNOWN).unwrap_err().to_string();
            assert!(error.contains("level:silver") && error.contains("criterion:ZZ2"), "{error}");
        }
    }
}
