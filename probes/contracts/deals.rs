//! The contracts in open contracting data: what the standard calls a contract, else an award, else a tender.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::fields::{Field, KNOWN};
use super::tally::{Counts, Tally};
use crate::capture::{Capture, Captures, Need};
use crate::kind::{self, Kind};
use crate::ocds;
use crate::ocds::deal::{Deal, Stage};
use crate::rows;

/// What open contracting data comes to.
#[derive(Clone, Debug)]
pub(super) struct Deals {
    /// What was counted.
    pub(super) counts: Counts,
    /// How many deals tell of each field.
    pub(super) told: BTreeMap<Field, u64>,
    /// How many deals have come how far.
    pub(super) stages: BTreeMap<Stage, u64>,
    /// Why there are more than these, if so.
    pub(super) cut: Option<String>,
}

/// A process: how far it has come, and its deals at that stage by their ids.
#[derive(Default)]
struct Process {
    stage: Stage,
    /// The only deal of the stage before, which speaks where one of this stage is silent.
    before: Option<Deal>,
    deals: BTreeMap<Option<String>, Deal>,
}

/// The deals in what answered, if that is open contracting data.
pub(super) fn of(captures: &Captures<'_>, capture: &Capture) -> Result<Option<Arc<Deals>>, Need> {
    let as_of = captures.as_of();
    let gathered = match kind::of(captures, capture) {
        Kind::Csv | Kind::Tsv | Kind::Xlsx | Kind::Xls | Kind::Ods => {
            let tables = rows::of(captures, capture)?;
            captures.note(capture, |_, _| {
                let mut gathered = Gathered::default();
                let tables = tables.as_ref().as_ref().ok();
                let any =
                    tables.is_some_and(|tables| ocds::each_deal_of_tables(tables, &mut |deal| gathered.take(deal)));
                let more = tables.is_some_and(|tables| tables.iter().any(|table| table.more));
                let cut = more.then(|| "only the first rows of the table were read".to_owned());
                any.then(|| Arc::new(gathered.counted(as_of, cut)))
            })
        }
        Kind::Json | Kind::Geojson | Kind::JsonLines | Kind::Gzip | Kind::Zip | Kind::Text | Kind::Unknown => captures
            .note(capture, |answered, body| {
                let mut gathered = Gathered::default();
                let any = body.and_then(|body| ocds::each_deal(&body, &mut |deal| gathered.take(deal)));
                let cut = answered.body.cut.map(|_| "only the beginning of the document came in".to_owned());
                any.unwrap_or_default().then(|| Arc::new(gathered.counted(as_of, cut)))
            }),
        _ => return Ok(None),
    };
    Ok(gathered.as_ref().clone())
}

#[derive(Default)]
struct Gathered {
    processes: BTreeMap<String, Process>,
    rows: u64,
}

impl Gathered {
    /// Takes in a deal: of a process only how far it came counts, and of one deal what was published last.
    fn take(&mut self, deal: Deal) {
        self.rows += 1;
        // Without a name of its own, each is a process by itself.
        let name = deal.ocid.clone().unwrap_or_else(|| format!("\u{0}{}", self.rows));
        let process = self.processes.entry(name).or_default();
        if deal.stage > process.stage {
            let before = std::mem::take(&mut process.deals);
            let alone = before.len() == 1;
            process.before = before.into_values().next().filter(|_| alone);
            process.stage = deal.stage;
        }
        let held = process.deals.get(&deal.id);
        if deal.stage == process.stage && held.is_none_or(|held| held.published <= deal.published) {
            let deal = match &process.before {
                Some(before) => over(deal, before),
                None => deal,
            };
            process.deals.insert(deal.id.clone(), deal);
        }
    }

    fn counted(self, as_of: Date, cut: Option<String>) -> Deals {
        let mut tally = Tally::new(as_of);
        let (mut told, mut stages) = (BTreeMap::new(), BTreeMap::new());
        for deal in self.processes.values().flat_map(|process| process.deals.values()) {
            let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !KNOWN.is_blank(text));
            let words = said(&deal.title) || said(&deal.description);
            let fields = [
                (Field::Name, words),
                (Field::Description, words),
                (Field::Start, said(&deal.start)),
                (Field::End, said(&deal.end)),
                (Field::Signed, said(&deal.agreed) || said(&deal.published)),
                (Field::Amount, deal.amount.is_some()),
                (Field::Vendor, !deal.suppliers.is_empty()),
                (Field::Department, said(&deal.buyer)),
                (Field::Status, said(&deal.status)),
            ];
            for (field, _) in fields.iter().filter(|(_, said)| *said) {
                *told.entry(*field).or_default() += 1;
            }
            *stages.entry(deal.stage).or_default() += 1;
            tally.deal(deal);
        }
        Deals { counts: Counts { rows: self.rows, ..tally.counts() }, told, stages, cut }
    }
}

/// A deal, and what the one before says where it says nothing.
fn over(deal: Deal, before: &Deal) -> Deal {
    Deal {
        title: deal.title.or_else(|| before.title.clone()),
        description: deal.description.or_else(|| before.description.clone()),
        start: deal.start.or_else(|| before.start.clone()),
        end: deal.end.or_else(|| before.end.clone()),
        amount: deal.amount.or(before.amount),
        buyer: deal.buyer.or_else(|| before.buyer.clone()),
        suppliers: if deal.suppliers.is_empty() { before.suppliers.clone() } else { deal.suppliers },
        ..deal
    }
}

impl Deals {
    /// What came in, in words.
    pub(super) fn kind(&self) -> String {
        let named = [(Stage::Contract, "contracts"), (Stage::Award, "awards"), (Stage::Tender, "tenders")];
        let named = named.iter().filter_map(|(stage, name)| Some(format!("{name}: {}", self.stages.get(stage)?)));
        format!("open contracting data ({})", named.collect::<Vec<String>>().join(", "))
    }
}
