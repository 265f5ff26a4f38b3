//! Refs that a push puts on the list of publish refs, and what stands there already.

use std::collections::BTreeSet;

use super::refs::{self, Shadow};
use super::{Push, Stop, Update};
use crate::audit::unpublished;
use crate::check::{PolicyAt, policy_at};
use crate::finding::{Code, Finding, causes};
use crate::id::{CommitId, ObjectId};
use crate::path::RefName;

/// What a push puts on the list of publish refs.
#[derive(Default)]
pub(super) struct Anew {
    pub(super) names: BTreeSet<RefName>,
    pub(super) findings: Vec<Finding>,
}

impl Push<'_> {
    /// The names that the authority's new policy lists and the present one does not, with those that lead to the same or that
    /// git would take for them; and what is wrong with them: whoever may push could have made these refs, and what they are at
    /// would be published without a judgement.
    pub(super) fn listed_anew(&self, authority: &Update, new: CommitId) -> Result<Anew, Stop> {
        let mut anew = Anew::default();
        if authority.name != *self.policy.authority() {
            return Ok(anew);
        }
        let Some(names) = self.named_after(new)? else { return Ok(anew) };
        for name in names.iter().filter(|name| !self.policy.branches().contains(name)) {
            for id in self.ends(name)? {
                if let Some(fault) = self.unpublished(name, id, new)? {
                    let message = format!("{name} would be a publish ref, and is at {id}: {}", fault.message);
                    let hint = "delete it in a push of its own before this one; where its own policy lists it, whoever runs the server does";
                    anew.findings.push(Finding::error(fault.code, message).hint(hint));
                }
            }
            anew.findings.extend(self.shadowed(name, &names)?);
            anew.names.extend([name.clone(), self.repository.moved_ref(name)?]);
            anew.names.extend(refs::shadows(name).into_iter().map(|shadow| shadow.name));
        }
        Ok(anew)
    }

    /// What is there, or comes with this push, that git would take for a ref that is listed, and is not listed itself.
    fn shadowed(&self, name: &RefName, names: &BTreeSet<RefName>) -> Result<Vec<Finding>, Stop> {
        let mut findings = Vec::new();
        for shadow in refs::shadows(name).into_iter().filter(|shadow| !names.contains(&shadow.name)) {
            if !self.ends(&shadow.name)?.is_empty() {
                let Shadow { name: other, taken } = shadow;
                let message = format!("{name} would be a publish ref, and {other} is what git takes `{taken}` for");
                let hint = format!("delete {other} in a push of its own before this one");
                findings.push(Finding::error(Code::UndecidedHistory, message).hint(hint));
            }
        }
        Ok(findings)
    }

    /// The refs that would be listed with the authority at `new`: by the policy there, and by that of the branch it hands the
    /// authority over to, as it is now or as this push leaves it. None where there is no policy.
    fn named_after(&self, new: CommitId) -> Result<Option<BTreeSet<RefName>>, Stop> {
        let PolicyAt::Sound(policy) = policy_at(self.repository, new)? else { return Ok(None) };
        let mut names: BTreeSet<RefName> = policy.branches().iter().cloned().collect();
        let (mut seen, mut todo) =
            (BTreeSet::from([self.policy.authority().clone()]), vec![policy.authority().clone()]);
        while let Some(name) = todo.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            for id in self.ends(&name)? {
                if let PolicyAt::Sound(policy) = policy_at(self.repository, self.repository.peel_to_commit(id)?)?
                    && !seen.iter().any(|other| *other != name && other == policy.authority())
                {
                    names.extend(policy.branches().iter().cloned());
                    todo.push(policy.authority().clone());
                }
            }
        }
        Ok(Some(names))
    }

    /// What a ref is now and what it would be after the push, of which git may do half.
    fn ends(&self, name: &RefName) -> Result<Vec<ObjectId>, Stop> {
        let moved = self.repository.moved_ref(name)?;
        let now = self.repository.try_find_ref(&moved)?.map(|target| target.id);
        let then = self.updates.iter().find(|update| update.name == moved).and_then(|update| update.new);
        let then = then.filter(|then| Some(*then) != now);
        Ok(now.into_iter().chain(then).collect())
    }

    fn unpublished(&self, name: &RefName, id: ObjectId, new: CommitId) -> Result<Option<Finding>, Stop> {
        if let Err(Stop::Finding(fault)) = self.own_name(name, id) {
            return Ok(Some(*fault));
        }
        let at = match self.repository.peel_to_commit(id) {
            Ok(at) => at,
            Err(error) => return Ok(Some(Finding::error(Code::UndecidedObject, causes(&error)))),
        };
        // The push publishes it, and where git takes only the rest of the push, nobody lists the ref.
        if at == new {
            return Ok(None);
        }
        Ok(unpublished(self.repository, self.policy, (name, at), (self.root, self.now))?)
    }
}
