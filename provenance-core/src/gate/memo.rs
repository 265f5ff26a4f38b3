//! Memos: what was found out of something once, for all who ask again on the same evidence.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::evidence::{Known, Stop};
use crate::finding::Finding;

/// What is kept of a search: what it found, or why it stopped, with the finding where there is one.
type Kept<T> = Result<Rc<T>, Option<Box<Finding>>>;

/// What was found so far, by what it was asked of.
pub(super) struct Memo<K, T>(RefCell<BTreeMap<K, Kept<T>>>);

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Ord, T> Memo<K, T> {
    /// What was found before, else what this finds. That a question is still open is kept as well: it was asked.
    pub(super) fn of(&self, key: K, find: impl FnOnce() -> Known<T>) -> Known<Rc<T>> {
        let known = self.0.borrow().get(&key).cloned();
        let kept = known.unwrap_or_else(|| {
            let kept = find().map(Rc::new).map_err(|stop| match stop {
                Stop::Open => None,
                Stop::Undecided(finding) => Some(finding),
            });
            self.0.borrow_mut().insert(key, kept.clone());
            kept
        });
        kept.map_err(|finding| finding.map_or(Stop::Open, Stop::Undecided))
    }

    /// Forgets everything where it is more than this.
    pub(super) fn bound(&self, most: usize) {
        let mut kept = self.0.borrow_mut();
        if kept.len() > most {
            kept.clear();
        }
    }
}
