//! Extensions: what a publisher's patches add to the standard's table, and which fields those of the registry are known by.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::schema::{FIELDS, Field, Format, ObjectId, Of, Schema, Type};

/// The most objects that the table may grow to.
const OBJECTS: usize = 2000;
/// The deepest that objects of a patch may lie in each other.
const DEPTH: u8 = 16;
/// The most codes that are taken of a list.
const CODES: usize = 20_000;

/// What one extension changes, or a whole schema that takes the table's place.
#[derive(Clone, Debug, Default)]
pub struct Patch {
    /// Whether of the objects that it describes nothing is left as it was.
    pub whole: bool,
    /// Its merge patch (RFC 7386) to the schema of a release.
    pub release: Value,
    /// Its codelists: the file's name and its text.
    pub codelists: Vec<(String, String)>,
}

/// Where an extension's files lie, by any of the addresses that packages name them by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Url);

impl Place {
    /// From the address in a package.
    pub fn of(written: &str) -> Option<Self> {
        let url = Url::parse(written.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let folder = url.path().ends_with('/');
        let file = url.path().rsplit('/').next().is_some_and(|name| name.contains(".json"));
        Some(Self(match (folder, file) {
            (true, _) => url,
            (false, true) => url.join(".").ok()?,
            (false, false) => Url::parse(&format!("{}/", url.as_str().trim_end_matches('/'))).ok()?,
        }))
    }

    /// The address of its patch.
    pub fn patch(&self) -> Option<Url> {
        self.0.join("release-schema.json").ok()
    }

    /// The address of what it says of itself.
    pub fn metadata(&self) -> Option<Url> {
        self.0.join("extension.json").ok()
    }

    /// The address of a codelist.
    pub fn codelist(&self, name: &str) -> Option<Url> {
        let plain = !name.contains(['/', '\\']) && !name.contains("..");
        self.0.join("codelists/").ok().filter(|_| plain)?.join(&name.replace('+', "%2B")).ok()
    }

    /// The registry's extension whose name its address has.
    pub fn registered(&self) -> Option<&'static Registered> {
        let parts: Vec<String> = self.0.path().split('/').map(folded).collect();
        REGISTRY.iter().find(|(name, _)| parts.contains(&folded(name))).map(|(_, registered)| registered)
    }
}

/// A name without what repositories of extensions put around it: `ocds_bid_extension` is `bids`.
fn folded(name: &str) -> String {
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let bare = letters.strip_prefix("ocds").unwrap_or(&letters);
    bare.strip_suffix("extension").unwrap_or(bare).trim_end_matches('s').to_owned()
}

/// An extension of the registry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// What it is called.
    pub title: String,
    /// The fields that it adds, by their paths in a release.
    pub fields: Vec<String>,
}

static REGISTRY: LazyLock<BTreeMap<String, Registered>> = LazyLock::new(|| {
    toml::from_str(include_str!("registry.toml")).expect("invariant: the bundled registry is well formed")
});

/// The registry's extensions that have a field at this generic path.
pub fn with_field(path: &str) -> impl Iterator<Item = &'static Registered> {
    let tops = ["releases/", "records/compiledRelease/", "records/releases/"];
    let within = tops.iter().find_map(|top| path.strip_prefix(top)).unwrap_or(path);
    REGISTRY.values().filter(move |registered| registered.fields.iter().any(|field| field == within))
}

/// The names of the codelists that an extension says it has.
pub fn codelists(metadata: &Value) -> Vec<String> {
    let names = metadata["codelists"].as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
}

impl Patch {
    /// From the text of a standard's own schema of a release: some edition of `release-schema.json`.
    pub fn of_schema(text: &[u8]) -> Result<Self, String> {
        let release: Value = serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let describes = |object: &Value, name: &str| object["properties"][name].is_object();
        if !describes(&release, "ocid") {
            return Err("it describes no release: give the standard's release-schema.json".to_owned());
        }
        Ok(Self { whole: true, release, codelists: Vec::new() })
    }

    /// Changes the table.
    pub(super) fn apply(&self, schema: &mut Schema) {
        if self.whole {
            self.clear(schema);
        }
        let definitions = self.release["definitions"].as_object();
        for (name, definition) in definitions.into_iter().flatten().filter(|(_, definition)| definition.is_object()) {
            if let Some(id) = named(schema, name) {
                merge(schema, id, definition, DEPTH);
            }
        }
        let release = schema.id("Release");
        merge(schema, release, &self.release, DEPTH);
        for (name, text) in &self.codelists {
            let (sign, name) = match name.strip_prefix(['+', '-']) {
                Some(rest) => (name.as_bytes()[0], rest),
                None => (b'=', name.as_str()),
            };
            let list = schema.codelist(name.trim_end_matches(".csv"), false);
            let codes = schema.codes(list);
            let given = codes_of(text);
            match sign {
                b'+' => codes.extend(given),
                b'-' => given.iter().for_each(|code| {
                    codes.remove(code);
                }),
                _ => *codes = given.into_iter().collect(),
            }
        }
    }
}

impl Patch {
    /// Takes out of the table what the patch describes anew.
    fn clear(&self, schema: &mut Schema) {
        let definitions = self.release["definitions"].as_object().into_iter().flat_map(|all| all.keys());
        for name in definitions.map(String::as_str).chain(["Release"]) {
            if let Some(id) = schema.names.get(name) {
                schema.objects[*id as usize].fields.clear();
            }
        }
        let mut rest = vec![&self.release];
        while let Some(said) = rest.pop() {
            match said {
                Value::Object(members) => {
                    let list = members.get("codelist").and_then(Value::as_str);
                    if let Some(list) = list.filter(|_| !enumerated(members).is_empty()) {
                        let list = schema.codelist(list.trim_end_matches(".csv"), true);
                        schema.codes(list).clear();
                    }
                    rest.extend(members.values());
                }
                Value::Array(entries) => rest.extend(entries),
                _ => {}
            }
        }
    }
}

/// The codes that a field's description lists itself.
fn enumerated(said: &Map<String, Value>) -> Vec<String> {
    let items = said.get("items").and_then(Value::as_object);
    let lists = [Some(said), items].into_iter().flatten().filter_map(|said| said.get("enum")?.as_array());
    lists.flatten().filter_map(|code| Some(code.as_str()?.to_owned())).take(CODES).collect()
}

/// The codes in a codelist's file: its column `Code`.
fn codes_of(text: &str) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let column = reader
        .headers()
        .ok()
        .and_then(|header| header.iter().position(|name| name.trim().eq_ignore_ascii_case("code")));
    let Some(column) = column else { return Vec::new() };
    reader
        .records()
        .map_while(Result::ok)
        .filter_map(|row| Some(row.get(column)?.trim().to_owned()))
        .take(CODES)
        .collect()
}

/// The object of this name, which may be new.
fn named(schema: &mut Schema, name: &str) -> Option<ObjectId> {
    if let Some(id) = schema.names.get(name) {
        return Some(*id);
    }
    (schema.objects.len() < OBJECTS).then(|| schema.add(name))
}

/// Merges what a patch says of an object into it.
fn merge(schema: &mut Schema, id: ObjectId, patch: &Value, depth: u8) {
    let nothing = Map::new();
    for (name, said) in patch["properties"].as_object().unwrap_or(&nothing) {
        // The registry forbids to remove fields: a null is passed over, as its own tools do.
        let (Some(said), true) = (said.as_object(), depth > 0) else { continue };
        let at = schema.objects[id as usize].fields.iter().position(|field| field.name == *name);
        let mut field = at.map_or_else(|| Field::new(name), |at| schema.objects[id as usize].fields[at].clone());
        let owner = schema.objects[id as usize].name.clone();
        change(schema, &mut field, said, &owner, depth - 1);
        let fields = &mut schema.objects[id as usize].fields;
        match at {
            Some(at) => fields[at] = field,
            None if fields.len() < FIELDS => fields.push(field),
            None => {}
        }
    }
    if let Some(required) = patch["required"].as_array() {
        for field in &mut schema.objects[id as usize].fields {
            field.required = required.iter().any(|name| name == field.name.as_str());
        }
    }
    for pattern in patch["patternProperties"].as_object().unwrap_or(&nothing).keys() {
        let name = pattern.trim_start_matches(['^', '(']).split('_').next().unwrap_or_default();
        let field = schema.objects[id as usize].fields.iter_mut().find(|field| field.name == name);
        if let Some(field) = field {
            field.languages = true;
        }
    }
}

fn change(schema: &mut Schema, field: &mut Field, said: &Map<String, Value>, owner: &str, depth: u8) {
    let yes = |name: &str| said.get(name).and_then(Value::as_bool);
    match said.get("type") {
        Some(Value::String(one)) => field.types = kind(one).into_iter().collect(),
        Some(Value::Array(several)) => field.types = several.iter().filter_map(|one| kind(one.as_str()?)).collect(),
        _ => {}
    }
    if let Some(format) = said.get("format").and_then(Value::as_str) {
        field.format = form(format);
    }
    if let Some(id) = reference(schema, said) {
        (field.of, field.types) = (Of::Object(id), vec![Type::Object]);
    } else if said.get("properties").is_some_and(Value::is_object) {
        inner(schema, field, &Value::Object(said.clone()), owner, depth);
    }
    if let Some(items) = said.get("items").and_then(Value::as_object) {
        if let Some(id) = reference(schema, items) {
            field.of = Of::Object(id);
        } else if items.get("properties").is_some_and(Value::is_object) {
            inner(schema, field, &Value::Object(items.clone()), owner, depth);
        } else if items.get("type").is_some_and(|own| own == "string") {
            field.of = Of::Strings(items.get("format").and_then(Value::as_str).and_then(form));
        }
    }
    if let Some(list) = said.get("codelist").and_then(Value::as_str) {
        let list = schema.codelist(list.trim_end_matches(".csv"), yes("openCodelist") == Some(false));
        field.codelist = Some(list);
    } else if let (Some(list), Some(open)) = (&mut field.codelist, yes("openCodelist")) {
        list.closed = !open;
    }
    let codes = enumerated(said);
    if !codes.is_empty() {
        let list = field.codelist.unwrap_or_else(|| schema.codelist(&format!("{owner}/{}", field.name), true));
        field.codelist = Some(list);
        // Where a list comes in a file as well, that is the whole of it.
        let known = schema.codes(list);
        known.extend(codes);
    }
    let least = |name: &str| said.get(name).and_then(Value::as_u64);
    if let Some(least) = least("minLength").or(least("minItems")) {
        field.not_empty = least > 0;
    }
    field.unique = yes("uniqueItems").unwrap_or(field.unique);
    field.whole = yes("wholeListMerge").unwrap_or(field.whole);
    field.deprecated |= said.get("deprecated").is_some_and(Value::is_object);
}

/// Merges an object that a patch describes where it stands.
fn inner(schema: &mut Schema, field: &mut Field, said: &Value, owner: &str, depth: u8) {
    let id = match field.of {
        Of::Object(id) => Some(id),
        _ => named(schema, &format!("{owner}/{}", field.name)),
    };
    if let Some(id) = id {
        field.of = Of::Object(id);
        merge(schema, id, said, depth);
    }
}

fn reference(schema: &mut Schema, said: &Map<String, Value>) -> Option<ObjectId> {
    let name = said.get("$ref")?.as_str()?.strip_prefix("#/definitions/")?;
    named(schema, name)
}

fn kind(name: &str) -> Option<Type> {
    Some(match name {
        "string" => Type::String,
        "number" => Type::Number,
        "integer" => Type::Integer,
        "boolean" => Type::Boolean,
        "object" => Type::Object,
        "array" => Type::List,
        "null" => Type::Null,
        _ => return None,
    })
}

fn form(name: &str) -> Option<Format> {
    match name {
        "date-time" => Some(Format::DateTime),
        "uri" => Some(Format::Uri),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::body::Body;
    use crate::ocds::schema::Standard;

    #[test]
    fn an_extension_is_found_by_any_of_its_addresses() {
        let at = |url: &str| Place::of(url).and_then(|place| place.patch()).map(String::from);
        let patch = Some("https://x.example/lots/v1/release-schema.json".to_owned());
        for url in
            ["https://x.example/lots/v1/extension.json", "https://x.example/lots/v1/", "https://x.example/lots/v1"]
        {
            assert_eq!(at(url), patch, "{url}");
        }
        assert_eq!(at("not an address"), None);
        let place = Place::of("https://x.example/ocds_lots_extension/v1/extension.json").unwrap();
        assert_eq!(place.registered().map(|one| one.title.as_str()), Some("Lots"));
        assert_eq!(place.codelist("../x.csv"), None);
    }

    #[test]
    fn a_whole_schema_takes_the_tables_place() {
        let schema = br##"{"properties": {"ocid": {"type": "string"}, "id": {"type": "string"},
                "tag": {"type": "array", "items": {"type": "string", "enum": ["tender"]},
                    "codelist": "releaseTag.csv", "openCodelist": false},
                "tender": {"$ref": "#/definitions/Tender"}},
            "required": ["ocid", "tag"],
            "definitions": {"Tender": {"properties": {"id": {"type": "integer"}}}}}"##;
        let standard = Standard::with(&[Patch::of_schema(schema).unwrap()]);
        let data = br#"{"ocid":"ocds-abc123-1","id":"1","tag":["award"],"tender":{"id":"t","title":"Paths"}}"#;
        let report = crate::ocds::read(&Body::in_memory(&data[..]), &standard, false).unwrap();
        let problems: Vec<_> =
            report.problems.iter().map(|problem| (problem.path.as_str(), problem.kind.name())).collect();
        assert_eq!(problems, [("releases/tender/id", "integer")]);
        assert_eq!(report.codes.iter().map(|codes| codes.path.as_str()).collect::<Vec<_>>(), ["releases/tag"]);
        assert!(report.additional.iter().any(|member| member.path() == "releases/tender/title"));
        assert!(Patch::of_schema(b"{\"releases\": []}").unwrap_err().contains("release-schema.json"));
    }

    #[test]
    fn a_patch_adds_objects_fields_and_codes() {
        let release = json!({
            "properties": {"bids": {"$ref": "#/definitions/Bids"}},
            "definitions": {
                "Bids": {"type": "object", "properties": {"details": {"type": "array", "items": {"$ref": "#/definitions/Bid"}, "uniqueItems": true}}},
                "Bid": {"required": ["id"], "properties": {
                    "id": {"type": ["string", "integer"]},
                    "date": {"type": ["string", "null"], "format": "date-time"},
                    "status": {"type": ["string", "null"], "codelist": "bidStatus.csv", "openCodelist": false}}},
                "Tender": {"properties": {"title": null, "lots": {"type": "array", "items": {"properties": {"id": {"type": "string"}}}}}}
            }
        });
        let codelists = vec![
            ("bidStatus.csv".to_owned(), "Code,Title\nvalid,Valid\n".to_owned()),
            ("+partyRole.csv".to_owned(), "Code\nbidder\n".to_owned()),
        ];
        let standard = Standard::with(&[Patch { release, codelists, ..Patch::default() }]);
        let data = br#"{"ocid":"ocds-abc123-1","id":"1","date":"2026-01-01T00:00:00Z","tag":["tender"],"initiationType":"tender",
            "parties":[{"id":"a","roles":["bidder"]}],
            "tender":{"id":"t","title":"Paths","lots":[{"id":"1"}]},
            "bids":{"details":[{"id":1,"date":"soon","status":"late"},{"status":"valid"}]}}"#;
        let report = crate::ocds::read(&Body::in_memory(&data[..]), &standard, false).unwrap();
        let problems: Vec<_> =
            report.problems.iter().map(|problem| (problem.path.as_str(), problem.kind.name())).collect();
        assert_eq!(problems, [("releases/bids/details", "required"), ("releases/bids/details/date", "date-time")]);
        assert_eq!(report.additional, []);
        let codes: Vec<_> = report.codes.iter().map(|codes| (codes.path.as_str(), codes.closed)).collect();
        assert_eq!(codes, [("releases/bids/details/status", true)]);
    }
}
