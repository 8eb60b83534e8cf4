//! Open data platforms: which one a portal runs on, and how its catalogue is read through its own interface.
//!
//! A file beside this one is one platform: where its interface stands, how it pages, and what its records say in
//! DCAT's terms. `detect` tells the platforms apart, `read` reads a catalogue to its end, page by page.

mod arcgis_hub;
mod ask;
mod behind;
mod ckan;
mod dates;
mod dcat_rdf;
mod dcat_us;
mod detect;
mod dkan;
mod earlier;
mod elsewhere;
mod feed;
mod form;
mod geonode;
mod jkan;
mod one;
mod opendatasoft;
mod page;
mod places;
mod read;
mod schema_org;
mod signs;
mod sitemap;
mod socrata;
#[cfg(test)]
mod tests;
mod tracking;
mod udata;
mod unpublished;
mod walk;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

pub use behind::{Behind, behind};
pub use detect::{Detected, Sighting, detect, evident};
pub use earlier::{Halved, halved};
pub use one::{One, one};
pub use places::{Keeps, in_places};
pub use read::{Catalogue, Reading, read};
pub use tracking::tracked;

/// A platform that open data portals run on, or a kind of catalogue that any may publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is the platform's own name")]
pub enum Platform {
    Socrata,
    Ckan,
    ArcgisHub,
    Opendatasoft,
    Dkan,
    Jkan,
    Junar,
    Udata,
    Geonode,
    DataJson,
    DcatRdf,
    SchemaOrg,
}

impl Platform {
    /// Its short name in data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Socrata => "socrata",
            Self::Ckan => "ckan",
            Self::ArcgisHub => "arcgis-hub",
            Self::Opendatasoft => "opendatasoft",
            Self::Dkan => "dkan",
            Self::Jkan => "jkan",
            Self::Junar => "junar",
            Self::Udata => "udata",
            Self::Geonode => "geonode",
            Self::DataJson => "data-json",
            Self::DcatRdf => "dcat-rdf",
            Self::SchemaOrg => "schema-org",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Socrata => "Socrata",
            Self::Ckan => "CKAN",
            Self::ArcgisHub => "ArcGIS Hub",
            Self::Opendatasoft => "Opendatasoft",
            Self::Dkan => "DKAN",
            Self::Jkan => "JKAN",
            Self::Junar => "Junar",
            Self::Udata => "udata",
            Self::Geonode => "GeoNode",
            Self::DataJson => "plain data.json",
            Self::DcatRdf => "DCAT in RDF",
            Self::SchemaOrg => "schema.org markup",
        })
    }
}

/// The address of `path` below `base`, whose own path ends in a slash.
fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let below = base.path().rsplit_once('/').map_or("", |(up, _)| up);
    url.set_path(&format!("{below}/{path}"));
    url.set_query(None);
    url.set_fragment(None);
    url
}
