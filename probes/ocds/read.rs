//! A document from its first byte to its last: which form it has, and each of its releases and records in turn.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};

use super::form::{Form, Inside, Links, decide, links};
use super::pointer::Pointer;
use super::same::fingerprint;
use super::scan::{entries, members};
use super::schema::{Edition, Field};
use super::source::{Refused, Source};
use super::tally::{Kind, PathId, ROOT};
use super::walk::{Expected, Place, Walk, hash};

/// What is taken in one piece to tell what it is, in bytes.
const WINDOW: usize = 4 << 20;
/// The longest release, record or member of a package that is read, in bytes.
const LONGEST: usize = 256 << 20;
/// The most broken places and bad prefixes that are named.
const NAMED: usize = 20;

/// Takes a release or record.
pub(super) type Hand<'a> = &'a mut dyn FnMut(Form, &[u8]);

/// What a document says.
#[derive(Default)]
pub struct Document<'a> {
    /// Who is handed each release and record as it stands, instead of its being held against the standard.
    pub(super) hand: Option<Hand<'a>>,
    /// The forms that its values have, with how many there are of each.
    pub forms: BTreeMap<Form, u64>,
    /// How many objects stand at its top, or in the list at its top.
    pub values: u64,
    /// How many releases were read, those embedded in records not counted.
    pub releases: u64,
    /// How many records were read.
    pub records: u64,
    /// Versions that packages say they follow, with how many do; those that say none are under the empty text.
    pub versions: BTreeMap<String, u64>,
    /// Addresses of extensions that packages say they use.
    pub extensions: Vec<String>,
    /// Addresses of further pages.
    pub next: Vec<String>,
    /// How many identifiers do not begin with a prefix, and some of them.
    pub without_prefix: u64,
    /// Some of those.
    pub bad_prefixes: Vec<String>,
    /// Hashes of the contracting processes.
    pub processes: HashSet<u64>,
    /// How many elements could not be read.
    pub broken: u64,
    /// The first of them, and why.
    pub breaks: Vec<Break>,
    /// What was found in the rest.
    pub walk: Walk,
}

/// A place where the document is broken.
#[derive(Clone, Debug)]
pub struct Break {
    /// Where.
    pub place: Place,
    /// Why.
    pub why: String,
}

/// Whether entries of a list at the top are told apart by their ids.
#[derive(Default)]
struct Distinct {
    told: HashMap<u64, bool>,
    wholes: HashSet<u64>,
    repeated: u64,
    without: bool,
    same: bool,
}

impl Document<'_> {
    /// Reads a text into it. `package` takes every object at the text's top for a package, as a validator of packages
    /// would.
    pub fn take_in(&mut self, stream: impl Read, package: bool) -> io::Result<()> {
        let mut source = Source::new(stream)?;
        let mut in_list = false;
        let before = self.values;
        while let Some(byte) = source.peek()? {
            match byte {
                b'{' => {
                    self.values += 1;
                    self.object(&mut source, package)?;
                }
                b'[' if self.values == before && !in_list => {
                    in_list = true;
                    source.skip(1);
                }
                b',' | b']' if in_list => source.skip(1),
                _ => {
                    self.broke(source.place(), "here stands no release, record or package");
                    if !source.next_line()? {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn broke(&mut self, place: Place, why: impl Into<String>) {
        self.broken += 1;
        if self.breaks.len() < NAMED {
            self.breaks.push(Break { place, why: why.into() });
        }
    }

    /// An object at the top.
    fn object<R: Read>(&mut self, source: &mut Source<R>, package: bool) -> io::Result<()> {
        let place = source.place();
        let whole = match source.value(WINDOW) {
            Ok(length) => Some(length),
            Err(Refused::Io(error)) => return Err(error),
            Err(Refused::Ended | Refused::TooLong) => None,
        };
        let inside =
            if package { Inside::Package } else { decide(&source.ahead()[..whole.unwrap_or(source.ahead().len())]) };
        match (inside, whole) {
            (Inside::Bare(form), _) => {
                *self.forms.entry(form).or_default() += 1;
                let mut distinct = Distinct::default();
                match whole {
                    Some(length) => {
                        self.walk_entry(source, form, None, length, &mut distinct);
                        Ok(())
                    }
                    None => self.entry(source, form, None, &mut distinct),
                }
            }
            (Inside::Package, Some(length)) => {
                let version = members(&source.ahead()[..length]).find(|(name, _)| *name == b"version");
                self.follow(version.map(|(_, version)| version).unwrap_or_default());
                let mut inner = Source::within(&source.ahead()[..length], place);
                self.package(&mut inner, place)?;
                source.skip(length);
                Ok(())
            }
            (Inside::Package, None) => self.package(source, place),
            (Inside::Nothing, Some(length)) => {
                source.skip(length);
                Ok(())
            }
            (Inside::Nothing, None) => {
                while source.next_line()? {}
                Ok(())
            }
        }
    }

    /// Holds what comes against the version that a package follows.
    fn follow(&mut self, version: &[u8]) {
        self.walk.edition = if version == b"\"1.0\"" { Edition::V1_0 } else { Edition::V1_1 };
    }

    /// The members of a package, the lists of releases and records one entry at a time.
    fn package<R: Read>(&mut self, source: &mut Source<R>, place: Place) -> io::Result<()> {
        source.peek()?;
        source.skip(1);
        let mut head = String::from("{");
        let mut lists: Vec<(Form, u64)> = Vec::new();
        loop {
            match source.peek()? {
                Some(b',') => source.skip(1),
                Some(b'"') => {
                    let Some(name) = self.take(source)? else { break };
                    if source.peek()? != Some(b':') {
                        self.broke(source.place(), "a member's name is not followed by a colon");
                        source.next_line()?;
                        continue;
                    }
                    source.skip(1);
                    let list = Form::of_list(&name);
                    if let (Some(form), Some(b'[')) = (list, source.peek()?) {
                        let read = self.list(source, form)?;
                        lists.push((form, read));
                        if form.list() != name.trim_matches('"') {
                            continue;
                        }
                        add(&mut head, &name, "[]");
                        continue;
                    }
                    let Some(value) = self.take(source)? else { break };
                    if name == "\"version\"" {
                        self.follow(value.as_bytes());
                    }
                    add(&mut head, &name, &value);
                }
                Some(b'}') => {
                    source.skip(1);
                    break;
                }
                Some(_) => {
                    self.broke(source.place(), "here should stand a member of the package");
                    if !source.next_line()? {
                        break;
                    }
                }
                None => {
                    self.broke(source.place(), "the package ends before its last brace");
                    break;
                }
            }
        }
        head.push('}');
        self.head(&head, &lists, place);
        Ok(())
    }

    /// The next value, whole.
    fn take<R: Read>(&mut self, source: &mut Source<R>) -> io::Result<Option<String>> {
        match source.value(LONGEST) {
            Ok(length) => {
                let value = String::from_utf8_lossy(&source.ahead()[..length]).into_owned();
                source.skip(length);
                Ok(Some(value))
            }
            Err(Refused::Io(error)) => Err(error),
            Err(Refused::Ended) => {
                self.broke(source.place(), "the document ends within this value");
                let rest = source.ahead().len();
                source.skip(rest);
                Ok(None)
            }
            Err(Refused::TooLong) => {
                self.broke(source.place(), format!("this value is longer than {LONGEST} bytes: the rest is not read"));
                while source.next_line()? {}
                Ok(None)
            }
        }
    }

    /// What a package says of itself.
    fn head(&mut self, head: &str, lists: &[(Form, u64)], place: Place) {
        let records = lists.iter().any(|(form, _)| *form == Form::Records);
        let form = if records { Form::RecordPackage } else { Form::ReleasePackage };
        *self.forms.entry(form).or_default() += 1;
        let object = self.walk.edition.schema().id(form.object());
        if let Err(error) =
            self.walk.element(head.as_bytes(), Expected::Object(object), ROOT, place, Pointer::default())
        {
            self.broke(place, error.to_string());
            return;
        }
        for (form, _) in lists.iter().filter(|(_, read)| *read > 0) {
            // In the head the list stands empty, as its entries were read before.
            let (path, _) = self.list_path(*form);
            self.walk.tally.take_back_emptiness(path);
        }
        let mut version = String::new();
        for (name, value) in members(head.as_bytes()) {
            let text = |value: &[u8]| serde_json::from_slice::<String>(value).ok();
            match name {
                b"version" => version = text(value).unwrap_or_default(),
                b"extensions" => {
                    let more = entries(value).filter_map(text).filter(|url| !self.extensions.contains(url));
                    let more: Vec<String> = more.take(NAMED * 10).collect();
                    self.extensions.extend(more);
                }
                b"links" => self
                    .next
                    .extend(members(value).filter(|(name, _)| *name == b"next").filter_map(|(_, value)| text(value))),
                _ => {}
            }
        }
        *self.versions.entry(version).or_default() += 1;
    }

    /// Releases or records, one at a time; how many there are.
    fn list<R: Read>(&mut self, source: &mut Source<R>, form: Form) -> io::Result<u64> {
        source.skip(1);
        let mut distinct = Distinct::default();
        let mut at = 0;
        loop {
            match source.peek()? {
                Some(b',') => source.skip(1),
                Some(b']') => {
                    source.skip(1);
                    break;
                }
                Some(_) => {
                    self.entry(source, form, Some(at), &mut distinct)?;
                    at += 1;
                }
                None => break,
            }
        }
        let (path, _) = self.list_path(form);
        let repeated = if distinct.without { u64::from(distinct.same) } else { distinct.repeated };
        for _ in 0..repeated {
            let place = source.place();
            self.walk.tally.problem(path, Kind::UniqueItems, || place.example(&Pointer::default(), ""));
        }
        Ok(u64::try_from(at).unwrap_or(u64::MAX))
    }

    /// The path of a list of releases or records, and its field.
    fn list_path(&mut self, form: Form) -> (PathId, &'static Field) {
        let (place, field) = self.walk.edition.schema().field(form.package(), form.list());
        (self.walk.tally.known(ROOT, place, field), field)
    }

    /// One release or record: the entry at `at` of its list, or one without a package.
    fn entry<R: Read>(
        &mut self,
        source: &mut Source<R>,
        form: Form,
        at: Option<usize>,
        distinct: &mut Distinct,
    ) -> io::Result<()> {
        match source.value(LONGEST) {
            Ok(0) => {
                self.broke(source.place(), "here should stand a value");
                source.skip(1);
            }
            Ok(length) => self.walk_entry(source, form, at, length, distinct),
            Err(Refused::Io(error)) => return Err(error),
            Err(refused) => {
                let why = match refused {
                    Refused::TooLong => format!("it is longer than {LONGEST} bytes"),
                    _ => "the document ends within it".to_owned(),
                };
                self.broke(source.place(), why);
                while source.next_line()? {}
            }
        }
        Ok(())
    }

    /// The same, once it is known to end after so many bytes.
    fn walk_entry<R: Read>(
        &mut self,
        source: &mut Source<R>,
        form: Form,
        at: Option<usize>,
        length: usize,
        distinct: &mut Distinct,
    ) {
        if let Some(hand) = &mut self.hand {
            hand(form, &source.ahead()[..length]);
            source.skip(length);
            return;
        }
        let place = source.place();
        let (path, field) = self.list_path(form);
        let bytes = &source.ahead()[..length];
        self.walk.told = super::walk::Told::default();
        self.walk.links = if form == Form::Records { links(bytes) } else { Links::None };
        let root = at.map_or_else(Pointer::default, |at| Pointer::entry(form.list(), at));
        let walked = self.walk.element(bytes, Expected::Entry(field), path, place, root);
        if self.walk.links == Links::Some {
            self.walk.mixed(path);
        }
        match walked {
            Ok(()) => self.told(bytes, form, distinct),
            Err(error) => self.broke(place, format!("it cannot be read: {error}")),
        }
        source.skip(length);
    }

    fn told(&mut self, bytes: &[u8], form: Form, distinct: &mut Distinct) {
        let told = &self.walk.told;
        match form {
            Form::Records => self.records += 1,
            _ => self.releases += 1,
        }
        let key = match form {
            Form::Records => told.process,
            _ => told
                .process
                .zip(told.id)
                .map(|(process, id)| hash(b'b', &[process.to_ne_bytes(), id.to_ne_bytes()].concat())),
        };
        self.processes.extend(told.process);
        if let Some(ocid) = told.ocid.as_deref().filter(|ocid| !has_prefix(ocid)) {
            self.without_prefix += 1;
            if self.bad_prefixes.len() < NAMED && !self.bad_prefixes.iter().any(|bad| bad == ocid) {
                self.bad_prefixes.push(ocid.to_owned());
            }
        }
        if let Some(key) = key {
            match distinct.told.get_mut(&key) {
                None => {
                    distinct.told.insert(key, false);
                }
                Some(reported) => {
                    distinct.repeated += u64::from(!*reported);
                    *reported = true;
                }
            }
        } else {
            distinct.without = true;
            if let Ok(value) = serde_json::from_slice(bytes) {
                distinct.same |= !distinct.wholes.insert(fingerprint(&value));
            }
        }
    }
}

/// Whether an identifier begins with a registered publisher's prefix, by its form.
pub fn has_prefix(ocid: &str) -> bool {
    ocid.strip_prefix("ocds-")
        .and_then(|rest| rest.as_bytes().get(..6))
        .is_some_and(|prefix| prefix.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn add(head: &mut String, name: &str, value: &str) {
    if head.len() > 1 {
        head.push(',');
    }
    head.push_str(name);
    head.push(':');
    head.push_str(value);
}
