//! Releases that were flattened: members named by their paths, or tables whose columns are. Three ways of naming are known:
//! `tender/items/0/id`, the same with a slash before it, and `tender_items_0_id` with child tables beside `main`.

use hashbrown::HashMap;
use serde_json::{Map, Value};

use super::scan::members;
use super::schema::{Field, Object, Of, Schema, Type};
use crate::rows::Held;

/// The most entries of a list that a path may ask for.
const ENTRIES: usize = 10_000;
/// What a child table calls the table of releases.
const MAIN: &str = "main";
/// Columns that a program adds for itself.
const OWN: &[&str] = &["rowID", "parentID", "parentTable", "_link", "_link_main"];

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Leg {
    Member(String),
    Entry(usize),
}

/// Where the values of a column go, and what they are.
#[derive(Clone, Debug)]
struct Column<'s> {
    legs: Vec<Leg>,
    field: Option<&'s Field>,
}

/// A release out of rows.
#[derive(Debug)]
pub(super) struct Release {
    /// The row, from 1, that tells of it first.
    pub row: u64,
    pub value: Value,
}

/// The object with its members put where their names say, as text.
pub(super) fn unflattened(object: &[u8], schema: &Schema) -> Option<Vec<u8>> {
    let release = schema.object(schema.id("Release"));
    let mut value = Value::Object(Map::new());
    for (name, member) in members(object) {
        let name = str::from_utf8(name).ok()?;
        let member: Value = serde_json::from_slice(member).ok()?;
        let column = column(name, Some(release), &[], schema);
        let leaf = match (&member, column.field) {
            (Value::Null, _) => continue,
            (Value::String(text), Some(field)) if !field.types.contains(&Type::String) => converted(text, field),
            _ => member,
        };
        put(&mut value, &column.legs, leaf);
    }
    serde_json::to_vec(&value).ok()
}

/// Whether one of the tables has columns that are paths into releases.
pub fn is_flat(tables: &[Held]) -> bool {
    let keyed = |table: &Held| table.header.iter().any(|name| matches!(name.as_str(), "ocid" | "main_ocid"));
    let schema = super::schema::Standard::bundled().schema(super::schema::Edition::default());
    let release = schema.object(schema.id("Release"));
    let path = |name: &String| {
        let column = column(name, Some(release), &[], schema);
        column.legs.len() > 1 && column.field.is_some()
    };
    let below = |table: &Held| child(&table.name, schema).is_some_and(|(_, object)| object.is_some());
    tables.iter().any(|table| keyed(table) && (table.header.iter().any(path) || below(table)))
}

/// The releases that the rows of all tables tell of together, in the order in which they are first told of.
pub(super) fn releases(tables: &[Held], schema: &Schema) -> Vec<Release> {
    let mut releases: Vec<Release> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for table in tables {
        let columns = columns(table, schema);
        let spooned = table.header.iter().any(|name| name == OWN[0]);
        for (at, row) in table.rows.iter().enumerate() {
            let mut value = Value::Object(Map::new());
            for (column, cell) in columns.iter().zip(row) {
                if let Some(column) = column.as_ref().filter(|_| !cell.is_empty()) {
                    let leaf = column.field.map_or_else(|| Value::from(cell.as_str()), |field| converted(cell, field));
                    put(&mut value, &column.legs, leaf);
                }
            }
            let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            let id = if spooned { String::new() } else { text("id") };
            let place = *places.entry((text("ocid"), id)).or_insert_with(|| {
                releases.push(Release { row: table.record(at), value: Value::Object(Map::new()) });
                releases.len() - 1
            });
            merge(&mut releases[place].value, value);
        }
    }
    releases
}

fn columns<'s>(table: &Held, schema: &'s Schema) -> Vec<Option<Column<'s>>> {
    let release = schema.object(schema.id("Release"));
    let spooned = table.header.iter().any(|name| name == OWN[0]);
    let below = table.header.iter().any(|name| name == "main_ocid").then(|| child(&table.name, schema)).flatten();
    let one = |name: &String| {
        if OWN.contains(&name.as_str()) || (spooned && name == "id") || name.trim().is_empty() {
            return None;
        }
        let Some((legs, object)) = &below else { return Some(column(name, Some(release), &[], schema)) };
        // A child table names what is above it by the tables' names, and its own columns without.
        if let Some(rest) = name.strip_prefix("main_") {
            return Some(column(rest, Some(release), &[], schema));
        }
        let above = name.strip_suffix("_id").and_then(|above| child(above, schema));
        if let Some((mut legs, Some(above))) = above {
            legs.push(Leg::Member("id".to_owned()));
            return Some(Column { legs, field: above.find("id").map(|(_, field)| field) });
        }
        Some(column(name, *object, legs, schema))
    };
    table.header.iter().map(one).collect()
}

/// The list that a child table holds the entries of, by the table's name: the way to one of them, and what it is if the
/// standard knows it.
fn child<'s>(name: &str, schema: &'s Schema) -> Option<(Vec<Leg>, Option<&'s Object>)> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.strip_suffix(".csv").unwrap_or(name);
    if name == MAIN || name.is_empty() {
        return None;
    }
    let column = column(name, Some(schema.object(schema.id("Release"))), &[], schema);
    let object = column.field.and_then(|field| match field.of {
        Of::Object(object) => Some(schema.object(object)),
        _ => None,
    });
    let mut legs = column.legs;
    if column.field.is_none_or(|field| field.types.contains(&Type::List)) {
        legs.push(Leg::Entry(0));
    }
    Some((legs, object))
}

/// Where a column of this name goes, below `above`.
fn column<'s>(name: &str, mut object: Option<&'s Object>, above: &[Leg], schema: &'s Schema) -> Column<'s> {
    let mut column = Column { legs: above.to_vec(), field: None };
    let by_slash = name.contains('/');
    let mut rest: Vec<&str> = name.trim_matches('/').split(if by_slash { '/' } else { '_' }).collect();
    while !rest.is_empty() {
        let in_list = column.field.is_some_and(|field| field.types.contains(&Type::List));
        if let Ok(at) = rest[0].parse::<usize>() {
            column.legs.push(Leg::Entry(at.min(ENTRIES)));
            rest.remove(0);
            continue;
        }
        if in_list && !matches!(column.legs.last(), Some(Leg::Entry(_))) {
            column.legs.push(Leg::Entry(0));
        }
        // With underscores, the longest name that the object knows; with slashes each part is one.
        let most = if by_slash { 1 } else { rest.len() };
        let known = (1..=most).rev().find_map(|parts| {
            let name = rest[..parts].join("_");
            object.and_then(|object| object.find(&name)).map(|(_, field)| (parts, name, field))
        });
        let (parts, name, field) = match known {
            Some((parts, name, field)) => (parts, name, Some(field)),
            None if by_slash => (1, rest[0].to_owned(), None),
            None => (rest.len(), rest.join("_"), None),
        };
        column.legs.push(Leg::Member(name));
        column.field = field;
        object = field.and_then(|field| match field.of {
            Of::Object(id) => Some(schema.object(id)),
            _ => None,
        });
        rest.drain(..parts);
    }
    column
}

/// A cell as the value that the field asks for, where it can be one.
fn converted(cell: &str, field: &Field) -> Value {
    if field.types.contains(&Type::String) && field.types.first() == Some(&Type::String) {
        return cell.into();
    }
    match field.types.first() {
        Some(Type::List) if matches!(field.of, Of::Strings(_)) => {
            cell.split([';', ',']).map(|one| Value::from(one.trim())).collect()
        }
        Some(Type::Number | Type::Integer) => {
            serde_json::from_str(cell).ok().filter(Value::is_number).unwrap_or_else(|| cell.into())
        }
        Some(Type::Boolean) => match cell.to_ascii_lowercase().as_str() {
            "true" => true.into(),
            "false" => false.into(),
            _ => cell.into(),
        },
        _ => cell.into(),
    }
}

/// Puts a value where the legs lead; what stands in the way stays.
fn put(value: &mut Value, legs: &[Leg], leaf: Value) {
    let mut at = value;
    for leg in legs {
        at = match leg {
            Leg::Member(name) => {
                if at.is_null() {
                    *at = Value::Object(Map::new());
                }
                let Some(object) = at.as_object_mut() else { return };
                object.entry(name.as_str()).or_insert(Value::Null)
            }
            Leg::Entry(entry) => {
                if at.is_null() {
                    *at = Value::Array(Vec::new());
                }
                let Some(list) = at.as_array_mut() else { return };
                // Gaps are closed: a path may begin to count at one.
                if *entry >= list.len() {
                    list.push(Value::Null);
                }
                let end = list.len() - 1;
                &mut list[(*entry).min(end)]
            }
        };
    }
    if at.is_null() {
        *at = leaf;
    }
}

/// Takes what another row says of the same thing into it; entries of lists are the same by their ids.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => {
            for entry in from {
                let id = entry.get("id");
                let same = into.iter_mut().find(|own| if id.is_some() { own.get("id") == id } else { **own == entry });
                match same {
                    Some(own) => merge(own, entry),
                    None => into.push(entry),
                }
            }
        }
        (into @ Value::Null, from) => *into = from,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ocds::schema::{Edition, Standard};

    fn schema() -> &'static Schema {
        Standard::bundled().schema(Edition::default())
    }

    fn table(name: &str, lines: &[&str]) -> Held {
        let mut held =
            Held::of(name, lines.iter().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>()));
        if held.header.is_empty() {
            held.header = held.rows.remove(0);
        }
        held
    }

    #[test]
    fn rows_of_one_release_are_put_together() {
        let rows = ["ocid,id,tag,tender/items/0/id,tender/value/amount", "o-1,r,tender;award,1,2.5", "o-1,r,,2,"];
        let releases = releases(&[table("", &rows)], schema());
        assert_eq!(releases.len(), 1);
        let tender = json!({"items": [{"id": "1"}, {"id": "2"}], "value": {"amount": 2.5}});
        assert_eq!(releases[0].value, json!({"ocid": "o-1", "id": "r", "tag": ["tender", "award"], "tender": tender}));
    }

    #[test]
    fn child_tables_hang_below_what_they_name() {
        let main = table("main", &["ocid,id,tender_title,tender_value_amount", "o-1,r,Paths,10"]);
        let awards = table("awards", &["id,value_amount,main_ocid,main_id", "a,9,o-1,r", "b,1,o-1,r"]);
        let suppliers = table("awards_suppliers", &["id,name,main_ocid,main_id,awards_id", "s,Builders,o-1,r,b"]);
        assert!(is_flat(std::slice::from_ref(&main)) && is_flat(std::slice::from_ref(&awards)));
        let releases = releases(&[main, awards, suppliers], schema());
        let awards = json!([{"id": "a", "value": {"amount": 9}},
            {"id": "b", "value": {"amount": 1}, "suppliers": [{"id": "s", "name": "Builders"}]}]);
        assert_eq!(releases[0].value["awards"], awards);
        assert_eq!(releases[0].value["tender"], json!({"title": "Paths", "value": {"amount": 10}}));
    }

    #[test]
    fn a_slash_may_stand_before_and_lists_may_go_without_their_places() {
        let rows = ["ocid,id,rowID,/awards/id,/awards/suppliers/0/name", "o-1,a,x,a,Builders", "o-1,b,y,b,Others"];
        let releases = releases(&[table("awards", &rows)], schema());
        let awards =
            json!([{"id": "a", "suppliers": [{"name": "Builders"}]}, {"id": "b", "suppliers": [{"name": "Others"}]}]);
        assert_eq!(releases[0].value, json!({"ocid": "o-1", "awards": awards}));
        assert!(!is_flat(&[table("", &["ocid,name", "1,2"])]));
    }

    #[test]
    fn members_named_by_their_paths_are_put_in_their_places() {
        let flat =
            br#"{"ocid":"o-1","tag":"tender","tender/title":"Paths","tender/value/amount":5,"tender/status":null}"#;
        let value: Value = serde_json::from_slice(&unflattened(flat, schema()).unwrap()).unwrap();
        assert_eq!(
            value,
            json!({"ocid": "o-1", "tag": ["tender"], "tender": {"title": "Paths", "value": {"amount": 5}}})
        );
    }
}
