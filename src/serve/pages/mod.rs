//! The pages, filled from templates that escape whatever they are given and make visible what hides in it.

mod access;
mod accuracy;
mod agreement;
mod audit;
mod changes;
mod city;
mod decided;
mod evidence;
mod first;
mod notifications;
mod run;

use std::sync::LazyLock;

use minijinja::{Environment, Value, context};
use probes::capture::CaptureId;
use probes::finding::Evidence;

use super::access::who;
use super::missing::Missing;
use super::opened::Opened;
use crate::report::html;
use crate::store::Role;

pub(super) use access::{account, accounts, log, sign_in};
pub(super) use accuracy::accuracy;
pub(super) use agreement::agreement;
pub(super) use audit::audit;
pub(super) use changes::changes;
pub(super) use city::{cities, city};
pub(super) use decided::{Review, in_force, standing_as_decided};
pub(super) use evidence::{body, evidence};
pub(super) use first::{first, fix};
pub(super) use notifications::notifications;
pub(super) use run::{criterion, report, run};

const TEMPLATES: &[(&str, &str)] = &[
    ("bench/frame.html", include_str!("html/frame.html")),
    ("bench/parts.html", include_str!("html/parts.html")),
    ("bench/sign-in.html", include_str!("html/sign-in.html")),
    ("bench/account.html", include_str!("html/account.html")),
    ("bench/accounts.html", include_str!("html/accounts.html")),
    ("bench/tokens.html", include_str!("html/tokens.html")),
    ("bench/log.html", include_str!("html/log.html")),
    ("bench/cities.html", include_str!("html/cities.html")),
    ("bench/city.html", include_str!("html/city.html")),
    ("bench/regular.html", include_str!("html/regular.html")),
    ("bench/audit.html", include_str!("html/audit.html")),
    ("bench/run.html", include_str!("html/run.html")),
    ("bench/criterion.html", include_str!("html/criterion.html")),
    ("bench/decided.html", include_str!("html/decided.html")),
    ("bench/first.html", include_str!("html/first.html")),
    ("bench/fix.html", include_str!("html/fix.html")),
    ("bench/agreement.html", include_str!("html/agreement.html")),
    ("bench/accuracy.html", include_str!("html/accuracy.html")),
    ("bench/missing.html", include_str!("html/missing.html")),
    ("bench/changes.html", include_str!("html/changes.html")),
    ("bench/changes.xml", include_str!("html/changes.xml")),
    ("bench/notifications.html", include_str!("html/notifications.html")),
    ("bench/evidence.html", include_str!("html/evidence.html")),
    ("bench/body.html", include_str!("html/body.html")),
];

/// The report's templates and the workbench's own, read once.
static TEMPLATE: LazyLock<Result<Environment<'static>, String>> = LazyLock::new(|| {
    let mut environment = html::environment().map_err(|error| error.to_string())?;
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| error.to_string())?;
    }
    Ok(environment)
});

/// How every page looks: as reports do, and what only the workbench has.
pub(super) fn style() -> String {
    [html::STYLE, include_str!("html/style.css")].concat()
}

/// The page that tells why there is no page.
pub(super) fn missing(why: &Missing) -> Result<String, Missing> {
    fill("bench/missing.html", context! { why => why.to_string() })
}

/// A city's changes for readers of feeds.
pub(super) fn feed(with: Value) -> Result<String, Missing> {
    fill("bench/changes.xml", with)
}

fn fill(name: &str, with: Value) -> Result<String, Missing> {
    let environment = TEMPLATE.as_ref().map_err(|problem| Missing::Template(problem.clone()))?;
    let with = context! { who => asks(), ..with };
    let filled = environment.get_template(name).and_then(|template| template.render(with));
    filled.map_err(|error| Missing::Template(error.to_string()))
}

/// Who is shown a page, and what they may do; none where there are no accounts, and before somebody has signed in.
fn asks() -> Option<Value> {
    who().account.map(|known| {
        let (decides, admin) = (known.role >= Role::Reviewer, known.role >= Role::Admin);
        context! { name => &known.name, leaves => &known.leaves, decides, admin }
    })
}

/// A place of evidence, by its number within its finding.
fn at<'a>(opened: &'a Opened, finding: &str, place: usize) -> Result<&'a Evidence, Missing> {
    let finding = opened.report.findings.iter().find(|it| it.id == finding).ok_or(Missing::Nothing)?;
    finding.evidence.get(place).ok_or(Missing::Nothing)
}

fn capture(opened: &Opened, id: &CaptureId) -> Result<std::sync::Arc<probes::capture::Capture>, Missing> {
    opened.pack.capture(id).ok_or(Missing::Nothing)
}
