//! A survey as pages for people: how the cities stand in each question, with n and interval, and every figure a link to its
//! rows.

mod figures;
mod page;
mod read;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};

use minijinja::value::Serde;
use minijinja::{Environment, Value};
use probes::spec::Spec;
use serde::Serialize;

use super::ledger::{Ledger, State, SurveyError, disk, other};
use super::ordered::in_order;
use crate::audit::kept;
use crate::pack::Pack;
use crate::report::html;
use crate::report::text::points;
use crate::report::{Report, ReportError, View};
use page::Page;
use read::Read;

/// The folder of the pages.
const FOLDER: &str = "report";
const TEMPLATES: [(&str, &str); 7] = [
    ("frame.html", include_str!("html/frame.html")),
    ("survey.html", include_str!("html/survey.html")),
    ("questions.html", include_str!("html/questions.html")),
    ("measures.html", include_str!("html/measures.html")),
    ("missing.html", include_str!("html/missing.html")),
    ("cities.html", include_str!("html/cities.html")),
    ("rows.html", include_str!("html/rows.html")),
];

/// Writes the pages of the survey whose tables are in `folder` into a folder `report` beside them; the first page.
///
/// Cohorts are told apart by what the fact `by` says, named as `PROBE.FACT`. Where the packs lie there too, each city's own
/// report is written beside its pack, for the rows to lead to.
pub fn report(folder: &Path, by: &str, specs: &[&'static Spec]) -> Result<PathBuf, SurveyError> {
    if let Ok(ledger) = Ledger::open(folder) {
        in_order(&ledger.planned().cities, |city| of_city(&ledger, &city.id, specs), |_, written| written)?;
    }
    let read = Read::from(folder)?;
    let into = folder.join(FOLDER);
    let rows = into.join("rows");
    fs::create_dir_all(&rows).map_err(disk(&rows))?;
    let first = into.join("index.html");
    let environment = environment().map_err(ReportError::from)?;
    put(&environment, &first, "survey.html", &Page::of(&read, by))?;
    for page in rows::pages(&read) {
        put(&environment, &into.join(&page.path), "rows.html", &page)?;
    }
    Ok(first)
}

/// Writes a city's own report beside its pack, if it has one.
fn of_city(ledger: &Ledger, id: &str, specs: &[&'static Spec]) -> Result<(), SurveyError> {
    if ledger.state(id) != State::Audited {
        return Ok(());
    }
    let path = ledger.pack(id);
    let said: Report = kept::report(&Pack::open(&path)?).map_err(|error| other(&path, error.to_string()))?;
    let mut page = Vec::new();
    html::write(&said, &View::of(&said, specs.to_vec()), &mut page)?;
    let path = ledger.city(id).join("report.html");
    fs::write(&path, page).map_err(disk(&path))
}

/// The report's templates, and those of a survey's pages.
fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = html::environment()?;
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    environment.add_filter("percent", |share: f64| format!("{share:.0}"));
    environment.add_filter("figure", |number: f64| points((number * 10.0).round() / 10.0));
    let style = [html::STYLE, include_str!("html/style.css")].concat();
    environment.add_global("policy", html::policy(&style, ""));
    environment.add_global("style", Value::from_safe_string(style));
    Ok(environment)
}

fn put(environment: &Environment<'_>, path: &Path, template: &str, page: &impl Serialize) -> Result<(), SurveyError> {
    let rendered = environment.get_template(template).and_then(|template| template.render(Value::from(Serde(page))));
    fs::write(path, rendered.map_err(ReportError::from)?).map_err(disk(path))
}
