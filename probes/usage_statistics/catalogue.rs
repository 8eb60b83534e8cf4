//! What a portal's own platform counts of the use of its datasets, and gives out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::dcat::{Counts, Usage, Used};
use crate::finding::{Evidence, Share};
use crate::platform::{self, Behind, Catalogue, Platform};
use crate::probe::Target;

/// What catalogues say of the use of their datasets.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Seen {
    Counted(Box<Counted>),
    Sampled { portal: String, datasets: u64, viewed: Option<Share>, views: u64, most_used: Vec<Row> },
    Uncounted { portal: String, interface: &'static str, datasets: u64 },
    Unread { cause: String },
}

/// Figures by dataset.
#[derive(Serialize)]
pub(super) struct Counted {
    portal: String,
    platform: Platform,
    interface: &'static str,
    datasets: u64,
    viewed: Option<Share>,
    views: Option<u64>,
    never_viewed: Option<Share>,
    downloaded: Option<Share>,
    downloads: Option<u64>,
    never_downloaded: Option<Share>,
    most_used: Vec<Row>,
}

type Row = BTreeMap<String, String>;

/// What the catalogues behind `target` say, where the link itself speaks of one: other pages are not asked for any.
pub(super) fn seen(target: &Target, captures: &Captures<'_>) -> Result<Vec<(Seen, Vec<Evidence>)>, Need> {
    if !platform::evident(target, captures)? {
        return Ok(Vec::new());
    }
    let mut need = Need::default();
    let mut said = Vec::new();
    for behind in platform::behind(target, captures)? {
        match behind {
            Behind::Catalogue(catalogue) => match told(&catalogue, captures) {
                Ok(told) => said.push(told),
                Err(lack) => need.merge(lack),
            },
            Behind::Unread { cause, evidence } => said.push((Seen::Unread { cause }, evidence)),
            Behind::None { .. } => {}
        }
    }
    if need == Need::default() { Ok(said) } else { Err(need) }
}

fn told(catalogue: &Catalogue, captures: &Captures<'_>) -> Result<(Seen, Vec<Evidence>), Need> {
    let usage = &catalogue.profile.usage;
    let (portal, datasets) = (catalogue.platform.to_string(), catalogue.profile.datasets);
    if usage.views.total > 0 || usage.downloads.total > 0 {
        return Ok((Seen::Counted(Box::new(counted(catalogue, usage))), catalogue.evidence.clone()));
    }
    let tracked = platform::tracked(catalogue, captures)?;
    if tracked.is_empty() {
        let seen = Seen::Uncounted { portal, interface: catalogue.interface, datasets };
        return Ok((seen, catalogue.evidence.clone()));
    }
    let views: Vec<u64> = tracked.iter().filter_map(|(used, _)| used.views).collect();
    let viewed = views.iter().filter(|views| **views > 0).count() as u64;
    let viewed = catalogue.share_among(viewed, views.len() as u64);
    let most_used = tracked.iter().map(|(used, _)| row(used)).collect();
    let seen = Seen::Sampled { portal, datasets, viewed, views: views.iter().sum(), most_used };
    Ok((seen, tracked.into_iter().map(|(_, evidence)| evidence).collect()))
}

fn counted(catalogue: &Catalogue, usage: &Usage) -> Counted {
    // Of a kind of use that the platform never counts, there is no figure, or only noughts: that is not nought.
    let share = |counts: Counts, hits: u64| (counts.total > 0).then(|| catalogue.share(hits)).flatten();
    let total = |counts: Counts| (counts.total > 0).then_some(counts.total);
    Counted {
        portal: catalogue.platform.to_string(),
        platform: catalogue.platform,
        interface: catalogue.interface,
        datasets: catalogue.profile.datasets,
        viewed: share(usage.views, usage.views.datasets),
        views: total(usage.views),
        never_viewed: share(usage.views, usage.views.unused),
        downloaded: share(usage.downloads, usage.downloads.datasets),
        downloads: total(usage.downloads),
        never_downloaded: share(usage.downloads, usage.downloads.unused),
        most_used: usage.most().map(row).collect(),
    }
}

fn row(used: &Used) -> Row {
    let figure = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
    BTreeMap::from([
        ("dataset".to_owned(), used.title.clone()),
        ("views".to_owned(), figure(used.views)),
        ("downloads".to_owned(), figure(used.downloads)),
    ])
}
