//! How many of a city's departments have datasets in an inventory: against every list of them that may be meant.

use std::collections::BTreeMap;

use super::columns::{self, Columns, Field};
use super::departments::{self, Name};
use crate::finding::{Evidence, Share};
use crate::html::Page;
use crate::rows::Held;

/// The fewest names that make a list of a city's departments.
const FEWEST: usize = 5;
/// Most missing names that are told.
const TOLD: usize = 30;

/// A list of departments that may be all there are.
pub(super) struct List {
    /// Where it stands, in words.
    pub(super) place: String,
    pub(super) names: Vec<Name>,
    pub(super) evidence: Evidence,
}

/// A list, and how much of it an inventory covers.
pub(super) struct Covered {
    pub(super) place: String,
    pub(super) departments: usize,
    /// Those that surely have datasets.
    pub(super) sure: usize,
    /// Those and as many more as the inventory has under names that are not in the list.
    pub(super) possible: usize,
    pub(super) missing: Vec<String>,
    pub(super) evidence: Evidence,
}

/// How much of the list the departments of an inventory cover; `None` where too few of them stand in the list to say that
/// it is of the same city's departments.
pub(super) fn against(inventory: &[Name], list: &List) -> Option<Covered> {
    let has = |name: &Name| inventory.iter().any(|other| other.same(name));
    let strangers = inventory.iter().filter(|name| !list.names.iter().any(|other| other.same(name))).count();
    if list.names.len() < FEWEST || strangers * 2 > inventory.len() {
        return None;
    }
    let (covered, missing): (Vec<&Name>, Vec<&Name>) = list.names.iter().partition(|name| has(name));
    Some(Covered {
        place: list.place.clone(),
        departments: list.names.len(),
        sure: covered.len(),
        possible: (covered.len() + strangers).min(list.names.len()),
        missing: missing.iter().take(TOLD).map(|name| name.written.clone()).collect(),
        evidence: list.evidence.clone(),
    })
}

/// The lists in a table of departments: all of it, and the kind that most of them are of.
pub(super) fn in_table(held: &Held, columns: &Columns, place: &str, evidence: &Evidence) -> Vec<List> {
    let Some(&department) = columns.get(&Field::Department) else { return Vec::new() };
    let all: Vec<usize> = held.column(department).map(|(row, _)| row).collect();
    let mut lists = vec![(place.to_owned(), all.clone())];
    lists.extend(main_kind(held, columns, &all).map(|(kind, rows)| (format!("{place}, {kind:?} only"), rows)));
    let list = |(place, rows): (String, Vec<usize>)| List {
        place,
        names: departments::distinct(rows.into_iter().map(|row| name(held, columns, department, row))),
        evidence: evidence.clone(),
    };
    lists.into_iter().map(list).collect()
}

/// The departments of a table that says which take part: all, and the kind that most are of.
pub(super) fn taking_part(held: &Held, columns: &Columns, place: &str, evidence: &Evidence) -> Vec<Covered> {
    let Some(&part) = columns.get(&Field::TakingPart) else { return Vec::new() };
    let takes = |row: &usize| held.rows[*row].get(part).is_some_and(|cell| departments::is_yes(cell));
    let Some(&department) = columns.get(&Field::Department) else { return Vec::new() };
    let all: Vec<usize> = held.column(department).map(|(row, _)| row).collect();
    let mut lists = vec![(place.to_owned(), all.clone())];
    lists.extend(main_kind(held, columns, &all).map(|(kind, rows)| (format!("{place}, {kind:?} only"), rows)));
    lists.retain(|(_, rows)| rows.len() >= FEWEST);
    let covered = |(place, rows): (String, Vec<usize>)| {
        let (yes, no): (Vec<usize>, Vec<usize>) = rows.iter().partition(|row| takes(row));
        let missing = no.into_iter().take(TOLD).map(|row| held.rows[row][department].clone()).collect();
        let (sure, evidence) = (yes.len(), evidence.clone());
        Covered { place, departments: rows.len(), sure, possible: sure, missing, evidence }
    };
    lists.into_iter().map(covered).collect()
}

fn name(held: &Held, columns: &Columns, department: usize, row: usize) -> Name {
    let acronym = columns.get(&Field::Acronym).and_then(|column| held.rows[row].get(*column)).map(String::as_str);
    Name::new(&held.rows[row][department], acronym)
}

/// The kind that more than half of the departments are of, and its rows: they alone may be what is meant by all.
fn main_kind(held: &Held, columns: &Columns, all: &[usize]) -> Option<(String, Vec<usize>)> {
    let kind = *columns.get(&Field::Kind)?;
    let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in all {
        kinds.entry(held.rows[*row].get(kind).map_or("", String::as_str)).or_default().push(*row);
    }
    let main = kinds.into_iter().find(|(name, rows)| !name.is_empty() && rows.len() * 2 > all.len());
    main.filter(|(_, rows)| rows.len() < all.len()).map(|(name, rows)| (name.to_owned(), rows))
}

/// How many rows name a dataset.
pub(super) fn datasets(held: &Held, columns: &Columns) -> usize {
    let Some(title) = columns.get(&Field::Title) else { return held.rows.len() };
    held.column(*title).filter(|(_, cell)| !departments::is_nothing(cell)).count()
}

/// The departments that have a dataset in the inventory, and all that its own column of them names.
pub(super) fn of_inventory(held: &Held, columns: &Columns) -> (Vec<Name>, Vec<Name>) {
    let Some(&department) = columns.get(&Field::Department) else { return Default::default() };
    let title = columns.get(&Field::Title);
    let has = |row: &usize| {
        title.and_then(|title| held.rows[*row].get(*title)).is_some_and(|cell| !departments::is_nothing(cell))
    };
    let rows = || held.column(department).map(|(row, _)| row);
    let names = |rows: &mut dyn Iterator<Item = usize>| {
        departments::distinct(rows.map(|row| name(held, columns, department, row)))
    };
    (names(&mut rows().filter(has)), names(&mut rows()))
}

/// The lists of departments on a page, in its main part: of its lists, and of its links; each once whole and once with what
/// looks like a department only.
pub(super) fn in_page(page: &Page, place: &str, evidence: impl Fn(&str, &str) -> Evidence) -> Vec<List> {
    let lists = page.lists.iter().filter(|list| !list.chrome).map(|list| (list.selector.clone(), list.items.clone()));
    let links = page.links.iter().filter(|link| !link.chrome).map(|link| link.text.clone()).collect();
    let mut found = Vec::new();
    for (selector, items) in lists.chain([("body".to_owned(), links)]) {
        let like: Vec<String> = items.iter().filter(|item| departments::looks_like_one(item)).cloned().collect();
        if like.len() < FEWEST || like.len() * 2 < items.len() {
            continue;
        }
        let evidence = evidence(&selector, &like[0]);
        let mut add = |place: String, items: &[String]| {
            let names = departments::distinct(items.iter().map(|item| Name::new(item, None)));
            found.push(List { place, names, evidence: evidence.clone() });
        };
        add(place.to_owned(), &items);
        if like.len() < items.len() {
            add(format!("{place}, without what does not look like a department"), &like);
        }
    }
    found
}

/// The lowest and the highest share that any list allows.
pub(super) fn range(covered: &[Covered]) -> (Option<Share>, Option<Share>) {
    let share = |part: usize, all: usize| Share::of(part as u64, all as u64, all as u64);
    let lowest = covered.iter().filter_map(|list| share(list.sure, list.departments));
    let highest = covered.iter().filter_map(|list| share(list.possible, list.departments));
    let order = |one: &Share, other: &Share| one.share.total_cmp(&other.share);
    (lowest.min_by(order), highest.max_by(order))
}

/// Whether every entry leads to where it is published and none is said not to be public: a catalogue, not an inventory.
pub(super) fn is_catalogue(held: &Held, columns: &Columns) -> bool {
    let hidden = columns
        .get(&Field::Classification)
        .map(|column| held.column(*column).any(|(_, cell)| !columns::is_public(cell)));
    let linked = columns.get(&Field::Link).is_some_and(|column| {
        let linked = held.column(*column).filter(|(_, cell)| columns::is_address(cell)).count();
        // A few entries may have lost their links.
        linked * 20 >= held.rows.len() * 19
    });
    hidden != Some(true) && (linked || is_dcat(held))
}

/// Whether the records are those of a DCAT-US catalogue, whose distributions are not looked into.
fn is_dcat(held: &Held) -> bool {
    ["accessLevel", "identifier", "title", "publisher"]
        .iter()
        .all(|name| held.header.iter().any(|column| column == name))
}
