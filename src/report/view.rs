//! What every writer looks up beside the report: findings and links by id, and the probes' own words.

use std::collections::BTreeMap;

use probes::finding::{Evidence, Finding, Locus};
use probes::probe::Target;
use probes::spec::Spec;

use super::model::{CaptureRow, Report};
use super::{opens, text};
use crate::submission::Link;

/// A report's findings and links by id, with the probes that speak in it.
#[derive(Debug)]
pub struct View<'a> {
    specs: BTreeMap<&'a str, &'a Spec>,
    findings: BTreeMap<&'a str, &'a Finding>,
    links: BTreeMap<String, &'a Link>,
    captures: BTreeMap<&'a str, &'a CaptureRow>,
    /// How those looked, by capture: URLs that hold the picture.
    pictures: BTreeMap<String, String>,
}

impl<'a> View<'a> {
    /// A view of `report`, whose findings `specs` declare.
    pub fn of(report: &'a Report, specs: impl IntoIterator<Item = &'a Spec>) -> Self {
        let mut links = BTreeMap::new();
        for link in &report.submission.links {
            links.entry(Target::new(&link.url).id).or_insert(link);
        }
        Self {
            specs: specs.into_iter().map(|spec| (spec.id.as_str(), spec)).collect(),
            findings: report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect(),
            links,
            captures: report.captures.iter().map(|row| (row.id.as_str(), row)).collect(),
            pictures: BTreeMap::new(),
        }
    }

    /// The same with pictures of what a browser showed: by capture, `data:` URLs.
    #[must_use]
    pub fn with_pictures(mut self, pictures: BTreeMap<String, String>) -> Self {
        self.pictures = pictures;
        self
    }

    /// How a capture looked in a browser, if that is at hand.
    pub fn picture(&self, capture: &str) -> Option<&str> {
        self.pictures.get(capture).map(String::as_str)
    }

    /// A place in a capture in words, and whether it stands only in what a browser showed or text recognition read.
    pub fn place(&self, evidence: &Evidence) -> String {
        let place = text::place(&evidence.locus);
        let Some(row) = self.captures.get(evidence.capture.0.as_str()) else { return place };
        let recognised = |page| row.recognised.as_ref().is_some_and(|recognised| recognised.pages.contains(&page));
        match evidence.locus {
            _ if row.rendering.is_some() => format!("{place}, as a browser showed it"),
            Locus::Passage { page: Some(page), .. } if recognised(page) => {
                format!("{place}, as text recognition read it")
            }
            _ => place,
        }
    }

    /// The address that opens a quote where it stands.
    pub fn opens(&self, evidence: &Evidence) -> Option<String> {
        opens::opens(self.captures.get(evidence.capture.0.as_str())?, evidence)
    }

    /// The finding of this id.
    pub fn finding(&self, id: &str) -> Option<&'a Finding> {
        self.findings.get(id).copied()
    }

    /// The first link that leads to this target.
    pub fn link(&self, target: &str) -> Option<&'a Link> {
        self.links.get(target).copied()
    }

    /// What a finding's probe declares of itself.
    pub fn spec(&self, finding: &Finding) -> Option<&'a Spec> {
        self.specs.get(finding.probe.as_str()).copied()
    }

    /// The finding in a sentence; its code, where its probe is not known here.
    pub fn sentence(&self, finding: &Finding) -> String {
        self.spec(finding).map_or_else(|| finding.code.clone(), |spec| finding.sentence(spec))
    }
}
