//! The fields of a dataset's record, and whether one is filled in.

use serde::{Deserialize, Serialize};

use super::{Dataset, Distribution};

/// A field by DCAT's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the field's own name")]
pub enum Field {
    Identifier,
    Title,
    Description,
    Keyword,
    Theme,
    Publisher,
    Contact,
    ContactName,
    ContactEmail,
    Licence,
    Rights,
    AccessRights,
    Issued,
    Modified,
    Frequency,
    Spatial,
    Temporal,
    Language,
    LandingPage,
    ConformsTo,
    ColumnsDescribed,
    Distribution,
    AccessUrl,
    DownloadUrl,
    Format,
    MediaType,
    ByteSize,
    Availability,
    DistributionTitle,
    DistributionDescription,
    DistributionLicence,
    DistributionRights,
}

/// Every field, in report order.
pub const FIELDS: &[(Field, &str)] = &[
    (Field::Identifier, "identifier"),
    (Field::Title, "title"),
    (Field::Description, "description"),
    (Field::Keyword, "keyword"),
    (Field::Theme, "theme"),
    (Field::Publisher, "publisher"),
    (Field::Contact, "contact"),
    (Field::ContactName, "contact_name"),
    (Field::ContactEmail, "contact_email"),
    (Field::Licence, "licence"),
    (Field::Rights, "rights"),
    (Field::AccessRights, "access_rights"),
    (Field::Issued, "issued"),
    (Field::Modified, "modified"),
    (Field::Frequency, "frequency"),
    (Field::Spatial, "spatial"),
    (Field::Temporal, "temporal"),
    (Field::Language, "language"),
    (Field::LandingPage, "landing_page"),
    (Field::ConformsTo, "conforms_to"),
    (Field::ColumnsDescribed, "columns_described"),
    (Field::Distribution, "distribution"),
    (Field::AccessUrl, "access_url"),
    (Field::DownloadUrl, "download_url"),
    (Field::Format, "format"),
    (Field::MediaType, "media_type"),
    (Field::ByteSize, "byte_size"),
    (Field::Availability, "availability"),
    (Field::DistributionTitle, "distribution_title"),
    (Field::DistributionDescription, "distribution_description"),
    (Field::DistributionLicence, "distribution_licence"),
    (Field::DistributionRights, "distribution_rights"),
];

impl Field {
    /// Whether `dataset` has something in this field; for a field of distributions, whether any of them has.
    ///
    /// Filled in means not blank, no more: whether it says something is another question. A licence counts on the
    /// dataset or on a distribution, columns count when each has a description.
    pub fn filled(self, dataset: &Dataset) -> bool {
        let any = |has: fn(&Distribution) -> bool| dataset.distributions.iter().any(has);
        match self {
            Self::Identifier => given(&dataset.identifier),
            Self::Title => given(&dataset.title),
            Self::Description => given(&dataset.description),
            Self::Keyword => dataset.keywords.iter().any(|keyword| given(keyword)),
            Self::Theme => dataset.themes.iter().any(|theme| given(theme)),
            Self::Publisher => given(&dataset.publisher),
            Self::Contact => !dataset.contact.is_blank(),
            Self::ContactName => given(&dataset.contact.name),
            Self::ContactEmail => given(&dataset.contact.email),
            Self::Licence => !dataset.licence.is_blank() || any(|d| !d.licence.is_blank()),
            Self::Rights => given(&dataset.rights),
            Self::AccessRights => given(&dataset.access_rights),
            Self::Issued => given(&dataset.issued),
            Self::Modified => given(&dataset.modified) || given(&dataset.data_modified),
            Self::Frequency => given(&dataset.frequency),
            Self::Spatial => given(&dataset.spatial),
            Self::Temporal => given(&dataset.temporal),
            Self::Language => given(&dataset.language),
            Self::LandingPage => given(&dataset.landing_page),
            Self::ConformsTo => given(&dataset.conforms_to),
            Self::ColumnsDescribed => dataset.columns.is_some_and(|c| c.all > 0 && c.all == c.described),
            Self::Distribution => !dataset.distributions.is_empty(),
            Self::AccessUrl => any(|d| given(&d.access_url)),
            Self::DownloadUrl => any(|d| given(&d.download_url)),
            Self::Format => any(|d| given(&d.format)),
            Self::MediaType => any(|d| given(&d.media_type)),
            Self::ByteSize => any(|d| d.bytes.is_some()),
            Self::Availability => any(|d| given(&d.availability)),
            Self::DistributionTitle => any(|d| given(&d.title)),
            Self::DistributionDescription => any(|d| given(&d.description)),
            Self::DistributionLicence => any(|d| !d.licence.is_blank()),
            Self::DistributionRights => any(|d| given(&d.rights)),
        }
    }
}

fn given(text: &str) -> bool {
    !text.trim().is_empty()
}
