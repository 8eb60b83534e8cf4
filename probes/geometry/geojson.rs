//! `GeoJSON` (RFC 7946): one feature at a time.

use serde_json::Value;

use super::{Crs, Extent, Layer, Layers};
use crate::body::Body;
use crate::json::{self, pick};

/// The largest document that is read at once, where it is no collection, in bytes.
const AT_ONCE: usize = 16 << 20;

/// The layer that a collection is; of a single feature or geometry a layer of one.
pub(super) fn read(body: &Body) -> Result<Layers, String> {
    let mut layer = Layer { crs: Crs::laid_down(), ..Layer::default() };
    // The name of an old `crs` member lies deeper than other plain values that are kept.
    let wanted = ["/features", "/crs/properties/"];
    let members = json::elements(body, &wanted, &mut |_, _, feature| {
        layer.features += 1;
        take(&feature, &mut layer);
    });
    if !members.arrays.contains_key("/features") && members.broken.is_none() {
        let head = body.head(AT_ONCE).map_err(|error| error.to_string())?;
        let document: Value = serde_json::from_slice(&head).map_err(|error| error.to_string())?;
        if document.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "FeatureCollection") {
            return Err("it is JSON, but no GeoJSON: it has no list of features".to_owned());
        }
        layer.features = 1;
        take(&document, &mut layer);
    }
    if let Some(name) = members.plain.get("/name").and_then(Value::as_str) {
        name.clone_into(&mut layer.name);
    }
    if let Some(name) = members.plain.get("/crs/properties/name").and_then(Value::as_str) {
        layer.crs = Crs::named(name);
        layer.notes.push(format!("it names coordinates ({name}) as GeoJSON did before RFC 7946 laid down WGS 84"));
    }
    Ok(Layers { layers: vec![layer], broken: members.broken, elsewhere: false })
}

/// Takes in a feature, or a geometry that stands alone.
fn take(feature: &Value, layer: &mut Layer) {
    let geometry = feature.get("geometry").unwrap_or(feature);
    let before = layer.extent;
    let mut points = 0;
    walk(geometry, layer, &mut points);
    layer.geometries += u64::from(points > 0);
    if points > 0 && layer.extent.is_none() {
        layer.extent = before;
    }
}

fn walk(geometry: &Value, layer: &mut Layer, points: &mut u64) {
    for part in pick(geometry, "geometries").as_array().into_iter().flatten() {
        walk(part, layer, points);
    }
    positions(pick(geometry, "coordinates"), layer, points);
}

/// Every position in nested lists; the parser bounds how deep they go.
fn positions(value: &Value, layer: &mut Layer, points: &mut u64) {
    let Some(list) = value.as_array() else { return };
    if let [first, second, ..] = list.as_slice()
        && let (Some(x), Some(y)) = (first.as_f64(), second.as_f64())
    {
        layer.extent = Extent::around(layer.extent, x, y);
        *points += 1;
        return;
    }
    for inner in list {
        positions(inner, layer, points);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Layers {
        read(&Body::in_memory(json.as_bytes())).unwrap()
    }

    #[test]
    fn a_collection_is_a_layer_and_features_may_lack_a_place() {
        let layers = of(r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[-71.3,41.5]}},
            {"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[-71.4,41.4],[-71.2,41.4,9],[-71.2,41.6]]]]}},
            {"type":"Feature","properties":{},"geometry":null}]}"#);
        let layer = &layers.layers[0];
        assert_eq!((layer.features, layer.geometries), (3, 2));
        assert_eq!(layer.extent, Extent::of([-71.4, 41.4, -71.2, 41.6]));
        assert!(layer.crs.by_format);
    }

    #[test]
    fn an_old_crs_member_is_believed_and_noted() {
        let layers = of(
            r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::26919"}},"features":[]}"#,
        );
        assert_eq!(layers.layers[0].crs.geographic, Some(false));
        assert_eq!(layers.layers[0].notes.len(), 1);
    }

    #[test]
    fn a_geometry_may_stand_alone_and_a_fault_keeps_what_stands_before_it() {
        assert_eq!(of(r#"{"type":"Point","coordinates":[1,2]}"#).layers[0].geometries, 1);
        let cut = of(
            r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}},{"ty"#,
        );
        assert_eq!(cut.layers[0].geometries, 1);
        assert!(cut.broken.is_some());
        assert!(read(&Body::in_memory(&b"{\"a\":1}"[..])).is_err());
    }
}
