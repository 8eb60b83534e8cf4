//! Captures as probes see them, and the parsed forms that probes share.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use jiff::civil::Date;

use super::{Answered, Capture, CaptureId, Earlier, Form, Need, Reader, Reading, Request, Store};
use crate::body::Body;
use crate::probe::Target;

/// Captures as one probe sees them while it looks at one target.
pub struct Captures<'a> {
    store: &'a dyn Store,
    memo: &'a Memo,
    as_of: Date,
    /// Each with whether it is a page as a browser shows it.
    consulted: RefCell<BTreeMap<CaptureId, bool>>,
}

impl<'a> Captures<'a> {
    /// A fresh view for one look.
    pub fn new(store: &'a dyn Store, memo: &'a Memo, as_of: Date) -> Self {
        Self { store, memo, as_of, consulted: RefCell::default() }
    }

    /// The audit's date.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What the last run found out about `target`; nothing where this is the first.
    pub fn earlier(&self, target: &Target) -> Vec<&'a Earlier> {
        self.store.earlier().iter().filter(|earlier| earlier.target == target.id).collect()
    }

    /// The capture that answers `request`, or the need for it.
    pub fn get(&self, request: &Request) -> Result<Arc<Capture>, Need> {
        match self.store.find(request) {
            Some(capture) => {
                self.consulted.borrow_mut().insert(capture.id.clone(), request.is_rendered());
                Ok(capture)
            }
            None => Err(Need { requests: BTreeSet::from([request.clone()]), ..Need::default() }),
        }
    }

    /// The captures that answer all of `requests`, in order, or the need for all that lack.
    pub fn all<'r>(&self, requests: impl IntoIterator<Item = &'r Request>) -> Result<Vec<Arc<Capture>>, Need> {
        let mut found = Vec::new();
        let mut need = Need::default();
        for request in requests {
            match self.get(request) {
                Ok(capture) => found.push(capture),
                Err(lack) => need.merge(lack),
            }
        }
        if need == Need::default() { Ok(found) } else { Err(need) }
    }

    /// The body of an answered capture as a stream or a slice; an unreadable one is an error in words.
    pub fn body(&self, capture: &Capture) -> Result<Body, String> {
        self.store.body(capture).map_err(|error| error.to_string())
    }

    /// A parsed form of a body, computed once for the same bytes and content type, and shared by all probes.
    pub fn parse<T, F>(&self, capture: &Capture, parse: F) -> Arc<T>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&Answered, Result<Body, String>) -> T,
    {
        let Ok(answered) = capture.answered() else {
            panic!("invariant: only an answered capture is parsed");
        };
        self.memo.forms.get_or(MemoKey::of::<T>(answered), || parse(answered, self.body(capture)))
    }

    /// A parsed form like [`Self::parse`]'s that is small, and so is kept for as long as the audit lasts.
    pub fn note<T, F>(&self, capture: &Capture, parse: F) -> Arc<T>
    where
        T: Send + Sync + 'static,
        F: FnOnce(&Answered, Result<Body, String>) -> T,
    {
        let Ok(answered) = capture.answered() else {
            panic!("invariant: only an answered capture is parsed");
        };
        self.memo.notes.get_or(MemoKey::of::<T>(answered), || parse(answered, self.body(capture)))
    }

    /// What is made of several captures together, once for all probes, and kept for as long as the audit lasts.
    pub fn together<T, F>(&self, captures: &[Arc<Capture>], context: &str, make: F) -> Arc<T>
    where
        T: Send + Sync + 'static,
        F: FnOnce() -> T,
    {
        let ids: String = captures.iter().map(|capture| capture.id.0.as_str()).collect();
        let key = MemoKey { sha256: ids, context: context.to_owned(), form: TypeId::of::<T>() };
        self.memo.notes.get_or(key, make)
    }

    /// The form that `reader` makes of a body in the child process, or the need for it.
    pub fn form(&self, capture: &Capture, reader: &'static dyn Reader) -> Result<Arc<Form>, Need> {
        self.made(capture, reader.name())
    }

    /// The form of this name that was made of a body, or the need for it.
    pub fn made(&self, capture: &Capture, reader: &'static str) -> Result<Arc<Form>, Need> {
        let Ok(answered) = capture.answered() else {
            panic!("invariant: only an answered capture is read");
        };
        let reading = Reading { reader, capture: capture.id.clone(), sha256: answered.body.sha256.clone() };
        self.store.form(&reading).ok_or_else(|| Need { readings: BTreeSet::from([reading]), ..Need::default() })
    }

    /// The captures consulted so far that were asked of a server; a rendered page is one of them, seen otherwise.
    pub fn asked(&self) -> Vec<CaptureId> {
        self.consulted.borrow().iter().filter(|(_, rendered)| !**rendered).map(|(id, _)| id.clone()).collect()
    }

    /// Every capture consulted so far: what the findings rest on.
    pub fn consulted(&self) -> Vec<CaptureId> {
        self.consulted.borrow().keys().cloned().collect()
    }
}

/// Parsed forms shared by all probes of an audit.
pub struct Memo {
    /// Whole pages, tables and the like: the oldest is dropped first.
    forms: Kept,
    /// Small things.
    notes: Kept,
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

/// How many parsed forms are kept at once.
const KEPT_FORMS: usize = 256;

impl Default for Memo {
    fn default() -> Self {
        Self { forms: Kept::most(KEPT_FORMS), notes: Kept::most(usize::MAX) }
    }
}

struct Kept {
    most: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    forms: BTreeMap<MemoKey, Arc<dyn Any + Send + Sync>>,
    order: VecDeque<MemoKey>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct MemoKey {
    sha256: String,
    context: String,
    form: TypeId,
}

impl MemoKey {
    fn of<T: 'static>(answered: &Answered) -> Self {
        Self {
            sha256: answered.body.sha256.clone(),
            // Where relative links lead, and how text is decoded, are part of what was parsed.
            context: format!("{}\n{}", answered.url, answered.headers.get("content-type").unwrap_or_default()),
            form: TypeId::of::<T>(),
        }
    }
}

impl Kept {
    fn most(most: usize) -> Self {
        Self { most, entries: Mutex::default() }
    }

    fn get_or<T: Send + Sync + 'static>(&self, key: MemoKey, make: impl FnOnce() -> T) -> Arc<T> {
        let lock = || self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let kept = lock().forms.get(&key).cloned();
        if let Some(form) = kept.and_then(|form| form.downcast::<T>().ok()) {
            return form;
        }
        let form = Arc::new(make());
        let mut entries = lock();
        if entries.order.len() >= self.most
            && let Some(oldest) = entries.order.pop_front()
        {
            entries.forms.remove(&oldest);
        }
        entries.order.push_back(key.clone());
        entries.forms.insert(key, form.clone());
        form
    }
}
