//! Files of geometry, read in the child process: their layers, how many geometries they hold, where those lie, and in
//! which coordinates.

mod crs;
mod extent;
mod geojson;
mod geopackage;
mod kml;
mod shapefile;
mod sqlite;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::body::Body;
use crate::capture::{Answered, Headers, Reader, Stored};
use crate::kind::Kind;

pub use crs::Crs;
pub use extent::{Extent, Misplaced};

/// Reads `GeoJSON`, KML, KMZ, zipped shapefiles and `GeoPackages`.
pub struct Geometry;

/// What a file of geometry holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// Its layers.
    pub layers: Vec<Layer>,
    /// Why it could not be read to its end, if so.
    pub broken: Option<String>,
    /// Whether it leads to other files or to pictures, which were not read.
    pub elsewhere: bool,
}

/// A layer of features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Its name, where it has one.
    pub name: String,
    /// How many features it has.
    pub features: u64,
    /// How many of them have a geometry, as far as they were looked at.
    pub geometries: u64,
    /// Where they lie.
    pub extent: Option<Extent>,
    /// In which coordinates.
    pub crs: Crs,
    /// What else is to be said of it.
    pub notes: Vec<String>,
}

impl Reader for Geometry {
    fn name(&self) -> &'static str {
        "geometry"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        let layers = match kind(body) {
            Kind::Geojson | Kind::Json => geojson::read(body)?,
            Kind::Kml => kml::read(body.open().map_err(|error| error.to_string())?),
            Kind::Kmz => kml::zipped(body)?,
            Kind::Geopackage => geopackage::read(body)?,
            _ => shapefile::read(body)?,
        };
        serde_json::to_value(layers).map_err(|error| error.to_string())
    }
}

/// What the body is, by its bytes alone.
fn kind(body: &Body) -> Kind {
    let Ok(url) = Url::parse("file:///") else { return Kind::Unknown };
    let stored = Stored { sha256: String::new(), bytes: body.len(), cut: None };
    Kind::of(&Answered { url, status: 200, headers: Headers::default(), body: stored, rendering: None }, body)
}
