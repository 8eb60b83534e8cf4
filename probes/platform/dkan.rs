//! DKAN 2: the metastore, whose items are DCAT-US.

use url::Url;

use super::form::Form;
use super::{Platform, dcat_us};

/// `/api/1/metastore/schemas/dataset/items`
pub(super) static ITEMS: Form = Form {
    name: "DKAN's metastore",
    platform: Platform::Dkan,
    records: "",
    nested: &[],
    claimed: None,
    known_by: |first, _| first.get("%modified").is_some() && first.get("title").is_some(),
    dataset: dcat_us::dataset,
};

/// The address of all items.
pub(super) fn items(base: &Url) -> Url {
    super::at(base, "api/1/metastore/schemas/dataset/items")
}
