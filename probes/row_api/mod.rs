//! Interfaces that give out the rows of one dataset: known by their addresses, asked for pages and for some rows.

mod answer;
mod filter;
mod whole;

use std::fmt;
use std::sync::LazyLock;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

pub use answer::Rows;
pub use filter::Filter;
pub use whole::{Whole, whole};

/// How many rows a page is asked for.
pub const PAGE: u64 = 5;

/// The rows of one dataset behind an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowApi {
    /// How it is asked.
    pub style: Style,
    /// Where it stands: without what asks for certain rows.
    pub at: Url,
}

/// The interfaces that are known, each with its own way of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// Socrata's SODA 2: `/resource/abcd-1234.json`.
    Soda,
    /// CKAN's `datastore_search`.
    Datastore,
    /// A layer of an `ArcGIS` feature or map service.
    FeatureService,
    /// The records of Opendatasoft's Explore API 2.
    Explore,
    /// DKAN's `datastore/query`.
    DatastoreQuery,
}

/// What is known of a style.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    style: Style,
    name: String,
    /// What to know of it today, and of which addresses.
    #[serde(default)]
    notes: Vec<Note>,
}

/// What is known of addresses of some form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    address: String,
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    apis: Vec<Known>,
}

static KNOWN: LazyLock<Written> = LazyLock::new(|| match toml::from_str(include_str!("apis.toml")) {
    Ok(known) => known,
    Err(error) => panic!("invariant: the bundled interfaces are well formed: {error}"),
});

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(KNOWN.apis.iter().find(|known| known.style == *self).map_or("", |known| &known.name))
    }
}

/// Parts of addresses without which none is that of an interface: most addresses are told by these alone.
const PARTS: [&str; 6] =
    ["/resource/", "/api/", "/rest/services/", "/explore/dataset/", "/datastore/query/", "datastore_search"];

impl RowApi {
    /// The interface that `address` leads to, or that the same platform has for the same dataset.
    pub fn of(address: &str) -> Option<Self> {
        if !PARTS.iter().any(|part| address.contains(part)) {
            return None;
        }
        let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
        soda(&url, &segments)
            .or_else(|| datastore(&url, &segments))
            .or_else(|| feature_service(&url, &segments))
            .or_else(|| explore(&url, &segments))
            .or_else(|| datastore_query(&url, &segments))
    }

    /// The rows that Socrata gives out at `host` for the dataset `id`.
    pub fn of_soda(at: &Url, id: &str) -> Self {
        Self { style: Style::Soda, at: with_path(at, &format!("/resource/{id}.json")) }
    }

    /// The address of the page behind `offset` rows.
    pub fn page(&self, offset: u64) -> Url {
        self.page_of(PAGE, offset)
    }

    /// The address of a page of `rows` rows behind `offset`.
    fn page_of(&self, rows: u64, offset: u64) -> Url {
        match self.style {
            // Without an order, pages of SODA may overlap.
            Style::Soda => self.asking(&format!("$limit={rows}&$offset={offset}&$order=:id")),
            Style::Datastore | Style::Explore | Style::DatastoreQuery => {
                self.asking(&format!("limit={rows}&offset={offset}"))
            }
            Style::FeatureService => self.features("1=1", rows, offset),
        }
    }

    /// The address of the first rows that pass `filter`.
    pub fn filtered(&self, filter: &Filter) -> Url {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let Filter { field, value } = filter;
        let quoted = |quote: &str| match value.as_str() {
            Some(words) => format!("{field}={quote}{words}{quote}"),
            None => format!("{field}={value}"),
        };
        match self.style {
            Style::Soda => self.asking(&format!("$limit={PAGE}&$where={}", escaped(&quoted("'")))),
            Style::Datastore => {
                let filters = serde_json::json!({ field: value }).to_string();
                self.asking(&format!("limit={PAGE}&filters={}", escaped(&filters)))
            }
            Style::FeatureService => self.features(&quoted("'"), PAGE, 0),
            Style::Explore => self.asking(&format!("limit={PAGE}&where={}", escaped(&quoted("\"")))),
            Style::DatastoreQuery => {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let condition = |key: &str, is: &str| format!("conditions%5B0%5D%5B{key}%5D={}", escaped(is));
                self.asking(&format!("limit={PAGE}&{}&{}", condition("property", field), condition("value", &value)))
            }
        }
    }

    /// The address of a layer's description of itself, where the interface has such.
    pub fn layer(&self) -> Option<Url> {
        (self.style == Style::FeatureService).then(|| self.asking("f=json"))
    }

    /// What those who ask at `address` should know of it, if anything.
    pub fn note(address: &str) -> Option<&'static str> {
        let notes = KNOWN.apis.iter().flat_map(|known| &known.notes);
        let of = |note: &&Note| note.address.split('*').all(|part| address.contains(part));
        notes.into_iter().find(of).map(|note| note.says.as_str())
    }

    fn asking(&self, query: &str) -> Url {
        let mut url = self.at.clone();
        let before = url.query().map(|before| format!("{before}&")).unwrap_or_default();
        url.set_query(Some(&format!("{before}{query}")));
        url
    }

    fn features(&self, condition: &str, rows: u64, offset: u64) -> Url {
        let condition = utf8_percent_encode(condition, NON_ALPHANUMERIC);
        let mut url = with_path(&self.at, &format!("{}/query", self.at.path()));
        url.set_query(Some(&format!(
            "where={condition}&outFields=*&returnGeometry=false&resultOffset={offset}&resultRecordCount={rows}&f=json"
        )));
        url
    }
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Whether `id` is as Socrata makes them: two groups of four letters or digits.
pub fn four_by_four(id: &str) -> bool {
    let bytes = id.as_bytes();
    bytes.len() == 9
        && bytes.iter().enumerate().all(|(at, byte)| if at == 4 { *byte == b'-' } else { byte.is_ascii_alphanumeric() })
}

fn soda(url: &Url, segments: &[&str]) -> Option<RowApi> {
    let id = match segments {
        ["resource", file] => {
            file.split_once('.')
                .filter(|(_, extension)| matches!(*extension, "json" | "csv" | "geojson" | "xml" | "rdf"))?
                .0
        }
        ["api", "views", id, ..] | ["api", "v3", "views", id, ..] => id.split('.').next()?,
        _ => return None,
    };
    four_by_four(id).then(|| RowApi::of_soda(url, id))
}

fn datastore(url: &Url, segments: &[&str]) -> Option<RowApi> {
    let [.., "action", "datastore_search"] = segments else { return None };
    let (_, id) = url.query_pairs().find(|(name, _)| name == "resource_id")?;
    let mut at = with_path(url, url.path());
    at.query_pairs_mut().append_pair("resource_id", &id);
    Some(RowApi { style: Style::Datastore, at })
}

fn feature_service(url: &Url, segments: &[&str]) -> Option<RowApi> {
    let services = segments.windows(2).position(|pair| pair == ["rest", "services"])?;
    let server =
        services + segments[services..].iter().position(|one| matches!(*one, "FeatureServer" | "MapServer"))?;
    let digits = |layer: &&&str| layer.bytes().all(|byte| byte.is_ascii_digit());
    let layer = segments.get(server + 1).filter(digits).unwrap_or(&"0");
    let at = with_path(url, &format!("/{}/{layer}", segments[..=server].join("/")));
    Some(RowApi { style: Style::FeatureService, at })
}

fn explore(url: &Url, segments: &[&str]) -> Option<RowApi> {
    let (version, id) = match segments {
        ["api", "explore", version, "catalog", "datasets", id, ..] if version.starts_with("v2") => (*version, id),
        ["explore", "dataset", id, ..] => ("v2.1", id),
        _ => return None,
    };
    let at = with_path(url, &format!("/api/explore/{version}/catalog/datasets/{id}/records"));
    Some(RowApi { style: Style::Explore, at })
}

fn datastore_query(url: &Url, segments: &[&str]) -> Option<RowApi> {
    let found = segments.windows(2).any(|pair| pair == ["datastore", "query"]);
    (found && segments.last() != Some(&"query"))
        .then(|| RowApi { style: Style::DatastoreQuery, at: with_path(url, url.path()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str) -> String {
        RowApi::of(address).map_or_else(|| "none".to_owned(), |api| api.page(5).to_string())
    }

    #[test]
    fn the_interface_behind_a_file_is_known_by_the_files_address() {
        let soda = "https://data.example.gov/resource/ab12-cd34.json?$limit=5&$offset=5&$order=:id";
        assert_eq!(page("https://data.example.gov/resource/ab12-cd34.csv"), soda);
        assert_eq!(page("https://data.example.gov/api/views/ab12-cd34/rows.csv?accessType=DOWNLOAD"), soda);
        assert_eq!(page("https://data.example.gov/resource/open-data"), "none");
        assert_eq!(
            page("https://data.example.gov/api/3/action/datastore_search?resource_id=a1&limit=2"),
            "https://data.example.gov/api/3/action/datastore_search?resource_id=a1&limit=5&offset=5"
        );
        let layer = "https://gis.example.gov/arcgis/rest/services/Trees/FeatureServer/3/query?where=1%3D1&outFields=*&returnGeometry=false&resultOffset=5&resultRecordCount=5&f=json";
        assert_eq!(page("https://gis.example.gov/arcgis/rest/services/Trees/FeatureServer/3/query?f=json"), layer);
        assert_eq!(
            page("https://data.example/explore/dataset/trees/table/"),
            "https://data.example/api/explore/v2.1/catalog/datasets/trees/records?limit=5&offset=5"
        );
        assert_eq!(
            page("https://data.example.gov/api/1/datastore/query/u-1/0"),
            "https://data.example.gov/api/1/datastore/query/u-1/0?limit=5&offset=5"
        );
        assert_eq!(page("https://files.example.gov/trees.csv"), "none");
    }

    #[test]
    fn addresses_of_the_first_soda_are_noted() {
        assert!(RowApi::note("https://data.example.gov/api/views/ab12-cd34/rows.csv").unwrap().contains("SODA 1"));
        assert_eq!(RowApi::note("https://gis.example.gov/arcgis/rest/services/Trees/FeatureServer/3"), None);
    }
}
