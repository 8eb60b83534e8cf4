//! Can a program read the data?

mod catalogue;
mod file;
mod page;
mod records;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::kind::{self, Kind};
use crate::obstacle;
use crate::platform;
use crate::probe::{Probe, Target};
use crate::roles;
use crate::shown;
use crate::spec::Spec;
use file::Read;

crate::declare!();

/// Tells data that programs can read from pictures of data.
pub struct MachineReadable;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Readable {
        kind: String,
        rows: Option<u64>,
        columns: Vec<String>,
        column_roles: Vec<String>,
        encoding: Option<String>,
        delimiter: Option<char>,
        ragged_rows: Option<u64>,
    },
    Measured {
        share: Share,
        files: usize,
        kinds: Vec<String>,
        column_roles: Vec<String>,
        unreadable: Vec<String>,
    },
    Sampled {
        share: Share,
        unseen: u64,
        causes: Vec<BTreeMap<String, String>>,
        unreadable: Vec<BTreeMap<String, String>>,
    },
    NoFiles {
        documents: usize,
    },
    NotReadable {
        kind: String,
        problem: String,
    },
    Unseen {
        cause: String,
    },
    BrokeReader {
        cause: String,
    },
}

impl Probe for MachineReadable {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let capture = captures.get(&target.request())?;
        let place = obstacle::of(captures, &capture).map(|obstacle| obstacle.evidence);
        let place = place.unwrap_or_else(|| Evidence::new(&capture.id, Locus::Exchange, ""));
        let promised = kind::extension(&target.url).is_some_and(|extension| kind::holds_data(&extension));
        let (seen, evidence) = match file::read(captures, &capture)? {
            Read::Data(data) => (
                Seen::Readable {
                    kind: data.kind.to_string(),
                    rows: data.rows,
                    column_roles: roles::of(data.columns.iter().map(String::as_str)),
                    columns: data.columns,
                    encoding: data.encoding,
                    delimiter: data.delimiter,
                    ragged_rows: data.ragged,
                },
                data.evidence,
            ),
            Read::Not { kind, problem, evidence } => (Seen::NotReadable { kind: kind.to_string(), problem }, evidence),
            Read::Unseen(cause) => (Seen::Unseen { cause }, place),
            Read::Broke(cause) => (Seen::BrokeReader { cause }, place),
            // A script in the page may yet fetch the file for a browser.
            Read::Page(Some(sign)) if promised => {
                (Seen::Unseen { cause: format!("the page needs a browser: {sign}") }, place)
            }
            Read::Page(None) if promised => (
                Seen::NotReadable {
                    kind: Kind::Html.to_string(),
                    problem: "a page answers where a file of data is promised".to_owned(),
                },
                place,
            ),
            Read::Page(_) if target.is_file() => (
                Seen::NotReadable {
                    kind: Kind::Html.to_string(),
                    problem: "its tables are laid out for the eye".to_owned(),
                },
                place,
            ),
            // A portal's front links to some of its data; its catalogue lists all.
            Read::Page(_) if platform::evident(target, captures)? => return catalogue::look(target, captures),
            Read::Page(_) => {
                let shown = shown::of(captures, capture.clone())?;
                match obstacle::of(captures, &shown) {
                    Some(obstacle) => (Seen::Unseen { cause: obstacle.to_string() }, obstacle.evidence),
                    None => return page::look(target, captures, &shown),
                }
            }
        };
        Ok(vec![SPEC.finding(target, &seen, vec![evidence])])
    }
}
