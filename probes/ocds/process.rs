//! What only a contracting process as a whole can tell: whether its references name anybody, and with which role.

use std::collections::HashMap;

use jiff::Timestamp;

use super::pointer::Pointer;
use super::tally::{Kind, PathId};

/// What has been seen of the process that is being walked.
#[derive(Debug, Default)]
pub struct Process {
    parties: HashMap<u64, Party>,
    references: Vec<Reference>,
    awards: HashMap<u64, u32>,
    contracts: Vec<Reference>,
}

#[derive(Debug, Default)]
struct Party {
    times: u32,
    roles: Vec<String>,
}

/// One thing that names another.
#[derive(Debug)]
struct Reference {
    to: Option<u64>,
    pointer: Pointer,
    path: PathId,
}

/// The roles that a reference in a field of this name asks of its party.
const ROLES: &[(&str, &str)] = &[
    ("buyer", "buyer"),
    ("procuringEntity", "procuringEntity"),
    ("tenderers", "tenderer"),
    ("suppliers", "supplier"),
    ("payer", "payer"),
    ("payee", "payee"),
];

impl Process {
    /// An organization among the parties.
    pub fn party(&mut self, id: Option<u64>, roles: Vec<String>) {
        if let Some(id) = id {
            let party = self.parties.entry(id).or_default();
            party.times += 1;
            party.roles.extend(roles);
        }
    }

    /// A reference to an organization.
    pub fn reference(&mut self, to: Option<u64>, pointer: &Pointer, path: PathId) {
        self.references.push(Reference { to, pointer: pointer.clone(), path });
    }

    /// An award.
    pub fn award(&mut self, id: Option<u64>) {
        if let Some(id) = id {
            *self.awards.entry(id).or_default() += 1;
        }
    }

    /// A contract that names its award.
    pub fn contract(&mut self, award: u64, pointer: &Pointer, path: PathId) {
        self.contracts.push(Reference { to: Some(award), pointer: pointer.clone(), path });
    }

    /// Ends the process: what is wrong with its references.
    pub fn end(&mut self) -> (Checked, Vec<(PathId, Kind, Pointer)>) {
        let mut problems = Vec::new();
        let mut checked = Checked { parties: 0, awards: self.contracts.len() as u64 };
        for Reference { to, pointer, path } in self.references.drain(..) {
            let Some(to) = to else {
                problems.push((path, Kind::Unnamed, pointer));
                continue;
            };
            checked.parties += 1;
            match self.parties.get(&to) {
                Some(party) if party.times == 1 => {
                    let role = ROLES.iter().find(|(field, _)| *field == pointer.member()).map(|(_, role)| *role);
                    if let Some(role) = role
                        && !party.roles.iter().any(|own| own == role)
                    {
                        problems.push((path, Kind::Role(role.to_owned()), pointer));
                    }
                }
                _ => problems.push((path, Kind::NoParty, pointer)),
            }
        }
        for Reference { to, pointer, path } in self.contracts.drain(..) {
            if to.and_then(|to| self.awards.get(&to)) != Some(&1) {
                problems.push((path, Kind::NoAward, pointer));
            }
        }
        // A linked release, or an update without awards, cannot be held against what it does not carry.
        if self.awards.is_empty() {
            problems.retain(|(_, kind, _)| *kind != Kind::NoAward);
            checked.awards = 0;
        }
        self.parties.clear();
        self.awards.clear();
        (checked, problems)
    }
}

/// How many references were held against what they name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// References to organizations.
    pub parties: u64,
    /// References of contracts to awards.
    pub awards: u64,
}

/// Whether a period ends before it begins; an end or beginning that is no date says nothing.
pub fn ends_before_it_begins(begins: &str, ends: &str) -> bool {
    match (begins.parse::<Timestamp>(), ends.parse::<Timestamp>()) {
        (Ok(begins), Ok(ends)) => ends < begins,
        _ => false,
    }
}
