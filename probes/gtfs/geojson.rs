//! `locations.geojson`: the zones of rides on demand.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::{Value, json};

use super::files::{Files, GEOJSON};
use super::notices::Notices;
use super::ordered::{self, Ordered, Wrong};
use super::polygon::{Rings, invalid, overlap};
use super::strings::{Strings, small};
use super::table::State;

/// The most of it that is read, in bytes.
const MOST: u64 = 256 << 20;

/// The zones that can be taken.
#[derive(Default)]
pub(crate) struct Zones {
    pub(crate) state: State,
    /// The id of each, and its place in the file.
    pub(crate) features: Vec<(u32, u32)>,
    /// The polygons by the id of the zone; zones of several are left out, as the canonical validator does.
    polygons: BTreeMap<u32, Rings>,
}

impl Zones {
    /// None, as the file cannot be read out of the archive.
    pub(crate) fn unreadable() -> Self {
        Self { state: State::Unreadable, ..Self::default() }
    }

    /// Their ids.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.features.iter().map(|(id, _)| *id).collect()
    }

    /// Whether there are any with a polygon.
    pub(crate) fn any(&self) -> bool {
        !self.polygons.is_empty()
    }

    /// Whether two zones cover a part of each other, and neither covers the other whole.
    pub(crate) fn overlap(&self, a: u32, b: u32) -> bool {
        let (Some(a), Some(b)) = (self.polygons.get(&a), self.polygons.get(&b)) else { return false };
        overlap(a, b)
    }
}

/// Why a feature is not taken.
enum Dropped {
    /// It makes the whole file one that cannot be taken.
    Whole,
    /// It breaks the reading.
    Unreadable,
}

/// Reads the zones.
pub(crate) fn read(source: impl Read, strings: &mut Strings, notices: &mut Notices) -> Zones {
    let mut zones = Zones { state: State::BadRows, ..Zones::default() };
    let mut bytes = Vec::new();
    if source.take(MOST).read_to_end(&mut bytes).is_err() {
        return Zones::unreadable();
    }
    let text = String::from_utf8_lossy(&bytes);
    let root = match ordered::parse(text.trim_start_matches('\u{feff}')) {
        Ok(Ordered::Object(root)) => root,
        Ok(_) => {
            malformed("the file is no JSON object", notices);
            return zones;
        }
        Err(Wrong::Twice(key)) => {
            notices.add(
                "geo_json_duplicated_element",
                || json!({ "filename": "locations.geojson", "duplicatedElement": key }),
            );
            return zones;
        }
        Err(Wrong::Malformed(message)) => {
            malformed(&message, notices);
            return zones;
        }
    };
    unknown(&root, &["type", "features"], notices);
    let Some(kind) = get(&root, "type").map(Ordered::text) else {
        missing(None, None, "type", notices);
        return zones;
    };
    if kind.as_deref() != Some("FeatureCollection") {
        notices.add(
            "unsupported_geo_json_type",
            || json!({ "geoJsonType": kind, "message": "only a FeatureCollection is supported" }),
        );
        return zones;
    }
    let Some(Ordered::Array(features)) = get(&root, "features") else { return zones };
    take(features, &mut zones, strings, notices);
    zones
}

fn take(features: &[Ordered], zones: &mut Zones, strings: &mut Strings, notices: &mut Notices) {
    let (mut taken, mut whole) = (Vec::new(), true);
    for (at, feature) in features.iter().enumerate() {
        match check(feature, small(at), notices) {
            Ok(zone) => taken.push((zone, small(at))),
            Err(Dropped::Whole) => whole = false,
            Err(Dropped::Unreadable) => return,
        }
    }
    if !whole {
        return;
    }
    zones.state = State::Whole;
    for ((name, polygon), at) in taken {
        let id = strings.id(name.as_bytes());
        if let Some((_, first)) = zones.features.iter().find(|(known, _)| *known == id) {
            notices
                .add("duplicate_geo_json_key", || json!({ "featureId": name, "firstIndex": first, "secondIndex": at }));
        }
        zones.features.push((id, at));
        if let Some(polygon) = polygon {
            zones.polygons.entry(id).or_insert(polygon);
        }
    }
}

type Zone = (String, Option<Rings>);

fn check(feature: &Ordered, at: u32, notices: &mut Notices) -> Result<Zone, Dropped> {
    let Ordered::Object(feature) = feature else { return Err(Dropped::Whole) };
    unknown(feature, &["id", "type", "properties", "geometry"], notices);
    let mut lacks = Vec::new();
    let text = |name| get(feature, name).map(|value| value.text().ok_or(Dropped::Unreadable)).transpose();
    let id = text("id")?.filter(|id| !id.is_empty());
    if id.is_none() {
        lacks.push("features.id");
    }
    match text("type")? {
        None => lacks.push("features.type"),
        Some(kind) if kind != "Feature" => notices
            .add("unsupported_feature_type", || json!({ "featureIndex": at, "featureId": id, "featureType": kind })),
        Some(_) => {}
    }
    if get(feature, "properties").is_none() {
        lacks.push("features.properties");
    }
    let mut polygon = None;
    match get(feature, "geometry") {
        None => lacks.push("features.geometry"),
        Some(geometry) => polygon = check_geometry(geometry, at, id.as_deref(), &mut lacks, notices)?,
    }
    for name in &lacks {
        missing(Some(at), id.as_deref(), name, notices);
    }
    match id {
        Some(id) if lacks.is_empty() => Ok((id, polygon)),
        _ => Err(Dropped::Whole),
    }
}

fn check_geometry(
    geometry: &Ordered,
    at: u32,
    id: Option<&str>,
    lacks: &mut Vec<&'static str>,
    notices: &mut Notices,
) -> Result<Option<Rings>, Dropped> {
    let Ordered::Object(geometry) = geometry else { return Err(Dropped::Whole) };
    unknown(geometry, &["type", "coordinates"], notices);
    let (Some(kind), coordinates) = (get(geometry, "type"), get(geometry, "coordinates")) else {
        lacks.push("features.geometry.type");
        return Ok(None);
    };
    let Some(coordinates) = coordinates else {
        lacks.push("features.geometry.coordinates");
        return Ok(None);
    };
    if !lacks.is_empty() {
        return Ok(None);
    }
    let kind = kind.text().ok_or(Dropped::Unreadable)?;
    let several = kind == "MultiPolygon";
    let polygons = if several { coordinates.items() } else { Some(std::slice::from_ref(coordinates)) };
    let polygons: Option<Vec<Rings>> = polygons.and_then(|polygons| polygons.iter().map(rings).collect());
    suspicious(polygons.iter().flatten(), at, id, notices);
    if !several && kind != "Polygon" {
        // Elsewhere a geometry whose coordinates are no rings ends the reading before it is told.
        let needs = if polygons.is_some() { Files::NONE } else { Files::of(&[GEOJSON]) };
        notices.add_in(
            needs,
            "unsupported_geometry_type",
            || json!({ "featureIndex": at, "featureId": id, "geometryType": kind }),
        );
        return if polygons.is_some() { Ok(None) } else { Err(Dropped::Unreadable) };
    }
    let Some(polygons) = polygons else { return Err(Dropped::Unreadable) };
    if let Some(message) = invalid(&polygons) {
        notices.add(
            "invalid_geometry",
            || json!({ "featureId": id, "featureIndex": at, "geometryType": kind, "message": message }),
        );
        return Err(Dropped::Whole);
    }
    Ok(if several { None } else { polygons.into_iter().next() })
}

fn rings(coordinates: &Ordered) -> Option<Rings> {
    let ring = |ring: &Ordered| ring.items()?.iter().map(pair).collect::<Option<Vec<_>>>();
    coordinates.items()?.iter().map(ring).collect()
}

fn pair(point: &Ordered) -> Option<(f64, f64)> {
    let [x, y, ..] = point.items()? else { return None };
    Some((x.number()?, y.number()?))
}

fn suspicious<'a>(polygons: impl Iterator<Item = &'a Rings>, at: u32, id: Option<&str>, notices: &mut Notices) {
    for (longitude, latitude) in polygons.flatten().flatten() {
        let code = if longitude.abs() <= 1.0 && latitude.abs() <= 1.0 {
            "point_near_origin"
        } else if latitude.abs() >= 89.0 {
            "point_near_pole"
        } else {
            continue;
        };
        notices.add_cell(code, || json!({ "filename": "locations.geojson", "featureIndex": at, "entityId": id, "latFieldValue": latitude, "lonFieldValue": longitude }));
    }
}

fn get<'a>(object: &'a [(String, Ordered)], name: &str) -> Option<&'a Ordered> {
    object.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn unknown(object: &[(String, Ordered)], known: &[&str], notices: &mut Notices) {
    for (key, _) in object.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        notices.add("geo_json_unknown_element", || json!({ "filename": "locations.geojson", "unknownElement": key }));
    }
}

fn missing(at: Option<u32>, id: Option<&str>, name: &str, notices: &mut Notices) {
    notices.add("missing_required_element", || {
        let mut told = serde_json::Map::new();
        told.extend(at.map(|at| ("featureIndex".to_owned(), at.into())));
        told.extend(id.map(|id| ("featureId".to_owned(), id.into())));
        told.insert("missingElement".to_owned(), name.into());
        Value::Object(told)
    });
}

fn malformed(message: &str, notices: &mut Notices) {
    notices.add("malformed_json", || json!({ "filename": "locations.geojson", "message": message }));
}
