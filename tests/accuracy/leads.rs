//! What the program finds in a document, and what the criteria make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// What was found on a topic.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    pub(crate) strong: bool,
    pub(crate) rule: String,
    pub(crate) quote: String,
}

/// What a document says, by topic; `None` where it could not be read.
pub(crate) type Said = Option<BTreeMap<String, Passage>>;

/// The documents of a folder, each read once.
pub(crate) struct Leads {
    pub(crate) folder: PathBuf,
    read: BTreeMap<String, Said>,
    /// The topics that lead to each clause.
    pub(crate) topics: BTreeMap<String, Vec<String>>,
    /// The probes that decide each clause.
    pub(crate) deciders: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Criterion {
    #[serde(default)]
    clauses: Vec<Clause>,
}

#[derive(Deserialize)]
struct Clause {
    id: String,
    #[serde(default)]
    leads: Vec<toml::Table>,
    #[serde(default)]
    shown_by: Vec<toml::Table>,
    #[serde(default)]
    refuted_by: Vec<toml::Table>,
}

impl Leads {
    pub(crate) fn new(folder: &Path) -> Result<Self, String> {
        let mut topics: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut deciders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let criteria = Path::new(env!("CARGO_MANIFEST_DIR")).join("criteria/what-works-cities");
        for entry in fs::read_dir(&criteria).map_err(|error| error.to_string())? {
            let text = fs::read_to_string(entry.map_err(|error| error.to_string())?.path());
            let text = text.map_err(|error| error.to_string())?;
            let Ok(criterion) = toml::from_str::<Criterion>(&text) else { continue };
            for clause in criterion.clauses {
                let signs = clause.shown_by.iter().chain(&clause.refuted_by);
                let probes = signs.filter_map(|sign| sign.get("probe")?.as_str().map(str::to_owned));
                deciders.entry(clause.id.clone()).or_default().extend(probes);
                for lead in &clause.leads {
                    let topic = lead.get("where").and_then(|it| it.get("topic")).and_then(|it| it.get("is"));
                    if let Some(topic) = topic.and_then(toml::Value::as_str) {
                        let of = topics.entry(clause.id.clone()).or_default();
                        if !of.iter().any(|known| known == topic) {
                            of.push(topic.to_owned());
                        }
                    }
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), read: BTreeMap::new(), topics, deciders })
    }

    /// What `doc` says.
    pub(crate) fn said(&mut self, doc: &str) -> Result<Said, String> {
        if let Some(said) = self.read.get(doc) {
            return Ok(said.clone());
        }
        let path = self.folder.join(doc);
        let run = Command::new(env!("CARGO_BIN_EXE_tickmark"))
            .args(["check", "passages", "--as-of", "2026-11-01", "--format", "json"])
            .arg(&path)
            .output()
            .map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&run.stdout)
            .map_err(|error| format!("{doc}: {error}: {}", String::from_utf8_lossy(&run.stderr)))?;
        let mut said = Some(BTreeMap::new());
        for finding in answer["findings"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            match (finding["code"].as_str(), &mut said) {
                (Some("passage"), Some(said)) => {
                    let facts = &finding["facts"];
                    let passage = Passage {
                        strong: facts["lead"] == "strong",
                        rule: text(&facts["rule"]),
                        quote: text(&finding["evidence"][0]["quote"]),
                    };
                    said.insert(text(&facts["topic"]), passage);
                }
                (Some("none"), _) => {}
                _ => said = None,
            }
        }
        self.read.insert(doc.to_owned(), said.clone());
        Ok(said)
    }

    /// The best passage of `said` on any of `topics`.
    pub(crate) fn best<'a>(said: &'a BTreeMap<String, Passage>, topics: &[String]) -> Option<&'a Passage> {
        topics.iter().filter_map(|topic| said.get(topic)).max_by_key(|passage| passage.strong)
    }
}
