//! What only a contracting process as a whole can tell: whether its references name anybody, with which role, whether its
//! dates are in order, and whether its amounts and statuses agree.

use std::ops::Range;

use hashbrown::HashMap;

use super::keep::{Kept, Money, ROLES, Span, Status};
use super::pointer::{Pointer, Step};
use super::tally::{Kind, PathId};

/// The most parties of a process whose table is kept for the next one.
const PARTIES: usize = 4096;
/// By how much a sum may differ from what it should be, of 1: as in Pelican, whose checks these are.
const CLOSE: Range<f64> = 0.5..1.5;

/// What has been seen of the process that is being walked.
#[derive(Debug, Default)]
pub(super) struct Process {
    /// When its release was published, once that is known.
    pub published: Option<i64>,
    parties: HashMap<u64, Party>,
    references: Vec<Reference>,
    awards: Vec<Award>,
    contracts: Vec<Contract>,
    /// Of the contract that is being walked.
    transactions: Vec<Transaction>,
    tender: Option<(Kept, Place)>,
    budget: Option<Money>,
    /// The steps of all places.
    steps: Vec<Step>,
}

/// Where something of it stands: its path, and its pointer's steps.
#[derive(Clone, Debug)]
struct Place {
    path: PathId,
    steps: Range<usize>,
}

#[derive(Debug)]
struct Party {
    times: u32,
    roles: u8,
    asked: u8,
    name: Option<u64>,
    place: Place,
}

#[derive(Debug)]
struct Reference {
    to: Option<u64>,
    name: Option<u64>,
    /// Which of the roles it asks of its party.
    role: Option<usize>,
    place: Place,
}

#[derive(Debug)]
struct Award {
    kept: Kept,
    place: Place,
}

#[derive(Debug)]
struct Contract {
    kept: Kept,
    paid: Option<Money>,
    transactions: usize,
    /// When the first of them was.
    first_paid: Option<i64>,
    place: Place,
}

#[derive(Debug)]
struct Transaction {
    date: Option<i64>,
    money: Option<Money>,
}

/// A problem of a process, and where it is.
pub(super) type Found = (PathId, Kind, Vec<Step>);

impl Process {
    /// A release begins.
    pub(super) fn begin(&mut self) {
        if self.parties.capacity() > PARTIES {
            self.parties = HashMap::new();
        }
        self.parties.clear();
        self.references.clear();
        self.awards.clear();
        self.contracts.clear();
        self.transactions.clear();
        self.steps.clear();
        (self.published, self.tender, self.budget) = (None, None, None);
    }

    fn place(&mut self, path: PathId, pointer: &Pointer) -> Place {
        let from = self.steps.len();
        self.steps.extend_from_slice(pointer.steps());
        Place { path, steps: from..self.steps.len() }
    }

    /// An organization among the parties.
    pub(super) fn party(&mut self, kept: &Kept, path: PathId, pointer: &Pointer) {
        let Some(id) = kept.id else { return };
        let place = self.place(path, pointer);
        let new = || Party { times: 0, roles: 0, asked: 0, name: kept.name, place };
        let party = self.parties.entry(id).or_insert_with(new);
        party.times += 1;
        party.roles |= kept.roles;
    }

    /// A reference to an organization, in a field of this name.
    pub(super) fn reference(&mut self, kept: &Kept, field: &str, path: PathId, pointer: &Pointer) {
        let role = ROLES.iter().position(|(asks, _)| *asks == field);
        let place = self.place(path, pointer);
        self.references.push(Reference { to: kept.id, name: kept.name, role, place });
    }

    /// The tender.
    pub(super) fn tender(&mut self, kept: &Kept, path: PathId, pointer: &Pointer) {
        self.tender = Some((*kept, self.place(path, pointer)));
    }

    /// The tender's id, and its path.
    pub(super) fn tender_id(&self) -> Option<(u64, PathId)> {
        self.tender.as_ref().and_then(|(kept, place)| Some((kept.id?, place.path)))
    }

    /// What is planned to be spent.
    pub(super) fn budget(&mut self, money: Option<Money>) {
        self.budget = money;
    }

    /// An award.
    pub(super) fn award(&mut self, kept: &Kept, path: PathId, pointer: &Pointer) {
        let place = self.place(path, pointer);
        self.awards.push(Award { kept: *kept, place });
    }

    /// A transaction of the contract that is being walked.
    pub(super) fn transaction(&mut self, kept: &Kept) {
        self.transactions.push(Transaction { date: kept.first, money: kept.money });
    }

    /// A contract.
    pub(super) fn contract(&mut self, kept: &Kept, path: PathId, pointer: &Pointer) {
        let place = self.place(path, pointer);
        let paid = sum(self.transactions.iter().map(|transaction| transaction.money));
        let first_paid = self.transactions.iter().filter_map(|transaction| transaction.date).min();
        let transactions = self.transactions.len();
        self.transactions.clear();
        self.contracts.push(Contract { kept: *kept, paid, transactions, first_paid, place });
    }

    /// Ends the process: what is wrong with it. `parties` says whether its organizations stand in one place.
    pub(super) fn end(&mut self, parties: bool) -> (Checked, Vec<Found>) {
        let mut found = Vec::new();
        let mut checked = Checked { parties: 0, awards: self.contracts.len() as u64 };
        if parties {
            self.hold_references(&mut checked, &mut found);
        }
        // An update without awards cannot be held against what it does not carry.
        if self.awards.is_empty() {
            checked.awards = 0;
        } else {
            self.hold_contracts(&mut found);
        }
        self.hold_contracts_alone(&mut found);
        self.hold_tender(&mut found);
        (checked, found)
    }

    fn found(&self, kind: Kind, place: &Place) -> Found {
        (place.path, kind, self.steps[place.steps.clone()].to_vec())
    }

    fn hold_references(&mut self, checked: &mut Checked, found: &mut Vec<Found>) {
        let references = std::mem::take(&mut self.references);
        for reference in &references {
            let Some(to) = reference.to else {
                found.push(self.found(Kind::Unnamed, &reference.place));
                continue;
            };
            checked.parties += 1;
            let Some(party) = self.parties.get_mut(&to).filter(|party| party.times == 1) else {
                found.push(self.found(Kind::NoParty, &reference.place));
                continue;
            };
            let differs = reference.name.zip(party.name).is_some_and(|(name, own)| name != own);
            let role = reference.role.filter(|role| {
                party.asked |= 1 << role;
                party.roles & (1 << role) == 0
            });
            if let Some(role) = role {
                found.push(self.found(Kind::Role(ROLES[role].1.to_owned()), &reference.place));
            }
            if differs {
                found.push(self.found(Kind::OtherName, &reference.place));
            }
        }
        self.references = references;
        // In the order in which the parties stand, which the table has not.
        let mut idle: Vec<&Party> = self.parties.values().filter(|party| party.roles & !party.asked != 0).collect();
        idle.sort_by_key(|party| party.place.steps.start);
        for party in idle {
            // A buyer need not be named beside the procuring entity; every other role is somebody's.
            let roles = ROLES.iter().enumerate().skip(1);
            let unasked = roles.filter(|(at, _)| party.roles & !party.asked & (1 << at) != 0);
            found.extend(unasked.map(|(_, (_, role))| self.found(Kind::IdleRole((*role).to_owned()), &party.place)));
        }
    }

    /// Contracts beside the awards that they come of.
    fn hold_contracts(&self, found: &mut Vec<Found>) {
        let awards = sorted(self.awards.iter().map(|award| award.kept.id));
        let contracts = sorted(self.contracts.iter().map(|contract| contract.kept.award));
        for contract in &self.contracts {
            let Some(id) = contract.kept.award else { continue };
            let [(_, award)] = of_id(&awards, id) else {
                found.push(self.found(Kind::NoAward, &contract.place));
                continue;
            };
            if later(self.awards[*award].kept.first, contract.kept.first) {
                found.push(self.found(Kind::SignedBeforeAward, &contract.place));
            }
        }
        for award in &self.awards {
            let of_it = award.kept.id.map_or(&[][..], |id| of_id(&contracts, id));
            if award.kept.status == Some(Status::Still) && !of_it.is_empty() {
                found.push(self.found(Kind::AwardContracted, &award.place));
            }
            let whole = sum(of_it.iter().map(|(_, at)| self.contracts[*at].kept.money));
            if far_apart(whole, award.kept.money) {
                found.push(self.found(Kind::ContractsValue, &award.place));
            }
        }
    }

    fn hold_contracts_alone(&self, found: &mut Vec<Found>) {
        for contract in &self.contracts {
            let more = contract.paid.zip(contract.kept.money).and_then(|(paid, agreed)| paid.beside(agreed));
            let kinds = [
                (contract.kept.status == Some(Status::Still) && contract.transactions > 0, Kind::ContractPaid),
                (later(contract.kept.first, contract.first_paid), Kind::PaidBeforeSigned),
                (more.is_some_and(|(paid, agreed)| paid > agreed), Kind::PaidMore),
            ];
            found.extend(kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| self.found(kind, &contract.place)));
        }
    }

    fn hold_tender(&self, found: &mut Vec<Found>) {
        let Some((tender, place)) = &self.tender else { return };
        let tendered = tender.tendering.and_then(|span| span.end);
        let begins = |term: Option<Span>| term.and_then(|term| term.start);
        let over = self.awards.len() + self.contracts.len();
        let kinds = [
            (tender.status == Some(Status::Still) && over > 0, Kind::TenderAwarded),
            (
                tender.count.zip(tender.length).is_some_and(|(n, listed)| usize::try_from(n) != Ok(listed)),
                Kind::Tenderers,
            ),
            (tender.method == Some(Status::Direct) && tender.count.is_some_and(|n| n > 1), Kind::Direct),
            (far_apart(self.budget, tender.money), Kind::Budget),
            (later(tendered, begins(tender.term)), Kind::TermBeforeTenderEnds),
        ];
        found.extend(kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| self.found(kind, place)));
        let early = self.awards.iter().filter(|award| later(tendered, award.kept.first));
        found.extend(early.map(|award| self.found(Kind::AwardBeforeTenderEnds, &award.place)));
        let early = self.contracts.iter().filter(|contract| later(tendered, contract.kept.first));
        found.extend(early.map(|contract| self.found(Kind::SignedBeforeTenderEnds, &contract.place)));
    }
}

/// Ids with the places that they stand at, in the order of the ids.
fn sorted(ids: impl Iterator<Item = Option<u64>>) -> Vec<(u64, usize)> {
    let mut sorted: Vec<_> = ids.enumerate().filter_map(|(at, id)| Some((id?, at))).collect();
    sorted.sort_unstable();
    sorted
}

fn of_id(sorted: &[(u64, usize)], id: u64) -> &[(u64, usize)] {
    let from = sorted.partition_point(|(own, _)| *own < id);
    let to = sorted.partition_point(|(own, _)| *own <= id);
    &sorted[from..to]
}

/// Whether both are known and the first is after the second.
pub(super) fn later(first: Option<i64>, second: Option<i64>) -> bool {
    first.zip(second).is_some_and(|(first, second)| first > second)
}

/// The sum of amounts that are all in one currency; none if one of them is not known.
fn sum(all: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    let mut whole: Option<Money> = None;
    for one in all {
        let one = one?;
        whole = Some(match whole {
            None => one,
            Some(whole) => Money { amount: whole.beside(one).map(|(whole, one)| whole + one)?, ..whole },
        });
    }
    whole
}

/// Whether two amounts of one currency differ by more than they may.
fn far_apart(amount: Option<Money>, beside: Option<Money>) -> bool {
    let both = amount.zip(beside).and_then(|(amount, beside)| amount.beside(beside));
    both.is_some_and(|(amount, beside)| {
        amount > 0.0 && beside > 0.0 && !(CLOSE.contains(&(amount / beside)) || amount / beside == CLOSE.end)
    })
}

/// How many references were held against what they name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// References to organizations.
    pub parties: u64,
    /// References of contracts to awards.
    pub awards: u64,
}
