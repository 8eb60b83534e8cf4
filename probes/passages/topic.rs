//! Topics: what is looked for in documents, as data.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::phrase::{Phrase, Stems};
use super::topics::TOPICS;
use crate::wording::{Language, Mood};

/// How strongly a passage bears on its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// It touches the matter.
    Weak,
    /// It states the matter.
    Strong,
}

/// A topic as its file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// What a passage on it states.
    pub about: String,
    /// The numbers of the guidelines for open data policies that a passage on it answers.
    #[serde(default)]
    pub guidelines: Vec<u8>,
    /// Phrases by the idea that they express.
    #[serde(default)]
    pub ideas: BTreeMap<String, Vec<String>>,
    /// What makes a passage, the strongest first.
    pub rules: Vec<WrittenRule>,
    /// Sentences that it is tried on.
    pub examples: Examples,
    /// The same ideas and examples in Spanish, where there are any: the rules are the same.
    pub spanish: Option<Worded>,
    /// The same in Portuguese.
    pub portuguese: Option<Worded>,
}

/// A topic's ideas in another language than English.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worded {
    /// Phrases by the idea that they express.
    pub ideas: BTreeMap<String, Vec<String>>,
    /// Sentences that it is tried on.
    pub examples: Examples,
}

impl Written {
    /// Its ideas in a language, and what they are tried on; `None` where there are none.
    pub fn worded(&self, language: Language) -> Option<Worded> {
        match language {
            Language::English => Some(Worded { ideas: self.ideas.clone(), examples: self.examples.clone() }),
            Language::Spanish => self.spanish.clone(),
            Language::Portuguese => self.portuguese.clone(),
        }
    }
}

/// What a topic is tried on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Texts with a strong passage.
    #[serde(default)]
    pub strong: Vec<String>,
    /// Texts with a weak passage at best.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Texts that come near and have no passage.
    pub none: Vec<String>,
}

/// What must come near what for a passage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRule {
    /// The rule in a few words, for the reviewer.
    pub name: String,
    /// How strong a passage of it is.
    pub lead: Lead,
    /// Ideas that must all be there; `2 field` asks for two different phrases of one.
    pub all: Vec<String>,
    /// Ideas of which one must be there.
    #[serde(default)]
    pub any: Vec<String>,
    /// Ideas that rule it out.
    #[serde(default)]
    pub none: Vec<String>,
    /// Within how much text all that must be there is.
    #[serde(default)]
    pub scope: Scope,
    /// Within how many words of a sentence.
    pub within: Option<usize>,
    /// Ideas of which a heading above must express one.
    #[serde(default)]
    pub under: Vec<String>,
    /// Ideas of which the document must express one somewhere.
    #[serde(default)]
    pub document: Vec<String>,
    /// Ideas that the document must express nowhere.
    #[serde(default)]
    pub nowhere: Vec<String>,
    /// How the sentence must speak.
    pub mood: Option<Vec<Mood>>,
    /// What else than plain sentences and table rows may make a passage.
    #[serde(default)]
    pub also: Vec<Also>,
    /// How many such passages there must be.
    #[serde(default = "one")]
    pub times: usize,
    /// Whether a passage of it answers the topic's guidelines too.
    #[serde(default = "yes")]
    pub guideline: bool,
    /// Whether what must be there may be denied.
    #[serde(default)]
    pub denied: bool,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// Within how much text what must come together comes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A sentence, or an item of a list with what leads it in.
    #[default]
    Sentence,
    /// A sentence and its neighbours.
    Near,
    /// A paragraph or item.
    Block,
    /// All that stands under one heading.
    Section,
    /// The whole document.
    Document,
}

/// Text that makes no passage unless a rule says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Also {
    /// Reasons given before a resolution.
    Recital,
    /// Explanations of words.
    Definition,
    /// Headings.
    Heading,
}

/// A topic, compiled.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) id: &'static str,
    pub(super) rules: Vec<Rule>,
}

/// A rule, compiled: ideas are numbers.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) written: WrittenRule,
    pub(super) all: Vec<(usize, usize)>,
    pub(super) any: Vec<usize>,
    pub(super) none: Vec<usize>,
    pub(super) under: Vec<usize>,
    pub(super) document: Vec<usize>,
    pub(super) nowhere: Vec<usize>,
}

/// The ideas that topics share in a language.
#[derive(Deserialize)]
struct Shared {
    /// How many words it takes for how many of English, in which rules count.
    #[serde(default = "as_many")]
    words_for_english: [usize; 2],
    #[serde(flatten)]
    ideas: BTreeMap<String, Vec<String>>,
}

fn as_many() -> [usize; 2] {
    [1, 1]
}

/// Every topic, compiled once.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) topics: Vec<Topic>,
    pub(super) stems: Stems,
    words_for_english: [usize; 2],
    /// Every phrase, and the number of its idea.
    pub(super) phrases: Vec<(usize, Phrase)>,
    /// The phrases that begin with a stem.
    pub(super) by_stem: HashMap<u32, Vec<usize>>,
    /// Those that may begin with anything else.
    pub(super) loose: Vec<usize>,
    /// How many ideas there are.
    pub(super) ideas: usize,
}

/// Every topic that documents are read for, in the order of [`Language::ALL`].
static KNOWN: [LazyLock<Known>; 3] = [
    LazyLock::new(|| Known::bundled(include_str!("ideas.toml"), Language::English)),
    LazyLock::new(|| Known::bundled(include_str!("ideas/spanish.toml"), Language::Spanish)),
    LazyLock::new(|| Known::bundled(include_str!("ideas/portuguese.toml"), Language::Portuguese)),
];

impl Known {
    /// The topics that phrases are known for in a language.
    pub(super) fn of(language: Language) -> &'static Self {
        &KNOWN[language as usize]
    }

    fn bundled(ideas: &str, language: Language) -> Self {
        match Self::compile(TOPICS, ideas, language) {
            Ok(known) => known,
            Err(error) => panic!("invariant: the bundled topics are well formed in {}: {error}", language.name()),
        }
    }

    /// Compiles topics, each an id and its file, over the `ideas` that they share in a language.
    fn compile(topics: &[(&'static str, &str)], ideas: &str, language: Language) -> Result<Self, String> {
        let mut known = Self { stems: Stems::of(language), ..Self::default() };
        let Shared { words_for_english, ideas: shared } =
            toml::from_str(ideas).map_err(|error| format!("ideas: {error}"))?;
        if words_for_english[1] == 0 {
            return Err("ideas: words_for_english counts none of English".to_owned());
        }
        known.words_for_english = words_for_english;
        let mut numbers = BTreeMap::new();
        let none = BTreeMap::new();
        for (name, phrases) in &shared {
            let number = known.idea(phrases, &shared, &none).map_err(|error| format!("the idea {name}: {error}"))?;
            numbers.insert(name.clone(), number);
        }
        for (id, text) in topics {
            let written: Written = toml::from_str(text).map_err(|error| format!("the topic {id}: {error}"))?;
            let Some(Worded { ideas, .. }) = written.worded(language) else { continue };
            let topic = known.topic(id, &written.rules, &ideas, &shared, &numbers);
            known.topics.push(topic.map_err(|error| format!("the topic {id}: {error}"))?);
        }
        for (at, (_, phrase)) in known.phrases.iter().enumerate() {
            match phrase.begins() {
                Some(stems) => stems.into_iter().for_each(|stem| known.by_stem.entry(stem).or_default().push(at)),
                None => known.loose.push(at),
            }
        }
        Ok(known)
    }

    fn topic(
        &mut self,
        id: &'static str,
        written: &[WrittenRule],
        ideas: &BTreeMap<String, Vec<String>>,
        shared: &BTreeMap<String, Vec<String>>,
        numbers: &BTreeMap<String, usize>,
    ) -> Result<Topic, String> {
        let mut own = BTreeMap::new();
        for (name, phrases) in ideas {
            own.insert(name.clone(), self.idea(phrases, shared, ideas)?);
        }
        let mut used = BTreeSet::new();
        let mut number = |name: &str| {
            used.insert(name.to_owned());
            own.get(name).or_else(|| numbers.get(name)).copied().ok_or_else(|| format!("there is no idea {name:?}"))
        };
        let mut rules = Vec::new();
        for rule in written {
            let mut list = |names: &[String]| names.iter().map(|name| number(name)).collect::<Result<Vec<_>, _>>();
            let (any, none) = (list(&rule.any)?, list(&rule.none)?);
            let (under, document, nowhere) = (list(&rule.under)?, list(&rule.document)?, list(&rule.nowhere)?);
            let mut all = Vec::new();
            for asked in &rule.all {
                let (times, name) = match asked.split_once(' ') {
                    Some((times, name)) => (times.parse().map_err(|_| format!("{asked:?} is no idea"))?, name),
                    None => (1, asked.as_str()),
                };
                all.push((number(name)?, times));
            }
            if all.is_empty() {
                return Err(format!("the rule {:?} asks for nothing", rule.name));
            }
            let [words, english] = self.words_for_english;
            let within = rule.within.map(|within| within * words / english);
            let written = WrittenRule { within, ..rule.clone() };
            rules.push(Rule { written, all, any, none, under, document, nowhere });
        }
        // An idea may be there only for others to include.
        let included: BTreeSet<&str> = ideas.values().flatten().filter_map(|phrase| phrase.strip_prefix('@')).collect();
        match own.keys().find(|name| !used.contains(*name) && !included.contains(name.as_str())) {
            Some(name) => Err(format!("no rule asks for the idea {name:?}")),
            None => Ok(Topic { id, rules }),
        }
    }

    /// Learns an idea by its phrases; `@name` stands for those of another.
    fn idea(
        &mut self,
        phrases: &[String],
        shared: &BTreeMap<String, Vec<String>>,
        own: &BTreeMap<String, Vec<String>>,
    ) -> Result<usize, String> {
        let number = self.ideas;
        self.ideas += 1;
        let mut open: Vec<&String> = phrases.iter().collect();
        let mut included = BTreeSet::new();
        while let Some(text) = open.pop() {
            if let Some(name) = text.strip_prefix('@') {
                let other = own.get(name).or_else(|| shared.get(name));
                let other = other.ok_or_else(|| format!("there is no idea {name:?}"))?;
                if included.insert(name) {
                    open.extend(other);
                }
            } else {
                let phrases = Phrase::read(text, &mut self.stems)?;
                self.phrases.extend(phrases.into_iter().map(|phrase| (number, phrase)));
            }
        }
        Ok(number)
    }
}
