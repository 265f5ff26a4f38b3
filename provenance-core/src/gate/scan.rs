//! Scans: whether the automated checks that a rule asks for have passed. They stand beside the
//! reviews: none fills a seat or answers a checklist.

use super::Judge;
use super::book::{Book, Item};
use super::evidence::{Known, for_all};
use super::signer::Fault;
use super::standing::Effect;
use crate::entry::Change;
use crate::finding::Code;
use crate::name::Ident;
use crate::page;
use crate::policy::{Clause, Level, Requirements};
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

    /// Images of a page that say nothing to those who do not see them; where anything is asked of
    /// reviewers of the page.
    pub(super) fn without_alt_text(&self, change: &Change, requirements: &Requirements) -> Known<Option<Fault>> {
        let page = change.after().filter(|entry| entry.mode().is_file()).zip(page::kind_of(change.path()));
        let Some((after, _)) = page.filter(|_| !requirements.checklist().is_empty()) else { return Ok(None) };
        if self.rosters().level(Clause::B3) == Level::Off {
            return Ok(None);
        }
        let count = self.ask.images_without_text(change.path(), after.id())?;
        let images = if count == 1 { "an image has" } else { "images have" };
        let number = if count > 1 { format!("{count} ") } else { String::new() };
        let message = format!("{number}{images} no alt text");
        let hint = "describe what it shows in the alt text; an image that only decorates has `alt=\"\"` in HTML";
        Ok((count > 0).then(|| Fault::new(Code::MissingAltText, message).against(Clause::B3).way_out(hint.to_owned())))
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
    let mut of_check = scans.iter().filter(|item| item.record.check == *id).peekable();
    let fault = |message: String| Fault::new(Code::MissingScan, message).against(Clause::B1);
    if of_check.peek().is_none() {
        return Some(fault(format!("check `{id}` has not run on this version")));
    }
    let failed = of_check.find(|item| item.record.result == ScanResult::Fail)?;
    Some(fault(format!("check `{id}` failed on this version")).of(failed.id()))
}
