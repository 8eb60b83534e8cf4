//! DKAN: the metastore of version 2, whose items are DCAT-US, and version 1, which answers much as CKAN does.

use serde_json::Value;
use url::Url;

use super::form::Form;
use super::{Platform, ckan, dcat_us};
use crate::dcat::Dataset;

/// `/api/1/metastore/schemas/dataset/items`
pub(super) static ITEMS: Form = Form {
    name: "DKAN's metastore",
    platform: Platform::Dkan,
    records: "",
    nested: &[],
    claimed: None,
    known_by: |first, _| first.get("%modified").is_some() && first.get("title").is_some(),
    dataset: item,
};

/// `package_show` and `current_package_list_with_resources` of version 1: lists, or lists within a list.
pub(super) static PACKAGES: Form = Form {
    name: "DKAN's list of packages",
    platform: Platform::Dkan,
    records: "/result",
    nested: &[],
    claimed: None,
    known_by: |first, members| {
        let record = first.get(0).unwrap_or(first);
        // CKAN writes its types in lower case.
        let dataset = record.get("type").and_then(Value::as_str) == Some("Dataset");
        members.plain.contains_key("/success") && dataset && record.get("resources").is_some()
    },
    dataset: ckan::dataset,
};

/// How many packages a page is asked for.
pub(super) const PAGE: u64 = 100;

/// The address of version 1's packages behind `offset` of them.
pub(super) fn packages(base: &Url, offset: u64) -> Url {
    ckan::action(base, "current_package_list_with_resources", &format!("limit={PAGE}&offset={offset}"))
}

/// The address of version 2's search, which counts all datasets.
pub(super) fn search(base: &Url) -> Url {
    let mut url = super::at(base, "api/1/search");
    url.set_query(Some("page-size=1"));
    url
}

/// The address of all items.
pub(super) fn items(base: &Url) -> Url {
    super::at(base, "api/1/metastore/schemas/dataset/items")
}

/// An item of the metastore, with the addresses at which the rows of its tables are asked for.
fn item(record: &Value, base: &Url) -> Option<Dataset> {
    let mut dataset = dcat_us::dataset(record, base)?;
    if base.scheme() != "file" && !dataset.identifier.is_empty() {
        for (number, distribution) in (0..).zip(&mut dataset.distributions) {
            // The store takes in delimited texts and nothing else.
            if matches!(distribution.format_name().as_str(), "CSV" | "TSV") {
                let path = format!("api/1/datastore/query/{}/{number}", dataset.identifier);
                distribution.rows_at = super::at(base, &path).to_string();
            }
        }
    }
    Some(dataset)
}
