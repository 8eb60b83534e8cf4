//! Does the platform's data API give out rows, page by page and filtered?

mod asked;
mod catalogue;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::platform::{self, One};
use crate::probe::{Probe, Target};
use crate::row_api::RowApi;
use crate::spec::Spec;
use asked::{Asked, Part};

crate::declare!();

/// Asks data APIs for two pages of rows, and for rows of one value.
pub struct Api;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Queried { name: String, note: Option<String> },
    Deaf { name: String, what: String },
    Gone { name: String, what: String },
    Walled { name: String, what: String },
    Unseen { cause: String },
    Measured(Box<Measured>),
    None { reason: String },
}

/// What a sample of a catalogue says.
#[derive(Serialize)]
struct Measured {
    names: Vec<String>,
    name: String,
    offered: Option<Share>,
    answers: Share,
    paged: Option<Share>,
    filtered: Option<Share>,
    walled: u64,
    unseen: u64,
    causes: Vec<BTreeMap<String, String>>,
    silent: Vec<BTreeMap<String, String>>,
    unpaged: Vec<BTreeMap<String, String>>,
    unfiltered: Vec<BTreeMap<String, String>>,
    note: Option<String>,
}

impl Probe for Api {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let address = target.url.as_str();
        let one = match RowApi::of(address) {
            Some(api) => Some((api, address.to_owned())),
            None => match platform::one(target, captures)? {
                One::Dataset(dataset) => {
                    let loaded = dataset.distributions.iter().find_map(|it| Some((it.row_api()?, it)));
                    let Some((api, distribution)) = loaded else {
                        let reason = "none of the dataset's files is loaded into its platform's data API".to_owned();
                        return Ok(vec![exchange(target, captures, &Seen::None { reason })?]);
                    };
                    Some((api, distribution.address().to_owned()))
                }
                One::Unseen(cause) => return Ok(vec![exchange(target, captures, &Seen::Unseen { cause })?]),
                One::None => None,
            },
        };
        let Some((api, address)) = one else { return catalogue::look(target, captures) };
        let own = api.at.host_str() == target.url.host_str();
        let url = api.page(0);
        let first = captures.get(&if own { Request::api(&url) } else { Request::discovered(&url) })?;
        let Asked { answers, paged, filtered, evidence } = asked::ask(captures, &api, &first)?;
        let name = api.style.to_string();
        let seen = match (answers, paged, filtered) {
            (Part::Fails(what), ..) => Seen::Gone { name, what },
            (Part::Walled(what), ..) => Seen::Walled { name, what },
            (_, Part::Fails(what), _) | (_, _, Part::Fails(what)) => Seen::Deaf { name, what },
            (Part::Unseen(cause), ..) | (_, Part::Unseen(cause), _) | (_, _, Part::Unseen(cause)) => {
                Seen::Unseen { cause }
            }
            _ => Seen::Queried { name, note: RowApi::note(&address).map(str::to_owned) },
        };
        Ok(vec![SPEC.finding(target, &seen, evidence)])
    }
}

fn exchange(target: &Target, captures: &Captures<'_>, seen: &Seen) -> Result<Finding, Need> {
    let capture = captures.get(&target.request())?;
    Ok(SPEC.finding(target, seen, vec![Evidence::new(&capture.id, Locus::Exchange, "")]))
}
