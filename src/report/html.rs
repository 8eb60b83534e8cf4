//! `report.html`: the whole report in one file that needs no network and no script, for people.

mod page;

use std::borrow::Cow;
use std::io::Write;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, Value, context, escape_formatter};
use sha2::{Digest as _, Sha256};

use super::text::{grouped, points, visible};
use super::{Report, ReportError, View};

const TEMPLATES: [(&str, &str); 12] = [
    ("report.html", include_str!("html/report.html")),
    ("macros.html", include_str!("html/macros.html")),
    ("chart.html", include_str!("html/chart.html")),
    ("marks.html", include_str!("html/marks.html")),
    ("overview.html", include_str!("html/overview.html")),
    ("result.html", include_str!("html/result.html")),
    ("fixes.html", include_str!("html/fixes.html")),
    ("verdict.html", include_str!("html/verdict.html")),
    ("further.html", include_str!("html/further.html")),
    ("criteria.html", include_str!("html/criteria.html")),
    ("evidence.html", include_str!("html/evidence.html")),
    ("reading.html", include_str!("html/reading.html")),
];
/// How the report looks, light and dark, on paper and on a telephone.
pub(crate) const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Writes `report.html`.
pub fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> Result<(), ReportError> {
    let environment = environment()?;
    let page = page::Page::of(report, view);
    let context = context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        policy => policy(STYLE, SCRIPT),
        ..Value::from(Serde(&page))
    };
    environment.get_template("report.html")?.render_captured_to(context, &mut *out)?;
    Ok(writeln!(out)?)
}

/// The report's templates: they escape whatever they are given, and make visible what hides in it.
pub(crate) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_formatter(|out, state, value| match value.as_str().filter(|_| !value.is_safe()).map(visible) {
        Some(Cow::Owned(shown)) => escape_formatter(out, state, &Value::from(shown)),
        _ => escape_formatter(out, state, value),
    });
    environment.add_test("web", |url: &str| url.starts_with("https://") || url.starts_with("http://"));
    environment.add_test("long", long);
    environment.add_filter("anchor", anchor);
    environment.add_filter("grouped", grouped);
    environment.add_filter("points", points);
    environment.add_filter("em", |em: f64| format!("{em:.2}em"));
    environment.add_filter("of", |part: f64, whole: f64| format!("{:.2}", part / whole.max(f64::MIN_POSITIVE) * 100.0));
    environment.add_filter("words", |name: &str| name.replace(['-', '_'], " "));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// Text as it may stand in a page, as the templates write it.
pub(crate) fn escaped(text: &str) -> String {
    HtmlEscape(&visible(text)).to_string()
}

/// Whether a cell needs a wide column, and may break anywhere: a sentence, or a word such as an address.
fn long(cell: &str) -> bool {
    let longer = |words: &str, most: usize| words.chars().nth(most).is_some();
    longer(cell, 40) || cell.split_whitespace().any(|word| longer(word, 20))
}

/// What a page may load: nothing but its own style and script, known by their hashes, and pictures that stand in it.
pub(crate) fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// A name as part of an element's id.
pub(crate) fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests;
