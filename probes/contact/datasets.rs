//! Whom the datasets of a portal's catalogue name.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::Target;

/// What a catalogue says of contacts.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Seen {
    Measured(Box<Measured>),
    Unread { cause: String },
}

#[derive(Serialize)]
pub(super) struct Measured {
    portal: String,
    platform: Platform,
    datasets: u64,
    named: Option<Share>,
    addressed: Option<Share>,
    paged: Option<Share>,
    reachable: Option<Share>,
    form: Option<&'static str>,
    different: u64,
    commonest: Option<String>,
    commonest_share: Option<Share>,
    addresses: Vec<Row>,
    no_addresses: Vec<Row>,
}

/// What is written in the place of an address; cells of tables are words.
#[derive(Serialize)]
struct Row {
    written: String,
    datasets: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    forms: Vec<Form>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    platform: Platform,
    form: String,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| match toml::from_str(include_str!("forms.toml")) {
    Ok(forms) => forms,
    Err(error) => panic!("invariant: the bundled forms are well formed: {error}"),
});

/// How many rows of a table are shown.
const ROWS: usize = 10;

/// What the catalogues behind `target` say, where the link itself speaks of one: other pages are not asked for any.
pub(super) fn seen(target: &Target, captures: &Captures<'_>) -> Result<Vec<(Seen, Vec<Evidence>)>, Need> {
    if !platform::evident(target, captures)? {
        return Ok(Vec::new());
    }
    let tell = |behind: Behind| match behind {
        Behind::Catalogue(catalogue) => {
            Some((Seen::Measured(Box::new(measured(&catalogue))), catalogue.evidence.clone()))
        }
        Behind::Unread { cause, evidence } => Some((Seen::Unread { cause }, evidence)),
        Behind::None { .. } => None,
    };
    Ok(platform::behind(target, captures)?.into_iter().filter_map(tell).collect())
}

fn measured(catalogue: &Catalogue) -> Measured {
    let contacts = &catalogue.profile.contacts;
    let form = FORMS.forms.iter().find(|form| form.platform == catalogue.platform).map(|form| form.form.as_str());
    let ranked = contacts.addresses.ranked();
    let rows = |ranked: &[(&str, u64)]| {
        let row =
            |(written, datasets): &(&str, u64)| Row { written: (*written).to_owned(), datasets: datasets.to_string() };
        ranked.iter().take(ROWS).map(row).collect()
    };
    let reachable = if form.is_some() { catalogue.profile.datasets } else { contacts.reachable };
    Measured {
        portal: catalogue.platform.to_string(),
        platform: catalogue.platform,
        datasets: catalogue.profile.datasets,
        named: catalogue.share(contacts.named),
        addressed: catalogue.share(contacts.addressed),
        paged: catalogue.share(contacts.paged),
        reachable: catalogue.share(reachable),
        form,
        different: contacts.addresses.different() as u64,
        commonest: ranked.first().map(|(address, _)| (*address).to_owned()),
        commonest_share: ranked.first().and_then(|(_, datasets)| catalogue.share(*datasets)),
        addresses: rows(&ranked),
        no_addresses: rows(&contacts.otherwise.ranked()),
    }
}
