//! A portal: of a sample of the datasets that say how often they are updated, how many were.

mod kept;

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{Basis, Mention, SPEC, Seen, header, within};
use crate::capture::{Captures, Need, Request};
use crate::dates::{self, Order};
use crate::dcat::{self, Dataset, Distribution, Frequency};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::json;
use crate::obstacle;
use crate::platform::{self, Behind, Catalogue};
use crate::probe::Target;
use crate::sample::{self, Look, Told};
use kept::{Dates, Judged, SharedDays, Verdict};

type Row = BTreeMap<String, String>;

/// What was looked at in a catalogue, and what was believed.
#[derive(Serialize)]
pub(super) struct Held {
    declared: Option<Share>,
    touched: u64,
    unseen: u64,
    causes: Vec<Row>,
    believed: Vec<Row>,
    looked: Vec<Row>,
    ages: Vec<Row>,
}

/// What the catalogues behind `target` keep of what they declare; nothing where none can be read.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let mut need = Need::default();
    let mut findings = Vec::new();
    for behind in platform::behind(target, captures)? {
        let Behind::Catalogue(catalogue) = behind else { continue };
        match measured(captures, &catalogue) {
            Ok((seen, evidence)) => findings.push(SPEC.finding(target, &seen, evidence)),
            Err(lack) => need.merge(lack),
        }
    }
    if need == Need::default() { Ok(findings) } else { Err(need) }
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<Evidence>), Need> {
    let profile = &catalogue.profile;
    let as_of = captures.as_of();
    let ages = dcat::ages(&profile.months, profile.datasets, as_of);
    let days = |written: &str| Frequency::of(written)?.days;
    let declared: u64 =
        profile.frequencies.iter().filter(|(written, _)| days(written).is_some()).map(|(_, count)| count).sum();
    if declared == 0 {
        let seen = Seen::Undeclared { datasets: profile.datasets, ages };
        return Ok((seen, catalogue.evidence.clone()));
    }
    let shared = SharedDays::of(profile.sample());
    let looked: RefCell<BTreeMap<String, (Judged, Row)>> = RefCell::default();
    let keeps = |look: &Look<'_>| {
        let Some(period) = days(&look.dataset.frequency) else {
            return Ok(Told::Unseen("it declares no period".to_owned()));
        };
        let dates = dates_of(captures, look)?;
        let judged = kept::judge(&dates, period, as_of, &shared);
        let told = match &judged.verdict {
            Verdict::Kept => Told::Yes(judged.evidence.clone()),
            Verdict::Late => Told::No(judged.why.clone(), judged.evidence.clone()),
            Verdict::Untold => Told::Unseen(judged.why.clone()),
        };
        let row = row(look.dataset, &dates, &judged);
        looked.borrow_mut().insert(look.dataset.identifier.clone(), (judged, row));
        Ok(told)
    };
    let choose = |dataset| request(catalogue, dataset).filter(|_| days(&dataset.frequency).is_some());
    let measured = sample::ask(captures, catalogue, declared, choose, keeps)?;
    let looked = looked.into_inner();
    let touched = looked.values().filter(|(judged, _)| judged.touched).count() as u64;
    let mut believed: BTreeMap<Basis, u64> = BTreeMap::new();
    for basis in looked.values().filter_map(|(judged, _)| judged.basis) {
        *believed.entry(basis).or_default() += 1;
    }
    let believed = believed.into_iter().map(|(basis, count)| {
        BTreeMap::from([("basis".to_owned(), basis.name()), ("datasets".to_owned(), count.to_string())])
    });
    let silent = measured.silent();
    let looked = Held {
        declared: catalogue.share(declared),
        touched,
        unseen: measured.unseen,
        causes: measured.causes,
        believed: believed.collect(),
        looked: looked.into_values().map(|(_, row)| row).collect(),
        ages,
    };
    let seen = match (measured.share, silent) {
        (Some(kept), None) => Seen::Kept { kept, looked },
        (_, cause) => Seen::Untold { cause: cause.unwrap_or_default(), looked },
    };
    Ok((seen, if measured.evidence.is_empty() { catalogue.evidence.clone() } else { measured.evidence }))
}

/// What tells most of a dataset's dates: its layer's own description, where it has one; else the file itself.
fn request<'d>(catalogue: &Catalogue, dataset: &'d Dataset) -> Option<(&'d Distribution, Request)> {
    let layer = |one: &'d Distribution| Some((one, one.row_api()?.layer()?));
    let Some((one, layer)) = dataset.distributions.iter().find_map(layer).filter(|_| dataset.data_modified.is_empty())
    else {
        return sample::request_for_data(catalogue, dataset);
    };
    let own = layer.host_str() == catalogue.base.host_str();
    Some((one, if own { Request::api(&layer) } else { Request::discovered(&layer) }))
}

/// Every date of a dataset that can be had: of its record, its platform, and the file or layer that was looked at.
fn dates_of(captures: &Captures<'_>, look: &Look<'_>) -> Result<Dates, Need> {
    let as_of = captures.as_of();
    let day = |written: &str| {
        let dated = dates::parse(written, Order::MonthFirst)?;
        (dated.first <= as_of).then(|| dated.last().min(as_of))
    };
    let mut dates = Dates {
        metadata: day(&look.dataset.modified),
        platform: day(&look.dataset.data_modified).or_else(|| day(&look.distribution.modified)),
        ..Dates::default()
    };
    let capture = look.capture;
    let Ok(answered) = capture.success() else { return Ok(dates) };
    if obstacle::of(captures, capture).is_some() {
        return Ok(dates);
    }
    if let Some((pointer, edited)) = edited(captures, look) {
        let place = Evidence::new(&capture.id, Locus::Pointer(pointer.to_owned()), edited.to_string());
        dates.platform = dates::epoch(edited).filter(|day| *day <= as_of);
        dates.evidence.insert(Basis::Platform, place);
        return Ok(dates);
    }
    let mut mentions: Vec<Mention> = Vec::new();
    // What is made on demand bears the date of its making.
    mentions.extend(header(answered, capture).filter(|_| !look.distribution.derived));
    if let Ok(body) = captures.body(capture) {
        within(captures, capture, answered, &body, &mut mentions)?;
    }
    for basis in [Basis::Rows, Basis::File, Basis::Header] {
        let of = |mention: &&Mention| mention.basis == basis && !mention.planned && mention.dated.first <= as_of;
        let Some(newest) = mentions.iter().filter(of).max_by_key(|mention| mention.dated.first) else { continue };
        let day = Some(newest.dated.last().min(as_of));
        match basis {
            Basis::Rows => dates.rows = day,
            Basis::File => dates.file = day,
            _ => dates.header = day,
        }
        dates.evidence.insert(basis, newest.evidence.clone());
    }
    Ok(dates)
}

/// When the data of a layer was last edited, by the layer's own description.
fn edited(captures: &Captures<'_>, look: &Look<'_>) -> Option<(&'static str, i64)> {
    look.distribution.row_api()?.layer().filter(|layer| *layer == look.capture.request.url)?;
    let answer = json::of(captures, look.capture);
    let answer = answer.as_ref().as_ref().ok()?;
    // The data's own date before that of the layer's settings.
    ["/editingInfo/dataLastEditDate", "/editingInfo/lastEditDate"]
        .into_iter()
        .find_map(|pointer| Some((pointer, answer.pointer(pointer)?.as_i64()?)))
}

fn row(dataset: &Dataset, dates: &Dates, judged: &Judged) -> Row {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let verdict = match judged.verdict {
        Verdict::Kept => "kept",
        Verdict::Late if judged.touched => "touched, not updated",
        Verdict::Late => "late",
        Verdict::Untold => "cannot be told",
    };
    BTreeMap::from([
        ("dataset".to_owned(), if dataset.title.is_empty() { &dataset.identifier } else { &dataset.title }.clone()),
        ("declared".to_owned(), dataset.frequency.clone()),
        ("record".to_owned(), day(dates.metadata)),
        ("platform".to_owned(), day(dates.platform)),
        ("rows".to_owned(), day(dates.rows)),
        ("file".to_owned(), day(dates.file.or(dates.header))),
        ("believed".to_owned(), judged.basis.map(Basis::name).unwrap_or_default()),
        ("why".to_owned(), judged.why.clone()),
        ("verdict".to_owned(), verdict.to_owned()),
    ])
}
