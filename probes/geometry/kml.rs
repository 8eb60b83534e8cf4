//! KML, and KMZ which is KML in an archive: its coordinates are WGS 84, longitude first.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Crs, Extent, Layer, Layers};
use crate::body::Body;

/// The longest document in an archive that is read, in bytes.
const LONGEST: u64 = 512 << 20;

/// Bytes beyond ASCII as blanks: what names hold is not asked for, and no document breaks by its encoding.
struct Plain<R>(R);

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(bytes)?;
        bytes[..read].iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b' ');
        Ok(read)
    }
}

/// The placemarks of a document.
pub(super) fn read(stream: impl Read) -> Layers {
    let mut layer = Layer { crs: Crs::laid_down(), ..Layer::default() };
    let mut layers = Layers::default();
    layers.broken = placemarks(BufReader::new(Plain(stream)), &mut layer, &mut layers.elsewhere).err();
    layers.layers.push(layer);
    layers
}

/// The main document of an archive: by the standard the first that ends in `.kml`.
pub(super) fn zipped(body: &Body) -> Result<Layers, String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(stream).map_err(|error| format!("it is a broken archive: {error}"))?;
    let is_kml =
        |name: &str| name.get(name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".kml"));
    let first = (0..archive.len())
        .find(|at| archive.name_for_index(*at).and_then(Result::ok).is_some_and(|name| is_kml(&name)));
    let at = first.ok_or("the archive holds no KML")?;
    let member = archive.by_index(at).map_err(|error| format!("its KML cannot be unpacked: {error}"))?;
    Ok(read(member.take(LONGEST)))
}

fn placemarks(stream: impl BufRead, layer: &mut Layer, elsewhere: &mut bool) -> Result<(), String> {
    let mut reader = Reader::from_reader(stream);
    let mut buffer = Vec::new();
    let (mut depth, mut coordinates, mut placed) = (0_u64, false, false);
    loop {
        let event = reader.read_event_into(&mut buffer);
        let event = event.map_err(|error| format!("at byte {}: {error}", reader.buffer_position()))?;
        match &event {
            Event::Start(tag) => {
                depth += 1;
                coordinates = matches!(tag.local_name().as_ref(), "coordinates" | "coord");
                if tag.local_name().as_ref() == "Placemark" {
                    layer.features += 1;
                    placed = false;
                }
                *elsewhere |= matches!(tag.local_name().as_ref(), "NetworkLink" | "GroundOverlay" | "PhotoOverlay");
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                coordinates = false;
            }
            Event::Text(text) if coordinates => {
                // `coord` of a track has blanks within a position, `coordinates` has them between positions.
                let track = !text.contains(',');
                let mut numbers = text.split([',', ' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
                let mut found = false;
                if track {
                    found = position(numbers.next(), numbers.next(), layer);
                } else {
                    for words in text.split_whitespace() {
                        let mut numbers = words.split(',');
                        found |= position(numbers.next(), numbers.next(), layer);
                    }
                }
                if found && !placed && layer.features > 0 {
                    placed = true;
                    layer.geometries += 1;
                }
            }
            Event::Eof if depth > 0 => return Err("it ends before its elements do".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn position(x: Option<&str>, y: Option<&str>, layer: &mut Layer) -> bool {
    let number = |word: Option<&str>| word?.trim().parse::<f64>().ok();
    let (Some(x), Some(y)) = (number(x), number(y)) else { return false };
    layer.extent = Extent::around(layer.extent, x, y);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placemarks_are_counted_with_their_places() {
        let kml = "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><Placemark><Point><coordinates>-71.3,41.5,0\n</coordinates></Point></Placemark><Placemark><LineString><coordinates>-71.4,41.4 -71.2,41.6</coordinates></LineString></Placemark><Placemark/></Document></kml>";
        let layers = read(kml.as_bytes());
        assert_eq!(layers.broken, None);
        assert_eq!((layers.layers[0].features, layers.layers[0].geometries), (2, 2));
        assert_eq!(layers.layers[0].extent, Extent::of([-71.4, 41.4, -71.2, 41.6]));
    }

    #[test]
    fn names_in_any_encoding_break_nothing() {
        let kml = b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><kml><Placemark><name>Caf\xe9</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>";
        let layers = read(&kml[..]);
        assert_eq!((layers.broken, layers.layers[0].geometries), (None, 1));
    }

    #[test]
    fn what_breaks_off_or_leads_elsewhere_is_told() {
        assert!(read(&b"<kml><Document><Placemark>"[..]).broken.is_some());
        assert!(read(&b"<kml><NetworkLink><Link/></NetworkLink></kml>"[..]).elsewhere);
    }
}
