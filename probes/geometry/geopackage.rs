//! `GeoPackages` (OGC 12-128): layers by the file's own tables, and the first geometries of each.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use super::sqlite::{Cell, Database};
use super::{Crs, Extent, Layer, Layers};
use crate::body::Body;

/// The most layers that are read.
const MOST: usize = 100;
/// How many rows of a layer are looked at for their geometries.
const ROWS: u64 = 1000;

/// Every layer of features.
pub(super) fn read(body: &Body) -> Result<Layers, String> {
    let mut database = Database::open(body.open().map_err(|error| error.to_string())?)?;
    let systems = systems(&mut database)?;
    let extents = extents(&mut database)?;
    let mut columns: Vec<(String, i64)> = Vec::new();
    let root = database.root("gpkg_geometry_columns")?.ok_or("it has no table of its geometries")?;
    // table_name, column_name, geometry_type_name, srs_id
    database.rows(root, &mut |_, cells| {
        if let [table, _, _, system, ..] = cells {
            columns.push((table.text().to_owned(), system.int().unwrap_or(0)));
        }
        columns.len() < MOST
    })?;
    let mut layers = Layers::default();
    for (table, system) in columns {
        let crs = systems.get(&system).cloned().unwrap_or_default();
        let mut layer = Layer { name: table.clone(), crs, ..Layer::default() };
        let Some(root) = database.root(&table)? else {
            layer.notes.push(format!("the table of the layer {table} lacks"));
            layers.layers.push(layer);
            continue;
        };
        let (mut seen, mut geometries, mut extent) = (0, 0, None);
        layer.features = database.rows(root, &mut |_, cells| {
            seen += 1;
            if let Some(within) = cells.iter().find_map(geometry) {
                geometries += 1;
                extent = within.map_or(extent, |within: Extent| {
                    let held = Extent::around(extent, within.west, within.south);
                    Extent::around(held, within.east, within.north)
                });
            }
            seen < ROWS
        })?;
        layer.geometries = if seen < ROWS || geometries == 0 { geometries } else { layer.features };
        layer.extent = extent.or_else(|| extents.get(&table).copied().filter(|_| geometries > 0));
        layers.layers.push(layer);
    }
    Ok(layers)
}

/// The coordinate systems by their numbers: `srs_name, srs_id, organization, organization_coordsys_id, definition`.
///
/// Two numbers, 0 and -1, stand by the standard for systems that are not known.
fn systems<R: Read + Seek>(database: &mut Database<R>) -> Result<BTreeMap<i64, Crs>, String> {
    let root = database.root("gpkg_spatial_ref_sys")?.ok_or("it has no table of coordinate systems")?;
    let mut systems = BTreeMap::new();
    database.rows(root, &mut |id, cells| {
        // The table's key is its rows' own number, and so is not stored beside it.
        if let [name, _, _, _, definition, ..] = cells
            && id > 0
        {
            let mut crs = Crs::well_known(definition.text());
            if !crs.is_told() {
                crs = Crs { geographic: crs.geographic, ..Crs::named(&format!("EPSG:{id}")) };
            }
            if !name.text().is_empty() {
                name.text().clone_into(&mut crs.name);
            }
            systems.insert(id, crs);
        }
        true
    })?;
    Ok(systems)
}

/// The boxes that the file itself gives for its tables: `table_name, …, min_x, min_y, max_x, max_y, srs_id`.
fn extents<R: Read + Seek>(database: &mut Database<R>) -> Result<BTreeMap<String, Extent>, String> {
    let root = database.root("gpkg_contents")?.ok_or("it has no table of its contents")?;
    let mut extents = BTreeMap::new();
    database.rows(root, &mut |_, cells| {
        if let [table, _, _, _, _, west, south, east, north, ..] = cells
            && let [Some(west), Some(south), Some(east), Some(north)] = [west, south, east, north].map(Cell::real)
            && let Some(extent) = Extent::of([west, south, east, north])
        {
            extents.insert(table.text().to_owned(), extent);
        }
        true
    })?;
    Ok(extents)
}

/// Whether the cell is a geometry that is not empty, with its box if it tells: by its head, or as it is a point.
#[expect(clippy::option_option, reason = "no geometry, and a geometry that does not tell where it lies")]
fn geometry(cell: &Cell) -> Option<Option<Extent>> {
    let Cell::Blob(blob) = cell else { return None };
    let [b'G', b'P', _, flags, rest @ ..] = blob.as_slice() else { return None };
    if flags & 0x10 != 0 {
        return None;
    }
    let number = |bytes: &[u8], little: bool| {
        let bytes: [u8; 8] = bytes.try_into().ok()?;
        Some(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    };
    let numbers = rest.get(4..).unwrap_or_default();
    if flags & 0x0e != 0 {
        // The box: least x, greatest x, least y, greatest y.
        let at = |place: usize| number(numbers.get(place * 8..place * 8 + 8)?, flags & 1 != 0);
        let [Some(west), Some(east), Some(south), Some(north)] = [at(0), at(1), at(2), at(3)] else {
            return Some(None);
        };
        return Some(Extent::of([west, south, east, north]));
    }
    // Well-Known Binary: byte order, type, and of a point its position.
    let (Some(order), Some(kind)) = (numbers.first(), numbers.get(1..5)) else { return Some(None) };
    let little = *order == 1;
    let kind: [u8; 4] = kind.try_into().unwrap_or_default();
    let kind = if little { u32::from_le_bytes(kind) } else { u32::from_be_bytes(kind) };
    let at = |place: usize| number(numbers.get(5 + place * 8..13 + place * 8)?, little);
    if kind % 1000 != 1 {
        return Some(None);
    }
    let (Some(x), Some(y)) = (at(0), at(1)) else { return Some(None) };
    Some(Extent::of([x, y, x, y]))
}
