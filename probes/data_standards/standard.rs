//! The standards that are known, as `standards.toml` has them, and how they are told by the signs that a body shows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::signs::{Sign, Signs};
use crate::finding::Locus;

/// A data standard.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standard {
    pub(super) id: String,
    pub(super) name: String,
    #[expect(dead_code, reason = "for people who read the table")]
    title: String,
    #[serde(deserialize_with = "patterns")]
    names: Vec<Regex>,
    #[serde(deserialize_with = "patterns")]
    addresses: Vec<Regex>,
    forms: Vec<Form>,
}

/// A shape in which data of a standard comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    within: Within,
    marks: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    version: Option<String>,
}

/// Where signs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Within {
    Archive,
    Columns,
    Paths,
    Elements,
    Text,
    Bytes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    documentation: Vec<String>,
    standards: Vec<Standard>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| match toml::from_str(include_str!("standards.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled standards are well formed: {error}"),
});

/// A version as it stands in an address or in a field of its own.
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\d+(\.\d+)+|\d+$").unwrap_or_else(|error| {
        panic!("invariant: the pattern of a version is well formed: {error}");
    })
});

fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    written.iter().map(|text| pattern(text).map_err(serde::de::Error::custom)).collect()
}

fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).build()
}

/// What a body says of one standard.
pub(super) struct Told {
    pub(super) standard: &'static Standard,
    pub(super) within: Within,
    pub(super) version: Option<String>,
    /// The marks, as they are written in the body.
    pub(super) signs: Vec<String>,
    /// How much of what is required besides is there.
    pub(super) required: u64,
    /// What is required and is not there.
    pub(super) missing: Vec<String>,
    /// Where the first mark stands.
    pub(super) place: (Locus, String),
}

/// How many standards are known.
pub(super) fn known() -> usize {
    KNOWN.standards.len()
}

/// The standards whose marks all stand in `signs`, each in the form of which least is missing.
pub(super) fn tell(signs: &Signs) -> Vec<Told> {
    let forms = KNOWN.standards.iter().flat_map(|standard| standard.forms.iter().map(move |form| (standard, form)));
    let mut best: BTreeMap<&str, Told> = BTreeMap::new();
    for told in forms.filter_map(|(standard, form)| form.tell(standard, signs)) {
        let better = best.get(told.standard.id.as_str()).is_none_or(|other| told.missing.len() < other.missing.len());
        if better {
            best.insert(&told.standard.id, told);
        }
    }
    best.into_values().collect()
}

impl Form {
    fn tell(&self, standard: &'static Standard, signs: &Signs) -> Option<Told> {
        let marks: Vec<Sign> =
            self.marks.iter().map(|mark| signs.find(self.within, mark)).collect::<Option<Vec<_>>>()?;
        let mut told = Told {
            standard,
            within: self.within,
            version: self.version.as_ref().and_then(|path| version(&signs.find(self.within, path)?.value)),
            signs: Vec::new(),
            required: 0,
            missing: Vec::new(),
            place: marks.first().map(|mark| (mark.locus.clone(), mark.quote.clone()))?,
        };
        if self.within == Within::Bytes {
            told.version = marks.first().map(|mark| mark.value.clone());
        }
        told.signs.extend(marks.into_iter().map(|mark| mark.name));
        for need in &self.needs {
            match signs.find(self.within, need) {
                Some(_) => told.required += 1,
                None if signs.is_unread(need) => {}
                None => told.missing.push(need.replace('|', " or ")),
            }
        }
        Some(told)
    }
}

fn version(written: &str) -> Option<String> {
    VERSION.find(written).map(|found| found.as_str().to_owned())
}

/// The standards that a text names, each with the place of its name; a name within a longer one does not count.
pub(super) fn named(text: &str) -> Vec<(&'static Standard, Range<usize>)> {
    let found: Vec<(&Standard, Range<usize>)> = KNOWN
        .standards
        .iter()
        .flat_map(|standard| {
            standard.names.iter().flat_map(move |name| name.find_iter(text).map(move |m| (standard, m.range())))
        })
        .collect();
    let within = |inner: &Range<usize>, outer: &Range<usize>| {
        outer.start <= inner.start && inner.end <= outer.end && inner.len() < outer.len()
    };
    let mut names: Vec<(&Standard, Range<usize>)> =
        found.iter().filter(|(_, place)| !found.iter().any(|(_, other)| within(place, other))).cloned().collect();
    names.sort_by_key(|(_, place)| place.start);
    let mut seen = Vec::new();
    names.retain(|(standard, _)| {
        let new = !seen.contains(&standard.id.as_str());
        seen.push(standard.id.as_str());
        new
    });
    names
}

/// The standards whose data is often found under such an address.
pub(super) fn addressed(url: &Url) -> Vec<&'static Standard> {
    if documents(url) {
        return Vec::new();
    }
    let path = &url[url::Position::BeforePath..];
    KNOWN.standards.iter().filter(|standard| standard.addresses.iter().any(|address| address.is_match(path))).collect()
}

/// Whether the address belongs to those who explain standards.
pub(super) fn documents(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    KNOWN
        .documentation
        .iter()
        .any(|site| host.strip_suffix(site.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&str> {
        named(text).into_iter().map(|(standard, _)| standard.id.as_str()).collect()
    }

    #[test]
    fn names_are_told_apart() {
        assert_eq!(ids("Our GTFS-Realtime feed and our GTFS feed"), ["gtfs-realtime", "gtfs"]);
        assert_eq!(ids("metadata in DCAT-US"), ["dcat-us"]);
        assert_eq!(ids("She lives here; LIVES data of inspections"), ["lives"]);
        assert!(ids("The city collects gifts.").is_empty());
    }

    #[test]
    fn addresses_promise_and_documentation_does_not() {
        let of =
            |url: &str| addressed(&Url::parse(url).unwrap()).into_iter().map(|s| s.id.as_str()).collect::<Vec<_>>();
        assert_eq!(of("https://transit.example.gov/files/google_transit.zip"), ["gtfs"]);
        assert_eq!(of("https://example.gov/gbfs/gbfs.json"), ["gbfs"]);
        assert!(of("https://gtfs.org/gtfs.zip").is_empty());
    }

    #[test]
    fn versions_are_read_out_of_addresses() {
        let read = |text| version(text);
        assert_eq!(read("https://project-open-data.cio.gov/v1.1/schema").as_deref(), Some("1.1"));
        assert_eq!(read("http://wiki.open311.org/GeoReport_v2").as_deref(), Some("2"));
        assert_eq!(read("3.1-RC2").as_deref(), Some("3.1"));
        assert_eq!(read("draft"), None);
    }

    #[test]
    fn every_sign_can_be_found() {
        let forms = KNOWN.standards.iter().flat_map(|standard| &standard.forms);
        for form in forms {
            assert!(!form.marks.is_empty());
            let paths = form.marks.iter().chain(&form.needs).chain(&form.version);
            let rooted = matches!(form.within, Within::Paths | Within::Elements);
            for path in paths.flat_map(|path| path.split('|')) {
                assert!(path.starts_with('/') == rooted || form.within == Within::Bytes, "{path}");
            }
        }
    }
}
