//! Do titles and descriptions say what the datasets hold?

mod language;

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::Field;
use crate::dcat::quality::{LENGTHS, Quality, Sign};
use crate::finding::{Finding, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::{Probe, Target};
use crate::spec::Spec;

crate::declare!();

/// Counts the titles and descriptions that say nothing.
pub struct MetadataQuality;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Measured(Box<Measured>),
    Unread { cause: String },
    None { reason: String },
}

#[derive(Serialize)]
struct Measured {
    name: String,
    platform: Platform,
    interface: &'static str,
    datasets: u64,
    #[serde(flatten)]
    shares: BTreeMap<&'static str, Share>,
    lengths: Vec<Length>,
    languages: Vec<language::Row>,
    fix_first: Vec<Faulty>,
    copied: Vec<Repeated>,
    duplicated: Vec<Repeated>,
    future: Vec<Late>,
}

/// Descriptions of one length; cells of tables are words.
#[derive(Serialize)]
struct Length {
    characters: &'static str,
    datasets: String,
}

/// A dataset with what is wrong.
#[derive(Serialize)]
struct Faulty {
    identifier: String,
    title: String,
    wrong: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    views: Option<String>,
}

/// A text that several datasets have.
#[derive(Serialize)]
struct Repeated {
    text: String,
    datasets: String,
}

/// A dataset from the future.
#[derive(Serialize)]
struct Late {
    date: String,
    identifier: String,
    title: String,
}

/// How many texts of several datasets are shown.
const ROWS: usize = 10;

impl Probe for MetadataQuality {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let tell = |behind: Behind| {
            let (seen, evidence) = match behind {
                Behind::Catalogue(catalogue) => {
                    (Seen::Measured(Box::new(measured(&catalogue, captures.as_of()))), catalogue.evidence.clone())
                }
                Behind::Unread { cause, evidence } => (Seen::Unread { cause }, evidence),
                Behind::None { reason, evidence } => (Seen::None { reason }, evidence),
            };
            SPEC.finding(target, &seen, evidence)
        };
        Ok(platform::behind(target, captures)?.into_iter().map(tell).collect())
    }
}

fn measured(catalogue: &Catalogue, as_of: Date) -> Measured {
    let profile = &catalogue.profile;
    let quality = &profile.quality;
    let language = language::of(catalogue);
    // Where the catalogue's clock stands is not known: tomorrow is no fault.
    let tomorrow = as_of.checked_add(1.day()).unwrap_or(as_of);
    let mut shares = BTreeMap::new();
    for (name, hits) in counts(quality, tomorrow) {
        shares.extend(catalogue.share(hits).map(|share| (name, share)));
    }
    let declared = profile.filled.get(&Field::Language).copied().unwrap_or_default();
    shares.extend(catalogue.share(declared).map(|share| ("language_declared", share)));
    shares.extend(language.disagrees.map(|share| ("language_disagrees", share)));
    let told = quality.with_columns;
    let of_told = |hits| catalogue.share_among(hits, told);
    shares.extend(of_told(quality.columns_all).map(|share| ("columns_all_described", share)));
    shares.extend(of_told(quality.columns_any).map(|share| ("columns_any_described", share)));
    // How many columns there are in what was not read is not known.
    let columns = quality.columns.filter(|_| catalogue.not_drawn() + catalogue.unread() == 0);
    let columns = columns.and_then(|sum| Share::of(sum.described, sum.all, sum.all));
    shares.extend(columns.map(|share| ("columns_described", share)));
    let repeated = |ranked: Vec<(&str, u64)>| {
        let row = |(text, datasets): (&str, u64)| Repeated { text: text.to_owned(), datasets: datasets.to_string() };
        ranked.into_iter().take(ROWS).map(row).collect()
    };
    let lengths = LENGTHS.iter().zip(quality.lengths);
    let late = quality.days.latest(tomorrow).into_iter();
    Measured {
        name: catalogue.platform.to_string(),
        platform: catalogue.platform,
        interface: catalogue.interface,
        datasets: profile.datasets,
        shares,
        lengths: lengths
            .map(|((_, characters), datasets)| Length { characters, datasets: datasets.to_string() })
            .collect(),
        languages: language.rows,
        fix_first: quality
            .worst
            .cases()
            .map(|case| Faulty {
                identifier: case.identifier.clone(),
                title: case.title.clone(),
                wrong: case.signs.iter().map(|sign| sign.words()).collect::<Vec<_>>().join("; "),
                views: case.views.map(|views| views.to_string()),
            })
            .collect(),
        copied: repeated(quality.descriptions.ranked()),
        duplicated: repeated(quality.titles.ranked()),
        future: late
            .map(|(date, identifier, title)| Late { date, identifier: identifier.to_owned(), title: title.to_owned() })
            .collect(),
    }
}

/// What is a share of all datasets.
fn counts(quality: &Quality, tomorrow: Date) -> [(&'static str, u64); 19] {
    let [_, tiny, short, middle, long] = quality.lengths;
    [
        ("titles_telling", quality.titles_telling),
        ("titles_blank", quality.of(Sign::TitleBlank)),
        ("titles_placeholder", quality.of(Sign::TitlePlaceholder)),
        ("titles_code", quality.of(Sign::TitleCode)),
        ("titles_duplicated", quality.titles.shared),
        ("descriptions_telling", quality.descriptions_telling),
        ("descriptions_blank", quality.of(Sign::DescriptionBlank)),
        ("descriptions_placeholder", quality.of(Sign::DescriptionPlaceholder)),
        ("descriptions_title", quality.of(Sign::DescriptionTitle)),
        ("descriptions_copied", quality.descriptions.shared),
        ("descriptions_markup", quality.of(Sign::DescriptionMarkup)),
        ("descriptions_under_30", tiny),
        ("descriptions_30_to_99", short),
        ("descriptions_100_to_499", middle),
        ("descriptions_500", long),
        ("keywords_placeholder", quality.of(Sign::KeywordsPlaceholder)),
        ("dates_impossible", quality.of(Sign::DateImpossible)),
        ("dates_in_future", quality.days.after(tomorrow)),
        ("columns_told", quality.with_columns),
    ]
}
