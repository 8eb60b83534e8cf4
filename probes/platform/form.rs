//! The forms in which platforms hand out their records: how one is known, where its records and its count stand.

use serde_json::Value;
use url::Url;

use super::Platform;
use super::{arcgis_hub, ckan, dcat_us, dkan, geonode, jkan, opendatasoft, socrata, udata};
use crate::dcat::Dataset;
use crate::json::Members;

/// One form of answer or file that lists datasets.
pub(super) struct Form {
    /// What it is called, in words.
    pub(super) name: &'static str,
    /// The platform that alone writes this form; the plain catalogue file where several do.
    pub(super) platform: Platform,
    /// The JSON pointer of the array of records.
    pub(super) records: &'static str,
    /// The JSON pointers of arrays whose records hold datasets within: catalogues and series of DCAT-US 3.
    pub(super) nested: &'static [&'static str],
    /// The JSON pointer of the count of all datasets, where it has one.
    pub(super) claimed: Option<&'static str>,
    /// Whether the first record, and the values around the records, are of this form.
    pub(super) known_by: fn(first: &Value, members: &Members) -> bool,
    /// A record as a dataset; none for a record that is no dataset.
    pub(super) dataset: fn(record: &Value, base: &Url) -> Option<Dataset>,
}

/// Every form in JSON, the more particular first.
static FORMS: &[&Form] = &[
    &socrata::CATALOG,
    &socrata::VIEWS,
    &ckan::SEARCH,
    &dkan::PACKAGES,
    &ckan::PACKAGES,
    &arcgis_hub::ITEMS,
    &arcgis_hub::DATASETS,
    &opendatasoft::CATALOG,
    &opendatasoft::SEARCH,
    &udata::DATASETS,
    &geonode::DATASETS,
    &jkan::DATASETS,
    &dkan::ITEMS,
    &dcat_us::CATALOG,
    &dcat_us::BARE,
];

/// Where any form keeps its records.
pub(super) const RECORDS: &[&str] = &[
    "",
    "/results",
    "/result/results",
    "/result",
    "/features",
    "/data",
    "/datasets",
    "/dataset",
    "/catalog",
    "/datasetSeries",
];

impl Form {
    /// The form of a document whose arrays begin with these records.
    pub(super) fn of(first: &[(String, Value)], members: &Members) -> Option<&'static Self> {
        let known = |form: &&&'static Self| {
            let of = |(pointer, record): &(String, Value)| pointer == form.records && (form.known_by)(record, members);
            first.iter().any(of)
        };
        FORMS.iter().find(known).copied().or_else(|| Self::of_empty(members))
    }

    /// The form of a document without a record, by its count of none.
    fn of_empty(members: &Members) -> Option<&'static Self> {
        let has = |form: &&&'static Self| {
            let empty = members.arrays.get(form.records) == Some(&0);
            let only_nested = form.nested.iter().any(|array| members.arrays.contains_key(*array));
            (empty || only_nested) && (form.known_by)(&Value::Null, members)
        };
        FORMS.iter().find(has).copied()
    }
}
