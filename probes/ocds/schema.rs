//! The standard's table: which fields an object has, and what each may hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A version of the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// 1.0.
    V1_0,
    /// 1.1, and whatever names no version.
    #[default]
    V1_1,
}

static V1_0: LazyLock<Schema> = LazyLock::new(|| Schema::of(Edition::V1_0));
static V1_1: LazyLock<Schema> = LazyLock::new(|| Schema::of(Edition::V1_1));

impl Edition {
    /// Its table.
    pub fn schema(self) -> &'static Schema {
        match self {
            Self::V1_0 => &V1_0,
            Self::V1_1 => &V1_1,
        }
    }
}

/// Objects by number, and the numbers of those that a reading begins with.
#[derive(Debug)]
pub struct Schema {
    objects: Vec<Object>,
    names: BTreeMap<String, ObjectId>,
    codelists: BTreeMap<String, BTreeSet<String>>,
}

/// An object's number in the table.
pub(super) type ObjectId = u16;

/// A kind of object.
#[derive(Debug)]
pub struct Object {
    /// Its name in the standard.
    pub name: String,
    /// Its fields, in the standard's order.
    pub fields: Vec<Field>,
}

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codelist {
    /// Its name.
    pub name: String,
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
        &self.objects[usize::from(id)]
    }

    /// The number of an object that the standard names.
    pub fn id(&self, name: &str) -> ObjectId {
        self.names[name]
    }

    /// A field of an object that the standard names, and its place.
    pub fn field(&self, object: &str, field: &str) -> (usize, &Field) {
        self.object(self.id(object)).find(field).expect("invariant: the bundled table has the field")
    }

    /// The codes of a list.
    pub fn codes(&self, codelist: &str) -> &BTreeSet<String> {
        &self.codelists[codelist]
    }

    fn of(edition: Edition) -> Self {
        let tables: BTreeMap<String, toml::Table> =
            toml::from_str(include_str!("fields.toml")).expect("invariant: the bundled table of fields is well formed");
        let codelists = codelists(edition);
        let mut schema = Self { objects: Vec::new(), names: BTreeMap::new(), codelists };
        for name in tables.keys() {
            schema.add(name);
        }
        let release = format!("{VERSIONED}Release");
        schema.add(&release);
        for (name, table) in &tables {
            let id = schema.id(name);
            let words = table.iter().map(|(name, words)| (name, words.as_str().unwrap_or_default()));
            let in_it = words.filter(|(_, words)| edition > Edition::V1_0 || !words.ends_with(SINCE));
            let fields = in_it.map(|(name, words)| schema.described(name, words));
            let bounded = |field| Field { not_empty: edition > Edition::V1_0, ..field };
            let fields = fields.map(|field: Field| if field.not_empty { bounded(field) } else { field });
            schema.objects[usize::from(id)].fields = fields.collect();
        }
        let from = schema.id("Release");
        schema.version(from, &release);
        schema
    }

    fn add(&mut self, name: &str) -> ObjectId {
        let id = ObjectId::try_from(self.objects.len()).expect("invariant: the table is small");
        self.objects.push(Object { name: name.to_owned(), fields: Vec::new() });
        self.names.insert(name.to_owned(), id);
        id
    }

    fn described(&self, name: &str, words: &str) -> Field {
        let mut field = Field {
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
        };
        for word in words.split_whitespace() {
            match word.split_once(':') {
                Some(("of", "string")) => field.of = Of::Strings(None),
                Some(("of", "uri")) => field.of = Of::Strings(Some(Format::Uri)),
                Some(("of", object)) => field.of = Of::Object(self.id(object)),
                Some((openness, list)) => {
                    field.codelist = Some(Codelist { name: list.to_owned(), closed: openness == "closed" });
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
        self.objects[usize::from(id)].fields = fields;
        id
    }

    /// A leaf, as the list of its versions.
    fn versions(&mut self, field: Field) -> Field {
        let name = format!("{VERSIONED} {:?} {:?} {:?} {:?}", field.types, field.format, field.of, field.codelist);
        let object = self.names.get(&name).copied().unwrap_or_else(|| {
            let id = self.add(&name);
            let mut fields: Vec<Field> = ["releaseDate", "releaseID", "releaseTag"]
                .iter()
                .zip(VERSION)
                .map(|(name, words)| self.described(name, words))
                .collect();
            fields.push(Field {
                name: "value".to_owned(),
                required: false,
                unique: false,
                languages: false,
                ..field.clone()
            });
            self.objects[usize::from(id)].fields = fields;
            id
        });
        Field {
            types: vec![Type::List],
            format: None,
            of: Of::Object(object),
            codelist: None,
            not_empty: false,
            unique: false,
            ..field
        }
    }
}

fn codelists(edition: Edition) -> BTreeMap<String, BTreeSet<String>> {
    let mut table: toml::Table =
        toml::from_str(include_str!("codelists.toml")).expect("invariant: the bundled codelists are well formed");
    let later = table.remove("since-1-1").unwrap_or_else(|| toml::Table::new().into());
    let codes =
        |codes: &toml::Value| codes.as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let mut codelists: BTreeMap<String, BTreeSet<String>> =
        table.iter().map(|(name, list)| (name.clone(), codes(list))).collect();
    if edition == Edition::V1_0 {
        for (name, list) in &mut codelists {
            let later: BTreeSet<String> = later.get(name).map(codes).unwrap_or_default();
            list.retain(|code| !later.contains(code));
        }
    }
    codelists
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
