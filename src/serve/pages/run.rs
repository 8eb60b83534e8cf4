//! A run, and each of its criteria.

use std::collections::BTreeSet;

use minijinja::value::Serde;
use minijinja::{Value, context};
use probes::finding::Finding;

use super::super::missing::Missing;
use super::super::opened::Opened;
use super::decided::{Review, decided, in_force, standing_as_decided};
use super::fill;
use crate::criteria::verdict::{ClauseVerdict, LinkVerdict, Standing, Verdict, points};
use crate::report::text::measured;
use crate::report::{View, html};
use crate::store::KeptRun;

/// Words of one finding that are shown at once; the rest opens.
const QUOTES: usize = 3;

/// A run: its result, and how each criterion stands.
pub(in super::super) fn run(opened: &Opened, review: &Review) -> Result<String, Missing> {
    let report = &opened.report;
    let decided_standing = standing_as_decided(opened, review)?;
    let schemes: Vec<Value> = report
        .by_scheme()
        .map(|by| {
            let mut groups: Vec<(&str, Vec<Value>)> = Vec::new();
            for verdict in by.verdicts {
                let open = verdict.clauses.iter().filter(|clause| clause.standing == Standing::NeedsReview).count();
                let (code, title, standing) = (&verdict.code, &verdict.title, verdict.standing.name());
                let said = decided_standing.get(&(by.scheme.id.as_str(), code.as_str())).map(|standing| standing.name());
                let row = context! { code, title, standing, open, clauses => verdict.clauses.len(), decided => said };
                match groups.iter_mut().find(|(category, _)| *category == verdict.category) {
                    Some((_, rows)) => rows.push(row),
                    None => groups.push((&verdict.category, vec![row])),
                }
            }
            let s = by.standing;
            context! {
                id => &by.scheme.id, title => &by.scheme.title, edition => &by.scheme.sha256,
                figures => [("met", s.met), ("needs-review", s.needs_review), ("not-met", s.not_met), ("nothing-offered", s.nothing_offered)],
                sure => points(s.points_sure), possible => points(s.points_possible),
                first => by.first.iter().take(5).map(Serde).map(Value::from).collect::<Vec<_>>(),
                groups => groups.into_iter().map(|(category, rows)| context! { category, rows }).collect::<Vec<_>>(),
            }
        })
        .collect();
    let captures = report.captures.len();
    fill(
        "bench/run.html",
        context! {
            schemes, captures, findings => report.findings.len(), run => about(&review.known), token => &review.token,
            half => review.half.iter().map(|(_, clause)| clause.clone()).collect::<Vec<_>>(),
            unsettled => review.unsettled.iter().map(|(_, clause)| clause.clone()).collect::<Vec<_>>(),
            held => review.held.iter().filter(|it| !it.out_of_sight).map(|it| it.clause.clone()).collect::<Vec<_>>(),
            since => review.before.as_ref().map(|before| before.as_of.to_string()),
            decisions => review.decisions.iter().map(decided).collect::<Vec<_>>(), signed => review.signature(opened)?,
        },
    )
}

/// A criterion of a run: its clauses, and for each what every link shows, by which words.
pub(in super::super) fn criterion(
    opened: &Opened,
    review: &Review,
    scheme: &str,
    code: &str,
) -> Result<String, Missing> {
    let by = opened.report.by_scheme().find(|by| by.scheme.id == scheme).ok_or(Missing::Nothing)?;
    let at = by.verdicts.iter().position(|verdict| verdict.code == code).ok_or(Missing::Nothing)?;
    let verdict = &by.verdicts[at];
    let view = opened.view();
    let clauses = verdict.clauses.iter().map(|clause| {
        let told: BTreeSet<&String> = clause.links.iter().flat_map(|link| &link.findings).collect();
        let links: Vec<Value> = clause.links.iter().map(|link| shown(opened, &view, link)).collect();
        let loose: Vec<Value> =
            clause.findings.iter().filter(|id| !told.contains(id)).filter_map(|id| found(&view, id)).collect();
        let how_often = clause.lead.map(|_| measured(by.measured.get(&clause.id)));
        let decisions: Vec<Value> = review.of_clause(scheme, &clause.id).map(decided).collect();
        let now = in_force(review, scheme, clause).name();
        let named = (scheme.to_owned(), clause.id.clone());
        let (half, unsettled) = (review.half.contains(&named), review.unsettled.contains(&named));
        let seen = review.last_seen(scheme, &clause.id);
        context! { links, loose, decisions, now, half, unsettled, seen, measured => how_often, ..plain(clause) }
    });
    let by_decision = standing_as_decided(opened, review)?.get(&(scheme, code)).map(|standing| standing.name());
    let code_of = |verdict: &Verdict| verdict.code.clone();
    fill(
        "bench/criterion.html",
        context! {
            run => about(&review.known), scheme, code, title => &verdict.title, category => &verdict.category,
            standing => verdict.standing.name(), reason => &verdict.reason, clauses => clauses.collect::<Vec<_>>(),
            token => &review.token, signed => review.signed.is_some(), decided => by_decision,
            before => at.checked_sub(1).and_then(|at| by.verdicts.get(at)).map(code_of),
            after => by.verdicts.get(at + 1).map(code_of),
        },
    )
}

/// The report of a run, as it is written for people.
pub(in super::super) fn report(opened: &Opened) -> Result<String, Missing> {
    let mut page = Vec::new();
    html::write(&opened.report, &opened.view(), &mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn about(run: &KeptRun) -> Value {
    let KeptRun { id, city_id, city, as_of, tool, started, finished } = run;
    context! { id, city_id, city, as_of => as_of.to_string(), tool, started, finished }
}

/// A clause without its links.
fn plain(clause: &ClauseVerdict) -> Value {
    let ClauseVerdict { id, kind, standing, lead, says, asks, reason, advice, .. } = clause;
    context! {
        id, says, asks, reason, advice, kind => Value::from(Serde(kind)), standing => standing.name(),
        lead => lead.as_ref().map(Serde).map(Value::from), points => clause.points.as_ref().map(Serde).map(Value::from),
    }
}

/// What a link shows of a clause.
fn shown(opened: &Opened, view: &View<'_>, link: &LinkVerdict) -> Value {
    let written = link.link.checked_sub(1).and_then(|at| opened.report.submission.links.get(at));
    context! {
        number => link.link, written => written.map(|link| &link.written), shows => Value::from(Serde(&link.shows)),
        reason => &link.reason, points => link.points.as_ref().map(Serde).map(Value::from),
        findings => link.findings.iter().filter_map(|id| found(view, id)).collect::<Vec<_>>(),
    }
}

/// A finding and the words it rests on.
fn found(view: &View<'_>, id: &str) -> Option<Value> {
    let finding: &Finding = view.finding(id)?;
    let quotes = finding.evidence.iter().enumerate();
    let mut quotes: Vec<Value> =
        quotes.map(|(at, evidence)| context! { at, place => view.place(evidence), quote => &evidence.quote }).collect();
    let more = quotes.split_off(QUOTES.min(quotes.len()));
    Some(context! {
        id, probe => &finding.probe, answer => Value::from(Serde(&finding.answer)), says => view.sentence(finding),
        question => view.spec(finding).map(|spec| &spec.question), quotes, more,
    })
}
