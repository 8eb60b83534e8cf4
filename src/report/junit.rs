//! `JUnit` XML: a clause is a test case, a criterion a suite, for CI systems that show tests.

use std::io::Write;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::text::{shows, visible};
use super::{Report, ReportError, View};
use crate::criteria::verdict::{ClauseVerdict, Standing};

/// Writes the report as `JUnit` XML: not met fails; what needs review or was not offered is skipped with its reason.
pub fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let mut junit = quick_junit::Report::new(visible(&report.scheme.title).as_ref());
    for (scheme, verdict) in report.by_scheme().flat_map(|by| by.verdicts.iter().map(move |v| (by.scheme, v))) {
        let own = if scheme.id == report.scheme.id { String::new() } else { format!("{}: ", scheme.title) };
        let mut suite = TestSuite::new(visible(&format!("{own}{} {}", verdict.code, verdict.title)).as_ref());
        for clause in &verdict.clauses {
            let name = visible(&format!("{} {}", clause.id, clause.says)).into_owned();
            let mut case = TestCase::new(name, status(clause));
            case.set_classname(visible(&format!("{}.{}", scheme.id, verdict.code)).as_ref());
            case.set_system_out(visible(&account(clause, report, view)).as_ref());
            suite.add_test_case(case);
        }
        junit.add_test_suite(suite);
    }
    Ok(junit.serialize(out)?)
}

fn status(clause: &ClauseVerdict) -> TestCaseStatus {
    let mut status = match clause.standing {
        Standing::Met => return TestCaseStatus::success(),
        Standing::NotMet => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Standing::NeedsReview | Standing::NothingOffered => TestCaseStatus::skipped(),
    };
    status.set_message(visible(&clause.reason).as_ref());
    if clause.standing == Standing::NotMet {
        status.set_type(super::text::standing_name(clause.standing));
        if let Some(advice) = &clause.advice {
            status.set_description(visible(advice).as_ref());
        }
    }
    status
}

fn account(clause: &ClauseVerdict, report: &Report, view: &View<'_>) -> String {
    let mut lines = vec![clause.reason.clone()];
    lines.extend(clause.asks.iter().map(|question| format!("For a person to judge: {question}")));
    for shown in &clause.links {
        let written = shown.link.checked_sub(1).and_then(|at| report.submission.links.get(at));
        let written = written.map_or("", |link| link.written.as_str());
        lines.push(format!("Link {} {written} {}: {}", shown.link, shows(shown.shows), shown.reason));
    }
    for finding in clause.findings.iter().filter_map(|id| view.finding(id)) {
        lines.push(format!("Finding {}: {}", finding.id, view.sentence(finding)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn clauses_are_tests() {
        let mut bytes = Vec::new();
        sample::with(|report, view| write(report, view, &mut bytes).unwrap());
        let xml = String::from_utf8(bytes).unwrap();
        assert_eq!(xml.matches("<failure").count(), 3, "{xml}");
        assert_eq!(xml.matches("<skipped").count(), 4, "{xml}");
        assert_eq!(xml.matches("<testcase").count(), 8, "{xml}");
        assert!(!xml.contains("<script") && !xml.contains(['\0', '\u{1b}']), "{xml}");
    }
}
