//! What is in a pack: filled record by record, by a scan or while it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use probes::capture::{Capture, CaptureId, Failure, Outcome};
use url::Url;

use super::answer::{Answer, Original};
use super::record::{At, Kept, Kind, Record};
use super::scan::{Met, Scan, Segment};
use super::{Damage, Identity};

/// What is in a pack, and where.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) identity: Option<Identity>,
    /// Every answer in the order of the WARC.
    pub(crate) lines: Vec<Line>,
    /// The first sound record of each body, by hash.
    pub(crate) bodies: BTreeMap<String, usize>,
    pub(crate) captures: BTreeMap<CaptureId, Entry>,
    /// What an opened pack was asked for and holds no capture of. It answers nothing else: which requests came
    /// before must not matter.
    pub(crate) asked: BTreeMap<CaptureId, Entry>,
    /// What readers made of bodies, by reader and hash.
    pub(crate) forms: BTreeMap<(String, String), At>,
    pub(crate) damage: Vec<Damage>,
    /// The URLs whose answers are damaged, and how.
    pub(crate) lost: BTreeMap<Url, String>,
    /// Where the last thing ends that is whole by itself.
    pub(crate) whole_to: u64,
    /// The sound records by id, and their line if they are answers.
    ids: BTreeMap<String, Option<usize>>,
    /// Answers of ours that no capture has spoken of yet.
    unclaimed: BTreeMap<String, (CaptureId, At)>,
}

/// An answer and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: At,
    pub(crate) id: String,
    pub(crate) answer: Answer,
    /// Where the body stands, if not here.
    pub(crate) original: Option<Original>,
}

/// A capture and where its final answer stands.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) capture: Arc<Capture>,
    pub(crate) at: Option<At>,
}

impl Contents {
    /// Reads the first `len` bytes of a segment; `false` if it was compressed as a whole and must be unpacked first.
    pub(crate) fn scan(&mut self, number: usize, segment: &Segment, len: u64) -> bool {
        let mut scan = Scan::new(segment, len);
        while let Some(met) = scan.next(Record::read) {
            match met {
                Met::Record(place, record) => self.take(At::new(number, place), record, &segment.name),
                Met::OneMember => return false,
                Met::Broken(place, cause) => {
                    let file = segment.name.clone();
                    self.damage.push(Damage { capture: None, file, offset: place.offset, cause });
                }
            }
        }
        true
    }

    /// Takes in a record that was read or written.
    pub(crate) fn take(&mut self, at: At, record: Record, file: &str) {
        let Record { id, belongs_to, kind, damage } = record;
        if let Some((cause, url)) = damage {
            if let Some(url) = url {
                self.lost.insert(url, cause.clone());
            }
            self.damage.push(Damage { capture: belongs_to, file: file.to_owned(), offset: at.offset, cause });
            return;
        }
        match kind {
            Kind::Answer(answer) => {
                let body = answer.sha256.clone();
                let line = self.line(at, id, belongs_to, answer, None);
                self.bodies.entry(body).or_insert(line);
            }
            Kind::Revisit(answer, original) => {
                self.line(at, id, belongs_to, answer, Some(original));
            }
            Kind::Capture(kept) => {
                self.capture(*kept, at, file);
                self.whole_to = at.offset + at.length;
            }
            Kind::Form(reader, sha256) => {
                self.forms.insert((reader, sha256), at);
                self.whole_to = at.offset + at.length;
            }
            Kind::Audit(identity) => {
                self.identity.get_or_insert(identity);
                self.whole_to = at.offset + at.length;
            }
            Kind::Other => {
                self.ids.insert(id, None);
            }
        }
    }

    fn line(
        &mut self,
        at: At,
        id: String,
        belongs_to: Option<CaptureId>,
        answer: Answer,
        original: Option<Original>,
    ) -> usize {
        let line = self.lines.len();
        self.ids.insert(id.clone(), Some(line));
        if let Some(capture) = belongs_to {
            self.unclaimed.insert(id.clone(), (capture, at));
        }
        self.lines.push(Line { at, id, answer, original });
        line
    }

    /// The line of a record by its id.
    pub(crate) fn line_of(&self, id: &str) -> Option<usize> {
        *self.ids.get(id)?
    }

    fn capture(&mut self, kept: Kept, at: At, file: &str) {
        let Kept { mut capture, records } = kept;
        for record in &records {
            self.unclaimed.remove(record);
        }
        let final_at = match &capture.outcome {
            Outcome::Answered(_) => records.last().and_then(|id| self.line_of(id)).map(|line| self.lines[line].at),
            Outcome::Failed(_) => None,
        };
        if let Err(cause) = self.check(&capture, &records) {
            let damage = Damage {
                capture: Some(capture.id.clone()),
                file: file.to_owned(),
                offset: final_at.unwrap_or(at).offset,
                cause: cause.clone(),
            };
            self.damage.push(damage);
            capture.outcome = Outcome::Failed(Failure::Damaged { cause });
        }
        let entry = Entry { capture: Arc::new(capture), at: final_at };
        self.captures.entry(entry.capture.id.clone()).or_insert(entry);
    }

    fn check(&self, capture: &Capture, records: &[String]) -> Result<(), String> {
        if capture.id != capture.request.id() {
            return Err("the capture does not have the id of its request".to_owned());
        }
        if let Some(lost) = records.iter().find(|id| !self.ids.contains_key(*id)) {
            return Err(format!("its record {lost} is missing or no longer as it was stored"));
        }
        if let Outcome::Answered(answered) = &capture.outcome {
            let line = self.bodies.get(&answered.body.sha256);
            let line = line.ok_or("its body is missing or no longer as it was stored")?;
            if self.lines[*line].answer.bytes != answered.body.bytes {
                return Err("its body does not have the length it was stored with".to_owned());
            }
            let picture = answered.rendering.as_ref().and_then(|rendering| rendering.screenshot.as_ref());
            if picture.is_some_and(|picture| !self.bodies.contains_key(&picture.sha256)) {
                return Err("its picture is missing or no longer as it was stored".to_owned());
            }
        }
        Ok(())
    }

    /// Names the captures whose own record was lost: their answers are there, and nothing speaks of them.
    pub(crate) fn name_lost(&mut self, segments: &[Segment]) {
        for (capture, at) in std::mem::take(&mut self.unclaimed).into_values() {
            if !self.captures.contains_key(&capture) {
                self.damage.push(Damage {
                    capture: Some(capture),
                    file: segments.get(at.segment).map(|segment| segment.name.clone()).unwrap_or_default(),
                    offset: at.offset,
                    cause: "the record that says what was asked is missing or no longer as it was stored".to_owned(),
                });
            }
        }
    }
}
