//! Every line of a ledger, for what is asked of all records and not of some content.

use std::collections::HashSet;

use super::Gatherer;
use super::notes::verify;
use crate::gate::FiledLine;
use crate::id::BlobId;
use crate::ledger::{ReadError, lines_of};

/// Lines are held until there are so many bytes of them, and then verified on all cores.
const BATCH: usize = 16 << 20;

impl Gatherer<'_> {
    /// Hands over every line of the ledger once, in no order, with its signature tried. Where it is filed
    /// proves nothing and is not said; what pointers lead to is filed under its own id and comes by itself.
    /// No more than a batch of lines is held, and the lines of one note.
    ///
    /// # Errors
    /// [`ReadError`] when a note cannot be read.
    pub fn every_line(&self, mut visit: impl FnMut(FiledLine)) -> Result<(), ReadError> {
        let mut notes: HashSet<BlobId> = HashSet::new();
        let mut seen: HashSet<BlobId> = HashSet::new();
        let mut batch: Vec<(BlobId, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        for note in self.ledger.all()?.into_values().flatten() {
            // A record alone in its notes is the same note under each id.
            if !notes.insert(note) {
                continue;
            }
            for (blob, text) in lines_of(self.repository, note)? {
                if seen.insert(blob) {
                    bytes += text.len();
                    batch.push((blob, text));
                }
            }
            if bytes >= BATCH {
                self.tried(&mut batch).into_iter().for_each(&mut visit);
                bytes = 0;
            }
        }
        self.tried(&mut batch).into_iter().for_each(visit);
        Ok(())
    }

    fn tried(&self, batch: &mut Vec<(BlobId, Vec<u8>)>) -> Vec<FiledLine> {
        verify(self.ring, |hand_over| batch.drain(..).for_each(|(blob, text)| hand_over(blob, text, None)))
    }
}
