//! A package, or whatever else holds lists of releases and records: its members one at a time, and what it says of itself.

use std::io::{self, Read};

use super::form::{Form, decide, is_packaged, is_wrapper};
use super::pointer::{Pointer, Step};
use super::read::{Distinct, Document, LONGEST, NAMED};
use super::scan::{entries, members};
use super::source::{Refused, Source};
use super::tally::{Kind, ROOT};
use super::walk::{Expected, Place};

/// What stood last in a list or object.
#[derive(Clone, Copy)]
enum Commas {
    Begin,
    Comma,
    Value,
    /// Something that was broken.
    Lost,
}

impl Document<'_> {
    /// The members of a package, the lists of releases and records one entry at a time.
    pub(super) fn package<R: Read>(&mut self, source: &mut Source<R>, place: Place, package: bool) -> io::Result<()> {
        source.peek()?;
        source.skip(1);
        let mut head = String::from("{");
        let mut lists: Vec<(Form, u64)> = Vec::new();
        let mut commas = Commas::Begin;
        loop {
            let next = source.peek()?;
            self.hold_comma(&mut commas, next, source.place());
            match next {
                Some(b',') => source.skip(1),
                Some(b'"') => {
                    let Some(name) = self.take_value(source)? else { break };
                    if source.peek()? != Some(b':') {
                        self.broke(source.place(), "a member's name is not followed by a colon");
                        source.next_line()?;
                        continue;
                    }
                    source.skip(1);
                    let opens = source.peek()? == Some(b'[');
                    if let Some(form) = Form::of_list(&name).filter(|_| opens) {
                        let read = self.list(source, form)?;
                        lists.push((form, read));
                        add(&mut head, &name, "[]");
                        continue;
                    }
                    if opens && !package && is_wrapper(&name) {
                        self.wrapped(source, &name)?;
                        continue;
                    }
                    let Some(value) = self.take_value(source)? else { break };
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
                    self.ended(source.place(), "the package ends before its last brace");
                    break;
                }
            }
        }
        head.push('}');
        if self.hand.is_none() {
            self.head(&head, &lists, place, package);
        }
        Ok(())
    }

    /// Holds what comes next against the commas of a list or object.
    fn hold_comma(&mut self, commas: &mut Commas, next: Option<u8>, place: Place) {
        let (now, wrong) = match (*commas, next) {
            (Commas::Begin | Commas::Comma, Some(b',')) => (Commas::Comma, "here stands a comma too many"),
            (Commas::Comma, Some(b']' | b'}')) => (Commas::Lost, "here stands a comma too many"),
            (_, Some(b',')) => (Commas::Comma, ""),
            (_, None | Some(b']' | b'}')) => (Commas::Lost, ""),
            (Commas::Value, Some(_)) => (Commas::Value, "here a comma is missing"),
            (_, Some(_)) => (Commas::Value, ""),
        };
        *commas = now;
        if !wrong.is_empty() {
            self.broke(place, wrong);
        }
    }

    /// The next value, whole.
    fn take_value<R: Read>(&mut self, source: &mut Source<R>) -> io::Result<Option<String>> {
        match source.value(LONGEST) {
            Ok(length) => {
                let value = self.decoded(&source.ahead()[..length]).into_owned();
                source.skip(length);
                Ok(Some(value))
            }
            Err(Refused::Io(error)) => Err(error),
            Err(Refused::Ended) => {
                self.ended(source.place(), "the document ends within this value");
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
    fn head(&mut self, head: &str, lists: &[(Form, u64)], place: Place, package: bool) {
        let records = lists.iter().any(|(form, _)| *form == Form::Records);
        self.links(head);
        if !package && !is_packaged(head.as_bytes()) {
            // Nobody put these into a package: a list is all that holds them.
            for (form, read) in lists {
                *self.forms.entry(*form).or_default() += read;
            }
            return;
        }
        let form = if records { Form::RecordPackage } else { Form::ReleasePackage };
        *self.forms.entry(form).or_default() += 1;
        let object = self.walk.schema.id(form.object());
        if let Err(error) = self.walk.element(head, Expected::Object(object), ROOT, place, Pointer::default()) {
            self.broke(place, error.to_string());
            return;
        }
        for (form, _) in lists.iter().filter(|(_, read)| *read > 0) {
            // In the head the list stands empty, as its entries were read before.
            let (path, _) = self.list_path(*form);
            self.walk.tally.take_back_emptiness(path);
        }
        let version = members(head.as_bytes()).find(|(name, _)| *name == b"version").and_then(|(_, value)| text(value));
        *self.versions.entry(version.unwrap_or_default()).or_default() += 1;
    }

    /// The addresses that a package names: of its extensions, and of the page behind it.
    fn links(&mut self, head: &str) {
        for (name, value) in members(head.as_bytes()) {
            match name {
                b"extensions" => {
                    for url in entries(value).filter_map(text) {
                        if self.extensions.len() < NAMED * 10 && !self.extensions.contains(&url) {
                            self.extensions.push(url);
                        }
                    }
                }
                b"links" if self.next.len() < NAMED => {
                    let next = members(value).filter(|(name, _)| *name == b"next");
                    self.next.extend(next.filter_map(|(_, value)| text(value)));
                }
                _ => {}
            }
        }
    }

    /// Releases or records, one at a time; how many there are.
    fn list<R: Read>(&mut self, source: &mut Source<R>, form: Form) -> io::Result<u64> {
        source.skip(1);
        let mut distinct = Distinct::default();
        let mut at = 0;
        let mut commas = Commas::Begin;
        loop {
            let next = source.peek()?;
            self.hold_comma(&mut commas, next, source.place());
            let broken = self.broken;
            match next {
                Some(b',') => source.skip(1),
                Some(b']') => {
                    source.skip(1);
                    break;
                }
                Some(_) => {
                    let root = self.entry_of(form, at);
                    self.entry(source, form, root, &mut distinct)?;
                    at += 1;
                    if self.broken > broken {
                        // Where it goes on behind what is broken, is not known so well.
                        commas = Commas::Lost;
                    }
                }
                None => break,
            }
        }
        let (path, _) = self.list_path(form);
        for _ in 0..distinct.repeated() {
            let wanted = self.walk.tally.wants_example(path, &Kind::UniqueItems);
            let example = wanted.then(|| source.place().example(String::new(), ""));
            self.walk.tally.problem(path, Kind::UniqueItems, example);
        }
        Ok(u64::try_from(at).unwrap_or(u64::MAX))
    }

    /// A list that an export put its releases, records or packages into; what is none of them is passed over.
    fn wrapped<R: Read>(&mut self, source: &mut Source<R>, name: &str) -> io::Result<()> {
        source.skip(1);
        let mut at = 0;
        let mut commas = Commas::Begin;
        loop {
            let next = source.peek()?;
            self.hold_comma(&mut commas, next, source.place());
            match next {
                Some(b',') => source.skip(1),
                Some(b']') => {
                    source.skip(1);
                    return Ok(());
                }
                Some(b'{') => {
                    let mut root = Pointer::default();
                    root.push(Self::step(name));
                    root.push(Step::Entry(at));
                    match source.value(LONGEST) {
                        Ok(length) => self.one_of_many(source, length, root)?,
                        Err(Refused::Io(error)) => return Err(error),
                        Err(Refused::Ended | Refused::TooLong) => {
                            self.ended(source.place(), "the list ends within this entry");
                            source.resume(Form::Releases);
                            commas = Commas::Lost;
                        }
                    }
                    at += 1;
                }
                Some(b'}') => {
                    // No value begins with it, so that there is nothing to take.
                    self.broke(source.place(), "here should stand an entry of the list");
                    source.skip(1);
                }
                Some(_) => {
                    let Some(_) = self.take_value(source)? else { return Ok(()) };
                    at += 1;
                }
                None => return Ok(()),
            }
        }
    }

    /// An entry of such a list; of a feature on a map, what it says of itself.
    fn one_of_many<R: Read>(&mut self, source: &mut Source<R>, length: usize, mut root: Pointer) -> io::Result<()> {
        let whole = &source.ahead()[..length];
        let properties = members(whole).find(|(name, _)| *name == b"properties").map(|(_, value)| value);
        let Some(properties) = properties.filter(|value| value.first() == Some(&b'{')) else {
            let inside = decide(whole);
            return self.loose(source, inside, length, root, false);
        };
        root.push(Self::step("properties"));
        let mut inner = Source::within(properties, source.place());
        let inside = decide(properties);
        let inner_length = properties.len();
        inner.peek()?;
        self.loose(&mut inner, inside, inner_length, root, false)?;
        source.skip(length);
        Ok(())
    }
}

fn text(value: &[u8]) -> Option<String> {
    serde_json::from_slice(value).ok()
}

fn add(head: &mut String, name: &str, value: &str) {
    if head.len() > 1 {
        head.push(',');
    }
    head.push_str(name);
    head.push(':');
    head.push_str(value);
}

#[cfg(test)]
mod tests {
    use crate::body::Body;
    use crate::ocds::schema::Standard;

    #[test]
    fn a_bracket_out_of_place_does_not_hold_the_reading_up() {
        for text in [
            r#"{"main":[},{"ocid":"ocds-abc123-1","tender":{}}]}"#,
            r#"{"main":[}"#,
            r#"{"main":]}"#,
            r#"{"releases":[}]}"#,
            r#"{"publisher":}"#,
        ] {
            let report = crate::ocds::read(&Body::in_memory(text.as_bytes().to_vec()), Standard::bundled(), false);
            let report = report.unwrap();
            assert!(report.broken > 0 || report.releases == 0, "{text}");
        }
    }
}
