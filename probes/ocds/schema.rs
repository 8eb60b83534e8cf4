//! The standard's table: which fields an object has, and what each may hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hashbrown::HashSet;

use super::extension::Patch;
use super::keep::{Keep, Sort};

/// A version of the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 1.0.
    V1_0,
    /// 1.1, and whatever names no version.
    #[default]
    V1_1,
}

/// The standard in its versions, with or without extensions.
#[derive(Debug)]
pub struct Standard {
    old: Schema,
    new: Schema,
}

static BUNDLED: LazyLock<Standard> = LazyLock::new(|| Standard::with(&[]));

impl Standard {
    /// The standard as it is, without extensions.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// The standard with extensions, applied in their order.
    pub fn with(patches: &[Patch]) -> Self {
        Self { old: Schema::of(Edition::V1_0, patches), new: Schema::of(Edition::V1_1, patches) }
    }

    /// The table of a version.
    pub fn schema(&self, edition: Edition) -> &Schema {
        match edition {
            Edition::V1_0 => &self.old,
            Edition::V1_1 => &self.new,
        }
    }
}

/// Objects by number, and the numbers of those that a reading begins with.
#[derive(Debug)]
pub struct Schema {
    pub(super) objects: Vec<Object>,
    pub(super) names: BTreeMap<String, ObjectId>,
    codelists: Vec<(String, HashSet<String>)>,
}

/// An object's number in the table.
pub(super) type ObjectId = u32;

/// A kind of object.
#[derive(Debug)]
pub struct Object {
    /// Its name in the standard.
    pub name: String,
    /// What of it is held against the rest of its contracting process.
    pub(super) sort: Sort,
    /// The places of the fields that it must have, each a bit.
    pub(super) required: u128,
    /// Its fields, in the standard's order.
    pub fields: Vec<Field>,
}

/// The most fields of an object: each has its bit in a set.
pub(super) const FIELDS: usize = u128::BITS as usize;

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the table")]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The JSON types it may have, the one it is named by first.
    pub types: Vec<Type>,
    /// What its strings must look like.
    pub format: Option<Format>,
    /// What its object, or the entries of its list, are.
    pub of: Of,
    /// The codelist of its values.
    pub codelist: Option<Codelist>,
    /// Whether its object must have it.
    pub required: bool,
    /// Whether it must not be an empty string or list.
    pub not_empty: bool,
    /// Whether no two entries may be the same.
    pub unique: bool,
    /// Whether it merges as a whole.
    pub whole: bool,
    /// Whether it may also stand with a language's tag.
    pub languages: bool,
    /// Whether it is in the standard only for what was published by 1.0.
    pub deprecated: bool,
    /// What of its value is kept until its object ends.
    pub(super) keep: Keep,
}

/// A type of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// A text in quotes.
    String,
    /// Any number.
    Number,
    /// A number without a fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Members in braces.
    Object,
    /// Entries in brackets.
    List,
    /// `null`.
    Null,
}

impl Type {
    /// JSON Schema's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::List => "array",
            Self::Null => "null",
        }
    }
}

/// What a string must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 3339.
    DateTime,
    /// RFC 3986, absolute.
    Uri,
}

/// What is inside a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Nothing that the standard says anything of.
    Anything,
    /// An object, or objects.
    Object(ObjectId),
    /// Strings, which may have to look like something.
    Strings(Option<Format>),
}

/// A codelist that a field takes its values from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codelist {
    /// Its number.
    pub(super) at: usize,
    /// Whether other values are wrong.
    pub closed: bool,
}

/// The last word of a field that 1.0 did not have.
const SINCE: &str = "since-1.1";
/// The object that a name with this before it is the versions of.
const VERSIONED: &str = "Versioned";
/// What tells a version from its value.
const VERSION: [&str; 3] = ["string date-time", "string", "list of:string"];

impl Schema {
    /// The objects, by their numbers.
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id as usize]
    }

    /// The number of an object that the standard names.
    pub fn id(&self, name: &str) -> ObjectId {
        self.names[name]
    }

    /// A field of an object that the standard names, and its place.
    pub fn field(&self, object: &str, field: &str) -> (usize, &Field) {
        self.object(self.id(object)).find(field).expect("invariant: the bundled table has the field")
    }

    /// Whether a codelist has a code; of a list that nobody described nothing is known.
    pub fn has_code(&self, list: Codelist, code: &str) -> bool {
        let codes = &self.codelists[list.at].1;
        codes.is_empty() || codes.contains(code)
    }

    /// A codelist, which may still have no codes.
    pub(super) fn codelist(&mut self, name: &str, closed: bool) -> Codelist {
        let at = self.codelists.iter().position(|(own, _)| own == name).unwrap_or_else(|| {
            self.codelists.push((name.to_owned(), HashSet::new()));
            self.codelists.len() - 1
        });
        Codelist { at, closed }
    }

    /// The codes of a list, to be changed.
    pub(super) fn codes(&mut self, list: Codelist) -> &mut HashSet<String> {
        &mut self.codelists[list.at].1
    }

    fn of(edition: Edition, patches: &[Patch]) -> Self {
        let tables: BTreeMap<String, toml::Table> =
            toml::from_str(include_str!("fields.toml")).expect("invariant: the bundled table of fields is well formed");
        let mut schema = Self { objects: Vec::new(), names: BTreeMap::new(), codelists: codelists(edition) };
        for name in tables.keys() {
            schema.add(name);
        }
        let release = format!("{VERSIONED}Release");
        schema.add(&release);
        for (name, table) in &tables {
            let id = schema.id(name);
            let words = table.iter().map(|(name, words)| (name, words.as_str().unwrap_or_default()));
            let in_it = words.filter(|(_, words)| edition > Edition::V1_0 || !words.ends_with(SINCE));
            let mut fields: Vec<Field> = in_it.map(|(name, words)| schema.described(name, words)).collect();
            if edition == Edition::V1_0 {
                // Bounds on lengths came later, and what was given up later was in use.
                for field in &mut fields {
                    (field.not_empty, field.deprecated) = (false, false);
                }
            }
            schema.objects[id as usize].fields = fields;
        }
        for patch in patches {
            patch.apply(&mut schema);
        }
        for object in &mut schema.objects {
            object.sort = Sort::of(&object.name);
            for field in &mut object.fields {
                field.keep = Keep::of(object.sort, &field.name);
            }
        }
        let from = schema.id("Release");
        schema.version(from, &release);
        for object in &mut schema.objects {
            let required = object.fields.iter().enumerate().filter(|(_, field)| field.required);
            object.required = required.fold(0, |set, (place, _)| set | 1 << place);
        }
        schema
    }

    /// A new object without fields.
    pub(super) fn add(&mut self, name: &str) -> ObjectId {
        let id = ObjectId::try_from(self.objects.len()).expect("invariant: patches are bounded");
        self.objects.push(Object { name: name.to_owned(), sort: Sort::Other, required: 0, fields: Vec::new() });
        self.names.insert(name.to_owned(), id);
        id
    }

    fn described(&mut self, name: &str, words: &str) -> Field {
        let mut field = Field::new(name);
        for word in words.split_whitespace() {
            match word.split_once(':') {
                Some(("of", "string")) => field.of = Of::Strings(None),
                Some(("of", "uri")) => field.of = Of::Strings(Some(Format::Uri)),
                Some(("of", object)) => field.of = Of::Object(self.id(object)),
                Some((openness, list)) => {
                    field.codelist = Some(self.codelist(list, openness == "closed"));
                }
                None => match word {
                    "string" => field.types.push(Type::String),
                    "number" => field.types.push(Type::Number),
                    "integer" => field.types.push(Type::Integer),
                    "boolean" => field.types.push(Type::Boolean),
                    "object" => field.types.push(Type::Object),
                    "list" => field.types.push(Type::List),
                    "null" => field.types.push(Type::Null),
                    "date-time" => field.format = Some(Format::DateTime),
                    "uri" => field.format = Some(Format::Uri),
                    "required" => field.required = true,
                    "not-empty" => field.not_empty = true,
                    "unique" => field.unique = true,
                    "whole" => field.whole = true,
                    "languages" => field.languages = true,
                    "deprecated" => field.deprecated = true,
                    SINCE => {}
                    _ => panic!("invariant: {word:?} of the field {name:?} is a word of the bundled table"),
                },
            }
        }
        field
    }

    /// Adds the object whose every leaf is the list of its versions.
    fn version(&mut self, from: ObjectId, name: &str) -> ObjectId {
        let id = self.names.get(name).copied().unwrap_or_else(|| self.add(name));
        let top = self.object(from).name == "Release";
        let mut fields = Vec::new();
        for field in self.object(from).fields.clone() {
            match field.of {
                _ if top && matches!(field.name.as_str(), "id" | "date" | "tag") => {}
                _ if field.name == "ocid" => fields.push(field),
                // What tells a thing apart has versions only where the thing stands in no list.
                _ if field.name == "id" => {
                    let versions = self.versions(field.clone());
                    let types = field.types.iter().copied().chain([Type::List]).collect();
                    fields.push(Field { types, of: versions.of, not_empty: false, ..field });
                }
                Of::Object(inner) if !field.whole => {
                    let versions = format!("{VERSIONED}{}", self.object(inner).name);
                    let inner = self.names.get(&versions).copied().unwrap_or_else(|| self.version(inner, &versions));
                    fields.push(Field { of: Of::Object(inner), ..field });
                }
                _ => fields.push(self.versions(field)),
            }
        }
        self.objects[id as usize].fields = fields;
        id
    }

    /// A leaf, as the list of its versions.
    fn versions(&mut self, field: Field) -> Field {
        let name = format!("{VERSIONED} {:?} {:?} {:?} {:?}", field.types, field.format, field.of, field.codelist);
        let object = self.names.get(&name).copied().unwrap_or_else(|| {
            let id = self.add(&name);
            let version = ["releaseDate", "releaseID", "releaseTag"].iter().zip(VERSION);
            let mut fields: Vec<Field> = version.map(|(name, words)| self.described(name, words)).collect();
            fields.push(Field {
                name: "value".to_owned(),
                keep: Keep::Nothing,
                required: false,
                unique: false,
                languages: false,
                ..field.clone()
            });
            self.objects[id as usize].fields = fields;
            id
        });
        Field {
            types: vec![Type::List],
            format: None,
            of: Of::Object(object),
            codelist: None,
            not_empty: false,
            unique: false,
            keep: Keep::Nothing,
            ..field
        }
    }
}

impl Field {
    /// A field of which nothing is known but its name.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            types: Vec::new(),
            format: None,
            of: Of::Anything,
            codelist: None,
            required: false,
            not_empty: false,
            unique: false,
            whole: false,
            languages: false,
            deprecated: false,
            keep: Keep::Nothing,
        }
    }
}

fn codelists(edition: Edition) -> Vec<(String, HashSet<String>)> {
    let mut table: toml::Table =
        toml::from_str(include_str!("codelists.toml")).expect("invariant: the bundled codelists are well formed");
    let later = table.remove("since-1-1").unwrap_or_else(|| toml::Table::new().into());
    let codes = |codes: &toml::Value| -> BTreeSet<String> {
        codes.as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    };
    let known = table.iter().map(|(name, list)| {
        let mut list = codes(list);
        if edition == Edition::V1_0 {
            let later = later.get(name).map(codes).unwrap_or_default();
            list.retain(|code| !later.contains(code));
        }
        (name.clone(), list.into_iter().collect())
    });
    known.collect()
}

impl Object {
    /// The field of this name, and its place.
    pub fn find(&self, name: &str) -> Option<(usize, &Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name == name)
    }

    /// Whether `name` is one of its fields in a language: `title_fr`.
    pub fn in_a_language(&self, name: &str) -> bool {
        name.rsplit_once('_').is_some_and(|(base, tag)| {
            (2..=8).contains(&tag.split('-').next().unwrap_or(tag).len())
                && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && self.find(base).is_some_and(|(_, field)| field.languages)
        })
    }
}
