//! The log of a ref: the values it had in this clone, and places in it.

use std::collections::HashSet;

use git2::ErrorCode;

use super::refs::failed;
use super::{RefError, Repository, from_oid};
use crate::id::ObjectId;
use crate::path::RefName;

/// The log of a ref in this clone, or what followed a place in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefLog {
    /// Oldest first.
    entries: Vec<Entry>,
    /// How many entries of the whole log come before these.
    before: usize,
    /// Whether the value before the oldest entry is no part of it.
    begins_with_new: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    old: ObjectId,
    new: ObjectId,
    seconds: i64,
}

impl RefLog {
    /// The values, newest first, each once.
    pub fn values(&self) -> Vec<ObjectId> {
        let mut seen = HashSet::new();
        let values = self.entries.iter().rev().flat_map(|entry| [entry.new, entry.old]);
        let outside = usize::from(self.begins_with_new);
        values.take(self.entries.len() * 2 - outside).filter(|id| !id.is_null() && seen.insert(*id)).collect()
    }

    /// The value that was written last.
    pub fn newest(&self) -> Option<ObjectId> {
        self.entries.last().map(|entry| entry.new)
    }

    /// A text for the place behind the newest entry: how many there are, and what that one says. A log that
    /// was cut or rewritten since has another entry there.
    pub fn place(&self) -> Option<String> {
        let last = self.entries.len().checked_sub(1)?;
        self.place_behind(last)
    }

    /// The entries from the one before this place on, or all where the log has no such place: so the values
    /// begin with the one that the ref had there.
    #[must_use]
    pub fn since(mut self, place: &str) -> Self {
        let count = place.split(' ').next().and_then(|count| count.parse::<usize>().ok());
        let found = count.and_then(|count| count.checked_sub(self.before + 1));
        if let Some(at) = found.filter(|at| self.place_behind(*at).as_deref() == Some(place)) {
            self.entries.drain(..at);
            self.before += at;
            self.begins_with_new = true;
        }
        self
    }

    fn place_behind(&self, at: usize) -> Option<String> {
        let Entry { old, new, seconds } = self.entries.get(at)?;
        Some(format!("{} {old} {new} {seconds}", self.before + at + 1))
    }
}

impl Repository {
    /// The log of a ref; empty where none was kept.
    ///
    /// # Errors
    /// [`RefError`] when the log cannot be read.
    pub fn reflog(&self, name: &RefName) -> Result<RefLog, RefError> {
        let log = match self.inner.reflog(name.as_str()) {
            Ok(log) => log,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(RefLog::default()),
            Err(error) => return Err(failed("cannot read the log of", name.as_str(), error)),
        };
        let entry = |entry: git2::ReflogEntry<'_>| Entry {
            old: from_oid(entry.id_old()),
            new: from_oid(entry.id_new()),
            seconds: entry.committer().when().seconds(),
        };
        let mut entries: Vec<Entry> = log.iter().map(entry).collect();
        entries.reverse();
        Ok(RefLog { entries, ..RefLog::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, RefLog};
    use crate::id::ObjectId;

    fn id(digit: char) -> ObjectId {
        std::iter::repeat_n(digit, 40).collect::<String>().parse().expect("it is an id")
    }

    /// A log of these values, one a second.
    fn log(values: &str) -> RefLog {
        let values: Vec<ObjectId> = values.chars().map(id).collect();
        let entry =
            |(seconds, pair): (usize, &[ObjectId])| Entry { old: pair[0], new: pair[1], seconds: seconds as i64 };
        RefLog { entries: values.windows(2).enumerate().map(entry).collect(), ..RefLog::default() }
    }

    #[test]
    fn what_followed_a_place_begins_with_the_value_there() {
        let place = log("0123").place().expect("it has entries");
        let values = |log: RefLog| log.since(&place).values();
        assert_eq!(values(log("0123")), [id('3')]);
        assert_eq!(values(log("012345")), [id('5'), id('4'), id('3')]);
        // Back at the old value, with something in between.
        assert_eq!(values(log("012343")), [id('3'), id('4')]);
        let twice = log("012345").since(&place);
        assert_eq!(twice.clone().since(&log("012345").place().expect("it has entries")).values(), [id('5')]);
        assert_eq!(twice.place(), log("012345").place());
        assert_eq!(log("0123").since(&place).place(), Some(place));
    }

    #[test]
    fn a_log_without_the_place_is_read_whole() {
        let place = log("0123").place().expect("it has entries");
        for other in ["01", "0124", "123", "2345", "01423"] {
            assert_eq!(log(other).since(&place), log(other), "{other}");
        }
        for nonsense in ["", "0", "3", "-1 a b 2", "18446744073709551615 a"] {
            assert_eq!(log("0123").since(nonsense), log("0123"), "{nonsense}");
        }
    }
}
