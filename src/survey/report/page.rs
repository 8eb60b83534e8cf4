//! What the survey's page shows: every figure of it with the address of its rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::figures::{Bounds, Spread, Standings, percentile_range};
use super::read::{FactRow, Read};

/// Most cohorts that are told apart; the smaller ones are taken together.
const COHORTS: usize = 7;
/// What the smaller cohorts are called together, and the cities of which the fact is not known.
const OTHERS: &str = "others";
const UNKNOWN: &str = "not known";
/// Most causes that are listed.
const CAUSES: usize = 40;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    title: &'a str,
    as_of: &'a str,
    version: &'a str,
    probes_versions: Vec<&'a str>,
    schemes: Vec<SchemeView<'a>>,
    cities: usize,
    states: Vec<(String, usize)>,
    /// The fact by which the cohorts are told apart.
    by: &'a str,
    cohorts: Vec<Cohort<'a>>,
    map: Vec<Missing<'a>>,
    causes: Vec<Cause<'a>>,
    unseen_causes: usize,
    probes: Vec<Asked<'a>>,
    table: Vec<CityLine<'a>>,
}

#[derive(Serialize)]
struct SchemeView<'a> {
    id: &'a str,
    title: &'a str,
    sha256: &'a str,
    criteria: Vec<Question>,
}

/// A criterion or a clause, and how the cities stand in it.
#[derive(Serialize)]
struct Question {
    /// Its code or id.
    code: String,
    says: String,
    /// The page of its rows.
    rows: String,
    standings: Standings,
    bounds: Option<Bounds>,
    clauses: Vec<Question>,
}

/// Cities of which one fact says the same.
#[derive(Serialize)]
struct Cohort<'a> {
    name: &'a str,
    cities: usize,
    sure: Option<Spread>,
    possible: Option<Spread>,
}

/// How much of a criterion is missing, cohort by cohort.
#[derive(Serialize)]
struct Missing<'a> {
    code: &'a str,
    says: String,
    rows: String,
    /// Of all, then of each cohort: the percentage with its interval, and a step of ten to be drawn with.
    cells: Vec<Option<MissingShare>>,
}

/// A percentage of cities, its interval, and a step of ten.
#[derive(Serialize)]
struct MissingShare {
    percent: f64,
    low: f64,
    high: f64,
    step: u8,
}

/// Why something could not be seen, and in how many cities.
#[derive(Serialize)]
struct Cause<'a> {
    probe: &'a str,
    code: &'a str,
    says: &'a str,
    cities: usize,
    rows: String,
}

/// A probe, and what it found.
#[derive(Serialize)]
struct Asked<'a> {
    id: &'a str,
    question: String,
    rows: String,
    /// What it found, with the answer, and how many findings and cities.
    codes: Vec<(&'a str, &'a str, usize, usize)>,
    measures: Vec<Measure<'a>>,
}

/// A fact that is a number, over all findings that have it.
#[derive(Serialize)]
struct Measure<'a> {
    code: &'a str,
    fact: &'a str,
    percent: bool,
    spread: Spread,
    most_in_a_bin: usize,
}

#[derive(Serialize)]
struct CityLine<'a> {
    id: &'a str,
    name: &'a str,
    state: &'a str,
    cause: &'a str,
    cohort: &'a str,
    points: Option<(f64, f64)>,
    percentiles: Option<(f64, f64)>,
    reported: bool,
}

/// The page of a criterion's rows.
pub(super) fn criterion_rows(scheme: &str, code: &str) -> String {
    format!("rows/criterion-{}-{}.html", crate::report::html::anchor(scheme), crate::report::html::anchor(code))
}

/// The page of a probe's rows.
pub(super) fn probe_rows(probe: &str) -> String {
    format!("rows/probe-{}.html", crate::report::html::anchor(probe))
}

impl<'a> Page<'a> {
    /// The page of what was read, its cohorts told apart by `by`, the name of a probe and of a fact with a full stop between.
    pub(super) fn of(read: &'a Read, by: &'a str) -> Self {
        let own = read.package.criteria.first().map_or("", |scheme| &scheme.id);
        let cohort_of = cohorts_of(read, by);
        let scores: BTreeMap<&str, (f64, f64)> = read
            .audited(own)
            .filter_map(|city| Some((&*city.city_id, (city.points_sure?, city.points_possible?))))
            .collect();
        let names: BTreeSet<&str> = cohort_of.values().copied().collect();
        let schemes: Vec<SchemeView<'_>> = read
            .package
            .criteria
            .iter()
            .map(|scheme| SchemeView {
                id: &scheme.id,
                title: &scheme.title,
                sha256: &scheme.sha256,
                criteria: questions(read, &scheme.id),
            })
            .collect();
        let mut states: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for city in &read.cities {
            states.entry(&city.state).or_default().insert(&city.city_id);
        }
        let mut table: Vec<CityLine<'_>> = Vec::new();
        let all: Vec<(f64, f64)> = scores.values().copied().collect();
        for city in read.cities.iter().filter(|city| city.scheme.as_deref().is_none_or(|scheme| scheme == own)) {
            let points = scores.get(&*city.city_id).copied();
            table.push(CityLine {
                id: &city.city_id,
                name: &city.city,
                state: &city.state,
                cause: &city.cause,
                cohort: cohort_of.get(&*city.city_id).copied().unwrap_or_default(),
                points,
                percentiles: points.map(|points| percentile_range(points, &all)),
                reported: read.reported.contains(&city.city_id),
            });
        }
        let causes = causes(read);
        Self {
            title: &read.package.title,
            as_of: &read.package.as_of,
            version: &read.package.version,
            probes_versions: read
                .cities
                .iter()
                .filter_map(|city| city.probes_version.as_deref())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            cities: table.len(),
            states: states.into_iter().map(|(state, cities)| (state.to_owned(), cities.len())).collect(),
            by,
            cohorts: cohorts(&names, &cohort_of, &scores),
            map: map(read, own, &names, &cohort_of),
            unseen_causes: causes.len().saturating_sub(CAUSES),
            causes: causes.into_iter().take(CAUSES).collect(),
            probes: asked(read),
            schemes,
            table,
        }
    }
}

/// Each audited city's cohort.
fn cohorts_of<'a>(read: &'a Read, by: &str) -> BTreeMap<&'a str, &'a str> {
    let (probe, fact) = by.split_once('.').unwrap_or((by, ""));
    let mut cohort_of: BTreeMap<&str, &str> = BTreeMap::new();
    for row in read.facts.iter().filter(|row| row.probe == probe && row.fact.as_deref() == Some(fact)) {
        cohort_of.entry(&row.city_id).or_insert(&row.value);
    }
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for name in cohort_of.values() {
        *sizes.entry(name).or_default() += 1;
    }
    let mut sizes: Vec<(usize, &str)> = sizes.into_iter().map(|(name, size)| (size, name)).collect();
    sizes.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
    let kept: BTreeSet<&str> = sizes.into_iter().take(COHORTS).map(|(_, name)| name).collect();
    let cities = read.cities.iter().filter(|city| city.scheme.is_some());
    cities
        .map(|city| {
            let name = cohort_of.get(&*city.city_id).copied();
            (&*city.city_id, name.map_or(UNKNOWN, |name| if kept.contains(name) { name } else { OTHERS }))
        })
        .collect()
}

fn cohorts<'a>(
    names: &BTreeSet<&'a str>,
    cohort_of: &BTreeMap<&str, &'a str>,
    scores: &BTreeMap<&str, (f64, f64)>,
) -> Vec<Cohort<'a>> {
    let of = |name: Option<&'a str>| {
        let own = |city: &str| name.is_none_or(|name| cohort_of.get(city) == Some(&name));
        let own: Vec<(f64, f64)> = scores.iter().filter(|(city, _)| own(city)).map(|(_, score)| *score).collect();
        Cohort {
            name: name.unwrap_or("all"),
            cities: own.len(),
            sure: Spread::of(own.iter().map(|score| score.0).collect()),
            possible: Spread::of(own.iter().map(|score| score.1).collect()),
        }
    };
    std::iter::once(of(None)).chain(names.iter().map(|name| of(Some(name)))).collect()
}

/// The criteria of a scheme with their clauses, in the order of the tables.
fn questions(read: &Read, scheme: &str) -> Vec<Question> {
    let mut criteria: Vec<Question> = Vec::new();
    let mut at: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in read.criteria.iter().filter(|row| row.scheme == scheme) {
        let place = *at.entry((&row.criterion, "")).or_insert_with(|| {
            let says = read.means("criterion", scheme, &row.criterion);
            criteria.push(question(&row.criterion, says, criterion_rows(scheme, &row.criterion)));
            criteria.len() - 1
        });
        criteria[place].standings.count(&row.standing);
    }
    for row in read.clauses.iter().filter(|row| row.scheme == scheme) {
        let Some(criterion) = at.get(&(&*row.criterion, "")).copied() else { continue };
        let clauses = &mut criteria[criterion].clauses;
        let place = *at.entry((&row.criterion, &row.clause)).or_insert_with(|| {
            let says = read.means("clause", &row.criterion, &row.clause);
            clauses.push(question(&row.clause, says, criterion_rows(scheme, &row.criterion)));
            clauses.len() - 1
        });
        clauses[place].standings.count(&row.standing);
    }
    for criterion in &mut criteria {
        criterion.bounds = criterion.standings.bounds();
        for clause in &mut criterion.clauses {
            clause.bounds = clause.standings.bounds();
        }
    }
    criteria
}

fn question(code: &str, says: String, rows: String) -> Question {
    Question { code: code.to_owned(), says, rows, standings: Standings::default(), bounds: None, clauses: Vec::new() }
}

fn map<'a>(read: &'a Read, scheme: &str, names: &BTreeSet<&str>, cohort_of: &BTreeMap<&str, &str>) -> Vec<Missing<'a>> {
    let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at + 1)).collect();
    let mut order: Vec<&str> = Vec::new();
    let mut counted: BTreeMap<&str, Vec<Standings>> = BTreeMap::new();
    for row in read.criteria.iter().filter(|row| row.scheme == scheme) {
        let all = counted.entry(&row.criterion).or_insert_with(|| {
            order.push(&row.criterion);
            vec![Standings::default(); names.len() + 1]
        });
        all[0].count(&row.standing);
        if let Some(place) = cohort_of.get(&*row.city_id).and_then(|cohort| places.get(cohort)) {
            all[*place].count(&row.standing);
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to ten")]
    let cell = |standings: &Standings| {
        let of = standings.missing()?;
        let (percent, low, high) = (of.share * 100.0, of.low * 100.0, of.high * 100.0);
        Some(MissingShare { percent, low, high, step: (of.share * 10.0).round() as u8 })
    };
    let line = |code: &'a str| Missing {
        code,
        says: read.means("criterion", scheme, code),
        rows: criterion_rows(scheme, code),
        cells: counted[code].iter().map(cell).collect(),
    };
    order.into_iter().map(line).collect()
}

/// Why findings say that something is unknown, the most common causes first.
fn causes(read: &Read) -> Vec<Cause<'_>> {
    let mut cities: BTreeMap<(&str, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    let tells = |row: &&FactRow| row.answer == "unknown" && row.fact.as_deref() == Some("cause");
    for row in read.facts.iter().filter(tells) {
        cities.entry((&row.probe, &row.code, &row.value)).or_default().insert(&row.city_id);
    }
    let mut causes: Vec<Cause<'_>> = cities
        .into_iter()
        .map(|((probe, code, says), cities)| Cause { probe, code, says, cities: cities.len(), rows: probe_rows(probe) })
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.cities));
    causes
}

/// Two names: of what was found, and of its answer or of a fact; of a city, and of a finding.
type Names<'a> = (&'a str, &'a str);

/// What a probe found, and in which numbers.
#[derive(Default)]
struct Found<'a> {
    /// By what was found and the answer: the findings, and the cities.
    codes: BTreeMap<Names<'a>, (BTreeSet<Names<'a>>, BTreeSet<&'a str>)>,
    /// Whether they are shares, and each of them.
    numbers: BTreeMap<Names<'a>, (bool, Vec<f64>)>,
}

fn asked(read: &Read) -> Vec<Asked<'_>> {
    let mut found: BTreeMap<&str, Found<'_>> = BTreeMap::new();
    for row in &read.facts {
        let found = found.entry(&row.probe).or_default();
        let (findings, cities) = found.codes.entry((&row.code, &row.answer)).or_default();
        findings.insert((&row.city_id, &row.finding));
        cities.insert(&row.city_id);
        if let (Some(fact), Some(number)) = (&row.fact, row.number) {
            let (percent, numbers) = found.numbers.entry((&row.code, fact)).or_default();
            *percent = row.kind == "share";
            numbers.push(if *percent { number * 100.0 } else { number });
        }
    }
    found.into_iter().map(|(id, found)| asked_by(read, id, found)).collect()
}

fn asked_by<'a>(read: &Read, id: &'a str, found: Found<'a>) -> Asked<'a> {
    let codes = found.codes.into_iter();
    let measure = |((code, fact), (percent, numbers)): (Names<'a>, (bool, Vec<f64>))| {
        let spread = Spread::of(numbers)?;
        let most_in_a_bin = spread.bins.iter().copied().max().unwrap_or(0);
        Some(Measure { code, fact, percent, spread, most_in_a_bin })
    };
    Asked {
        id,
        question: read.means("probe", id, id),
        rows: probe_rows(id),
        codes: codes.map(|((code, answer), (findings, cities))| (code, answer, findings.len(), cities.len())).collect(),
        measures: found.numbers.into_iter().filter_map(measure).collect(),
    }
}
