//! Scans: whether the automated checks that a rule asks for have passed. They stand beside the
//! reviews: none fills a seat or answers a checklist.

use std::collections::BTreeSet;

use super::Judge;
use super::book::{Book, Item};
use super::evidence::{Known, for_all};
use super::signer::Fault;
use super::standing::Effect;
use crate::entry::Change;
use crate::finding::Code;
use crate::name::Ident;
use crate::policy::{Clause, Requirements};
use crate::statement::{Scan, ScanResult};

impl<'a> Judge<'a> {
    /// The checks that a rule asks for and that have not passed what the path will hold. A deletion
    /// leaves nothing to be looked at.
    pub(super) fn unscanned(&self, change: &Change, requirements: &Requirements) -> Known<Vec<Fault>> {
        if requirements.scans().is_empty() || change.after().is_none() {
            return Ok(Vec::new());
        }
        let book = Book::read(self, &self.case.branch, change.path(), &[], &[change.after()])?;
        let of_this = book.scans.values().filter(|item| item.change.after() == change.after());
        let counting = for_all(of_this, |item| self.counted_scan(item))?;
        let counting: Vec<Item<'a, Scan>> = counting.into_iter().flatten().collect();
        let faults = requirements.scans().iter().filter_map(|id| missing(id, &counting));
        Ok(self.taken_seriously(faults.collect()))
    }

    fn counted_scan(&self, item: &Item<'a, Scan>) -> Known<Option<Item<'a, Scan>>> {
        if let Err(fault) = self.rosters().active_signer(item.statement()) {
            self.remark_fault(item.change.path(), &fault);
            return Ok(None);
        }
        Ok(self.revoker(item, Effect::Blocks)?.is_none().then_some(*item))
    }
}

fn missing(id: &Ident, scans: &[Item<'_, Scan>]) -> Option<Fault> {
    let results: BTreeSet<&str> =
        scans.iter().filter(|item| item.record.check == *id).map(|item| item.record.result.as_str()).collect();
    let fault = |message: String| Some(Fault::new(Code::MissingScan, message).against(Clause::B1));
    if results.contains(ScanResult::Fail.as_str()) {
        return fault(format!("check `{id}` failed on this version"));
    }
    if results.is_empty() { fault(format!("check `{id}` has not run on this version")) } else { None }
}
