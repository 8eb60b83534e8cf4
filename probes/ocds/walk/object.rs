//! One object: its members, those that it lacks, and what tells it apart.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::value::Value;
use super::{Expected, Told, Walk};
use crate::ocds::keep::{Keep, Kept, Last, Money, Sort, Status, written};
use crate::ocds::pointer::{Step, member};
use crate::ocds::process::later;
use crate::ocds::schema::Object;
use crate::ocds::tally::{Kind, PathId, Tally};

/// The most characters of a name beyond those that are told apart.
const NAME: usize = 120;

/// A member's name, as the object knows it.
enum Name {
    Field(usize),
    Other(PathId),
    /// One of too many to be told apart.
    Beyond(Arc<str>),
}

/// Looks a name up without keeping it.
struct Named<'a> {
    tally: &'a mut Tally,
    path: PathId,
    object: Option<&'a Object>,
    /// The field that would be next if the members stood in the standard's order.
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Named<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        if let Some(object) = self.object {
            if object.fields.get(self.guess).is_some_and(|field| field.name == name) {
                return Ok(Name::Field(self.guess));
            }
            if let Some((place, _)) = object.find(name) {
                return Ok(Name::Field(place));
            }
        }
        let path = self.tally.unknown(self.path, name);
        if path == self.path {
            return Ok(Name::Beyond(name.chars().take(NAME).collect::<String>().into()));
        }
        if let Some(object) = self.object
            && self.tally.counts(path).seen == 0
        {
            self.tally.path_mut(path).language = object.in_a_language(name);
        }
        Ok(Name::Other(path))
    }
}

impl<'s> Walk<'s> {
    /// Walks the members of an object; `known` is what the standard says of it.
    pub(super) fn object<'de, A: MapAccess<'de>>(
        &mut self,
        known: Option<&'s Object>,
        path: PathId,
        mut map: A,
    ) -> Result<(), A::Error> {
        let sort = known.map_or(Sort::Other, |object| object.sort);
        if sort == Sort::Release {
            self.process.begin();
        }
        self.objects += 1;
        let number = self.objects;
        let mut kept = Kept::default();
        let mut unregistered = None;
        let (mut fields, mut members, mut guess) = (0u128, 0u64, 0);
        while let Some(name) = map.next_key_seed(Named { tally: &mut self.tally, path, object: known, guess })? {
            members += 1;
            match (name, known) {
                (Name::Field(place), Some(object)) => {
                    guess = place + 1;
                    fields |= 1 << place;
                    let field = &object.fields[place];
                    let below = self.tally.known(path, place, field);
                    self.pointer.push(Step::Member(below));
                    if !self.tally.member(below, number) {
                        self.problem(below, Kind::Twice, "");
                    }
                    self.wants = field.keep;
                    self.last = Last::default();
                    map.next_value_seed(Value { walk: self, expected: Expected::Field(field), path: below })?;
                    self.wants = Keep::Nothing;
                    kept.keep(field.keep, &self.last);
                    match field.keep {
                        Keep::Ocid => unregistered = self.told.unregistered.take(),
                        Keep::First if sort == Sort::Release => self.process.published = kept.first,
                        _ => {}
                    }
                }
                (Name::Other(below), _) => {
                    self.pointer.push(Step::Member(below));
                    if !self.tally.member(below, number) {
                        self.problem(below, Kind::Twice, "");
                    }
                    map.next_value_seed(Value { walk: self, expected: Expected::Nothing, path: below })?;
                }
                (Name::Beyond(name), _) => {
                    self.pointer.push(Step::Other(name));
                    map.next_value_seed(Value { walk: self, expected: Expected::Nothing, path })?;
                }
                (Name::Field(_), None) => unreachable!("invariant: only a known object has fields"),
            }
            self.pointer.pop();
        }
        self.count(path, members == 0);
        self.last = Last::default();
        if let Some(object) = known {
            self.lacking(object, fields, path);
            self.keep(sort, &kept, unregistered, path);
        }
        Ok(())
    }

    fn lacking(&mut self, object: &'s Object, fields: u128, path: PathId) {
        let lacking = object.required & !fields;
        if lacking != 0 {
            for (place, field) in object.fields.iter().enumerate().filter(|(place, _)| lacking & (1 << place) != 0) {
                debug_assert!(field.required, "place {place} is among the required ones");
                self.problem(path, Kind::Required(field.name.clone()), "");
            }
        }
    }

    /// Takes an object that has ended into its contracting process, and holds it against itself.
    fn keep(&mut self, sort: Sort, kept: &Kept, unregistered: Option<String>, path: PathId) {
        match sort {
            Sort::Release => {
                self.end_process();
                let tender = self.process.tender_id();
                self.hold_tender_id(tender, kept.process);
                self.told = Told { process: kept.process, id: kept.id, unregistered };
            }
            Sort::Record => self.told = Told { process: kept.process, id: kept.id, unregistered },
            Sort::Organization => self.process.party(kept, path, &self.pointer),
            Sort::Reference => {
                let field = member(self.pointer.steps(), &self.tally);
                self.process.reference(kept, field, path, &self.pointer);
            }
            Sort::Planning => self.process.budget(kept.money),
            Sort::Tender => self.process.tender(kept, path, &self.pointer),
            Sort::Award => self.process.award(kept, path, &self.pointer),
            Sort::Contract => self.process.contract(kept, path, &self.pointer),
            Sort::Transaction => self.process.transaction(kept),
            Sort::Milestone => {
                if kept.status == Some(Status::Missed) && kept.first.is_some() {
                    self.problem(path, Kind::MilestoneMet, "");
                }
            }
            Sort::Document => {
                if later(kept.first, kept.second) {
                    self.problem(path, Kind::ModifiedBeforePublished, "");
                }
            }
            Sort::Period => self.period(kept, path),
            Sort::Value => {
                self.last.money = kept.amount.map(|amount| Money { amount, currency: kept.currency });
            }
            Sort::Budget => self.last.money = kept.money,
            Sort::Amendment | Sort::Other => {}
        }
        let dated = matches!(
            sort,
            Sort::Award | Sort::Contract | Sort::Transaction | Sort::Milestone | Sort::Document | Sort::Amendment
        );
        if dated && (later(kept.first, self.process.published) || later(kept.second, self.process.published)) {
            self.problem(path, Kind::AfterRelease, "");
        }
        self.last.id = kept.id;
    }

    fn period(&mut self, kept: &Kept, path: PathId) {
        const DAY: i64 = 86_400;
        self.last.span = Some(kept.span());
        let Some((start, end)) = kept.first.zip(kept.second) else { return };
        if end < start {
            self.problem(path, Kind::Period, &format!("{} to {}", written(start), written(end)));
        } else if let Some(days) = kept.count
            // Some count the day of the end as well.
            && !(0..=1).contains(&(days - (end - start) / DAY))
        {
            self.problem(path, Kind::Duration, &format!("{days}"));
        }
    }
}
