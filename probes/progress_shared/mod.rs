//! Does this show how far goals have come: values reached beside targets, and of when?

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::columns::{self, Fields, Table};
use crate::dates::{self, Dated, Order, Precision};
use crate::document::Role;
use crate::finding::{Evidence, Finding};
use crate::paper::Read;
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Finds values beside targets.
pub struct ProgressShared;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Progress(Box<Progress>),
    TargetsAlone { measures: u64 },
    None {},
    Unseen { cause: String },
}

/// Progress on goals, as the finding's facts.
#[derive(Serialize)]
struct Progress {
    /// Measures with a value and a target.
    measures: u64,
    /// Measures with a word for how they stand.
    with_status: u64,
    newest: Option<Date>,
    age_days: Option<i32>,
    public: bool,
    examples: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    fields: Fields,
    #[serde(deserialize_with = "crate::pattern::one")]
    both: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    status: Regex,
    #[serde(deserialize_with = "crate::pattern::one")]
    dated: Regex,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("words.toml")).expect("invariant: the bundled words of progress are well formed")
});

/// How many measures are quoted.
const EXAMPLES: usize = 4;

#[derive(Default)]
struct Gathered {
    measures: u64,
    targets: u64,
    with_status: u64,
    dates: Vec<Dated>,
    examples: Vec<String>,
    evidence: Vec<Evidence>,
}

impl Probe for ProgressShared {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = match columns::look(target, captures)? {
            columns::Seen::Unseen(cause, evidence) => (Seen::Unseen { cause }, vec![evidence]),
            columns::Seen::Tables(tables, read, exchange) => {
                told(target, captures.as_of(), &tables, read.as_ref(), exchange)
            }
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn told(
    target: &Target,
    as_of: Date,
    tables: &[Table],
    read: Option<&Read>,
    exchange: Evidence,
) -> (Seen, Vec<Evidence>) {
    let mut gathered = Gathered::default();
    for table in tables {
        gathered.table(table);
    }
    if let Some(read) = read {
        gathered.text(read);
    }
    if gathered.measures == 0 {
        let evidence = if gathered.evidence.is_empty() { vec![exchange] } else { gathered.evidence };
        let seen = if gathered.targets > 0 { Seen::TargetsAlone { measures: gathered.targets } } else { Seen::None {} };
        return (seen, evidence);
    }
    let newest = gathered.dates.iter().filter(|dated| dated.first <= as_of).map(|dated| dated.last().min(as_of)).max();
    let progress = Progress {
        measures: gathered.measures,
        with_status: gathered.with_status,
        newest,
        age_days: newest.and_then(|newest| as_of.since(newest).ok()).map(|span| span.get_days()),
        public: !target.is_file(),
        examples: gathered.examples,
    };
    (Seen::Progress(Box::new(progress)), gathered.evidence)
}

impl Gathered {
    /// The rows of a table with a value beside a target.
    fn table(&mut self, table: &Table) {
        let columns = WORDS.fields.of(&table.held);
        let Some(target) = columns.get("target") else { return };
        let (actual, status) = (columns.get("actual"), columns.get("status"));
        let cell = |row: &Vec<String>, column: Option<&usize>| {
            column.and_then(|at| row.get(*at)).map(String::as_str).unwrap_or_default().to_owned()
        };
        let number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        let mut here = 0;
        for row in &table.held.rows {
            if !number(&cell(row, Some(target))) {
                continue;
            }
            self.targets += 1;
            if !number(&cell(row, actual)) {
                continue;
            }
            here += 1;
            self.with_status += u64::from(!cell(row, status).trim().is_empty());
            if self.examples.len() < EXAMPLES {
                let measure = cell(row, columns.get("measure"));
                self.examples.push(format!("{measure}: {} of {}", cell(row, actual), cell(row, Some(target))));
            }
            let date = cell(row, columns.get("date"));
            self.dates.extend(dates::parse(&date, Order::MonthFirst));
        }
        self.measures += here;
        self.evidence.push(table.evidence.clone());
    }

    /// Lines of text with both, and the dates that a text gives for itself.
    fn text(&mut self, read: &Read) {
        for (page, of) in read.document().pages.iter().enumerate() {
            for (at, block) in of.blocks.iter().enumerate() {
                let exact = |dated: &Dated| matches!(dated.precision, Precision::Day | Precision::Month);
                for found in dates::find(&block.text).iter().filter(|found| exact(&found.dated)) {
                    if WORDS.dated.is_match(&block.text[..dates::begins(&block.text, found)]) {
                        self.dates.push(found.dated);
                    }
                }
                if matches!(block.role, Role::Row | Role::Running) {
                    continue;
                }
                let Some(both) = WORDS.both.find(&block.text) else { continue };
                self.measures += 1;
                self.with_status += u64::from(WORDS.status.is_match(&block.text));
                if self.examples.len() < EXAMPLES {
                    self.examples.push(both.as_str().to_owned());
                    self.evidence.push(read.evidence(Some((page, at)), both.as_str()));
                }
            }
        }
    }
}
