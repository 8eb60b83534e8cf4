//! What a whole catalogue says, measured in one pass: each dataset is seen once and let go.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::complete::Complete;
use super::contacts::Contacts;
use super::licence::Licences;
use super::openness::Openness;
use super::quality::Quality;
use super::standards::Standards;
use super::tally::Tally;
use super::usage::Usage;
use super::{Dataset, Distribution, FIELDS, Field, Fields};
use crate::kind::{self, Kind};
use crate::row_api::RowApi;

/// How many datasets are kept whole, as the sample that further probes look at.
pub const SAMPLE: usize = 200;

/// Measures of all datasets of a catalogue.
#[derive(Debug, Default)]
pub struct Profile {
    /// How many datasets were seen; one that comes again on a later page is not another.
    pub datasets: u64,
    /// How many of them share their identifier with another on the same page.
    pub repeated: u64,
    /// How many distributions they have.
    pub distributions: u64,
    /// How many datasets have something in each field.
    pub filled: BTreeMap<Field, u64>,
    /// How many hold what yardsticks require.
    pub complete: Complete,
    /// What the platform calls them.
    pub kinds: Tally,
    /// The formats of distributions, each once a dataset.
    pub formats: Tally,
    /// How many have an interface that gives out their rows.
    pub with_row_api: u64,
    /// How many say that they have a file of geometry.
    pub with_geometry: u64,
    /// How many can be had in open formats.
    pub openness: Openness,
    /// Names of publishers.
    pub publishers: Tally,
    /// Licences, as they are written.
    pub licences: Tally,
    /// What those licences are.
    pub terms: Licences,
    /// Whom they name to be asked.
    pub contacts: Contacts,
    /// Which of them speak of common standards.
    pub standards: Standards,
    /// How often they are used.
    pub usage: Usage,
    /// Whether their words say something.
    pub quality: Quality,
    /// Declared frequencies, as they are written.
    pub frequencies: Tally,
    /// Months of the last change, `2026-11`.
    pub months: Tally,
    /// The domains of datasets that were federated from elsewhere.
    pub federated: Tally,
    /// The datasets whose identifiers have the lowest hashes: a sample that is the same next week.
    sample: BTreeMap<u64, Dataset>,
    /// The page on which each was first seen, by the hash of its identifier.
    seen: HashMap<u64, u32>,
}

impl Profile {
    /// Takes in one dataset of the page numbered `page`.
    ///
    /// Pages of a catalogue that changes while it is read overlap, so what comes again on another page is passed by.
    pub fn see(&mut self, dataset: Dataset, page: u32) {
        let key = self.key(&dataset);
        match self.seen.insert(key, page) {
            None => {}
            Some(earlier) if earlier == page => self.repeated += 1,
            Some(earlier) => {
                self.seen.insert(key, earlier);
                return;
            }
        }
        self.datasets += 1;
        self.distributions += dataset.distributions.len() as u64;
        let files: Vec<Fields> = dataset.distributions.iter().map(Distribution::filled).collect();
        let any = dataset.filled(&files);
        for (field, _) in FIELDS.iter().filter(|(field, _)| any.has(*field)) {
            *self.filled.entry(*field).or_default() += 1;
        }
        self.complete.see(any, &files);
        let given = |tally: &mut Tally, value: &str| {
            if !value.trim().is_empty() {
                tally.add(value);
            }
        };
        given(&mut self.kinds, &dataset.kind);
        given(&mut self.publishers, &dataset.publisher);
        given(&mut self.frequencies, &dataset.frequency);
        given(&mut self.federated, &dataset.federated_from);
        given(&mut self.months, month(&dataset));
        let licences = std::iter::once(&dataset.licence).chain(dataset.distributions.iter().map(|one| &one.licence));
        if let Some(licence) = licences.into_iter().find(|licence| !licence.is_blank()) {
            self.licences.add(if licence.url.is_empty() { &licence.name } else { &licence.url });
        }
        self.terms.see(&dataset);
        self.contacts.see(&dataset);
        self.usage.see(&dataset);
        self.standards.see(&dataset, key);
        self.quality.see(&dataset, key);
        let formats: BTreeSet<String> = dataset.distributions.iter().map(Distribution::format_name).collect();
        self.openness.see(&formats);
        for format in &formats {
            given(&mut self.formats, format);
        }
        self.with_geometry += u64::from(dataset.distributions.iter().any(Distribution::is_geometry));
        self.with_row_api += u64::from(dataset.distributions.iter().any(|one| one.row_api().is_some()));
        self.sample.insert(key, dataset);
        if self.sample.len() > SAMPLE {
            self.sample.pop_last();
        }
    }

    /// Datasets kept whole, in the order of the hashes of their identifiers.
    pub fn sample(&self) -> impl Iterator<Item = &Dataset> {
        self.sample.values()
    }

    /// A hash of what the dataset is known by; datasets without an identifier are known by what they say.
    fn key(&self, dataset: &Dataset) -> u64 {
        let hash = |text: &str| {
            let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
            u64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
        };
        if !dataset.identifier.is_empty() {
            return hash(&dataset.identifier);
        }
        // Two records that say the same without an identifier may still be two.
        let mut key = hash(&format!("{}\n{}", dataset.title, dataset.landing_page));
        while self.seen.contains_key(&key) {
            key = key.wrapping_add(1);
        }
        key
    }
}

/// The month of the data's last change, else of the record's.
fn month(dataset: &Dataset) -> &str {
    let written = if dataset.data_modified.is_empty() { &dataset.modified } else { &dataset.data_modified };
    let month = written.get(..7).unwrap_or_default().as_bytes();
    let digits = |range: std::ops::Range<usize>| month[range].iter().all(u8::is_ascii_digit);
    if month.len() == 7 && digits(0..4) && month[4] == b'-' && digits(5..7) { &written[..7] } else { "" }
}

impl Distribution {
    /// The interface to its rows: where its platform says so, else by its addresses.
    pub fn row_api(&self) -> Option<RowApi> {
        [&self.rows_at, &self.access_url, &self.download_url].into_iter().find_map(|address| RowApi::of(address))
    }

    /// Whether it says that it is a file of geometry, and nothing else.
    pub fn is_geometry(&self) -> bool {
        let geometry = |kinds: &&[Kind]| {
            let of = |kind: &Kind| {
                matches!(kind, Kind::Geojson | Kind::Kml | Kind::Kmz | Kind::ShapefileZip | Kind::Geopackage)
            };
            kinds.iter().all(of)
        };
        let format = self.format.trim().trim_start_matches('.').to_ascii_lowercase();
        let media_type = self.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let named = matches!(format.as_str(), "shp" | "shapefile" | "zipped shapefile" | "geopackage");
        let promised = || kind::promised_by_extension(&format).or_else(|| kind::promised_by_media_type(&media_type));
        !self.service && !self.address().is_empty() && (named || promised().is_some_and(|kinds| geometry(&kinds)))
    }

    /// Its format's name in capitals: as it is written, else by its media type, else by its address.
    pub fn format_name(&self) -> String {
        let written = self.format.trim();
        if !written.is_empty() {
            return written.trim_start_matches('.').to_uppercase();
        }
        let media_type = self.media_type.split(';').next().unwrap_or_default().trim();
        if let Some((_, subtype)) = media_type.split_once('/') {
            return subtype.trim_start_matches("vnd.").trim_start_matches("x-").to_uppercase();
        }
        let url = url::Url::parse(self.address()).ok();
        url.and_then(|url| kind::extension(&url)).map(|extension| extension.to_uppercase()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_overlap_but_records_of_one_page_are_each_a_dataset() {
        let mut profile = Profile::default();
        let dataset = |identifier: &str| Dataset { identifier: identifier.to_owned(), ..Dataset::default() };
        for (identifier, page) in [("a", 0), ("b", 0), ("b", 0), ("b", 1), ("c", 1), ("", 1), ("", 1)] {
            profile.see(dataset(identifier), page);
        }
        assert_eq!((profile.datasets, profile.repeated), (6, 1));
    }

    #[test]
    fn a_sample_is_the_same_whatever_the_order() {
        let ids: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
        let of = |ids: &mut dyn Iterator<Item = &String>| {
            let mut profile = Profile::default();
            for id in ids {
                profile.see(Dataset { identifier: id.clone(), ..Dataset::default() }, 0);
            }
            profile.sample().map(|dataset| dataset.identifier.clone()).collect::<Vec<_>>()
        };
        let sample = of(&mut ids.iter());
        assert_eq!(sample.len(), SAMPLE);
        assert_eq!(sample, of(&mut ids.iter().rev()));
    }
}
