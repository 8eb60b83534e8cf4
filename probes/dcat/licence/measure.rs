//! What the datasets of a catalogue may be used under, counted.

use std::collections::{BTreeMap, HashMap};

use super::{Class, Judged, Open, judge};
use crate::dcat::repeats::fingerprint;
use crate::dcat::{Dataset, Licence, Tally};

/// The most ways of writing that are remembered; a catalogue has few, or one for each dataset.
const MOST: usize = 4096;

/// How many datasets have what in the place of a licence.
#[derive(Debug, Default)]
pub struct Licences {
    /// By what it is.
    pub classes: BTreeMap<Class, u64>,
    /// By whether a known licence is open.
    pub open: BTreeMap<Open, u64>,
    /// Known licences by id, with their name and whether they are open.
    pub known: BTreeMap<String, (String, Open, u64)>,
    /// What else is written, by what it is.
    pub others: BTreeMap<Class, Tally>,
    judged: HashMap<u64, Judged>,
}

impl Licences {
    /// Takes in one dataset.
    pub(in crate::dcat) fn see(&mut self, dataset: &Dataset) {
        let remembered = &mut self.judged;
        let terms = dataset.terms(&mut |licence: &Licence| {
            if licence.is_blank() {
                return judge(licence);
            }
            let key = fingerprint(&licence.name) ^ fingerprint(&licence.url).rotate_left(1);
            if let Some(judged) = remembered.get(&key) {
                return judged.clone();
            }
            let judged = judge(licence);
            if remembered.len() < MOST {
                remembered.insert(key, judged.clone());
            }
            judged
        });
        *self.classes.entry(terms.class).or_default() += 1;
        match terms.class {
            Class::Recognised => {
                *self.open.entry(terms.open).or_default() += 1;
                self.known.entry(terms.id).or_insert((terms.name, terms.open, 0)).2 += 1;
            }
            Class::None => {}
            class => self.others.entry(class).or_default().add(&terms.name),
        }
    }

    /// How many datasets have this.
    pub fn of(&self, class: Class) -> u64 {
        self.classes.get(&class).copied().unwrap_or_default()
    }
}
