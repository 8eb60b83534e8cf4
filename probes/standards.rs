//! Common data standards, as `standards/standards.toml` has them: the words that name them, the addresses under which their
//! data is found, and the shapes it comes in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::{Deserialize, Serialize};
use url::Url;

/// A data standard.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Its name in data.
    pub id: String,
    /// What it is called for short.
    pub name: String,
    #[expect(dead_code, reason = "for people who read the table")]
    title: String,
    #[serde(deserialize_with = "crate::pattern::each")]
    names: Vec<Regex>,
    #[serde(deserialize_with = "crate::pattern::each")]
    addresses: Vec<Regex>,
    /// The shapes in which its data comes.
    pub forms: Vec<Form>,
}

/// A shape in which data of a standard comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Where its signs stand.
    pub within: Within,
    /// What tells that data is made to be of the standard.
    pub marks: Vec<String>,
    /// What is required of it besides.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Where its version stands.
    pub version: Option<String>,
}

/// Where signs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Files of an archive and their columns.
    Archive,
    /// Columns of a table or fields of records.
    Columns,
    /// Paths in JSON.
    Paths,
    /// Elements of XML.
    Elements,
    /// Words of a text.
    Text,
    /// Bytes at the beginning.
    Bytes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    documentation: Vec<String>,
    standards: Vec<Standard>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| match toml::from_str(include_str!("standards/standards.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled standards are well formed: {error}"),
});

/// All patterns at once: of many texts, most speak of no standard.
static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    let each = KNOWN.standards.iter().flat_map(|standard| standard.names.iter().chain(&standard.addresses));
    let set =
        RegexSetBuilder::new(each.map(Regex::as_str)).case_insensitive(true).multi_line(true).unicode(false).build();
    match set {
        Ok(set) => set,
        Err(error) => panic!("invariant: the bundled standards are well formed: {error}"),
    }
});

/// Names of one column, bare: any one of them will do.
type Names = Vec<String>;

/// The columns that tables of each standard are told by.
static COLUMNS: LazyLock<Vec<(&'static Standard, Vec<Names>)>> = LazyLock::new(|| {
    let names = |mark: &String| mark.split('|').map(bare).collect();
    let forms = KNOWN.standards.iter().flat_map(|standard| standard.forms.iter().map(move |form| (standard, form)));
    let forms = forms.filter(|(_, form)| form.within == Within::Columns);
    forms.map(|(standard, form)| (standard, form.marks.iter().map(names).collect())).collect()
});

/// The standards that are known.
pub fn all() -> &'static [Standard] {
    &KNOWN.standards
}

/// Whether one of these lines may name a standard, or be the address of its data: a quick look before a closer one.
pub fn may_speak(lines: &str) -> bool {
    ANY.is_match(lines.as_bytes())
}

/// The standards that a text names, each with the place of its name; a name within a longer one does not count.
pub fn named(text: &str) -> Vec<(&'static Standard, Range<usize>)> {
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
pub fn addressed(url: &Url) -> Vec<&'static Standard> {
    if documents(url) {
        return Vec::new();
    }
    let path = &url[url::Position::BeforePath..];
    KNOWN.standards.iter().filter(|standard| standard.addresses.iter().any(|address| address.is_match(path))).collect()
}

/// Whether the address belongs to those who explain standards.
pub fn documents(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    KNOWN
        .documentation
        .iter()
        .any(|site| host.strip_suffix(site.as_str()).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

/// The standards that a table with these columns is made to be in.
pub fn in_columns(columns: &[String]) -> Vec<&'static Standard> {
    let there: Vec<String> = columns.iter().map(|column| bare(column)).collect();
    let has = |names: &Vec<String>| names.iter().any(|name| there.contains(name));
    let mut told: Vec<&Standard> =
        COLUMNS.iter().filter(|(_, marks)| marks.iter().all(has)).map(|(standard, _)| *standard).collect();
    told.dedup_by_key(|standard| standard.id.as_str());
    told
}

/// A column's name by its letters and digits alone: blanks, underscores and capitals tell no two columns apart.
pub fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
        assert!(may_speak("Bus stops (GTFS)") && !may_speak("The city\ncollects gifts."));
    }

    #[test]
    fn addresses_promise_and_documentation_does_not() {
        let of =
            |url: &str| addressed(&Url::parse(url).unwrap()).into_iter().map(|s| s.id.as_str()).collect::<Vec<_>>();
        assert_eq!(of("https://transit.example.gov/files/google_transit.zip"), ["gtfs"]);
        assert_eq!(of("https://example.gov/gbfs/gbfs.json"), ["gbfs"]);
        assert!(of("https://gtfs.org/gtfs.zip").is_empty());
        assert!(may_speak("Trees\nhttps://data.example.gov/data.json\nCSV"));
    }

    #[test]
    fn columns_tell_what_a_table_is_made_to_be() {
        let of = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
            in_columns(&columns).into_iter().map(|s| s.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of(&["permitnum", "originaladdress1", "status_current", "fee"]), ["blds"]);
        assert!(of(&["permit", "address"]).is_empty());
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
