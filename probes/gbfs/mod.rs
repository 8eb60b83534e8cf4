//! Does the bike-share feed keep GBFS: does its discovery file lead to files that hold what they must?

mod schema;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::capture::{Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::kind::{self, Kind};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::{json, obstacle};

crate::declare!();

/// Reads a discovery file and the files that it names.
pub struct Gbfs;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Valid {
        #[serde(flatten)]
        feed: Feed,
    },
    Invalid {
        #[serde(flatten)]
        feed: Feed,
    },
    PartUnseen {
        cause: String,
        #[serde(flatten)]
        feed: Feed,
    },
    NotGbfs {
        kind: String,
    },
    Unreadable {
        cause: String,
    },
    Unseen {
        cause: String,
    },
}

#[derive(Default, Serialize)]
struct Feed {
    version: String,
    languages: Vec<String>,
    files: u64,
    looked_into: u64,
    stations: u64,
    vehicles: u64,
    wrong: u64,
    problems: Vec<BTreeMap<&'static str, String>>,
}

/// A file that the discovery file names.
struct Named {
    name: String,
    url: Option<Url>,
}

/// The version of a feed that names none.
const FIRST: &str = "1.0";

impl Probe for Gbfs {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let mut evidence = vec![Evidence::new(&capture.id, Locus::Exchange, "")];
        let seen = match (obstacle::of(captures, &capture), capture.success()) {
            (Some(obstacle), _) => Seen::Unseen { cause: obstacle.to_string() },
            (None, Err(cause)) => Seen::Unseen { cause },
            (None, Ok(answered)) if answered.body.cut.is_some() => {
                Seen::Unseen { cause: "only a part of the file came in".to_owned() }
            }
            (None, Ok(_)) => match (kind::of(captures, &capture), &*json::of(captures, &capture)) {
                (_, Ok(document)) => match named(document) {
                    None => Seen::NotGbfs { kind: "JSON that names no files of GBFS".to_owned() },
                    Some(files) => feed(target, captures, document, &files, &mut evidence)?,
                },
                (Kind::Json | Kind::Text, Err(cause)) => Seen::Unreadable { cause: cause.clone() },
                (kind, Err(_)) => Seen::NotGbfs { kind: kind.to_string() },
            },
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

/// The files that a discovery file names, once each; none where it is no discovery file.
fn named(document: &Value) -> Option<Vec<Named>> {
    let data = document.get("data")?.as_object()?;
    // Up to the second version the files stand under each language.
    let lists: Vec<&Value> = match data.get("feeds") {
        Some(feeds) => vec![feeds],
        None => data.values().filter_map(|language| language.get("feeds")).collect(),
    };
    let (mut files, mut names) = (Vec::new(), BTreeSet::new());
    for file in lists.iter().filter_map(|list| list.as_array()).flatten() {
        let name = file.get("name").and_then(Value::as_str).unwrap_or_default();
        if names.insert(name) {
            let url = file.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
            files.push(Named { name: name.to_owned(), url });
        }
    }
    (!lists.is_empty()).then_some(files)
}

fn feed(
    target: &Target,
    captures: &Captures<'_>,
    document: &Value,
    files: &[Named],
    evidence: &mut Vec<Evidence>,
) -> Result<Seen, Need> {
    let version = document.get("version").and_then(Value::as_str).unwrap_or(FIRST);
    let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
    let mut feed = Feed {
        version: version.to_owned(),
        languages: languages(document),
        files: files.len() as u64,
        ..Feed::default()
    };
    if !(1..=3).contains(&major) {
        feed.problem("gbfs", "/version".to_owned(), format!("{version:?} is no version of GBFS"));
    }
    feed.frame("gbfs", document, major);
    for named in files.iter().filter(|named| named.name.is_empty() || named.url.is_none()) {
        feed.problem("gbfs", "/data".to_owned(), format!("the file {:?} has no name, or no link", named.name));
    }
    if !files.iter().any(|named| named.name == "system_information") {
        feed.problem("gbfs", "/data".to_owned(), "system_information is not named, and every feed has it".to_owned());
    }
    let (mut need, mut unseen) = (Need::default(), None);
    for schema in schema::files(major) {
        let Some(url) = files.iter().find(|named| named.name == schema.name).and_then(|named| named.url.as_ref())
        else {
            continue;
        };
        // The feed's own host was named by the city; another was not.
        let same = url.host() == target.url.host();
        let request = if same { Request::api(url) } else { Request::discovered(url) };
        let capture = match captures.get(&request) {
            Ok(capture) => capture,
            Err(missing) => {
                need.merge(missing);
                continue;
            }
        };
        if let Some(obstacle) = obstacle::of(captures, &capture) {
            unseen = Some(format!("{}: {obstacle}", schema.name));
            continue;
        }
        if let Err(cause) = capture.success() {
            unseen = Some(format!("{}: {cause}", schema.name));
            continue;
        }
        evidence.push(Evidence::new(&capture.id, Locus::Exchange, ""));
        feed.looked_into += 1;
        match &*json::of(captures, &capture) {
            Err(cause) => feed.problem(&schema.name, String::new(), format!("is no JSON: {cause}")),
            Ok(document) => {
                feed.frame(&schema.name, document, major);
                let (records, problems) = schema.check(document, major);
                match schema.name.as_str() {
                    "station_information" => feed.stations = records,
                    "free_bike_status" | "vehicle_status" => feed.vehicles = records,
                    _ => {}
                }
                for problem in problems {
                    feed.problem(&schema.name, problem.at, problem.says);
                }
            }
        }
    }
    if need != Need::default() {
        return Err(need);
    }
    Ok(match unseen {
        _ if feed.wrong > 0 => Seen::Invalid { feed },
        Some(cause) => Seen::PartUnseen { cause, feed },
        None => Seen::Valid { feed },
    })
}

/// The languages of the second version's files.
fn languages(document: &Value) -> Vec<String> {
    let data = document.get("data").and_then(Value::as_object);
    let data = data.filter(|data| !data.contains_key("feeds"));
    data.map(|data| data.keys().cloned().collect()).unwrap_or_default()
}

impl Feed {
    fn problem(&mut self, file: &str, at: String, says: String) {
        self.wrong += 1;
        self.problems.push(BTreeMap::from([("file", file.to_owned()), ("at", at), ("problem", says)]));
    }

    /// What every file has around its data.
    fn frame(&mut self, file: &str, document: &Value, major: u64) {
        if !document.get("last_updated").is_some_and(|time| schema::is_time(time, major)) {
            let says = "is missing, or no time as this version writes it";
            self.problem(file, "/last_updated".to_owned(), says.to_owned());
        }
        if !document.get("ttl").is_some_and(Value::is_u64) {
            self.problem(file, "/ttl".to_owned(), "is missing, or no whole number of seconds".to_owned());
        }
        if major >= 2 && !document.get("version").is_some_and(Value::is_string) {
            self.problem(file, "/version".to_owned(), "is missing".to_owned());
        }
    }
}
