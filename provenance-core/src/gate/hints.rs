//! Hints: who could do what about a fault, and by which command.

use std::collections::BTreeSet;

use super::Judge;
use super::signer::Fault;
use crate::entry::Change;
use crate::finding::Code;
use crate::id::{CommitId, RecordId};
use crate::name::{PersonId, Role};
use crate::policy::{KeyState, Person, Presence, Requirements};
use crate::report::TransitionKind;

/// How many people a hint names.
const NAMED: usize = 3;

impl Judge<'_> {
    /// What can be done about a fault of a change that these people contributed to; none where it is the
    /// move of the branch itself that is wrong.
    pub(super) fn hint(
        &self,
        fault: &Fault,
        change: &Change,
        requirements: &Requirements,
        contributors: &BTreeSet<PersonId>,
    ) -> Option<String> {
        if self.case.findings.iter().any(|finding| finding.code == Code::RewoundBranch) {
            return None;
        }
        if fault.way_out.is_some() {
            return fault.way_out.clone();
        }
        let range = self.range();
        let review =
            || format!("{} `git provenance review {range}`", self.whom(fault, change, requirements, contributors));
        Some(match (fault.code, fault.record) {
            (Code::MissingDeclaration, _) => declare(&range),
            (
                Code::MissingConfirmation | Code::UnapprovedTool | Code::RestrictedUse | Code::AiForbidden,
                Some(record),
            ) => {
                format!(
                    "if the declaration is wrong, its signer runs `git provenance revoke {} -m WHY` and declares anew; if it is \
                     right, the change has to be made another way",
                    record.short()
                )
            }
            (Code::OpenIncident, Some(incident)) => correct_or_close(incident, &range),
            (Code::MissingScan, _) => {
                format!(
                    "run the check and sign what it found: `git provenance scan {range} --check ID --program NAME --result pass`"
                )
            }
            (Code::ExpiredWaiver, _) => {
                format!(
                    "{}; or the waiver is granted anew: `git provenance waive {range} --until DATE -m REASON`",
                    review()
                )
            }
            (Code::Rejected, _) => {
                "fix what was rejected; its reviewer takes it back by approving: `git provenance review --approve`"
                    .to_owned()
            }
            (Code::PresenceRequired, _) => format!("{}, {}", review(), way(requirements.presence())),
            (Code::PartialChangeSet, _) => format!("land the whole set, or for this part of it: {}", review()),
            (Code::StaleReview, _) => format!(
                "bring the change up to date with {} (merge or rebase) if it is not; then {}",
                self.case.branch.short(),
                review()
            ),
            _ if fault.empty_seats.as_ref().is_some_and(|seats| seats.declaration_would_do) => {
                format!("{}; or {}", declare(&range), review())
            }
            _ => review(),
        })
    }

    fn range(&self) -> String {
        let short = |commit: CommitId| commit.to_string()[..12].to_owned();
        match self.case.kind {
            TransitionKind::Update => format!("{}..{}", short(self.case.start), short(self.case.new)),
            TransitionKind::Proposal => format!("{}...{}", short(self.case.tip), short(self.case.new)),
        }
    }

    /// Who could review, as the start of a sentence that ends in a command.
    fn whom(
        &self,
        fault: &Fault,
        change: &Change,
        requirements: &Requirements,
        contributors: &BTreeSet<PersonId>,
    ) -> String {
        if let Some(admin) = self.sole_admin(change.path()) {
            return format!("{admin}, the only admin, runs");
        }
        let empty = fault.empty_seats.as_deref();
        let roles: BTreeSet<&Role> = match empty {
            Some(seats) => seats.roles.iter().collect(),
            None => requirements.quorums().iter().flat_map(|quorum| &quorum.roles).collect(),
        };
        let wanted: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        let role = if wanted.is_empty() { String::new() } else { format!(" (role {})", wanted.join(" or ")) };
        let rosters = self.rosters();
        let seated = |id: &PersonId| empty.is_some_and(|seats| seats.seated.contains(id));
        let fits = |person: &&Person| {
            let id = person.id();
            let has_key = person.keys().iter().any(|key| key.state_at(self.case.now) == KeyState::Valid);
            let may = roles.is_empty() || roles.iter().any(|role| rosters.holds(id, role));
            rosters.active_human(id) && has_key && may && !contributors.contains(id) && !seated(id)
        };
        let people: Vec<&str> =
            self.case.policy.roster().iter().filter(fits).map(|person| person.id().as_str()).collect();
        let more = people.len().saturating_sub(NAMED);
        let (last, others) = match people.as_slice() {
            [] => {
                return format!(
                    "nobody{role} could review this: an admin adds somebody to .provenance/people.toml, who then runs"
                );
            }
            [only] => return format!("{only}{role} runs"),
            [others @ .., last] if more == 0 => ((*last).to_owned(), others),
            some => (format!("{more} more"), &some[..NAMED]),
        };
        format!("{} or {last}{role} runs", others.join(", "))
    }
}

fn declare(range: &str) -> String {
    format!("the writer runs `git provenance declare {range} --extent none`, or with `assisted` or `generated`")
}

fn correct_or_close(incident: RecordId, range: &str) -> String {
    format!(
        "if this change puts it right, `git provenance incident correct {0} {range}` says so; if the incident is over, who answers \
         for the path runs `git provenance incident close {0} -m OUTCOME`",
        incident.short()
    )
}

/// How a review is signed that proves this presence.
fn way(presence: Presence) -> &'static str {
    match presence {
        Presence::Any => "in any way",
        Presence::Terminal => "on a terminal",
        Presence::Touch => "with a key on a security key (`--key FILE`)",
        Presence::Pin => "with a key on a security key that asks for its PIN (`--key FILE`)",
    }
}
