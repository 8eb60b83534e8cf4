//! In which coordinates geometries are written.

use serde::{Deserialize, Serialize};

/// A coordinate reference system, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crs {
    /// What it is called; empty where the file does not say.
    pub name: String,
    /// Whether its coordinates are longitude and latitude in degrees; none where that is not known.
    pub geographic: Option<bool>,
    /// Whether the format itself lays it down.
    pub by_format: bool,
}

impl Crs {
    /// WGS 84, which a format lays down.
    pub(super) fn laid_down() -> Self {
        Self { name: "WGS 84".to_owned(), geographic: Some(true), by_format: true }
    }

    /// The name of an old `crs` member of `GeoJSON`: an URN or a short name, whose last number is that of EPSG's register.
    pub(super) fn named(name: &str) -> Self {
        let code = name.rsplit([':', '/']).next().unwrap_or_default();
        let geographic = match code.parse::<u32>() {
            Err(_) => code.eq_ignore_ascii_case("CRS84").then_some(true),
            // The register's own ranges: 4000 to 4999 are geographic, but for a few geocentric ones.
            Ok(4000..=4999) => Some(true),
            Ok(2000..=3999 | 20000..=32799) => Some(false),
            Ok(_) => None,
        };
        Self { name: name.to_owned(), geographic, by_format: false }
    }

    /// What Well-Known Text says: the first word tells the kind, the first quoted words are the name.
    pub(super) fn well_known(text: &str) -> Self {
        let upper = text.trim_start_matches('\u{feff}').trim_start().to_ascii_uppercase();
        let begins = |words: &[&str]| words.iter().any(|word| upper.starts_with(word));
        let geographic = if begins(&["GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS"]) {
            Some(true)
        } else if begins(&["PROJCS", "PROJCRS", "PROJECTEDCRS"]) {
            Some(false)
        } else {
            None
        };
        let name = text.split('"').nth(1).unwrap_or_default().chars().take(100).collect();
        Self { name, geographic, by_format: false }
    }

    /// Whether it is known at all.
    pub fn is_told(&self) -> bool {
        !self.name.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_degrees_from_metres() {
        assert_eq!(Crs::named("urn:ogc:def:crs:OGC:1.3:CRS84").geographic, Some(true));
        assert_eq!(Crs::named("EPSG:4326").geographic, Some(true));
        assert_eq!(Crs::named("urn:ogc:def:crs:EPSG::26919").geographic, Some(false));
        assert_eq!(Crs::named("urn:ogc:def:crs:EPSG::102100").geographic, None);
        let projected = Crs::well_known("PROJCS[\"NAD_1983_UTM_Zone_19N\",GEOGCS[\"GCS_North_American_1983\"]]");
        assert_eq!((projected.name.as_str(), projected.geographic), ("NAD_1983_UTM_Zone_19N", Some(false)));
        assert!(!Crs::well_known("").is_told());
    }
}
