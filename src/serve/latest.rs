//! What was asked for last, as it is likely to be asked for again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The last `MOST` that were asked for, the latest first.
pub(super) struct Latest<T, const MOST: usize>(Mutex<VecDeque<Arc<T>>>);

impl<T, const MOST: usize> Default for Latest<T, MOST> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T, const MOST: usize> Latest<T, MOST> {
    /// That which is asked for, if it is there.
    pub(super) fn get(&self, asked: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|it| asked(it))?;
        let found = kept.remove(at)?;
        kept.push_front(Arc::clone(&found));
        Some(found)
    }

    /// Keeps what was asked for and not there.
    pub(super) fn keep(&self, it: Arc<T>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(it);
        kept.truncate(MOST);
    }

    /// Lets go of what is so.
    pub(super) fn forget(&self, so: impl Fn(&T) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|it| !so(it));
    }
}
