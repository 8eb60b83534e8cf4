//! Which kinds a media type or an extension promises.

use url::Url;

use super::Kind;
use super::viewer::is_viewer;

/// The kinds that a declaration promises; the media type speaks first, `None` where nothing is promised.
pub fn declared(media_type: Option<&str>, extension: Option<&str>) -> Option<&'static [Kind]> {
    media_type.and_then(promised_by_media_type).or_else(|| extension.and_then(promised_by_extension))
}

/// The kinds that a media type promises; `text/plain` and `application/octet-stream` promise nothing.
pub fn promised_by_media_type(media_type: &str) -> Option<&'static [Kind]> {
    use Kind::{
        Csv, Doc, Docx, Geojson, Geopackage, Gif, GtfsZip, Gzip, Html, Jpeg, Json, JsonLines, Kml, Kmz, Ods, Odt,
        Parquet, Pdf, Png, Pptx, Rdf, ShapefileZip, Sqlite, Svg, Tiff, Tsv, Webp, Xls, Xlsx, Xml, Zip,
    };
    Some(match media_type {
        "text/html" | "application/xhtml+xml" => &[Html],
        "text/csv" | "application/csv" | "text/x-csv" | "text/comma-separated-values" => &[Csv, Tsv],
        "text/tab-separated-values" => &[Tsv],
        "application/geo+json" | "application/vnd.geo+json" => &[Geojson],
        "application/x-ndjson" | "application/jsonl" | "application/jsonlines" | "application/json-seq" => {
            // One record is one line of JSON.
            &[JsonLines, Json, Geojson]
        }
        "application/rdf+xml" => &[Rdf],
        "application/vnd.google-earth.kml+xml" => &[Kml],
        "application/vnd.google-earth.kmz" => &[Kmz],
        "application/pdf" => &[Pdf],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => &[Xlsx],
        "application/vnd.ms-excel" => &[Xls],
        "application/vnd.oasis.opendocument.spreadsheet" => &[Ods],
        "application/msword" => &[Doc],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => &[Docx],
        "application/vnd.oasis.opendocument.text" => &[Odt],
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => &[Pptx],
        "application/zip" | "application/x-zip-compressed" | "application/x-zip" => {
            &[Zip, ShapefileZip, GtfsZip, Kmz, Xlsx, Ods, Docx, Odt, Pptx]
        }
        "application/gzip" | "application/x-gzip" => &[Gzip],
        "application/vnd.apache.parquet" | "application/x-parquet" => &[Parquet],
        "application/geopackage+sqlite3" => &[Geopackage],
        "application/vnd.sqlite3" | "application/x-sqlite3" => &[Sqlite, Geopackage],
        "image/png" => &[Png],
        "image/jpeg" | "image/jpg" => &[Jpeg],
        "image/gif" => &[Gif],
        "image/tiff" => &[Tiff],
        "image/webp" => &[Webp],
        "image/svg+xml" => &[Svg],
        "text/xml" | "application/xml" => &[Xml, Rdf, Kml, Svg],
        other if other == "application/json" || other == "text/json" || other.ends_with("+json") => &[Json, Geojson],
        other if other.ends_with("+xml") => &[Xml, Rdf, Kml, Svg],
        _ => return None,
    })
}

/// The kinds that an extension promises, written in lower case without its dot.
pub fn promised_by_extension(extension: &str) -> Option<&'static [Kind]> {
    use Kind::{
        Csv, Doc, Docx, Geojson, Geopackage, Gif, GtfsZip, Gzip, Html, Jpeg, Json, JsonLines, Kml, Kmz, Ods, Odt,
        Parquet, Pdf, Png, Pptx, Rdf, ShapefileZip, Sqlite, Svg, Tiff, Tsv, Webp, Xls, Xlsx, Xml, Zip,
    };
    Some(match extension {
        "html" | "htm" | "xhtml" => &[Html],
        "csv" => &[Csv, Tsv],
        "tsv" | "tab" => &[Tsv],
        "json" => &[Json, Geojson],
        "geojson" => &[Geojson],
        "jsonl" | "ndjson" => &[JsonLines, Json, Geojson],
        "xml" => &[Xml, Rdf, Kml, Svg],
        "rdf" => &[Rdf],
        "kml" => &[Kml],
        "kmz" => &[Kmz],
        "pdf" => &[Pdf],
        "xlsx" | "xlsm" => &[Xlsx],
        "xls" => &[Xls],
        "ods" => &[Ods],
        "doc" => &[Doc],
        "docx" => &[Docx],
        "odt" => &[Odt],
        "pptx" => &[Pptx],
        "zip" => &[Zip, ShapefileZip, GtfsZip, Kmz],
        "gz" => &[Gzip],
        "parquet" => &[Parquet],
        "gpkg" => &[Geopackage],
        "sqlite" => &[Sqlite, Geopackage],
        "png" => &[Png],
        "jpg" | "jpeg" => &[Jpeg],
        "gif" => &[Gif],
        "tif" | "tiff" => &[Tiff],
        "webp" => &[Webp],
        "svg" => &[Svg],
        _ => return None,
    })
}

/// The extension of a URL's last path segment in lower case, if it promises anything; at a place that shows files in
/// pages of its own it does not.
pub fn extension(url: &Url) -> Option<String> {
    if is_viewer(url) {
        return None;
    }
    let (stem, extension) = url.path_segments()?.next_back()?.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    (!stem.is_empty() && promised_by_extension(&extension).is_some()).then_some(extension)
}

/// Whether files of this extension hold data, in lower case.
pub fn holds_data(extension: &str) -> bool {
    matches!(
        extension,
        "csv" | "tsv" | "xls" | "xlsx" | "ods" | "json" | "jsonl" | "ndjson" | "geojson" | "xml" | "kml" | "rdf"
    ) || is_packed(extension)
}

/// Whether the beginning of such a file does not tell what is in it.
pub fn is_packed(extension: &str) -> bool {
    matches!(extension, "kmz" | "zip" | "gpkg" | "shp" | "parquet")
}

/// Whether a link leads to a file of data: by its extension, or as the export of a portal.
pub fn leads_to_data(url: &Url) -> bool {
    let export = url.query_pairs().any(|(name, value)| {
        matches!(name.as_ref(), "f" | "format" | "accessType" | "outputFormat" | "output")
            && matches!(value.to_lowercase().as_str(), "csv" | "tsv" | "geojson" | "xlsx" | "download" | "kml")
    });
    export || self::extension(url).is_some_and(|extension| holds_data(&extension))
}
