//! The DCAT-US file that a platform writes of its own catalogue: what it exports of what it knows.

use std::sync::Arc;

use super::detect::Sighting;
use super::page::Page;
use super::{Catalogue, Platform, Reading, dcat_us, read, socrata};
use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Locus};

impl Catalogue {
    /// Whether it was read from a DCAT-US file.
    pub fn is_dcat_us(&self) -> bool {
        [dcat_us::CATALOG.name, dcat_us::BARE.name].contains(&self.interface)
    }

    /// The catalogue as its platform exports it; none where it has no such file, or where this was read from one.
    pub fn feed(&self, captures: &Captures<'_>) -> Result<Option<Arc<Self>>, Need> {
        let path = match self.platform {
            Platform::Socrata | Platform::Ckan | Platform::Dkan => "data.json",
            Platform::ArcgisHub => "api/feed/dcat-us/1.1.json",
            _ => return Ok(None),
        };
        let shared = self.base.as_str() == socrata::SHARED;
        if self.base.scheme() == "file" || shared || self.is_dcat_us() {
            return Ok(None);
        }
        let url = super::at(&self.base, path);
        let answer = captures.get(&self.standing.ask(&url))?;
        if answer.success().is_err() {
            return Ok(None);
        }
        let page = Page::of(captures, &answer);
        if page.form.is_none_or(|form| form.platform != Platform::DataJson) || page.records == 0 {
            return Ok(None);
        }
        let evidence = vec![Evidence::new(&answer.id, Locus::Exchange, "")];
        let seen = Sighting {
            platform: self.platform,
            version: None,
            base: self.base.clone(),
            evidence,
            answer: answer.clone(),
            document: true,
            standing: self.standing,
        };
        match read(&seen, &answer, captures)? {
            Reading::Read(feed) => Ok(Some(feed)),
            Reading::Unread { .. } | Reading::Foreign { .. } => Ok(None),
        }
    }
}
