//! Outsiders: whether everybody whose work a change is stands in the roster, where the policy asks it.

use std::collections::BTreeSet;

use super::Judge;
use super::evidence::{Known, Part};
use super::people::Work;
use super::signer::Fault;
use crate::entry::Change;
use crate::finding::Code;
use crate::policy::company::Authors;
use crate::policy::{Clause, Level, is_protected};
use crate::signal::trailers;

impl<'a> Judge<'a> {
    /// The authors and co-authors that commits of a change name, and those that its declarations name,
    /// who are nobody of the roster. Whoever only committed is none, and no name that is a tool's.
    pub(super) fn outsiders(&self, change: &Change, works: &[Work<'a>]) -> Known<Vec<Fault>> {
        let policies = || self.case.policies();
        let closed = policies().any(|policy| policy.company().authors == Authors::Roster);
        if !closed || is_protected(change.path()) || self.rosters().level(Clause::S3) == Level::Off {
            return Ok(Vec::new());
        }
        let unknown = |email: &str| self.rosters().by_email(email).next().is_none();
        let named = self.ask.identities(self.case.tip, self.case.new, change.path())?;
        let by_commits = named
            .iter()
            .filter(|identity| identity.part != Part::Committer && unknown(&identity.email))
            .filter(|identity| !is_tool(&identity.name, &identity.email))
            .map(|identity| format!("{} <{}>", identity.name, identity.email));
        let declared = works.iter().flat_map(|work| &work.declarations).flat_map(|item| &item.record.authors);
        let by_declarations = declared.filter_map(|author| {
            let email = author.email.as_ref().filter(|email| unknown(email))?;
            let name = author.name.as_deref().unwrap_or_default();
            (!is_tool(name, email)).then(|| format!("{name} <{email}>"))
        });
        let outsiders: BTreeSet<String> = by_commits.chain(by_declarations).collect();
        let fault = |who: String| {
            let message = format!("{who} is an author and stands in no roster");
            let hint =
                "an admin adds them with `git provenance people add ID --email ADDRESS`, or their work is left out";
            Fault::new(Code::OutsideAuthor, message).against(Clause::S3).way_out(hint.to_owned())
        };
        Ok(outsiders.into_iter().map(fault).collect())
    }
}

/// Whether a name and address are known for a tool's, which is nobody.
fn is_tool(name: &str, email: &str) -> bool {
    trailers::read_author(name, email).is_ai()
}
