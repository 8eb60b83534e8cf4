//! Reads a submission as TOML, CSV or JSON; every problem names its line, column and remedy.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use toml::Spanned;
use url::Url;

use super::{Link, Submission};
use crate::criteria::problem::{Problem, did_you_mean, suggesting};
use crate::criteria::scheme::Takes;
use crate::criteria::{Offer, Purpose, Scheme};

/// Largest submission file, in bytes.
const MOST_BYTES: u64 = 10 * 1024 * 1024;
/// Most links of one submission.
const MOST_LINKS: usize = 100_000;
/// The scheme of a submission that names none.
pub const DEFAULT_SCHEME: &str = "what-works-cities";

/// A submission and where each of its links stands in its file.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The submission.
    pub submission: Submission,
    file: String,
    text: String,
    at: Vec<usize>,
}

impl Placed {
    /// Every link that is offered for something that none of the schemes knows; the first is the submission's own.
    ///
    /// Where that one takes any link, whatever it is offered for, there is nothing to check.
    pub fn check_against(&self, schemes: &[Scheme]) -> Result<(), Vec<Problem>> {
        let Some(own) = schemes.first().filter(|own| own.file.takes == Takes::Offered) else { return Ok(()) };
        let links = self.submission.links.iter().zip(&self.at);
        let problems: Vec<Problem> = links
            .filter_map(|(link, at)| {
                let known = |name: &&str| schemes.iter().any(|scheme| scheme.knows(name));
                let name = link.criterion.as_deref().filter(|name| !known(name))?;
                let hint = did_you_mean(name, schemes.iter().flat_map(Scheme::names));
                let what = format!("{} has no criterion or clause {name:?}{hint}", own.file.id);
                Some(Problem::at(&self.file, &self.text, &(*at..*at), what))
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

#[derive(Default)]
struct Draft {
    city: Option<String>,
    date: Option<String>,
    scheme: Option<String>,
    also: Vec<String>,
    allow_private: Vec<String>,
    links: Vec<(usize, DraftLink)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftLink {
    url: String,
    criterion: Option<String>,
    note: Option<String>,
    pages: Option<String>,
}

impl Submission {
    /// Reads the file at `path`; `city` is the name where the file does not say it, else its stem.
    pub fn read(path: &Path, city: Option<&str>) -> Result<Placed, Vec<Problem>> {
        let file = path.display().to_string();
        let one = |what: String| vec![Problem::whole(&file, what)];
        let size = std::fs::metadata(path).map_err(|error| one(format!("cannot be read: {error}")))?.len();
        if size > MOST_BYTES {
            return Err(one("is larger than 10 MB: split it".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|error| one(format!("cannot be read: {error}")))?;
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(one("is UTF-16: save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")".to_owned()));
        }
        let text = String::from_utf8(bytes).map_err(|_| one("is not UTF-8 text: save it as UTF-8".to_owned()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let extension = path.extension().map(OsStr::to_ascii_lowercase);
        let draft = match extension.as_deref().and_then(|extension| extension.to_str()) {
            Some("toml") => from_toml(&file, &text)?,
            Some("json") => from_json(&file, &text)?,
            Some("csv") => from_csv(&file, &text)?,
            _ => return Err(one("is none of .toml, .csv and .json: rename it to what it is".to_owned())),
        };
        if draft.links.is_empty() {
            return Err(one("offers no links: add at least one".to_owned()));
        }
        if draft.links.len() > MOST_LINKS {
            return Err(one("offers more than 100,000 links: split it".to_owned()));
        }
        let mut problems = Vec::new();
        let date = draft.date.as_deref().and_then(|date| {
            let read = date.trim().parse().ok();
            if read.is_none() {
                let at = text.find(date).unwrap_or_default();
                problems.push(Problem::at(&file, &text, &(at..at), format!("{date:?} is no date: write 2026-11-01")));
            }
            read
        });
        let folder = path.parent().unwrap_or(Path::new(""));
        let (mut links, mut at) = (Vec::new(), Vec::new());
        for (offset, link) in draft.links {
            let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            match locate(folder, link.url.trim()) {
                Ok((url, path)) => {
                    at.push(offset);
                    links.push(Link {
                        written: link.url.trim().to_owned(),
                        url,
                        path,
                        criterion: given(link.criterion),
                        note: given(link.note),
                        pages: given(link.pages),
                    });
                }
                Err(what) => problems.push(Problem::at(&file, &text, &(offset..offset), what)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let submission = Self {
            city: draft.city.or_else(|| city.map(ToOwned::to_owned)).unwrap_or_else(stem),
            date,
            scheme: draft.scheme.unwrap_or_else(|| DEFAULT_SCHEME.to_owned()),
            also: draft.also,
            allow_private: draft.allow_private,
            links,
        };
        Ok(Placed { submission, file, text, at })
    }

    /// What the judge of one of `schemes` needs to know of each link: a name belongs to the first that knows it.
    pub fn offers(&self, schemes: &[Scheme], of: usize) -> Vec<Offer> {
        let (before, scheme) = (&schemes[..of], &schemes[of]);
        let purpose = |name: Option<&str>| match name {
            Some(name) if before.iter().any(|scheme| scheme.knows(name)) => Purpose::Elsewhere,
            name => Purpose::of(name, scheme),
        };
        let offer = |link: &Link| Offer {
            purpose: purpose(link.criterion.as_deref()),
            target: link.target().id,
            pages: link.pages.clone(),
        };
        self.links.iter().map(offer).collect()
    }
}

/// Where a link leads: a place on the web, or a file beside the submission.
pub(super) fn locate(folder: &Path, written: &str) -> Result<(Url, Option<PathBuf>), String> {
    if written.is_empty() {
        return Err("the url is empty: write a link or a file's path, or drop the row".to_owned());
    }
    let lower = written.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        if written.contains(char::is_whitespace) {
            return Err(format!("{written:?} has a space in it: write %20, or one link a row"));
        }
        let url = Url::parse(written).map_err(|error| format!("{written:?} is no link: {error}"))?;
        if url.password().is_some() {
            let host = url.host_str().unwrap_or_default();
            return Err(format!(
                "the link to {host} has a password in it, which reports and packs would show: leave it out"
            ));
        }
        return Ok((url, None));
    }
    if written.contains("://") || lower.starts_with("mailto:") || lower.starts_with("javascript:") {
        return Err(format!("{written:?} is no link that can be looked at: use http or https, or a file's path"));
    }
    let path = folder.join(written);
    if path.is_file() {
        let mut url = Url::parse("file:///").map_err(|error| error.to_string())?;
        let segments = written.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
        if let Ok(mut parts) = url.path_segments_mut() {
            // `..` would be resolved away, and two files become one.
            parts.clear().extend(segments.map(|part| if part == ".." { "up" } else { part }));
        }
        return Ok((url, Some(path)));
    }
    let host = written.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('.')
        && !written.contains(char::is_whitespace)
        && (host.starts_with("www.") || written.contains('/'))
    {
        return Err(format!("{written:?} is no file here; did you mean \"https://{written}\"?"));
    }
    Err(format!(
        "there is no file {written:?} beside the submission: write a link with https://, or a path that exists"
    ))
}

fn from_toml(file: &str, text: &str) -> Result<Draft, Vec<Problem>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        city: Option<String>,
        date: Option<toml::Value>,
        scheme: Option<String>,
        #[serde(default)]
        also: Vec<String>,
        #[serde(default)]
        allow_private: Vec<String>,
        #[serde(default)]
        links: Vec<Spanned<DraftLink>>,
    }
    let written: Written = toml::from_str(text).map_err(|error| vec![Problem::toml(file, text, &error)])?;
    let date = written.date.map(|date| match date {
        toml::Value::String(date) => date,
        other => other.to_string(),
    });
    let links = written.links.into_iter().map(|link| (link.span().start, link.into_inner())).collect();
    let (city, scheme, also) = (written.city, written.scheme, written.also);
    Ok(Draft { city, date, scheme, also, allow_private: written.allow_private, links })
}

fn from_json(file: &str, text: &str) -> Result<Draft, Vec<Problem>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written<'a> {
        city: Option<String>,
        date: Option<String>,
        scheme: Option<String>,
        #[serde(default)]
        also: Vec<String>,
        #[serde(default)]
        allow_private: Vec<String>,
        #[serde(borrow, default)]
        links: Vec<&'a RawValue>,
    }
    let problem = |base: usize, within: &str, error: &serde_json::Error| {
        let lines = within.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let offset = base + lines + error.column().saturating_sub(1);
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        Problem::at(file, text, &(offset..offset), suggesting(message))
    };
    let written: Written<'_> = serde_json::from_str(text).map_err(|error| vec![problem(0, text, &error)])?;
    let (mut links, mut problems) = (Vec::new(), Vec::new());
    for raw in written.links {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        match serde_json::from_str(raw.get()) {
            Ok(link) => links.push((offset, link)),
            Err(error) => problems.push(problem(offset, raw.get(), &error)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (city, date, scheme, also) = (written.city, written.date, written.scheme, written.also);
    Ok(Draft { city, date, scheme, also, allow_private: written.allow_private, links })
}

fn from_csv(file: &str, text: &str) -> Result<Draft, Vec<Problem>> {
    const COLUMNS: [&str; 4] = ["criterion", "url", "note", "pages"];
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if !first.contains(',') && first.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| {
        let at = error.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        vec![Problem::at(file, text, &(at..at), format!("cannot be read as CSV: {error}"))]
    };
    let header: Vec<String> =
        reader.headers().map_err(broken)?.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let mut problems = Vec::new();
    for name in header.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
        let what = format!("unknown column {name:?}: the columns are criterion, url, note, pages");
        problems.push(Problem::at(file, text, &(0..0), format!("{what}{}", did_you_mean(name, COLUMNS))));
    }
    if !header.iter().any(|name| name == "url") {
        problems.push(Problem::at(file, text, &(0..0), "there is no column url: the first line names the columns"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut draft = Draft::default();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cell = |name: &str| {
            let at = header.iter().position(|column| column == name)?;
            record.get(at).map(ToOwned::to_owned)
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let offset = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        // The record's position is where the one before it ended: on Windows between its two line ends.
        let offset = offset + text[offset.min(text.len())..].len()
            - text[offset.min(text.len())..].trim_start_matches(['\r', '\n']).len();
        let link = DraftLink {
            url: cell("url").unwrap_or_default(),
            criterion: cell("criterion"),
            note: cell("note"),
            pages: cell("pages"),
        };
        draft.links.push((offset, link));
    }
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &[u8]) -> Result<Placed, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        for file in ["plan.pdf", "a/plan.pdf"] {
            std::fs::write(folder.path().join(file), "x").unwrap();
        }
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let prefix = format!("{}/", folder.path().display());
        Submission::read(&path, None)
            .map_err(|problems| problems.iter().map(|p| p.to_string().replace(&prefix, "")).collect())
    }

    #[test]
    fn three_formats_say_the_same() {
        let toml = "city = \"Exampleton\"\n[[links]]\nurl = \" https://data.example.gov/ \"\ncriterion = \"X1\"\n";
        let json = br#"{"city":"Exampleton","links":[{"url":"https://data.example.gov/","criterion":"X1"}]}"#;
        let csv = b"\xef\xbb\xbfcriterion,url\r\nX1,https://data.example.gov/\r\n\r\n";
        let toml = read("s.toml", toml.as_bytes()).unwrap().submission;
        assert_eq!(toml, read("s.json", json).unwrap().submission);
        assert_eq!(toml.links, read("s.csv", csv).unwrap().submission.links);
        assert_eq!(toml.links, read("s.csv", b"criterion;url\nX1;https://data.example.gov/").unwrap().submission.links);
    }

    #[test]
    fn problems_name_place_and_remedy() {
        for (name, content, wanted) in [
            (
                "s.csv",
                "criterion,url\r\nX1,www.example.gov/data\r\n",
                "s.csv:2:1: \"www.example.gov/data\" is no file here; did you mean \"https://www.example.gov/data\"?",
            ),
            ("s.csv", "criterion,url,notes\n", "s.csv:1:1: unknown column \"notes\""),
            ("s.toml", "[[links]]\nurll = \"x\"\n", "did you mean \"url\"?"),
            ("s.json", "{\n\"links\": [\n{\"url\": \"https://e.org\", \"nota\": 1}]}", "s.json:3:"),
            ("s.toml", "links = []", "offers no links"),
            ("s.toml", "date = \"1/11/26\"\n[[links]]\nurl = \"https://e.org\"", "s.toml:1:9: \"1/11/26\" is no date"),
            ("s.csv", "url\nhttps://e.org/a b\n", "s.csv:2:1: \"https://e.org/a b\" has a space"),
            ("s.csv", "url\nmissing.pdf\n", "there is no file \"missing.pdf\""),
        ] {
            let problems = read(name, content.as_bytes()).unwrap_err();
            assert!(problems.iter().any(|problem| problem.contains(wanted)), "{problems:?} lacks {wanted:?}");
        }
        assert!(read("s.csv", b"\xff\xfeu\0").unwrap_err()[0].contains("UTF-16"));
    }

    #[test]
    fn a_name_belongs_to_the_first_scheme_that_knows_it() {
        let scheme = |id: &str, code: &str, takes: &str| {
            let head = format!(
                "id='{id}'\ntitle=''\nedition=''\nabout=''\nsource=''\npoints_per_criterion=1\norder=['{code}']\ncategories=[{{code='A',title='A'}}]\n{takes}"
            );
            let criterion = format!(
                "code='{code}'\ntitle=''\ncategory='A'\nneeds='all'\n[[clauses]]\nid='{code}.1'\nkind='requirement'\nsays=''\nasks='?'"
            );
            let files = [("scheme.toml".to_owned(), head), ("a.toml".to_owned(), criterion)].into();
            Scheme::from_files(id, &files, &[]).unwrap()
        };
        let placed =
            read("s.csv", b"criterion,url\nX1,https://e.org/1\nY1,https://e.org/2\n,https://e.org/3\n").unwrap();
        let schemes = [scheme("x", "X1", ""), scheme("y", "Y1", ""), scheme("z", "X1", "")];
        assert_eq!(placed.check_against(&schemes[..1]).unwrap_err().len(), 1);
        assert_eq!(placed.check_against(&schemes), Ok(()));
        assert_eq!(placed.check_against(&[scheme("any", "Z1", "takes='any'")]), Ok(()));
        let purposes =
            |of| placed.submission.offers(&schemes, of).into_iter().map(|offer| offer.purpose).collect::<Vec<_>>();
        let named = |name: &str| Purpose::Named(name.to_owned());
        assert_eq!(purposes(0), [named("X1"), Purpose::Elsewhere, Purpose::Anything]);
        assert_eq!(purposes(1), [Purpose::Elsewhere, named("Y1"), Purpose::Anything]);
        assert_eq!(purposes(2), [Purpose::Elsewhere, Purpose::Elsewhere, Purpose::Anything]);
    }

    #[test]
    fn files_of_one_name_in_two_folders_stay_two_targets() {
        let read = read("s.csv", b"url\nplan.pdf\na/plan.pdf\nplan.pdf\n").unwrap().submission;
        let urls: Vec<String> = read.targets().iter().map(|target| target.url.to_string()).collect();
        assert_eq!(urls, ["file:///plan.pdf", "file:///a/plan.pdf"]);
        assert_eq!(read.links.len(), 3);
    }
}
