//! Datasets and their distributions in DCAT's terms, whatever platform they came from.
//!
//! A text that was not given is empty: publishers leave fields empty and leave them out alike.

mod ages;
mod complete;
mod contacts;
mod field;
mod frequency;
pub mod licence;
mod openness;
mod profile;
pub mod quality;
mod repeats;
mod standards;
mod tally;
mod usage;
mod vocabulary;

use serde::{Deserialize, Serialize};

pub use ages::ages;
pub use complete::{Complete, requires, says_nothing};
mod visible;

pub use contacts::Contacts;
pub use field::{FIELDS, Field, Fields};
pub use frequency::Frequency;
pub use openness::{Openness, is_machine_readable, is_open};
pub use profile::{Profile, SAMPLE};
pub use repeats::Repeats;
pub use standards::{Sign, Speaking, Standards};
pub use tally::Tally;
pub use usage::{Counts, Usage, Used};
pub use visible::visible;

/// One dataset (`dcat:Dataset`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dataset {
    /// What the platform or the publisher identifies it by (`dct:identifier`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub identifier: String,
    /// `dct:title`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// `dct:description`, as it was written: often HTML.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// `dcat:keyword`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// `dcat:theme`, or the platform's categories and groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// The name of `dct:publisher`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub publisher: String,
    /// `dcat:contactPoint`
    #[serde(skip_serializing_if = "Contact::is_blank")]
    pub contact: Contact,
    /// `dct:license` of the dataset itself.
    #[serde(skip_serializing_if = "Licence::is_blank")]
    pub licence: Licence,
    /// `dct:rights`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rights: String,
    /// Whom it is open to, in DCAT-US's or the platform's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_level: String,
    /// `dct:accessRights`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_rights: String,
    /// `dct:issued`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issued: String,
    /// `dct:modified`, or when the platform says that the record was changed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub modified: String,
    /// When the platform says that the data itself was changed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub data_modified: String,
    /// `dct:accrualPeriodicity`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub frequency: String,
    /// `dct:spatial`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub spatial: String,
    /// `dct:temporal`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub temporal: String,
    /// `dct:language`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// `dcat:landingPage`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub landing_page: String,
    /// `dct:conformsTo`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub conforms_to: String,
    /// What the platform calls this kind of thing: dataset, map, document, harvest source.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The domain it was federated from, if that is another than the portal's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub federated_from: String,
    /// The columns of its table, where the platform tells of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
    /// The names of its columns, where the platform tells of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub column_names: Vec<String>,
    /// How often it was looked at, where the platform counts that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<u64>,
    /// How often it was downloaded, where the platform counts that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downloads: Option<u64>,
    /// `dcat:distribution`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distributions: Vec<Distribution>,
}

/// Whom to ask (`vcard:Kind`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// `vcard:fn`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The address of `vcard:hasEmail`, without its scheme.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// A page or form to write by.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
}

impl Contact {
    /// Whether nothing is known of it.
    pub fn is_blank(&self) -> bool {
        self.name.is_empty() && self.email.is_empty() && self.page.is_empty()
    }

    /// The address in what was written: `mailto:` and blanks around it are not part of it.
    pub fn address(written: &str) -> String {
        let written = written.trim();
        let bare = match written.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &written[7..],
            _ => written,
        };
        bare.trim().to_owned()
    }
}

/// Terms of use (`dct:LicenseDocument`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Licence {
    /// Its name, or the terms themselves.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where it can be read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

impl Licence {
    /// Whether nothing is known of it.
    pub fn is_blank(&self) -> bool {
        self.name.is_empty() && self.url.is_empty()
    }

    /// What was written in one field: an address or a name.
    pub fn written(text: &str) -> Self {
        let text = text.trim().to_owned();
        if text.starts_with("http://") || text.starts_with("https://") {
            Self { url: text, ..Self::default() }
        } else {
            Self { name: text, ..Self::default() }
        }
    }
}

/// How many columns a table has, and how many say what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// All columns.
    pub all: u64,
    /// Those with a description.
    pub described: u64,
}

/// One form in which a dataset can be had (`dcat:Distribution`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Distribution {
    /// `dct:title`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// `dct:description`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// `dcat:accessURL`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_url: String,
    /// `dcat:downloadURL`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub download_url: String,
    /// `dct:format`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// `dcat:mediaType`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// `dcat:byteSize`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// `dct:license`
    #[serde(skip_serializing_if = "Licence::is_blank")]
    pub licence: Licence,
    /// `dct:rights`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rights: String,
    /// `dct:issued`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issued: String,
    /// `dct:modified`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub modified: String,
    /// `dcatap:availability`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub availability: String,
    /// `dct:conformsTo`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub conforms_to: String,
    /// The platform's interface that gives out its rows, where the record tells of one apart from the addresses above.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rows_at: String,
    /// Whether its address follows from the platform's rules and stands nowhere in the record.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
    /// Whether it is an interface to ask, not a file to take.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub service: bool,
}

impl Distribution {
    /// Where it can be had: the file's address before the page's.
    pub fn address(&self) -> &str {
        if self.download_url.is_empty() { &self.access_url } else { &self.download_url }
    }
}
