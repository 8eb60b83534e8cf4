//! Which standards data is made in, told by the signs that a body shows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::signs::{Sign, Signs};
use crate::finding::Locus;
use crate::standards::{self, Form, Standard, Within};

/// A version as it stands in an address or in a field of its own.
static VERSION: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r"\d+(\.\d+)+|\d+$") {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern of a version is well formed: {error}"),
});

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

/// The standards whose marks all stand in `signs`, each in the form of which least is missing.
pub(super) fn tell(signs: &Signs) -> Vec<Told> {
    let forms = standards::all().iter().flat_map(|standard| standard.forms.iter().map(move |form| (standard, form)));
    let mut best: BTreeMap<&str, Told> = BTreeMap::new();
    for told in forms.filter_map(|(standard, form)| in_form(form, standard, signs)) {
        let better = best.get(told.standard.id.as_str()).is_none_or(|other| told.missing.len() < other.missing.len());
        if better {
            best.insert(&told.standard.id, told);
        }
    }
    best.into_values().collect()
}

fn in_form(form: &Form, standard: &'static Standard, signs: &Signs) -> Option<Told> {
    let marks: Vec<Sign> = form.marks.iter().map(|mark| signs.find(form.within, mark)).collect::<Option<Vec<_>>>()?;
    let mut told = Told {
        standard,
        within: form.within,
        version: form.version.as_ref().and_then(|path| version(&signs.find(form.within, path)?.value)),
        signs: Vec::new(),
        required: 0,
        missing: Vec::new(),
        place: marks.first().map(|mark| (mark.locus.clone(), mark.quote.clone()))?,
    };
    if form.within == Within::Bytes {
        told.version = marks.first().map(|mark| mark.value.clone());
    }
    told.signs.extend(marks.into_iter().map(|mark| mark.name));
    for need in &form.needs {
        match signs.find(form.within, need) {
            Some(_) => told.required += 1,
            None if signs.is_unread(need) => {}
            None => told.missing.push(need.replace('|', " or ")),
        }
    }
    Some(told)
}

fn version(written: &str) -> Option<String> {
    VERSION.find(written).map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_out_of_addresses() {
        let read = |text| version(text);
        assert_eq!(read("https://project-open-data.cio.gov/v1.1/schema").as_deref(), Some("1.1"));
        assert_eq!(read("http://wiki.open311.org/GeoReport_v2").as_deref(), Some("2"));
        assert_eq!(read("3.1-RC2").as_deref(), Some("3.1"));
        assert_eq!(read("draft"), None);
    }
}
