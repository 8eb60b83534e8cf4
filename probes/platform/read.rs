//! A catalogue read to its end, in one pass over its pages, and what was counted on the way.

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use super::detect::Sighting;
use super::form::Form;
use super::page::Page;
use super::walk::{Walk, walk};
use super::{Platform, arcgis_hub, ckan, dcat_rdf, dcat_us, schema_org, sitemap};
use crate::capture::{Capture, Captures, Need, Standing};
use crate::dcat::Profile;
use crate::finding::{Evidence, Locus, Share};
use crate::json;

/// A catalogue that was read.
pub struct Catalogue {
    /// The platform it stands on.
    pub platform: Platform,
    /// Its version, where it says so.
    pub version: Option<String>,
    /// Where its interface stands.
    pub base: Url,
    /// Why it may be asked.
    pub standing: Standing,
    /// The interface or file it was read from, in words.
    pub interface: &'static str,
    /// How many datasets the platform says there are; of a file, how many records it lists.
    pub claimed: u64,
    /// How many were read, or at least found by name.
    pub read: u64,
    /// How many records were read beside them that describe no dataset.
    pub others: u64,
    /// On how many pages.
    pub pages: u64,
    /// What all of them say; of a catalogue whose datasets are read one by one, what some say.
    pub profile: Profile,
    /// What could not be read, and why.
    pub troubles: Vec<String>,
    /// Whether it ends at the very number at which this platform's files are cut off.
    pub capped: bool,
    /// Why the document breaks off, if its own fault ends it.
    pub broken: Option<String>,
    /// What says all this.
    pub evidence: Vec<Evidence>,
}

impl Catalogue {
    /// `hits` of the datasets that were measured, as a share of all that the platform claims.
    pub fn share(&self, hits: u64) -> Option<Share> {
        self.share_among(hits, self.profile.datasets)
    }

    /// `hits` of those `n` datasets that were measured and that the question is about, as a share of all such.
    pub fn share_among(&self, hits: u64, n: u64) -> Option<Share> {
        Some(Share::of(hits, n, n + self.not_drawn())?.beside(self.unread()))
    }

    /// How many are known by name alone: those measured were drawn from them by lot.
    pub fn not_drawn(&self) -> u64 {
        self.read.saturating_sub(self.profile.datasets)
    }

    /// How many the platform claims and did not give out: no lot decided which.
    pub fn unread(&self) -> u64 {
        self.claimed.saturating_sub(self.read + self.others)
    }
}

/// How reading a catalogue ended.
pub enum Reading {
    /// It was read.
    Read(Arc<Catalogue>),
    /// It could not be seen, and why.
    Unread {
        /// In words.
        cause: String,
        /// What shows it.
        evidence: Vec<Evidence>,
    },
    /// It answers, but for somebody else's data: its scope is empty, so that its search finds the whole platform's.
    Foreign {
        /// How many records it claims.
        claimed: u64,
        /// What shows it.
        evidence: Vec<Evidence>,
    },
}

/// Reads the catalogue of the platform that was `seen`.
pub fn read(seen: &Sighting, front: &Capture, captures: &Captures<'_>) -> Result<Reading, Need> {
    if seen.platform == Platform::ArcgisHub && !seen.document {
        let claimed = Page::of(captures, &seen.answer).claimed.unwrap_or(0);
        if let Some(evidence) = arcgis_hub::without_scope(captures, front, claimed) {
            return Ok(Reading::Foreign { claimed, evidence });
        }
    }
    let walked = walk(seen, captures)?;
    if seen.platform == Platform::DcatRdf {
        for page in &walked.pages {
            if let Some(cause) = dcat_rdf::unseen(&*dcat_rdf::listing(captures, page)?) {
                let cause = format!("{}: {cause}", page.request.url);
                return Ok(Reading::Unread { cause, evidence: seen.evidence.clone() });
            }
        }
    }
    if walked.pages.is_empty() {
        let cause = walked.troubles.first().cloned().unwrap_or_else(|| "no page of it answered".to_owned());
        return Ok(Reading::Unread { cause, evidence: seen.evidence.clone() });
    }
    if let [only] = walked.pages.as_slice()
        && !matches!(seen.platform, Platform::DcatRdf | Platform::SchemaOrg)
        && Page::of(captures, only).holds_none()
        && only.request.url.scheme() != "file"
    {
        // Some portals fail in silence; the next look finds all there again.
        let second = captures.get(&only.request.clone().again())?;
        if second.success().is_ok() && Page::of(captures, &second).records > 0 {
            let cause = "it listed no dataset on the first look, and some on the second".to_owned();
            return Ok(Reading::Unread { cause, evidence: seen.evidence.clone() });
        }
    }
    let context = format!("{} {}", seen.platform.id(), seen.base);
    Ok(Reading::Read(captures.together(&walked.pages, &context, || fold(seen, &walked, captures))))
}

fn fold(seen: &Sighting, walked: &Walk, captures: &Captures<'_>) -> Catalogue {
    let several = walked.pages.len() > 1;
    let mut found = Found { several, troubles: walked.troubles.clone(), ..Found::default() };
    for (number, capture) in (0..).zip(&walked.pages) {
        match seen.platform {
            Platform::DcatRdf => found.rdf(captures, capture, number),
            Platform::SchemaOrg => found.marked_up(captures, capture, number, walked.listed.is_some()),
            _ if walked.listed.is_some() => found.package(seen, captures, capture, number),
            _ => found.records(seen, captures, capture, number),
        }
    }
    let Found { profile, interface, records, others, troubles, broken, .. } = found;
    let mut evidence = seen.evidence.clone();
    if let Some((capture, claimed)) = &walked.claim {
        let pointer = Page::of(captures, capture).form.and_then(|form| form.claimed);
        evidence.push(match pointer {
            Some(pointer) => Evidence::new(&capture.id, Locus::Pointer(pointer.to_owned()), claimed.to_string()),
            None => Evidence::new(&capture.id, Locus::Exchange, ""),
        });
    }
    Catalogue {
        platform: seen.platform,
        version: seen.version.clone(),
        base: seen.base.clone(),
        standing: seen.standing,
        interface,
        claimed: walked.claim.as_ref().map_or(records, |(_, claimed)| *claimed),
        read: walked.listed.unwrap_or(profile.datasets),
        others,
        pages: walked.pages.len() as u64,
        capped: seen.platform == Platform::ArcgisHub && seen.document && records == arcgis_hub::FEED_CAP,
        profile,
        troubles,
        broken,
        evidence,
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    profile: Profile,
    form: Option<&'static Form>,
    interface: &'static str,
    records: u64,
    others: u64,
    troubles: Vec<String>,
    several: bool,
    broken: Option<String>,
}

impl Found {
    /// The records of one page.
    fn records(&mut self, seen: &Sighting, captures: &Captures<'_>, capture: &Capture, number: u32) {
        // The first page tells its form; the others are of the same, so they are read only once.
        let Some(form) = self.form.or_else(|| Page::of(captures, capture).form) else {
            self.fault(capture, Page::of(captures, capture).broken.clone());
            return;
        };
        self.form = Some(form);
        self.interface = form.name;
        let body = match captures.body(capture) {
            Ok(body) => body,
            Err(cause) => return self.fault(capture, Some(cause)),
        };
        let mut take = |record: &Value| {
            // DKAN 1 puts its list into another.
            for record in record.as_array().map_or(std::slice::from_ref(record), Vec::as_slice) {
                self.records += 1;
                match (form.dataset)(record, &seen.base) {
                    Some(dataset) => self.profile.see(dataset, number),
                    None => self.others += 1,
                }
            }
        };
        let wanted: Vec<&str> = std::iter::once(form.records).chain(form.nested.iter().copied()).collect();
        let members = json::elements(&body, &wanted, &mut |array, _, record| {
            if array == form.records {
                take(&record);
            } else {
                dcat_us::within(&record, &mut take);
            }
        });
        self.fault(capture, members.broken);
    }

    /// One package, looked at by itself.
    fn package(&mut self, seen: &Sighting, captures: &Captures<'_>, capture: &Capture, number: u32) {
        self.interface = "CKAN's package_list and package_show";
        let answer = json::of(captures, capture);
        match answer.as_ref().as_ref().map(|answer| ckan::dataset(json::pick(answer, "result"), &seen.base)) {
            Ok(Some(dataset)) => self.profile.see(dataset, number),
            Ok(None) => self.troubles.push(format!("{}: it is no dataset", capture.request.url)),
            Err(cause) => self.troubles.push(format!("{}: {cause}", capture.request.url)),
        }
    }

    /// The datasets of a document in RDF, which was read already.
    fn rdf(&mut self, captures: &Captures<'_>, capture: &Capture, number: u32) {
        self.interface = dcat_rdf::INTERFACE;
        let (Ok(listing), Ok(answered)) = (dcat_rdf::listing(captures, capture), capture.answered()) else { return };
        match listing.as_ref() {
            Ok(listing) => {
                dcat_rdf::datasets(listing, &answered.url, &mut |dataset| {
                    self.records += 1;
                    self.profile.see(dataset, number);
                });
                let faults = dcat_rdf::faults(listing);
                self.troubles.extend(faults.map(|faults| format!("{}: {faults}", capture.request.url)));
            }
            Err(cause) => self.fault(capture, Some(cause.to_string())),
        }
    }

    /// The datasets that a page's markup describes; of a page of a dataset at least its title.
    fn marked_up(&mut self, captures: &Captures<'_>, capture: &Capture, number: u32, listed: bool) {
        self.interface = if listed { sitemap::INTERFACE } else { schema_org::INTERFACE };
        let mut datasets = schema_org::datasets(captures, capture).as_ref().clone();
        if datasets.is_empty() && listed {
            datasets.extend(schema_org::titled(captures, capture));
        }
        self.records += datasets.len() as u64;
        for dataset in datasets {
            self.profile.see(dataset, number);
        }
    }

    fn fault(&mut self, capture: &Capture, cause: Option<String>) {
        let Some(cause) = cause else { return };
        if self.several {
            self.troubles.push(format!("{}: {cause}", capture.request.url));
        } else {
            self.broken = Some(cause);
        }
    }
}
