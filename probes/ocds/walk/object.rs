//! One object: its members, those that it lacks, and what tells it apart.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::value::Value;
use super::{Expected, Told, Walk};
use crate::ocds::pointer::Step;
use crate::ocds::process::ends_before_it_begins;
use crate::ocds::schema::Object;
use crate::ocds::tally::{Kind, PathId, Tally};

/// A member's name, as the object knows it.
enum Name {
    Field(usize),
    Other(PathId),
}

/// Looks a name up without keeping it.
struct Named<'a> {
    tally: &'a mut Tally,
    path: PathId,
    object: Option<&'static Object>,
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
        if let Some(object) = self.object
            && self.tally.path(path).seen == 0
        {
            self.tally.path_mut(path).language = object.in_a_language(name);
        }
        Ok(Name::Other(path))
    }
}

/// What of an object's members is kept until it ends.
#[derive(Default)]
struct Kept {
    id: Option<u64>,
    process: Option<u64>,
    ocid: Option<String>,
    award: Option<u64>,
    roles: Vec<String>,
    begins: Option<String>,
    ends: Option<String>,
}

impl Kept {
    fn keep(&mut self, name: &str, scalar: Option<u64>, strings: Option<Vec<String>>) {
        let last = |strings: Option<Vec<String>>| strings.and_then(|mut strings| strings.pop());
        match name {
            "id" => self.id = scalar,
            "awardID" => self.award = scalar,
            "ocid" => (self.process, self.ocid) = (scalar, last(strings)),
            "roles" => self.roles = strings.unwrap_or_default(),
            "startDate" => self.begins = last(strings),
            "endDate" => self.ends = last(strings),
            _ => {}
        }
    }
}

impl Walk {
    /// Walks the members of an object; `known` is what the standard says of it.
    pub(super) fn object<'de, A: MapAccess<'de>>(
        &mut self,
        known: Option<&'static Object>,
        path: PathId,
        mut map: A,
    ) -> Result<(), A::Error> {
        let name = known.map_or("", |object| object.name.as_str());
        self.objects += 1;
        let number = self.objects;
        let mut kept = Kept::default();
        let (mut fields, mut members, mut guess) = (0u64, 0u64, 0);
        while let Some(member) = map.next_key_seed(Named { tally: &mut self.tally, path, object: known, guess })? {
            members += 1;
            match (member, known) {
                (Name::Field(place), Some(object)) => {
                    guess = place + 1;
                    fields |= 1 << place;
                    let field = &object.fields[place];
                    let below = self.tally.known(path, place, field);
                    self.pointer.push(Step::Field(&field.name));
                    if !self.tally.member(below, number) {
                        self.problem(below, Kind::Twice, "");
                    }
                    self.wants = matches!(field.name.as_str(), "id" | "ocid" | "awardID");
                    let wanted = matches!(
                        (name, field.name.as_str()),
                        ("Organization", "roles")
                            | ("Period", "startDate" | "endDate")
                            | ("Release" | "Record", "ocid")
                    );
                    self.strings = wanted.then(Vec::new);
                    map.next_value_seed(Value { walk: self, expected: Expected::Field(field), path: below })?;
                    self.wants = false;
                    kept.keep(&field.name, self.scalar, self.strings.take());
                }
                (Name::Other(below), _) => {
                    self.pointer.push(Step::Other(self.tally.name(below)));
                    if !self.tally.member(below, number) && below != path {
                        self.problem(below, Kind::Twice, "");
                    }
                    map.next_value_seed(Value { walk: self, expected: Expected::Nothing, path: below })?;
                }
                (Name::Field(_), None) => unreachable!("invariant: only a known object has fields"),
            }
            self.pointer.pop();
        }
        self.count(path, members == 0);
        if let Some(object) = known {
            self.lacking(object, fields, path);
            self.keep(name, kept, path);
        } else {
            self.forget();
        }
        Ok(())
    }

    fn lacking(&mut self, object: &'static Object, fields: u64, path: PathId) {
        for (place, field) in object.fields.iter().enumerate() {
            if field.required && fields & (1 << place) == 0 {
                self.problem(path, Kind::Required(field.name.clone()), "");
            }
        }
    }

    fn keep(&mut self, name: &str, kept: Kept, path: PathId) {
        match name {
            "Release" | "Record" => {
                self.end_process();
                self.told = Told { ocid: kept.ocid, process: kept.process, id: kept.id };
            }
            "Organization" => self.process.party(kept.id, kept.roles),
            "OrganizationReference" => self.process.reference(kept.id, &self.pointer, path),
            "Award" => self.process.award(kept.id),
            "Contract" => {
                if let Some(award) = kept.award {
                    self.process.contract(award, &self.pointer, path);
                }
            }
            "Period" => {
                if let (Some(begins), Some(ends)) = (&kept.begins, &kept.ends)
                    && ends_before_it_begins(begins, ends)
                {
                    self.problem(path, Kind::Period, &format!("{begins} to {ends}"));
                }
            }
            _ => {}
        }
        self.scalar = None;
        self.id = kept.id;
    }
}
