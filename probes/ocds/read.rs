//! A document from its first byte to its last: which form it has, and each of its releases and records in turn.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};

use encoding_rs::WINDOWS_1252;
use hashbrown::{HashMap, HashSet};

use super::flat;
use super::form::{Form, Inside, Links, decide, links};
use super::pointer::{Pointer, Step};
use super::same::fingerprint;
use super::scan::members;
use super::schema::{Edition, Field, Standard};
use super::source::{Line, Refused, Source};
use super::tally::{PathId, ROOT};
use super::walk::{Expected, Place, Told, Walk, hash};

/// What is taken in one piece to tell what it is, in bytes.
const WINDOW: usize = 1 << 20;
/// The longest release, record or member of a package that is read, in bytes.
pub(super) const LONGEST: usize = 256 << 20;
/// The most broken places and bad prefixes that are named.
pub(super) const NAMED: usize = 20;

/// Takes a release or record.
pub(super) type Hand<'a> = &'a mut (dyn FnMut(Form, &[u8]) + Send);

/// What a document says.
pub struct Document<'a> {
    /// Who is handed each release and record as it stands, instead of its being held against the standard.
    pub(super) hand: Option<Hand<'a>>,
    /// The forms that its values have, with how many there are of each.
    pub forms: BTreeMap<Form, u64>,
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
    /// How many identifiers do not begin with a prefix.
    pub without_prefix: u64,
    /// Some of those.
    pub bad_prefixes: Vec<String>,
    /// Hashes of the contracting processes.
    pub processes: HashSet<u64>,
    /// How many elements could not be read.
    pub broken: u64,
    /// The first of them, and why.
    pub breaks: Vec<Break>,
    /// How many of them come before the text ends within something, if it does.
    pub before_end: Option<u64>,
    /// How many releases and records are not written in UTF-8.
    pub undecoded: u64,
    /// Whether members are named by their paths, or cells were read.
    pub flat: bool,
    /// Whether it stood in an archive or was compressed.
    pub packed: bool,
    /// What was found in the rest.
    pub walk: Walk<'a>,
    /// How many objects stand at the top of the text that is being read, or in the list there.
    pub(super) values: u64,
    /// Whether the objects at the top stand on a line each, as far as is known.
    lines: bool,
    /// The line on which the text ends that was read last, from 1.
    end: u64,
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
pub(super) struct Distinct {
    told: HashMap<u64, bool>,
    wholes: HashSet<u64>,
    repeated: u64,
    without: bool,
    same: bool,
}

impl Distinct {
    /// How many values stand more than once.
    pub(super) fn repeated(&self) -> u64 {
        if self.without { u64::from(self.same) } else { self.repeated }
    }
}

impl<'a> Document<'a> {
    /// A document to be held against a standard.
    pub fn new(standard: &'a Standard) -> Self {
        Self {
            hand: None,
            forms: BTreeMap::new(),
            releases: 0,
            records: 0,
            versions: BTreeMap::new(),
            extensions: Vec::new(),
            next: Vec::new(),
            without_prefix: 0,
            bad_prefixes: Vec::new(),
            processes: HashSet::new(),
            broken: 0,
            breaks: Vec::new(),
            before_end: None,
            undecoded: 0,
            flat: false,
            packed: false,
            walk: Walk::new(standard),
            values: 0,
            lines: false,
            end: 1,
        }
    }

    /// A document whose releases and records are handed over as they stand, and not held against anything.
    pub(super) fn handing(hand: Hand<'a>) -> Self {
        Self { hand: Some(hand), ..Self::new(Standard::bundled()) }
    }

    /// Reads a text into it. `package` takes every object at the text's top for a package, as a validator of packages
    /// would.
    pub fn take_in(&mut self, stream: impl Read, package: bool) -> io::Result<()> {
        (self.values, self.lines) = (0, false);
        self.take_source(&mut Source::new(stream)?, package)
    }

    /// Reads the rest of JSON Lines, from the line on that begins at a byte of the whole; its lines are counted from 1.
    pub(super) fn take_rest(&mut self, stream: impl Read, byte: u64) -> io::Result<()> {
        (self.values, self.lines) = (1, true);
        self.walk.put_off_tenders();
        self.take_source(&mut Source::within(stream, Place { byte, line: 1 }), false)
    }

    /// Whether there was nothing but releases and records so far, a line each.
    pub(super) fn is_whole_lines(&self) -> bool {
        self.lines && self.broken == 0 && self.versions.is_empty()
    }

    fn take_source(&mut self, source: &mut Source<impl Read>, package: bool) -> io::Result<()> {
        let mut in_list = false;
        while let Some(byte) = source.peek()? {
            match byte {
                b'{' => {
                    self.values += 1;
                    self.object(source, package)?;
                }
                b'[' if self.values == 0 && !in_list => {
                    in_list = true;
                    source.skip(1);
                }
                b',' | b']' if in_list => source.skip(1),
                // What some programs put between the texts of a sequence (RFC 7464), and what some pad with.
                0x1e | 0 => source.skip(1),
                _ => {
                    self.broke(source.place(), "here stands no release, record or package");
                    if !source.next_line()? {
                        break;
                    }
                }
            }
        }
        self.end = source.place().line;
        Ok(())
    }

    /// Takes in what was found in the rest of a text, of which this is the beginning.
    pub(super) fn join(&mut self, rest: Self) {
        let lines = self.end - 1;
        for (form, n) in rest.forms {
            *self.forms.entry(form).or_default() += n;
        }
        for (version, n) in rest.versions {
            *self.versions.entry(version).or_default() += n;
        }
        self.releases += rest.releases;
        self.records += rest.records;
        self.without_prefix += rest.without_prefix;
        self.before_end = self.before_end.or(rest.before_end.map(|before| self.broken + before));
        self.broken += rest.broken;
        self.undecoded += rest.undecoded;
        self.flat |= rest.flat;
        self.extensions.extend(rest.extensions);
        self.next.extend(rest.next);
        self.processes.extend(rest.processes);
        let known: Vec<_> = rest.bad_prefixes.into_iter().filter(|ocid| !self.bad_prefixes.contains(ocid)).collect();
        self.bad_prefixes.extend(known);
        self.bad_prefixes.truncate(NAMED);
        self.breaks.extend(rest.breaks.into_iter().map(|broken| Break { place: broken.place.below(lines), ..broken }));
        self.breaks.truncate(NAMED);
        self.walk.join(rest.walk, lines);
        self.end += rest.end - 1;
    }

    /// The text ends within something: what comes of that is no fault where only its beginning is there.
    pub(super) fn ended(&mut self, place: Place, why: impl Into<String>) {
        self.before_end.get_or_insert(self.broken);
        self.broke(place, why);
    }

    pub(super) fn broke(&mut self, place: Place, why: impl Into<String>) {
        self.broken += 1;
        if self.breaks.len() < NAMED {
            self.breaks.push(Break { place, why: why.into() });
        }
    }

    /// An object at the top.
    fn object<R: Read>(&mut self, source: &mut Source<R>, package: bool) -> io::Result<()> {
        let place = source.place();
        let line = if self.lines { source.line(WINDOW)? } else { Line::Other };
        let whole = match line {
            Line::Value(length) => Some(length),
            Line::BreaksOff => {
                self.broke(place, "the line ends within this object");
                source.next_line()?;
                return Ok(());
            }
            Line::Other => match source.value(WINDOW) {
                Ok(length) => Some(length),
                Err(Refused::Io(error)) => return Err(error),
                Err(Refused::Ended | Refused::TooLong) => None,
            },
        };
        if let Some(length) = whole {
            self.lines = source.ends_line(length);
        }
        let inside =
            if package { Inside::Package } else { decide(&source.ahead()[..whole.unwrap_or(source.ahead().len())]) };
        match (inside, whole) {
            (Inside::Bare(_) | Inside::Flat, None) => {
                let form = if let Inside::Bare(form) = inside { form } else { Form::Releases };
                *self.forms.entry(form).or_default() += 1;
                self.entry(source, form, Pointer::default(), &mut Distinct::default())
            }
            (Inside::Package | Inside::Wrapper, None) => self.package(source, place, package),
            (Inside::Nothing, None) => {
                while source.next_line()? {}
                Ok(())
            }
            (Inside::Package, Some(length)) => {
                let version = members(&source.ahead()[..length]).find(|(name, _)| *name == b"version");
                self.follow(version.map(|(_, version)| version).unwrap_or_default());
                self.loose(source, inside, length, Pointer::default(), package)
            }
            (_, Some(length)) => self.loose(source, inside, length, Pointer::default(), package),
        }
    }

    /// An object that is there as a whole, wherever it stands.
    pub(super) fn loose<R: Read>(
        &mut self,
        source: &mut Source<R>,
        inside: Inside,
        length: usize,
        root: Pointer,
        package: bool,
    ) -> io::Result<()> {
        match inside {
            Inside::Bare(form) => {
                *self.forms.entry(form).or_default() += 1;
                self.walk_entry(source, form, length, root, &mut Distinct::default());
            }
            Inside::Flat => {
                *self.forms.entry(Form::Releases).or_default() += 1;
                self.flat = true;
                let place = source.place();
                if let Some(text) = flat::unflattened(&source.ahead()[..length], self.walk.schema) {
                    self.take(&text, Form::Releases, place, root, &mut Distinct::default());
                }
                source.skip(length);
            }
            Inside::Package | Inside::Wrapper => {
                let place = source.place();
                let mut inner = Source::within(&source.ahead()[..length], place);
                self.package(&mut inner, place, package)?;
                source.skip(length);
            }
            Inside::Nothing => source.skip(length),
        }
        Ok(())
    }

    /// Holds what comes against the version that a package follows.
    pub(super) fn follow(&mut self, version: &[u8]) {
        self.walk.follow(if version == b"\"1.0\"" { Edition::V1_0 } else { Edition::V1_1 });
    }

    /// The path of a list of releases or records, and its field.
    pub(super) fn list_path(&mut self, form: Form) -> (PathId, &'a Field) {
        let (place, field) = self.walk.schema.field(form.package(), form.list());
        (self.walk.tally.known(ROOT, place, field), field)
    }

    /// The pointer to the entry at `at` of a list of the package.
    pub(super) fn entry_of(&mut self, form: Form, at: usize) -> Pointer {
        let (list, _) = self.list_path(form);
        Pointer::entry(list, at)
    }

    /// One release or record.
    pub(super) fn entry<R: Read>(
        &mut self,
        source: &mut Source<R>,
        form: Form,
        root: Pointer,
        distinct: &mut Distinct,
    ) -> io::Result<()> {
        match source.value(LONGEST) {
            Ok(0) => {
                self.broke(source.place(), "here should stand a value");
                source.skip(1);
            }
            Ok(length) => self.walk_entry(source, form, length, root, distinct),
            Err(Refused::Io(error)) => return Err(error),
            Err(refused) => {
                match refused {
                    Refused::TooLong => self.broke(source.place(), format!("it is longer than {LONGEST} bytes")),
                    _ => self.ended(source.place(), "the document ends within it"),
                }
                source.resume(form);
            }
        }
        Ok(())
    }

    /// The same, once it is known to end after so many bytes.
    fn walk_entry<R: Read>(
        &mut self,
        source: &mut Source<R>,
        form: Form,
        length: usize,
        root: Pointer,
        distinct: &mut Distinct,
    ) {
        if let Some(hand) = &mut self.hand {
            hand(form, &source.ahead()[..length]);
            source.skip(length);
            return;
        }
        let place = source.place();
        if self.take(&source.ahead()[..length], form, place, root, distinct) {
            source.skip(length);
        } else {
            // What is broken may have swallowed the ones behind it.
            source.resume_within(length, form);
        }
    }

    /// Walks a release or record; whether it is a JSON value.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        form: Form,
        place: Place,
        root: Pointer,
        distinct: &mut Distinct,
    ) -> bool {
        if let Some(hand) = &mut self.hand {
            hand(form, bytes);
            return true;
        }
        let (path, field) = self.list_path(form);
        let text = self.decoded(bytes);
        self.walk.told = Told::default();
        self.walk.links = if form == Form::Records { links(bytes) } else { Links::None };
        let walked = self.walk.element(&text, Expected::Entry(field), path, place, root);
        if self.walk.links == Links::Some {
            self.walk.mixed(path);
        }
        if let Err(error) = walked {
            self.broke(place, format!("it cannot be read: {error}"));
            return false;
        }
        self.told(&text, form, distinct);
        true
    }

    /// A value as text. The standard asks for UTF-8; what is not is read as what most such exports are.
    pub(super) fn decoded<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, str> {
        str::from_utf8(bytes).map_or_else(
            |_| {
                self.undecoded += 1;
                WINDOWS_1252.decode_without_bom_handling(bytes).0
            },
            Cow::Borrowed,
        )
    }

    fn told(&mut self, text: &str, form: Form, distinct: &mut Distinct) {
        let told = std::mem::take(&mut self.walk.told);
        match form {
            Form::Records | Form::RecordPackage => self.records += 1,
            Form::Releases | Form::ReleasePackage => self.releases += 1,
        }
        let key = match form {
            Form::Records | Form::RecordPackage => told.process,
            Form::Releases | Form::ReleasePackage => told
                .process
                .zip(told.id)
                .map(|(process, id)| hash(b'b', &[process.to_ne_bytes(), id.to_ne_bytes()].concat())),
        };
        self.processes.extend(told.process);
        if let Some(ocid) = told.unregistered {
            self.without_prefix += 1;
            if self.bad_prefixes.len() < NAMED && !self.bad_prefixes.contains(&ocid) {
                self.bad_prefixes.push(ocid);
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
            if let Ok(value) = serde_json::from_str(text) {
                distinct.same |= !distinct.wholes.insert(fingerprint(&value));
            }
        }
    }

    /// A list or member of a wrapper, as a step of a pointer.
    pub(super) fn step(name: &str) -> Step {
        Step::Other(name.trim_matches('"').into())
    }
}
