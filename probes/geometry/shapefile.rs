//! Shapefiles in an archive: of each its main file's head, its index's length and its projection.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use zip::ZipArchive;

use super::{Crs, Extent, Layer, Layers};
use crate::body::Body;

/// The most shapefiles of an archive that are read.
const MOST: usize = 100;
/// The length of the head of a main file and of an index, in bytes.
const HEAD: usize = 100;
/// The length of a record of the index.
const RECORD: u64 = 8;
/// The longest projection that is read, in bytes.
const PROJECTION: u64 = 64 * 1024;

/// One shapefile's parts, by their extensions: their places in the archive.
type Parts = BTreeMap<String, usize>;

/// Every shapefile in the archive.
pub(super) fn read(body: &Body) -> Result<Layers, String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
    let mut found: BTreeMap<String, Parts> = BTreeMap::new();
    for at in 0..archive.len() {
        let Some(Ok(name)) = archive.name_for_index(at) else { continue };
        let Some((stem, extension)) = name.rsplit_once('.') else {
            continue;
        };
        // Archivers of one maker leave shadows of every file.
        if !stem.starts_with("__MACOSX") {
            found.entry(stem.to_owned()).or_default().insert(extension.to_ascii_lowercase(), at);
        }
    }
    found.retain(|_, parts| parts.contains_key("shp"));
    if found.is_empty() {
        return Err("the archive holds no shapefile".to_owned());
    }
    let layers: Result<Vec<Layer>, String> =
        found.into_iter().take(MOST).map(|(stem, parts)| layer(&mut archive, &stem, &parts)).collect();
    Ok(Layers { layers: layers?, ..Layers::default() })
}

fn layer<R: Read + Seek>(archive: &mut ZipArchive<R>, stem: &str, parts: &Parts) -> Result<Layer, String> {
    let name = stem.rsplit('/').next().unwrap_or_default().to_owned();
    let head = first(archive, parts["shp"], HEAD as u64).map_err(|cause| format!("{name}.shp: {cause}"))?;
    let Ok(head) = <[u8; HEAD]>::try_from(head) else {
        return Err(format!("{name}.shp is shorter than its head"));
    };
    if head[..4] != 9994_i32.to_be_bytes() {
        return Err(format!("{name}.shp does not begin as a shapefile does"));
    }
    let shape = i32::from_le_bytes([head[32], head[33], head[34], head[35]]);
    let mut corner = [0.0; 4];
    for (at, corner) in corner.iter_mut().enumerate() {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&head[36 + at * 8..44 + at * 8]);
        *corner = f64::from_le_bytes(bytes);
    }
    let mut notes = Vec::new();
    for part in ["shx", "dbf"].iter().filter(|part| !parts.contains_key(**part)) {
        notes.push(format!("{name}.{part} lacks, without which many programs cannot open it"));
    }
    let features = match parts.get("shx") {
        Some(at) => {
            archive.by_index_raw(*at).map_err(|error| error.to_string())?.size().saturating_sub(HEAD as u64) / RECORD
        }
        None => 0,
    };
    let rows = match parts.get("dbf") {
        // The table's head has the number of its rows.
        Some(at) => {
            first(archive, *at, 8).ok().and_then(|head| Some(u32::from_le_bytes(head.get(4..8)?.try_into().ok()?)))
        }
        None => None,
    };
    if let Some(rows) = rows.filter(|rows| parts.contains_key("shx") && u64::from(*rows) != features) {
        notes.push(format!("{name} has {features} geometries and {rows} rows"));
    }
    let holds =
        archive.by_index_raw(parts["shp"]).map_err(|error| error.to_string())?.size() > HEAD as u64 && shape != 0;
    let features = if parts.contains_key("shx") { features } else { u64::from(rows.unwrap_or(u32::from(holds))) };
    let crs = match parts.get("prj") {
        Some(at) => Crs::well_known(&String::from_utf8_lossy(&first(archive, *at, PROJECTION).unwrap_or_default())),
        None => Crs::default(),
    };
    let extent = Extent::of(corner).filter(|_| holds);
    Ok(Layer { name, features, geometries: if holds { features } else { 0 }, extent, crs, notes })
}

/// The first bytes of a member.
fn first<R: Read + Seek>(archive: &mut ZipArchive<R>, at: usize, most: u64) -> Result<Vec<u8>, String> {
    let member = archive.by_index(at).map_err(|error| format!("it cannot be unpacked: {error}"))?;
    let mut bytes = Vec::new();
    member.take(most).read_to_end(&mut bytes).map_err(|error| format!("it cannot be unpacked: {error}"))?;
    Ok(bytes)
}
