//! The fields of a dataset's record, and whether one is filled in.

use serde::{Deserialize, Serialize};

use super::{Dataset, Distribution, vocabulary};

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
    /// Its name in data.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

/// A set of fields, one bit each: every dataset of a catalogue makes several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<Field>")]
pub struct Fields(u64);

impl Fields {
    /// Whether `field` is among them.
    pub fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// Whether all of `others` are among them.
    pub fn has_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These and `others`.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those of which it is true.
    fn of<const N: usize>(filled: [(Field, bool); N]) -> Self {
        Self(filled.iter().fold(0, |set, (field, filled)| set | u64::from(*filled) << *field as u32))
    }
}

impl From<Vec<Field>> for Fields {
    fn from(fields: Vec<Field>) -> Self {
        Self(fields.into_iter().fold(0, |set, field| set | 1 << field as u32))
    }
}

impl Distribution {
    /// The fields it has something in.
    pub fn filled(&self) -> Fields {
        let file_type = vocabulary::file_type(self);
        Fields::of([
            (Field::AccessUrl, given(&self.access_url)),
            (Field::DownloadUrl, given(&self.download_url)),
            (Field::Format, given(&self.format)),
            (Field::MediaType, given(&self.media_type)),
            (Field::FormatKnown, file_type.is_some()),
            (Field::NonProprietary, file_type.is_some_and(|known| known.non_proprietary)),
            (Field::MachineReadable, file_type.is_some_and(|known| known.machine_readable)),
            (Field::ByteSize, self.bytes.is_some()),
            (Field::Availability, given(&self.availability)),
            (Field::DistributionTitle, given(&self.title)),
            (Field::DistributionDescription, given(&self.description)),
            (Field::DistributionLicence, !self.licence.is_blank()),
            (Field::DistributionLicenceKnown, vocabulary::licence(&self.licence)),
            (Field::DistributionRights, given(&self.rights)),
        ])
    }
}

impl Dataset {
    /// The fields it has something in, where `files` are those of its distributions; what any of them has, it has.
    ///
    /// Filled in means not blank, no more: whether it says something is another question. A licence counts on the
    /// dataset or on a distribution, columns count when each has a description, and what is known stands in the
    /// European Union's vocabularies.
    pub fn filled(&self, files: &[Fields]) -> Fields {
        let any = files.iter().fold(Fields::default(), |any, one| any.with(*one));
        let licence = !self.licence.is_blank() || any.has(Field::DistributionLicence);
        let licence_known = vocabulary::licence(&self.licence) || any.has(Field::DistributionLicenceKnown);
        any.with(Fields::of([
            (Field::Identifier, given(&self.identifier)),
            (Field::Title, given(&self.title)),
            (Field::Description, given(&self.description)),
            (Field::Keyword, self.keywords.iter().any(|keyword| given(keyword))),
            (Field::Theme, self.themes.iter().any(|theme| given(theme))),
            (Field::Publisher, given(&self.publisher)),
            (Field::Contact, !self.contact.is_blank()),
            (Field::ContactName, given(&self.contact.name)),
            (Field::ContactEmail, given(&self.contact.email)),
            (Field::Licence, licence),
            (Field::LicenceKnown, licence_known),
            (Field::Rights, given(&self.rights)),
            (Field::AccessLevel, given(&self.access_level)),
            (Field::AccessRights, given(&self.access_rights)),
            (Field::AccessRightsKnown, vocabulary::access_right(&self.access_rights)),
            (Field::Issued, given(&self.issued)),
            (Field::Modified, given(&self.modified) || given(&self.data_modified)),
            (Field::Frequency, given(&self.frequency)),
            (Field::Spatial, given(&self.spatial)),
            (Field::Temporal, given(&self.temporal)),
            (Field::Language, given(&self.language)),
            (Field::LandingPage, given(&self.landing_page)),
            (Field::ConformsTo, given(&self.conforms_to)),
            (Field::ColumnsDescribed, self.columns.is_some_and(|c| c.all > 0 && c.all == c.described)),
            (Field::Distribution, !self.distributions.is_empty()),
        ]))
    }
}

fn given(text: &str) -> bool {
    !text.trim().is_empty()
}
