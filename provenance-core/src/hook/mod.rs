//! The server's hook: all ref updates of one push, judged together before any ref moves.
//!
//! Which refs are guarded, and by whose keys, is what is *published* here: the policy found from the
//! pinned root, and the rosters of its publish branches. Without a root nothing is decided. What a
//! push claims of old values is compared with the refs. A symbolic ref is judged as the ref it leads
//! to, there or not. Refs that no policy publishes are none of the hook's business.
//!
//! The ledger's proposed value counts for the branches that are pushed with it, if the
//! [guard](crate::ledger::guard) accepts it: so it holds every line of the present one, and a push
//! can add records and hide none.

mod listed;
mod refs;

use std::collections::BTreeSet;

use crate::audit::check;
use crate::check::{CheckError, PolicyAt, Range, Request, code_of, default_policy_and_way, find_branch, policy_at};
use crate::finding::{Code, Finding, Severity, causes};
use crate::gate::KeyRing;
use crate::git::{self, RefError, Repository};
use crate::id::{CommitId, ObjectId};
use crate::ledger::guard::guard;
use crate::ledger::{self, Ledger, ledger_ref};
use crate::path::RefName;
use crate::policy::Policy;
use crate::report::{Report, Verdict};
use crate::time::Timestamp;

/// One ref of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The ref as it was pushed.
    pub name: RefName,
    /// What it is; `None` where it is not there.
    pub old: Option<ObjectId>,
    /// What it would be; `None` where it would be deleted.
    pub new: Option<ObjectId>,
}

/// What is to be said of a push.
#[derive(Debug, Default)]
pub struct Judged {
    /// A report for every publish ref that is pushed.
    pub reports: Vec<Report>,
    /// What is wrong beside them: with the ledger, with deletions, with what cannot be decided.
    pub findings: Vec<Finding>,
    /// The ledger's proposed value, where the guard accepts it and the reports rest on it.
    pub ledger: Option<CommitId>,
    /// The names that the push puts on the list of publish refs, what they lead to, and what git would take for them: no
    /// other push may move these before it is through.
    pub lists: BTreeSet<RefName>,
}

impl Judged {
    /// The verdict on the whole push.
    pub fn verdict(&self) -> Verdict {
        let own = Verdict::of(&self.findings);
        let verdicts: Vec<Verdict> = self.reports.iter().map(|report| report.verdict).chain([own]).collect();
        if verdicts.contains(&Verdict::Undecided) {
            Verdict::Undecided
        } else if verdicts.contains(&Verdict::Refused) {
            Verdict::Refused
        } else {
            Verdict::Allowed
        }
    }

    fn undecided(finding: Finding) -> Self {
        Self { findings: vec![finding], ..Self::default() }
    }
}

/// Judges a push. The repository must be able to read the pushed objects.
///
/// # Errors
/// [`CheckError`] when refs cannot be read: the push must be refused.
pub fn judge_push(
    repository: &Repository,
    updates: &[Update],
    root: Option<CommitId>,
    now: Timestamp,
) -> Result<Judged, CheckError> {
    let Some(root) = root else { return Ok(Judged::undecided(no_root())) };
    let Some((policy, leading)) = default_policy_and_way(repository, Some(root))? else {
        return Ok(Judged::undecided(no_policy(root)));
    };
    let delisted = leading.iter().filter(|name| !policy.branches().contains(name));
    let published: Vec<RefName> = policy.branches().iter().chain(delisted).cloned().collect();
    let mut findings = Vec::new();
    let updates = refs::resolve(repository, &published, updates, &mut findings)?;
    findings.extend(refs::keep_clear(repository, &published, &updates)?);
    let push = Push { repository, updates: &updates, policy: &policy, leading: &leading, root, now };
    let judged = match push.judge() {
        Ok(judged) => judged,
        Err(Stop::Finding(finding)) => Judged::undecided(*finding),
        Err(Stop::Error(error)) => return Err(error),
    };
    findings.extend(judged.findings);
    Ok(Judged { findings, ..judged })
}

/// Without a root, whoever may push could bring a policy of their own: nothing says what is guarded.
fn no_root() -> Finding {
    let message = "no root is pinned on this server, so nothing says which refs are published";
    Finding::error(Code::UntrustedRoot, message).hint(
        "whoever runs the server pins the commit that brought the policy: `git provenance trust COMMIT` in the \
         server's repository, or `git config provenance.root COMMIT` while it does not have that commit",
    )
}

fn no_policy(root: CommitId) -> Finding {
    let message =
        format!("the pinned root {root} is not here, or it or the authority's tip has no policy that can be read");
    let hint = "push the branch that the root is on first; a policy that is there is looked at by `git provenance policy lint`";
    Finding::error(Code::UndecidedPolicy, message).hint(hint)
}

/// A push, with all that is published already.
struct Push<'p> {
    repository: &'p Repository,
    updates: &'p [Update],
    policy: &'p Policy,
    /// The branches that lead from the root to the authority.
    leading: &'p [RefName],
    root: CommitId,
    now: Timestamp,
}

/// What is said of the publish refs of a push.
#[derive(Default)]
struct Said {
    reports: Vec<Report>,
    findings: Vec<Finding>,
    /// The commits that publish branches move to, where that is allowed.
    allowed: Vec<CommitId>,
    /// The names that are listed anew.
    lists: BTreeSet<RefName>,
}

/// Why there is no answer.
enum Stop {
    /// The push must be refused without one.
    Error(CheckError),
    /// This is the answer.
    Finding(Box<Finding>),
}

impl From<CheckError> for Stop {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Ref(_) => Self::Error(error),
            _ => Finding::error(Code::UndecidedPolicy, causes(&error)).into(),
        }
    }
}

impl From<RefError> for Stop {
    fn from(error: RefError) -> Self {
        Self::Error(error.into())
    }
}

macro_rules! undecided {
    ($($error:ty),*) => {
        $(impl From<$error> for Stop {
            fn from(error: $error) -> Self {
                Finding::error(Code::UndecidedObject, causes(&error)).into()
            }
        })*
    };
}

undecided!(git::ResolveError, ledger::ReadError);

impl From<git::ReadError> for Stop {
    fn from(error: git::ReadError) -> Self {
        Finding::error(code_of(&error), causes(&error)).into()
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl Push<'_> {
    fn judge(&self) -> Result<Judged, Stop> {
        let Some(update) = self.updates.iter().find(|update| update.name == ledger_ref()) else {
            return self.judge_by(&Ledger::open(self.repository)?, Vec::new());
        };
        let present = update.old.map(CommitId);
        let (counts, findings) = match update.new.map(CommitId) {
            Some(new) => {
                let faults = self.faults(present, new)?;
                (if is_sound(&faults) { Some(new) } else { present }, faults)
            }
            None => {
                let message = "the push would delete the ledger, refs/notes/provenance";
                (present, vec![Finding::error(Code::LedgerRewound, message)])
            }
        };
        let sound = is_sound(&findings);
        let judged = self.judge_by(&Ledger::at(self.repository, counts)?, findings)?;
        Ok(Judged { ledger: counts.filter(|_| sound), ..judged })
    }

    /// Judges the publish refs by a ledger, the proposed one or the present one.
    fn judge_by(&self, ledger: &Ledger<'_>, mut findings: Vec<Finding>) -> Result<Judged, Stop> {
        let said = self.branches(ledger)?;
        findings.extend(said.findings);
        Ok(Judged { reports: said.reports, findings, ledger: None, lists: said.lists })
    }

    /// What is wrong with the proposed ledger, by the keys of the published rosters. Where only
    /// keys are unknown, those count too that this push itself publishes: a branch's new roster, if
    /// the branch may move there by the records that there are.
    fn faults(&self, present: Option<CommitId>, new: CommitId) -> Result<Vec<Finding>, Stop> {
        let mut policies = published(self.repository, self.policy)?;
        let judge = |policies: &[Policy]| guard(self.repository, present, new, &KeyRing::of(policies));
        let faults = judge(&policies)?;
        if is_sound(&faults) || faults.iter().any(|fault| fault.code != Code::UnknownKey) {
            return Ok(faults);
        }
        let known = policies.len();
        for commit in self.branches(&Ledger::at(self.repository, Some(new))?)?.allowed {
            if let PolicyAt::Sound(policy) = policy_at(self.repository, commit)? {
                policies.push(*policy);
            }
        }
        Ok(if policies.len() > known { judge(&policies)? } else { faults })
    }

    fn branches(&self, ledger: &Ledger<'_>) -> Result<Said, Stop> {
        let mut said = Said::default();
        for update in self.updates.iter().filter(|update| update.name != ledger_ref()) {
            let listed = self.policy.branches().contains(&update.name);
            if !listed && !self.guards_itself(update) {
                said.findings.extend(self.moves_authority(update));
                continue;
            }
            match self.branch(ledger, update) {
                Ok((report, new)) => {
                    if listed && report.verdict == Verdict::Allowed {
                        said.allowed.push(new);
                        let anew = self.listed_anew(update, new)?;
                        said.findings.extend(anew.findings);
                        said.lists.extend(anew.names);
                    }
                    said.reports.push(report);
                }
                Err(Stop::Finding(finding)) => said.findings.push(*finding),
                Err(stop) => return Err(stop),
            }
        }
        Ok(said)
    }

    /// Whether a ref's own policy lists it. Then it is judged; but anybody can push such a ref, so
    /// its roster vouches for nobody.
    fn guards_itself(&self, update: &Update) -> bool {
        let old = update.old.and_then(|old| self.repository.peel_to_commit(old).ok());
        let own = old.map(|old| policy_at(self.repository, old));
        matches!(own, Some(Ok(PolicyAt::Sound(own))) if own.branches().contains(&update.name))
    }

    /// What is wrong with moving a branch over which the authority is found, and that no policy lists any more:
    /// whoever moves it chooses the policy that says which refs are published.
    fn moves_authority(&self, update: &Update) -> Option<Finding> {
        let authority = self.policy.authority();
        let code = if update.new.is_none() { Code::BranchDeleted } else { Code::UndecidedPolicy };
        let message =
            format!("{} leads from the pinned root to the authority, {authority}, and stays as it is", update.name);
        let hint =
            format!("whoever runs the server pins a commit whose policy lists {authority} first; then it is free");
        self.leading.contains(&update.name).then(|| Finding::error(code, message).hint(hint))
    }

    /// The report on a publish ref, and where it would move.
    fn branch(&self, ledger: &Ledger<'_>, update: &Update) -> Result<(Report, CommitId), Stop> {
        let Some(new) = update.new else {
            let message = format!("{} is a publish ref and would be deleted", update.name);
            let hint = "an admin takes it out of `branches` in policy.toml first";
            return Err(Finding::error(Code::BranchDeleted, message).hint(hint).into());
        };
        if update.name.is_tag() {
            self.tag(update, new)?;
        }
        let old = update.old.map(|old| self.repository.peel_to_commit(old)).transpose()?;
        let new = self.repository.peel_to_commit(new)?;
        let request = Request {
            range: Range::Update { old, new },
            branch: Some(update.name.clone()),
            named: Vec::new(),
            via: Vec::new(),
            root: Some(self.root),
            now: self.now,
        };
        Ok((check(self.repository, ledger, &request)?, new))
    }

    /// That a tag is made once, and as what it says it is: an annotated tag has a name and a text of its own, and
    /// readers may trust its signature.
    fn tag(&self, update: &Update, new: ObjectId) -> Result<(), Stop> {
        let name = &update.name;
        if let Some(old) = update.old.filter(|old| *old != new) {
            let message = format!("{name} is published as {old} and never moves");
            return Err(Finding::error(Code::RewoundBranch, message).into());
        }
        self.own_name(name, new)
    }

    /// That an annotated tag says the name it has; another object says none.
    fn own_name(&self, name: &RefName, id: ObjectId) -> Result<(), Stop> {
        if !name.is_tag() {
            return Ok(());
        }
        match self.repository.try_find_tag_name(id)? {
            Some(own) if own != name.short().as_bytes() => {
                let own = crate::path::quote(&own);
                let message = format!("{name} would be a tag that says it is {own}");
                Err(Finding::error(Code::RewoundBranch, message).hint("make the tag anew under this name").into())
            }
            _ => Ok(()),
        }
    }
}

/// The policies whose rosters say whose records a ledger may hold: the authority's, and those of
/// every publish branch there is.
///
/// # Errors
/// [`RefError`] when refs cannot be read.
pub fn published(repository: &Repository, policy: &Policy) -> Result<Vec<Policy>, RefError> {
    let mut policies = vec![policy.clone()];
    for branch in policy.branches() {
        let tip = find_branch(repository, branch)?;
        if let Some(Ok(PolicyAt::Sound(policy))) = tip.map(|tip| policy_at(repository, tip)) {
            policies.push(*policy);
        }
    }
    Ok(policies)
}

fn is_sound(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}
