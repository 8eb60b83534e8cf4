//! What a body is, by its bytes; and what media types and extensions promise that it is.

mod markup;
mod promise;
mod tabular;
mod viewer;
mod zipped;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::capture::{Answered, Capture, Captures};
use crate::text;

pub use promise::{
    declared, extension, holds_data, is_packed, leads_to_data, promised_by_extension, promised_by_media_type,
};
pub use tabular::delimiter;

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each variant is the name of a format")]
pub enum Kind {
    Html,
    Csv,
    Tsv,
    Json,
    Geojson,
    JsonLines,
    Xml,
    Rdf,
    Kml,
    Pdf,
    Xlsx,
    Xls,
    Ods,
    Doc,
    Docx,
    Odt,
    Pptx,
    Zip,
    Gzip,
    ShapefileZip,
    GtfsZip,
    Kmz,
    Parquet,
    Geopackage,
    Sqlite,
    Png,
    Jpeg,
    Gif,
    Tiff,
    Webp,
    Svg,
    Text,
    Empty,
    Unknown,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "an HTML page",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::Geojson => "GeoJSON",
            Self::JsonLines => "JSON lines",
            Self::Xml => "XML",
            Self::Rdf => "RDF/XML",
            Self::Kml => "KML",
            Self::Pdf => "PDF",
            Self::Xlsx => "an Excel workbook (XLSX)",
            Self::Xls => "an old Excel workbook (XLS)",
            Self::Ods => "an OpenDocument spreadsheet (ODS)",
            Self::Doc => "an old Word document (DOC)",
            Self::Docx => "a Word document (DOCX)",
            Self::Odt => "an OpenDocument text (ODT)",
            Self::Pptx => "a PowerPoint presentation (PPTX)",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip archive",
            Self::ShapefileZip => "a zipped shapefile",
            Self::GtfsZip => "a GTFS feed",
            Self::Kmz => "KMZ",
            Self::Parquet => "Parquet",
            Self::Geopackage => "a GeoPackage",
            Self::Sqlite => "an SQLite database",
            Self::Png => "a PNG picture",
            Self::Jpeg => "a JPEG picture",
            Self::Gif => "a GIF picture",
            Self::Tiff => "a TIFF picture",
            Self::Webp => "a WebP picture",
            Self::Svg => "an SVG picture",
            Self::Text => "plain text",
            Self::Empty => "empty",
            Self::Unknown => "unrecognised",
        })
    }
}

/// How much of a body is looked at, in bytes.
const HEAD: usize = 64 * 1024;

/// How far into a body a magic number may stand behind junk, in bytes.
const JUNK: usize = 1024;

/// The kind of an answered capture's body, sniffed once for all probes; `Unknown` where the stored body cannot be read.
pub fn of(captures: &Captures<'_>, capture: &Capture) -> Kind {
    struct Sniffed(Kind);
    captures.parse(capture, |answered, body| Sniffed(body.map_or(Kind::Unknown, |body| Kind::of(answered, &body)))).0
}

impl Kind {
    /// What `body` is by its bytes. What was declared only decides between readings that the bytes leave open.
    pub fn of(answered: &Answered, body: &Body) -> Self {
        if body.is_empty() {
            return Self::Empty;
        }
        let Ok(head) = body.head(HEAD) else { return Self::Unknown };
        if let Some(kind) = by_magic(&head, body) {
            return kind;
        }
        let decoded = text::decode(&head, answered.headers.charset());
        let whole = body.len() <= head.len() as u64;
        let declared = declared(answered.headers.media_type().as_deref(), extension(&answered.url).as_deref());
        by_text(&decoded.text, whole, declared.unwrap_or_default())
    }

    /// The kind that the magic number of `body` tells; `None` for texts.
    pub fn by_magic(body: &Body) -> Option<Self> {
        by_magic(&body.head(HEAD).ok()?, body)
    }

    /// Whether it is data that a program can take apart: a table, records, or geometry.
    pub fn is_data(self) -> bool {
        matches!(
            self,
            Self::Csv
                | Self::Tsv
                | Self::Json
                | Self::Geojson
                | Self::JsonLines
                | Self::Xml
                | Self::Rdf
                | Self::Kml
                | Self::Xlsx
                | Self::Xls
                | Self::Ods
                | Self::ShapefileZip
                | Self::GtfsZip
                | Self::Kmz
                | Self::Parquet
                | Self::Geopackage
                | Self::Sqlite
        )
    }
}

fn by_magic(head: &[u8], body: &Body) -> Option<Kind> {
    const MAGIC: &[(&[u8], Kind)] = &[
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"\xFF\xD8\xFF", Kind::Jpeg),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"PAR1", Kind::Parquet),
        (b"\x1F\x8B\x08", Kind::Gzip),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*kind);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(Kind::Webp);
    }
    if head.starts_with(b"SQLite format 3\0") {
        // The application id that OGC 12-128 assigns.
        let geopackage = head.get(68..72).is_some_and(|id| matches!(id, b"GPKG" | b"GP10" | b"GP11"));
        return Some(if geopackage { Kind::Geopackage } else { Kind::Sqlite });
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Some(zipped::compound(head, body));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(zipped::archive(head, body));
    }
    let start = &head[..head.len().min(JUNK)];
    start.windows(5).any(|window| window == b"%PDF-").then_some(Kind::Pdf)
}

fn by_text(text: &str, whole: bool, declared: &[Kind]) -> Kind {
    if is_binary(text) {
        return Kind::Unknown;
    }
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if trimmed.is_empty() {
        return if whole { Kind::Empty } else { Kind::Text };
    }
    markup::json(trimmed)
        .or_else(|| markup::markup(trimmed))
        .or_else(|| tabular::table(text, whole, declared))
        .unwrap_or(Kind::Text)
}

/// Whether the characters are too many control characters, or too often no characters, to be text.
fn is_binary(text: &str) -> bool {
    let (mut all, mut odd) = (0usize, 0usize);
    for c in text.chars() {
        all += 1;
        if c == '\0' {
            return true;
        }
        odd += usize::from(
            c == '\u{FFFD}' || c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}' | '\u{85}'),
        );
    }
    odd * 20 > all
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::capture::{Headers, Stored};

    fn kind(url: &str, content_type: &str, body: &[u8]) -> Kind {
        let answered = Answered {
            url: Url::parse(url).unwrap(),
            status: 200,
            headers: Headers(vec![("Content-Type".into(), content_type.into())]),
            body: Stored { sha256: String::new(), bytes: 0, cut: None },
            rendering: None,
        };
        Kind::of(&answered, &Body::in_memory(body))
    }

    fn bare(body: &str) -> Kind {
        kind("https://data.example.org/x", "application/octet-stream", body.as_bytes())
    }

    #[test]
    fn pages_are_pages_whatever_stands_before_them() {
        assert_eq!(bare("\u{FEFF}\n <!-- saved -->\n<!DOCTYPE HTML><title>x</title>"), Kind::Html);
        assert_eq!(
            bare("Warning: mysql_connect() failed, line 3\n<html><head></head><body></body></html>"),
            Kind::Html
        );
        assert_eq!(bare("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"\" \"\">\n<html xmlns=\"\">"), Kind::Html);
        assert_eq!(bare("<div class=\"error\">no</div>"), Kind::Html);
        assert_eq!(kind("https://example.org/a.csv", "text/csv", b"<html><body>a,b\nc,d\n</body></html>"), Kind::Html);
        assert_eq!(bare("id,notes\n1,\"see <html> and <b>\"\n2,x\n"), Kind::Csv);
    }

    #[test]
    fn xml_is_told_by_its_root() {
        assert_eq!(bare("<?xml version=\"1.0\"?><!-- c --><kml xmlns=\"x\"></kml>"), Kind::Kml);
        assert_eq!(bare("<rdf:RDF xmlns:rdf=\"x\"></rdf:RDF>"), Kind::Rdf);
        assert_eq!(bare("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><response/>"), Kind::Xml);
        assert_eq!(bare("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), Kind::Svg);
        assert_eq!(bare("<rss version=\"2.0\"></rss>"), Kind::Xml);
    }

    #[test]
    fn json_comes_in_three_kinds() {
        assert_eq!(bare("{\"a\": 1}"), Kind::Json);
        assert_eq!(bare("[{\"a\": 1}, {\"a\": 2"), Kind::Json);
        assert_eq!(bare("{\"type\":\"FeatureCollection\",\"features\":["), Kind::Geojson);
        assert_eq!(bare("{\"features\":[{\"type\":\"Feature\"}],\"type\":\"FeatureCollection\"}"), Kind::Geojson);
        assert_eq!(bare("{\"geometryType\":\"esriGeometryPoint\",\"features\":[]}"), Kind::Json);
        assert_eq!(bare("{\"a\": 1}\n{\"a\": 2}\n"), Kind::JsonLines);
        assert_eq!(bare("[1] See the footnote, please."), Kind::Text);
    }

    #[test]
    fn tables_have_a_steady_number_of_fields() {
        assert_eq!(bare("a;b\n1;2\n3;4\n"), Kind::Csv);
        assert_eq!(bare("a\tb\n1\t2\n"), Kind::Tsv);
        assert_eq!(bare("id,text\n1,\"one, two\nand three\"\n2,four\n"), Kind::Csv);
        assert_eq!(bare("Budget 2026\nCity of Example\n\nid,name,amount\n1,a,2\n2,b,3\n3,c,4\n4,d,5\n"), Kind::Csv);
        assert_eq!(
            bare(
                "Dear reader, this is a letter.\nIt has commas, here, and there.\nAnd, well, one more, too, or two.\n"
            ),
            Kind::Text
        );
        assert_eq!(kind("https://example.org/ids.csv", "text/csv", b"id\n1\n2\n3\n"), Kind::Csv);
        assert_eq!(kind("https://example.org/ids.csv", "text/csv", b"File not found."), Kind::Text);
        assert_eq!(kind("https://example.org/a.csv", "text/csv", b"id,name\n"), Kind::Csv);
    }

    #[test]
    fn magic_numbers_outrank_declarations() {
        assert_eq!(kind("https://example.org/a.csv", "text/csv", b"%PDF-1.7\n1 0 obj"), Kind::Pdf);
        assert_eq!(kind("https://example.org/a.csv", "text/csv", b"PAR1\x15\x04"), Kind::Parquet);
        assert_eq!(bare(""), Kind::Empty);
        assert_eq!(bare("  \n"), Kind::Empty);
        assert_eq!(kind("https://example.org/a", "text/csv", &[0, 1, 2, 3, 200, 201]), Kind::Unknown);
    }

    #[test]
    fn what_promises_nothing_is_told_apart() {
        assert_eq!(declared(Some("application/octet-stream"), None), None);
        assert_eq!(declared(Some("application/octet-stream"), Some("csv")), Some(&[Kind::Csv, Kind::Tsv][..]));
        assert!(declared(Some("text/html"), Some("csv")).unwrap().contains(&Kind::Html));
        let url = Url::parse("https://example.org/a.b/rows.CSV?accessType=DOWNLOAD").unwrap();
        assert_eq!(extension(&url).as_deref(), Some("csv"));
        assert_eq!(extension(&Url::parse("https://example.org/v1.2/items").unwrap()), None);
    }
}
