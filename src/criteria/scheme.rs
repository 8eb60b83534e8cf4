//! A scheme: its criteria and clauses, read from a folder of TOML files or from the binary.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use probes::capture::hex;
use probes::spec::Spec;
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::check::{check, check_words};
use super::condition::Sign;
use super::measured::{AccuracyFile, Measured};
use super::problem::{Problem, did_you_mean, nearest};
use super::verdict::Kind;

/// A certification: its criteria in order, and how they add up.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What stands in `scheme.toml`.
    pub file: SchemeFile,
    /// The criteria, in the scheme's order.
    pub criteria: Vec<Criterion>,
    /// The words of links that may be offered for a criterion.
    pub words: Vec<Words>,
    /// How often its clauses' leads were right, by clause.
    pub measured: BTreeMap<String, Measured>,
    /// SHA-256 over the names and contents of all files that judge.
    pub sha256: String,
    /// Its files as they were read, by name: what a pack keeps, so that it can be judged again.
    pub files: BTreeMap<String, String>,
}

/// What stands in `scheme.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeFile {
    /// The folder's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Which edition of the guide it restates.
    pub edition: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// Where the guide can be read.
    pub source: String,
    /// What each criterion counts, where criteria are counted.
    pub points_per_criterion: Option<Spanned<f64>>,
    /// How the points that clauses earn add up, where points are.
    pub score: Option<Scoring>,
    /// Which links it takes that were not offered for a criterion or clause of it.
    #[serde(default)]
    pub takes: Takes,
    /// The criteria's codes in the guide's order.
    pub order: Vec<Spanned<String>>,
    /// The categories the criteria belong to.
    pub categories: Vec<Category>,
    /// The levels of the certification.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Probes that look at every link, though no clause waits for what they find.
    #[serde(default)]
    pub look_too: Vec<Spanned<String>>,
    /// Findings by which a link is gone: it shows nothing.
    #[serde(default)]
    pub lost: Vec<Sign>,
    /// Findings by which a link could not be seen.
    #[serde(default)]
    pub unseen: Vec<Sign>,
}

/// A group of criteria.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
}

/// A level of the certification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name.
    pub name: String,
    /// The share of all points from which it is reached, 0 to 1.
    pub from_share: f64,
}

/// Which links a scheme takes that were not offered for a criterion or clause of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// Those offered for nothing in particular: each can help and never harm.
    #[default]
    Offered,
    /// Any, whatever it was offered for, to which a probe applies that decides a clause.
    Any,
}

/// How the points that clauses earn add up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// The points of all clauses.
    pub max: Spanned<f64>,
    /// What a score is called.
    #[serde(default)]
    pub ratings: Vec<Rating>,
}

/// What a score is called from so many points on, up to where the next rating begins.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// Its name.
    pub name: String,
    /// The points from which it is reached.
    pub from: Spanned<f64>,
}

/// One criterion.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its code.
    pub code: Spanned<String>,
    /// Its title.
    pub title: String,
    /// The category's code.
    pub category: Spanned<String>,
    /// How many of its requirements it takes.
    pub needs: Spanned<Needs>,
    /// Probes that look at every link offered for it, though no clause waits for what they find.
    #[serde(default)]
    pub look_too: Vec<Spanned<String>>,
    /// Its clauses in the guide's order.
    pub clauses: Vec<Clause>,
}

/// What stands in `offers.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffersFile {
    offers: Vec<Words>,
}

/// The words of links that may be offered for a criterion, those that speak most strongly first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The criterion's code.
    pub criterion: Spanned<String>,
    /// In small letters.
    pub words: Vec<Spanned<String>>,
}

/// How many requirements a criterion takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// All of them.
    All,
    /// At least so many.
    AtLeast(usize),
}

/// One testable statement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id.
    pub id: Spanned<String>,
    /// What it is in the guide.
    pub kind: Kind,
    /// The statement.
    pub says: String,
    /// How many of the links offered for it must show it.
    #[serde(default)]
    pub links: Quota,
    /// Any one of these shows it.
    #[serde(default)]
    pub shown_by: Vec<Sign>,
    /// Any one of these settles that a link which does not show it never will: nobody is asked.
    #[serde(default)]
    pub refuted_by: Vec<Sign>,
    /// What the things that a link shows must be to those shown for another criterion.
    pub compared: Option<Compared>,
    /// The points it is worth, in a scheme with a score.
    pub points: Option<Spanned<f64>>,
    /// The finding whose share of the points it earns; without one, it earns all points or none, as it stands.
    pub earns: Option<Sign>,
    /// The finding whose share are the things among which `earns` was measured: the others earn nothing.
    pub among: Option<Sign>,
    /// The question that only a person can answer.
    pub asks: Option<String>,
    /// What bears on that question.
    #[serde(default)]
    pub leads: Vec<Sign>,
    /// What to do.
    #[serde(default)]
    pub advice: Advice,
}

impl Clause {
    /// Whether a finding can decide it.
    pub fn by_machine(&self) -> bool {
        self.decided_by().next().is_some()
    }

    /// The findings that decide it, each for itself.
    pub fn decided_by(&self) -> impl Iterator<Item = &Sign> {
        self.shown_by.iter().chain(&self.earns).chain(&self.among)
    }

    /// Every finding it waits for: those that show it, earn its points, refute it, or lead to an answer.
    pub fn signs(&self) -> impl Iterator<Item = &Sign> {
        self.decided_by().chain(&self.refuted_by).chain(&self.leads)
    }
}

/// How many of the links offered must show a clause.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quota {
    /// Each of them.
    Every,
    /// At least so many.
    AtLeast(usize),
    /// At least this share of them, 0 to 1.
    Share(f64),
    /// However many links there are: the things they show must be so many, the same one counted once.
    Distinct(Distinct),
}

/// Things that links show together, told apart by a fact: two meetings, three contracts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distinct {
    /// The fact that names them.
    pub fact: Spanned<String>,
    /// How many there must be.
    #[serde(rename = "at-least")]
    pub at_least: usize,
    /// What fewer of them mean.
    #[serde(default)]
    pub fewer: Fewer,
}

/// What it means that links show some things together, and too few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fewer {
    /// That there are no more.
    #[default]
    No,
    /// Nothing: a person is asked.
    Open,
}

/// How the things that a link shows are held against those that links offered for another criterion show.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// The other criterion or clause.
    pub with: Spanned<String>,
    /// The fact that names the things, on both sides.
    pub fact: Spanned<String>,
    /// What they must do.
    pub must: Must,
}

/// What things must be to those offered elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// None of them may be there.
    Differ,
    /// Each of them must be there.
    Recur,
}

impl Default for Quota {
    fn default() -> Self {
        Self::AtLeast(1)
    }
}

/// What to do about a clause.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// While it is not met.
    pub not_met: Option<String>,
}

#[derive(RustEmbed)]
#[folder = "criteria/"]
struct Bundle;

impl Scheme {
    /// The bundled scheme of that name or, where there is none, the folder at that path.
    pub fn load(name_or_dir: &str, specs: &[&Spec]) -> Result<Self, Vec<Problem>> {
        if Self::bundled_names().iter().any(|name| name == name_or_dir) {
            return Self::bundled(name_or_dir, specs);
        }
        let path = Path::new(name_or_dir);
        if path.is_dir() {
            return Self::from_dir(path, specs);
        }
        let names = Self::bundled_names();
        let hint = did_you_mean(name_or_dir, names.iter().map(String::as_str));
        let known = names.join(", ");
        Err(vec![Problem::whole(name_or_dir, format!("no such scheme or folder (bundled: {known}){hint}"))])
    }

    /// The names of the bundled schemes.
    pub fn bundled_names() -> Vec<String> {
        Bundle::iter()
            .filter_map(|file| file.strip_suffix("/scheme.toml").map(ToOwned::to_owned))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// The bundled scheme of that name.
    pub fn bundled(name: &str, specs: &[&Spec]) -> Result<Self, Vec<Problem>> {
        let mut files = BTreeMap::new();
        for path in Bundle::iter() {
            if let Some(file) = path.strip_prefix(name).and_then(|rest| rest.strip_prefix('/'))
                && Path::new(file).extension().is_some_and(|extension| extension == "toml")
                && let Some(content) = Bundle::get(&path)
            {
                files.insert(file.to_owned(), content.data.into_owned());
            }
        }
        Self::read(name, &files, specs)
    }

    /// The scheme in a folder: every `.toml` file directly in it.
    pub fn from_dir(dir: &Path, specs: &[&Spec]) -> Result<Self, Vec<Problem>> {
        let name = dir.display().to_string();
        let unreadable = |error: std::io::Error| vec![Problem::whole(&name, format!("cannot be read: {error}"))];
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "toml")
                && let Some(file) = path.file_name()
            {
                files.insert(file.to_string_lossy().into_owned(), std::fs::read(&path).map_err(unreadable)?);
            }
        }
        Self::read(&name, &files, specs)
    }

    /// The scheme whose files a pack kept.
    pub fn from_files(name: &str, files: &BTreeMap<String, String>, specs: &[&Spec]) -> Result<Self, Vec<Problem>> {
        let files = files.iter().map(|(file, text)| (file.clone(), text.clone().into_bytes())).collect();
        Self::read(name, &files, specs)
    }

    fn read(name: &str, files: &BTreeMap<String, Vec<u8>>, specs: &[&Spec]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut hash = Sha256::new();
        let mut head = None;
        let mut words = Vec::new();
        let mut measured = BTreeMap::new();
        let mut criteria = Vec::new();
        let mut texts = BTreeMap::new();
        for (file, content) in files {
            // How links are told apart, and how often leads were right, decides nothing of how they are judged.
            if !matches!(file.as_str(), "offers.toml" | "accuracy.toml") {
                hash.update(format!("{file}\n{}\n", content.len()));
                hash.update(content);
            }
            let path = format!("{name}/{file}");
            let Ok(text) = std::str::from_utf8(content) else {
                problems.push(Problem::whole(&path, "is not UTF-8 text: save it as UTF-8"));
                continue;
            };
            texts.insert(file.as_str(), text);
            let read = match file.as_str() {
                "scheme.toml" => toml::from_str(text).map(|read| head = Some(read)),
                "accuracy.toml" => toml::from_str(text).map(|read: AccuracyFile| measured = read.clauses),
                // Where clauses of newer editions went: for people; the judge has no use for it.
                "offers.toml" => toml::from_str(text).map(|read: OffersFile| words = read.offers),
                "crosswalk.toml" => toml::from_str::<toml::Table>(text).map(|_| ()),
                _ => toml::from_str(text).map(|read| criteria.push((file.as_str(), read))),
            };
            if let Err(error) = read {
                problems.push(Problem::toml(&path, text, &error));
            }
        }
        let Some(head) = head else {
            if !files.contains_key("scheme.toml") {
                problems.push(Problem::whole(&format!("{name}/scheme.toml"), "is missing: every scheme needs one"));
            }
            return Err(problems);
        };
        let broken = !problems.is_empty();
        check(name, &texts, &head, &criteria, specs, broken, &mut problems);
        check_words(name, &texts, &words, &criteria, &mut problems);
        if !problems.is_empty() {
            problems.sort();
            return Err(problems);
        }
        let order =
            |criterion: &Criterion| head.order.iter().position(|code| code.get_ref() == criterion.code.get_ref());
        let mut criteria: Vec<Criterion> = criteria.into_iter().map(|(_, criterion)| criterion).collect();
        criteria.sort_by_key(order);
        let files = texts.into_iter().map(|(file, text)| (file.to_owned(), text.to_owned())).collect();
        Ok(Self { file: head, criteria, words, measured, sha256: hex(&hash.finalize()), files })
    }

    /// The names of the levels or ratings, lowest first.
    pub fn levels(&self) -> Vec<&str> {
        let ratings = self.file.score.iter().flat_map(|score| &score.ratings);
        let mut levels: Vec<(f64, &str)> = self
            .file
            .levels
            .iter()
            .map(|level| (level.from_share, level.name.as_str()))
            .chain(ratings.map(|rating| (*rating.from.get_ref(), rating.name.as_str())))
            .collect();
        levels.sort_by(|a, b| a.0.total_cmp(&b.0));
        levels.into_iter().map(|(_, name)| name).collect()
    }

    /// The same scheme with these criteria alone; a part has no levels and no ratings.
    #[must_use]
    pub fn only(mut self, codes: &[String]) -> Self {
        self.criteria.retain(|criterion| codes.contains(criterion.code.get_ref()));
        self.file.levels.clear();
        if let Some(score) = &mut self.file.score {
            score.ratings.clear();
        }
        self
    }

    /// Every criterion's code and clause's id.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.criteria.iter().flat_map(|criterion| {
            std::iter::once(criterion.code.get_ref().as_str())
                .chain(criterion.clauses.iter().map(|clause| clause.id.get_ref().as_str()))
        })
    }

    /// Whether a criterion or clause goes by this name.
    pub fn knows(&self, criterion_or_clause: &str) -> bool {
        self.names().any(|name| name == criterion_or_clause)
    }

    /// The criterion or clause whose name is nearest.
    pub fn suggest(&self, text: &str) -> Option<&str> {
        nearest(text, self.names())
    }

    /// The ids of the probes that bear on what is offered for a criterion or clause; on anything for `None`.
    pub fn probes_for(&self, offered: Option<&str>) -> BTreeSet<&str> {
        let bears = |criterion: &Criterion, clause: &Clause| {
            offered.is_none_or(|name| name == criterion.code.get_ref() || name == clause.id.get_ref())
        };
        let mut probes: BTreeSet<&str> = BTreeSet::new();
        for criterion in &self.criteria {
            let clauses: Vec<&Clause> = criterion.clauses.iter().filter(|clause| bears(criterion, clause)).collect();
            if !clauses.is_empty() {
                probes.extend(criterion.look_too.iter().map(|probe| probe.get_ref().as_str()));
            }
            let signs = clauses.into_iter().flat_map(Clause::signs);
            probes.extend(signs.map(|sign| sign.probe.get_ref().as_str()));
        }
        let signs = self.file.lost.iter().chain(&self.file.unseen).map(|sign| &sign.probe);
        probes.extend(signs.chain(&self.file.look_too).map(|probe| probe.get_ref().as_str()));
        probes
    }
}
