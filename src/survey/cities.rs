//! Which cities are surveyed: from a table, a TOML file, or a folder of submissions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::criteria::Scheme;
use crate::criteria::problem::{Problem, did_you_mean};
use crate::criteria::scheme::Takes;
use crate::submission::{DEFAULT_SCHEME, Link, Submission};

/// The longest name of a city's folder, in bytes.
const LONGEST_ID: usize = 60;
/// Columns that are known, with the names by which registries of portals have them.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("id", &["id", "uid"]),
    ("city", &["city", "name"]),
    ("url", &["url", "link"]),
    ("criterion", &["criterion"]),
    ("note", &["note"]),
    ("pages", &["pages"]),
];

/// A city and its links.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Its folder in the survey: lower-case letters, digits and hyphens; no other city has it.
    pub id: String,
    /// What it submits.
    pub submission: Submission,
}

/// The cities that `path` names, in the order of their ids.
///
/// A CSV or TSV table has a row for each link, and rows of one `id` and `city` (else of one host) are one city's; other columns than `id`, `city`, `url`, `criterion`, `note` and `pages` are passed over. A TOML file has `[[cities]]`, each
/// with `[[cities.links]]`. A folder has a submission for each city.
pub fn cities(path: &Path) -> Result<Vec<City>, Vec<Problem>> {
    let file = path.display().to_string();
    let one = |what: String| vec![Problem::whole(&file, what)];
    let mut cities = if path.is_dir() {
        of_folder(path)?
    } else {
        let text = fs::read_to_string(path).map_err(|error| one(format!("cannot be read as UTF-8 text: {error}")))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => of_toml(&file, text)?,
            Some("csv") => of_table(&file, text, b',')?,
            Some("tsv") => of_table(&file, text, b'\t')?,
            _ => return Err(one("is neither .csv, .tsv, .toml nor a folder: rename it to what it is".to_owned())),
        }
    };
    if cities.is_empty() {
        return Err(one("names no city".to_owned()));
    }
    cities.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(cities)
}

/// Every link that is offered for something that none of the criteria knows, in words; nothing where the first of them take
/// any link, whatever it is offered for.
pub fn offered_for_nothing_known(cities: &[City], schemes: &[Scheme]) -> Vec<String> {
    let Some(own) = schemes.first().filter(|own| own.file.takes == Takes::Offered) else { return Vec::new() };
    let links = cities.iter().flat_map(|city| city.submission.links.iter().map(move |link| (city, link)));
    links
        .filter_map(|(city, link)| {
            let name = link.criterion.as_deref().filter(|name| !schemes.iter().any(|scheme| scheme.knows(name)))?;
            let hint = did_you_mean(name, schemes.iter().flat_map(Scheme::names));
            Some(format!("{}: {} has no criterion or clause {name:?}{hint}", city.id, own.file.id))
        })
        .collect()
}

/// One city for each submission in a folder.
fn of_folder(folder: &Path) -> Result<Vec<City>, Vec<Problem>> {
    let unreadable = |error| vec![Problem::whole(&folder.display().to_string(), format!("cannot be read: {error}"))];
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| ["toml", "json", "csv"].iter().any(|known| extension == *known)) {
            paths.push(path);
        }
    }
    paths.sort();
    let (mut named, mut problems) = (Named::default(), Vec::new());
    let mut cities = Vec::new();
    for path in paths {
        match Submission::read(&path, None) {
            Ok(placed) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                cities.push(City { id: named.give(&stem), submission: placed.submission });
            }
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(cities) } else { Err(problems) }
}

fn of_toml(file: &str, text: &str) -> Result<Vec<City>, Vec<Problem>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        #[serde(default)]
        cities: Vec<WrittenCity>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct WrittenCity {
        id: Option<String>,
        city: String,
        scheme: Option<String>,
        #[serde(default)]
        links: Vec<Spanned<WrittenLink>>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct WrittenLink {
        url: String,
        criterion: Option<String>,
        note: Option<String>,
        pages: Option<String>,
    }
    let written: Written = toml::from_str(text).map_err(|error| vec![Problem::toml(file, text, &error)])?;
    let (mut named, mut problems) = (Named::default(), Vec::new());
    let mut cities = Vec::new();
    for city in written.cities {
        let mut links = Vec::new();
        for link in city.links {
            let span = link.span();
            let WrittenLink { url, criterion, note, pages } = link.into_inner();
            match Link::to_the_web(&url) {
                Ok(link) => links.push(Link { criterion, note, pages, ..link }),
                Err(what) => problems.push(Problem::at(file, text, &span, what)),
            }
        }
        let id = named.give(city.id.as_deref().unwrap_or(&city.city));
        cities.push(City { id, submission: submission(city.city, city.scheme, links) });
    }
    if problems.is_empty() { Ok(cities) } else { Err(problems) }
}

fn of_table(file: &str, text: &str, delimiter: u8) -> Result<Vec<City>, Vec<Problem>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| vec![Problem::whole(file, format!("cannot be read as a table: {error}"))];
    let header: Vec<String> =
        reader.headers().map_err(broken)?.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let at = COLUMNS.map(|(column, names)| (column, header.iter().position(|name| names.contains(&name.as_str()))));
    let place_of = |wanted: &str| at.iter().find(|(column, _)| *column == wanted).and_then(|(_, at)| *at);
    if place_of("url").is_none() {
        let near = header.iter().find_map(|name| Some(did_you_mean(name, ["url"])).filter(|hint| !hint.is_empty()));
        let what = format!("has no column url: the first line names the columns{}", near.unwrap_or_default());
        return Err(vec![Problem::whole(file, what)]);
    }
    let (mut named, mut problems) = (Named::default(), Vec::new());
    let mut cities: Vec<City> = Vec::new();
    let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cell = |name: &str| {
            let cell = record.get(place_of(name)?)?.trim();
            (!cell.is_empty()).then(|| cell.to_owned())
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let row = record.position().map_or(0, csv::Position::line);
        let leads = match Link::to_the_web(&cell("url").unwrap_or_default()) {
            Ok(link) => Link { criterion: cell("criterion"), note: cell("note"), pages: cell("pages"), ..link },
            Err(what) => {
                problems.push(Problem {
                    line: usize::try_from(row).unwrap_or(0),
                    column: 1,
                    ..Problem::whole(file, what)
                });
                continue;
            }
        };
        let host = leads.url.host_str().unwrap_or_default().to_owned();
        let key = cell("id").or_else(|| cell("city")).unwrap_or_else(|| host.clone());
        let name = cell("city");
        // Registers give one id to several by mistake: those are told apart by name.
        let same = |at: &usize| name.as_ref().is_none_or(|name| cities[*at].submission.city == *name);
        let at = known.get(&key).and_then(|places| places.iter().copied().find(same));
        let at = at.unwrap_or_else(|| {
            let city = name.clone().unwrap_or(host);
            cities.push(City { id: named.give(&key), submission: submission(city, None, Vec::new()) });
            known.entry(key).or_default().push(cities.len() - 1);
            cities.len() - 1
        });
        cities[at].submission.links.push(leads);
    }
    if problems.is_empty() { Ok(cities) } else { Err(problems) }
}

fn submission(city: String, scheme: Option<String>, links: Vec<Link>) -> Submission {
    let scheme = scheme.unwrap_or_else(|| DEFAULT_SCHEME.to_owned());
    Submission { city, date: None, scheme, also: Vec::new(), allow_private: Vec::new(), links }
}

/// Names of folders that were given.
#[derive(Default)]
struct Named(BTreeSet<String>);

impl Named {
    /// A name for a folder made of `words`, that was not given yet.
    fn give(&mut self, words: &str) -> String {
        let mut id = String::new();
        for letter in words.chars().flat_map(char::to_lowercase) {
            if letter.is_ascii_alphanumeric() {
                id.push(letter);
            } else if !id.ends_with('-') && !id.is_empty() {
                id.push('-');
            }
        }
        id.truncate(LONGEST_ID);
        let stem = Some(id.trim_end_matches('-')).filter(|id| !id.is_empty()).unwrap_or("city").to_owned();
        let mut id = stem.clone();
        let mut next = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{stem}-{next}");
            next += 1;
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<City>, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let prefix = format!("{}/", folder.path().display());
        cities(&path).map_err(|all| all.iter().map(|problem| problem.to_string().replace(&prefix, "")).collect())
    }

    fn ids(cities: &[City]) -> Vec<(&str, &str, usize)> {
        cities.iter().map(|city| (&*city.id, &*city.submission.city, city.submission.links.len())).collect()
    }

    #[test]
    fn rows_of_one_city_are_one_city() {
        let text = "city,url,criterion\nNew Aix,https://a.example/,X1\nNew Aix,https://a.example/b,\n../etc,https://c.example/,\n";
        let read = read("c.csv", text).unwrap();
        assert_eq!(ids(&read), [("etc", "../etc", 1), ("new-aix", "New Aix", 2)]);
        assert_eq!(read[1].submission.links[0].criterion.as_deref(), Some("X1"));
    }

    #[test]
    fn a_register_of_portals_is_read_as_it_is() {
        let text = "uid\turl\thost\tname\ncdi1\thttps://a.example/\ta.example\tOpen  Aix\ncdi2\thttps://a.example/\ta.example\tOpen  Aix\n";
        assert_eq!(ids(&read("p.tsv", text).unwrap()), [("cdi1", "Open  Aix", 1), ("cdi2", "Open  Aix", 1)]);
    }

    #[test]
    fn an_id_that_two_cities_share_makes_them_no_one() {
        let text = "id,city,url\n1,Aix,https://a.example/\n1,Bex,https://b.example/\n1,Aix,https://a.example/b\n1,,https://a.example/c\n";
        assert_eq!(ids(&read("c.csv", text).unwrap()), [("1", "Aix", 3), ("1-2", "Bex", 1)]);
    }

    #[test]
    fn a_city_without_a_name_is_called_by_its_host() {
        assert_eq!(ids(&read("c.csv", "url\nhttps://a.example/x\n").unwrap()), [("a-example", "a.example", 1)]);
    }

    #[test]
    fn toml_says_the_same() {
        let text = "[[cities]]\ncity = 'Aix'\n[[cities.links]]\nurl = 'https://a.example/'\ncriterion = 'X1'\n[[cities]]\ncity = 'AIX'\nlinks = []\n";
        assert_eq!(ids(&read("c.toml", text).unwrap()), [("aix", "Aix", 1), ("aix-2", "AIX", 0)]);
    }

    #[test]
    fn problems_name_place_and_remedy() {
        let wrong = read("c.csv", "city,url\nAix,https://a.example/\nBex,plan.pdf\nCex,\n").unwrap_err();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("c.csv:3:1: ") && wrong[0].contains("plan.pdf"), "{wrong:?}");
        assert!(read("c.csv", "city,ulr\n").unwrap_err()[0].contains("url"));
        assert!(read("c.csv", "city,url\n").unwrap_err()[0].contains("names no city"));
        assert!(read("c.xlsx", "").unwrap_err()[0].contains("rename"));
    }
}
