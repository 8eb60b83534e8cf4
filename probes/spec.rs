//! What a probe declares of itself in its `probe.toml`: the question, and every finding with its answer, meaning, facts and fix.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::{CaptureId, short_hash};
use crate::finding::{Answer, Evidence, Fact, Finding, Share};
use crate::probe::Target;

/// A probe's own account of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The probe's id: its folder's name.
    pub id: String,
    /// The one question it answers about a target.
    pub question: String,
    /// Why that matters.
    pub why: String,
    /// How it looks.
    pub how: String,
    /// Standards and documentation it rests on.
    #[serde(default)]
    pub references: Vec<String>,
    /// The most requests it may need for one target; enforced.
    pub most_requests: u64,
    /// Everything it may find, by code.
    pub findings: BTreeMap<String, Declared>,
}

/// A finding that a probe declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// What it means for the question.
    pub answer: Answer,
    /// A sentence with `{fact}` in the place of each fact and `{fact thing|things}` for the word that fits its number; a
    /// part in `[ ]` is left out where its fact lacks.
    pub means: String,
    /// The type of each fact.
    #[serde(default)]
    pub facts: BTreeMap<String, FactType>,
    /// What can be done, by whom. Every `no` has one.
    #[serde(default)]
    pub fix: Option<String>,
    /// The facts that the next run is told.
    #[serde(default)]
    pub remembered: Vec<String>,
    /// How its tables are drawn, by name, in the order of the names.
    #[serde(default)]
    pub views: BTreeMap<String, View>,
}

/// How a table is drawn: a bar for each row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// What the bars show, in a few words.
    pub title: String,
    /// The fact: a table.
    pub fact: String,
    /// The column that names each bar.
    pub label: String,
    /// The column that measures each bar.
    pub value: String,
    /// Whether it does so in percent of a whole, so that the longest bar possible is 100; else they are numbers of things.
    #[serde(default)]
    pub percent: bool,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// Words.
    Text,
    /// A whole number of things.
    Count,
    /// Any other number.
    Number,
    /// A part of a whole, with its n.
    Share,
    /// A span of whole days.
    Days,
    /// A calendar date.
    Date,
    /// True or false.
    YesNo,
    /// Words, in order.
    List,
    /// Rows of named cells.
    Table,
}

impl fmt::Display for FactType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Count => "count",
            Self::Number => "number",
            Self::Share => "share",
            Self::Days => "days",
            Self::Date => "date",
            Self::YesNo => "yes-no",
            Self::List => "list",
            Self::Table => "table",
        })
    }
}

impl FactType {
    /// Reads a bare JSON value as a fact of this type.
    pub fn read(self, value: &Value) -> Result<Fact, String> {
        fn typed<T: DeserializeOwned>(value: &Value, make: impl Fn(T) -> Fact) -> Result<Fact, String> {
            T::deserialize(value).map(make).map_err(|error| error.to_string())
        }
        match self {
            Self::Text => typed(value, Fact::Text),
            Self::Count => typed(value, Fact::Count),
            Self::Number => typed(value, Fact::Number),
            Self::Share => typed(value, Fact::Share),
            Self::Days => typed(value, Fact::Days),
            Self::Date => typed(value, Fact::Date),
            Self::YesNo => typed(value, Fact::YesNo),
            Self::List => typed(value, Fact::List),
            Self::Table => typed(value, Fact::Table),
        }
    }
}

/// The finding that stands for a probe that panicked; every probe has it.
pub const BROKE: &str = "broke";
/// The finding that stands for a probe that asked for more than its declared requests; every probe has it.
pub const OVER_BUDGET: &str = "over-budget";

impl Spec {
    /// Reads a `probe.toml`, and adds the findings that every probe has.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let mut spec: Self = toml::from_str(text)?;
        let cause = BTreeMap::from([("cause".to_owned(), FactType::Text)]);
        let ours = |means: &str, fix: &str| Declared {
            answer: Answer::Unknown,
            means: means.to_owned(),
            facts: cause.clone(),
            fix: Some(fix.to_owned()),
            remembered: Vec::new(),
            views: BTreeMap::new(),
        };
        spec.findings.insert(
            BROKE.to_owned(),
            ours(
                "The probe broke: {cause}.",
                "Nothing for the city to do: report it to Tickmark's maintainers with the pack.",
            ),
        );
        spec.findings.insert(
            OVER_BUDGET.to_owned(),
            ours(
                "Looking further would take more requests than the probe allows itself: {cause}.",
                "Submit a link that leads closer to the evidence.",
            ),
        );
        Ok(spec)
    }

    /// The finding `seen` says: an enum whose variant is the code and whose fields are the facts.
    ///
    /// # Panics
    ///
    /// When the code or a fact is not declared as such: a bug that every fixture of the probe shows.
    pub fn finding(&self, target: &Target, seen: &impl Serialize, mut evidence: Vec<Evidence>) -> Finding {
        let (code, facts) = match serde_json::to_value(seen) {
            Ok(Value::String(code)) => (code, serde_json::Map::new()),
            Ok(Value::Object(variant)) => match variant.into_iter().next() {
                Some((code, Value::Object(facts))) => (code, facts),
                other => panic!("invariant: {} says {other:?}, which is no variant with named fields", self.id),
            },
            other => panic!("invariant: {} says {other:?}, which is no finding", self.id),
        };
        let facts = match self.facts(&code, &facts) {
            Ok(facts) => facts,
            Err(wrong) => panic!("invariant: {wrong}"),
        };
        evidence.dedup();
        let answer = self.findings[&code].answer;
        let mut finding = Finding {
            id: String::new(),
            probe: self.id.clone(),
            target: target.id.clone(),
            code,
            answer,
            facts,
            evidence,
            rests_on: Vec::new(),
        };
        finding.name();
        finding
    }

    /// Reads a finding back from JSON, as a report or a fixture holds it.
    pub fn read(&self, value: &Value) -> Result<Finding, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            #[serde(default)]
            id: String,
            probe: String,
            target: String,
            code: String,
            answer: Option<Answer>,
            #[serde(default)]
            facts: serde_json::Map<String, Value>,
            #[serde(default)]
            evidence: Vec<Evidence>,
            #[serde(default)]
            rests_on: Vec<CaptureId>,
        }
        let written = Written::deserialize(value).map_err(|error| error.to_string())?;
        let facts = self.facts(&written.code, &written.facts)?;
        let declared = self.findings[&written.code].answer;
        if written.probe != self.id || written.answer.is_some_and(|answer| answer != declared) {
            return Err(format!("{} {} is declared to answer {declared:?}", self.id, written.code));
        }
        let mut finding = Finding {
            id: written.id,
            probe: written.probe,
            target: written.target,
            answer: declared,
            code: written.code,
            facts,
            evidence: written.evidence,
            rests_on: written.rests_on,
        };
        if finding.id.is_empty() {
            finding.name();
        }
        Ok(finding)
    }

    /// The typed facts of a finding: exactly those declared, a missing one only where it is null.
    fn facts(&self, code: &str, facts: &serde_json::Map<String, Value>) -> Result<BTreeMap<String, Fact>, String> {
        let declared = self.findings.get(code).ok_or_else(|| format!("{} declares no finding {code:?}", self.id))?;
        if let Some(name) = facts.keys().find(|name| !declared.facts.contains_key(*name)) {
            return Err(format!("{} {code} declares no fact {name:?}", self.id));
        }
        let mut typed = BTreeMap::new();
        for (name, fact_type) in &declared.facts {
            match facts.get(name) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    let fact = fact_type
                        .read(value)
                        .map_err(|error| format!("{} {code}: fact {name} is no {fact_type}: {error}", self.id))?;
                    typed.insert(name.clone(), fact);
                }
            }
        }
        Ok(typed)
    }
}

impl Finding {
    /// Names the finding by a hash of what it says.
    pub fn name(&mut self) {
        self.id.clear();
        self.id = match serde_json::to_vec(self) {
            Ok(bytes) => short_hash(&bytes),
            Err(error) => panic!("invariant: a finding can be written: {error}"),
        };
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => write!(f, "{count}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Share(s) if s.n == s.population => write!(f, "{:.0} % of {}", s.share * 100.0, s.n),
            Self::Share(s) => {
                let [share, low, high] = [s.share, s.low, s.high].map(|share| share * 100.0);
                let Share { n, population, unread, .. } = s;
                if *unread == 0 {
                    write!(
                        f,
                        "{share:.0} % of a sample of {n} from {population} (95 % interval {low:.0} to {high:.0} %)"
                    )
                } else if n + unread == *population {
                    write!(f, "{share:.0} % of the {n} that were read (of all {population}, {low:.0} to {high:.0} %)")
                } else {
                    write!(
                        f,
                        "{share:.0} % of a sample of {n} (of all {population}, {low:.0} to {high:.0} %, \
                         as {unread} could not be read)"
                    )
                }
            }
            Self::Days(1) => f.write_str("1 day"),
            Self::Days(days) => write!(f, "{days} days"),
            Self::Date(date) => write!(f, "{date}"),
            Self::YesNo(true) => f.write_str("yes"),
            Self::YesNo(false) => f.write_str("no"),
            Self::List(words) if words.is_empty() => f.write_str("none"),
            Self::List(words) => f.write_str(&words.join(", ")),
            Self::Table(rows) if rows.is_empty() => f.write_str("none"),
            Self::Table(rows) => write!(f, "{} row{}", rows.len(), if rows.len() == 1 { "" } else { "s" }),
        }
    }
}

/// Declares `SPEC`, the parsed `probe.toml` beside the probe's code.
#[macro_export]
macro_rules! declare {
    () => {
        static SPEC: std::sync::LazyLock<$crate::spec::Spec> =
            std::sync::LazyLock::new(|| match $crate::spec::Spec::parse(include_str!("probe.toml")) {
                Ok(spec) => spec,
                Err(error) => panic!("invariant: a bundled probe.toml is well formed: {error}"),
            });
    };
}
