//! The fields of a dataset's record, and whether one is filled in.

use serde::{Deserialize, Serialize};

use super::vocabulary::{self, Use};
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
    LicenceKnown,
    Rights,
    AccessLevel,
    AccessRights,
    AccessRightsKnown,
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
    FormatKnown,
    NonProprietary,
    MachineReadable,
    ByteSize,
    Availability,
    DistributionTitle,
    DistributionDescription,
    DistributionLicence,
    DistributionLicenceKnown,
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
    (Field::LicenceKnown, "licence_known"),
    (Field::Rights, "rights"),
    (Field::AccessLevel, "access_level"),
    (Field::AccessRights, "access_rights"),
    (Field::AccessRightsKnown, "access_rights_known"),
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
    (Field::FormatKnown, "format_known"),
    (Field::NonProprietary, "non_proprietary"),
    (Field::MachineReadable, "machine_readable"),
    (Field::ByteSize, "byte_size"),
    (Field::Availability, "availability"),
    (Field::DistributionTitle, "distribution_title"),
    (Field::DistributionDescription, "distribution_description"),
    (Field::DistributionLicence, "distribution_licence"),
    (Field::DistributionLicenceKnown, "distribution_licence_known"),
    (Field::DistributionRights, "distribution_rights"),
];

impl Field {
    /// Whether `dataset` has something in this field; for a field of distributions, whether any of them has.
    ///
    /// Filled in means not blank, no more: whether it says something is another question. A licence counts on the
    /// dataset or on a distribution, columns count when each has a description, and what is known stands in the
    /// European Union's vocabularies.
    pub fn filled(self, dataset: &Dataset) -> bool {
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
            Self::Licence => !dataset.licence.is_blank() || Self::DistributionLicence.filled(dataset),
            Self::LicenceKnown => {
                vocabulary::licence(&dataset.licence) || Self::DistributionLicenceKnown.filled(dataset)
            }
            Self::Rights => given(&dataset.rights),
            Self::AccessLevel => given(&dataset.access_level),
            Self::AccessRights => given(&dataset.access_rights),
            Self::AccessRightsKnown => vocabulary::access_right(&dataset.access_rights),
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
            of_distributions => dataset.distributions.iter().any(|one| of_distributions.filled_in(one)),
        }
    }

    /// Whether a distribution has something in this field; a field of datasets it never has.
    pub fn filled_in(self, distribution: &Distribution) -> bool {
        match self {
            Self::AccessUrl => given(&distribution.access_url),
            Self::DownloadUrl => given(&distribution.download_url),
            Self::Format => given(&distribution.format),
            Self::MediaType => given(&distribution.media_type),
            Self::FormatKnown => vocabulary::format_known(distribution),
            Self::NonProprietary => vocabulary::format_is(distribution, Use::NonProprietary),
            Self::MachineReadable => vocabulary::format_is(distribution, Use::MachineReadable),
            Self::ByteSize => distribution.bytes.is_some(),
            Self::Availability => given(&distribution.availability),
            Self::DistributionTitle => given(&distribution.title),
            Self::DistributionDescription => given(&distribution.description),
            Self::DistributionLicence => !distribution.licence.is_blank(),
            Self::DistributionLicenceKnown => vocabulary::licence(&distribution.licence),
            Self::DistributionRights => given(&distribution.rights),
            _ => false,
        }
    }

    /// Its name in data.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

fn given(text: &str) -> bool {
    !text.trim().is_empty()
}
