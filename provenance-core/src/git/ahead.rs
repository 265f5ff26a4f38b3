//! Reading ahead: contents that will be asked for, on all cores.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::object::{KEPT_BLOB, ObjectKind};
use super::{OpenError, Opener, Repository};
use crate::entry::{Mode, Slot};
use crate::id::{ObjectId, Sha256Digest};

/// Fewer contents than this are read one by one: opening the repository again costs as much.
const WORTH_IT: usize = 64;
/// A larger content is left to whoever asks for it, in bytes: several at once could exhaust memory.
const MAX_AHEAD: u64 = 32 << 20;

/// A content's digest, and the content where it is small.
type Found = (ObjectId, Sha256Digest, Option<Arc<Vec<u8>>>);

impl Repository {
    /// Reads the contents of slots, so that [`Repository::entry`] knows them already. What cannot be read
    /// is left out, and is an error where it is asked for.
    pub fn read_ahead(&self, slots: impl IntoIterator<Item = Slot>) {
        let new = |id: &ObjectId| self.digests.borrow_mut().find(id).is_none();
        let contents = slots.into_iter().filter(|slot| slot.mode != Mode::Gitlink).map(|slot| slot.id);
        let ids: Vec<ObjectId> = contents.filter(new).collect::<BTreeSet<_>>().into_iter().collect();
        let cores = cores();
        if cores == 1 || ids.len() < WORTH_IT {
            return;
        }
        let opener = &self.opener();
        let found: Vec<Found> = std::thread::scope(|scope| {
            let read = |ids| scope.spawn(move || read(opener, ids).unwrap_or_default());
            let workers: Vec<_> = ids.chunks(ids.len().div_ceil(cores)).map(read).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
        });
        for (id, digest, content) in found {
            self.digests.borrow_mut().insert(id, digest);
            content.iter().for_each(|content| self.contents.borrow_mut().insert(id, content));
        }
    }
}

/// How many threads can work at once. It is asked once: the answer takes reading the limits that the system
/// has set, and an audit would ask some times for each step.
pub(crate) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn read(opener: &Opener, ids: &[ObjectId]) -> Result<Vec<Found>, OpenError> {
    let repository = opener.open()?;
    let found = ids.iter().filter_map(|id| {
        let read = |content: &[u8]| {
            let kept = (content.len() <= KEPT_BLOB).then(|| Arc::new(content.to_vec()));
            (*id, Sha256Digest::of(content), kept)
        };
        repository.expect_object(ObjectKind::Blob, id, MAX_AHEAD, read).ok()
    });
    Ok(found.collect())
}
