//! A digest as plain text and as HTML, for mails and feeds.

use std::fmt::Write as _;
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use super::digest::{ChangedClause, Digest, ToDo};
use crate::report::html;

/// The most clauses that are told of one by one; the workbench has them all.
pub(super) const MOST_CHANGES: usize = 100;

static TEMPLATE: LazyLock<Result<Environment<'static>, String>> = LazyLock::new(|| {
    let mut environment = html::environment().map_err(|error| error.to_string())?;
    environment.add_template("digest.html", include_str!("digest.html")).map_err(|error| error.to_string())?;
    Ok(environment)
});

impl Digest {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut text = format!("{}, as of {}\n", self.subject(), self.as_of);
        for change in self.changes.iter().take(MOST_CHANGES) {
            write_change(change, &mut text);
        }
        if let Some(more) = self.more(MOST_CHANGES) {
            let _ = write!(text, "\n{more}\n");
        }
        if !self.first.is_empty() {
            text += "\nWhat to do first\n";
        }
        for (n, to_do) in (1..).zip(&self.first) {
            let _ = writeln!(text, "{n}. {}", to_do.told());
        }
        if let Some(link) = &self.link {
            let _ = write!(text, "\n{link}\n");
        }
        text
    }

    /// As a part of a page: no style, no script, nothing that is loaded, and every word of others escaped.
    pub fn html(&self) -> Result<String, String> {
        let environment = TEMPLATE.as_ref().map_err(Clone::clone)?;
        let moved: Vec<String> = self.changes.iter().take(MOST_CHANGES).map(ChangedClause::moved).collect();
        let with = context! {
            subject => self.subject(), moved, more => self.more(MOST_CHANGES), digest => Value::from(Serde(self)),
        };
        let filled = environment.get_template("digest.html").and_then(|template| template.render(with));
        filled.map_err(|error| error.to_string())
    }

    /// That there is more than so many changes.
    pub(super) fn more(&self, most: usize) -> Option<String> {
        let more = self.changes.len().saturating_sub(most);
        (more > 0).then(|| format!("And {more} more: the page of the changes has them all."))
    }
}

impl ToDo {
    /// On one line.
    pub(super) fn told(&self) -> String {
        // At the end, so that nothing is taken for a part of it.
        let link = self.link.as_ref().map(|link| format!(" {link}")).unwrap_or_default();
        format!("{} Would move: {}.{link}", self.what, self.clauses.join(", "))
    }
}

fn write_change(change: &ChangedClause, text: &mut String) {
    let _ = write!(text, "\n{}  {}\n", change.clause, change.moved());
    if let Some(says) = &change.says {
        let _ = writeln!(text, "  {says}");
    }
    for why in &change.why {
        let _ = writeln!(text, "  {}", why.cause);
        for seen in &why.seen_in {
            let _ = writeln!(text, "    {seen}");
        }
    }
}
