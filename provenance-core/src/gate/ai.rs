//! AI use: whether each edge was declared, and whether what was declared is allowed.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::book::Item;
use super::evidence::{Known, for_all};
use super::people::Work;
use super::signer::Fault;
use crate::finding::Code;
use crate::id::RecordId;
use crate::name::{Ident, PersonId};
use crate::path::RepoPath;
use crate::policy::{Activity, Clause, PersonKind, Policy, Requirements};
use crate::report::AiUse;
use crate::statement::{Ai, Declaration, Extent};

/// What was found of the AI use in a change.
pub(super) struct AiVerdict {
    pub(super) faults: BTreeSet<Fault>,
    pub(super) ai: Option<AiUse>,
}

impl<'a> Judge<'a> {
    /// What is wrong with the AI use on these edges of a path, and what it was.
    pub(super) fn judge_ai(
        &self,
        path: &RepoPath,
        requirements: &Requirements,
        works: &[Work<'a>],
    ) -> Known<AiVerdict> {
        let mut faults = Vec::new();
        if works.iter().any(|work| !work.declared) && requirements.declaration_required() {
            let message = "nobody has declared whether AI took part in this change";
            faults.push(Fault::new(Code::MissingDeclaration, message).against(Clause::T1));
        }
        // One that covers many edges is the same for each.
        let declarations = works.iter().flat_map(|work| &work.declarations);
        let declarations: BTreeMap<RecordId, &Item<'a, Declaration>> =
            declarations.map(|item| (item.id(), item)).collect();
        let declarations: Vec<&Item<'a, Declaration>> = declarations.into_values().collect();
        for found in for_all(&declarations, |item| self.declaration_faults(path, requirements, item))? {
            faults.extend(found);
        }
        if works.iter().any(|work| self.used_by_nobody(work)) {
            faults.extend(self.asked_of_nobody());
        }
        let faults = self.taken_seriously(faults).into_iter().collect();
        Ok(AiVerdict { faults, ai: self.ai_use(&declarations) })
    }

    fn declaration_faults(
        &self,
        path: &RepoPath,
        requirements: &Requirements,
        item: &Item<'a, Declaration>,
    ) -> Known<Vec<Fault>> {
        let extent = self.extent(item);
        if extent == Extent::None {
            return Ok(Vec::new());
        }
        let signer = &item.statement().signed_by().person;
        let mut faults = Vec::new();
        if !requirements.ai_allowed() {
            let message = format!("no AI may take part here, and {signer}'s declaration says `{}`", extent.as_str());
            faults.push(Fault::new(Code::AiForbidden, message).against(Clause::R1));
        }
        faults.extend(requirements.restricted().map(|here| restricted_here(here, extent, signer)));
        faults.extend(item.record.ai.use_case.as_ref().and_then(|id| self.restricted(id)));
        let given = &item.record.confirmations;
        let missing: Vec<&str> =
            requirements.confirm().iter().filter(|id| !given.contains(id)).map(Ident::as_str).collect();
        if !missing.is_empty() {
            let message = format!("{signer}'s declaration does not confirm {}", missing.join(", "));
            faults.push(Fault::new(Code::MissingConfirmation, message).against(Clause::Pr3));
        }
        faults.extend(self.tool_faults(path, item));
        faults.extend(self.unknown_register(item)?);
        // What the signer should have done first is no fault of the declaration.
        let faults: Vec<Fault> = faults.into_iter().map(|fault| fault.of(item.id())).collect();
        let unfit = self.unfit_declarer(item)?;
        Ok(faults.into_iter().chain(unfit).collect())
    }

    /// What the policy asks of those who use AI: of the signer, or of an agent's operators, one of whom
    /// must do.
    fn unfit_declarer(&self, item: &Item<'a, Declaration>) -> Known<Vec<Fault>> {
        let mut found = for_all(self.users(item), |person| {
            let mut faults = self.unfit(person, Activity::Ai)?;
            if let Some(tool) = &item.record.ai.tool {
                faults.extend(self.unacquainted(person, tool)?);
            }
            Ok(faults)
        })?;
        found.sort_by_key(|faults| faults.iter().filter(|fault| self.refuses(fault)).count());
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Who used AI, by a declaration: its human signer, an agent's active human operators; nobody by a service's.
    fn users(&self, item: &Item<'a, Declaration>) -> Vec<&'a PersonId> {
        let signer = &item.statement().signed_by().person;
        match self.rosters().person(signer).map(|person| person.kind()) {
            Some(PersonKind::Human) => vec![signer],
            Some(PersonKind::Agent) => {
                self.rosters().operators(signer).filter(|operator| self.rosters().active_human(operator)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether AI took part in an edge, and nobody says that they used it.
    fn used_by_nobody(&self, work: &Work<'a>) -> bool {
        let mut by_ai = work.declarations.iter().filter(|item| self.extent(item) != Extent::None).peekable();
        by_ai.peek().is_some() && by_ai.all(|item| self.users(item).is_empty())
    }

    /// What the policies that bind ask of those who use AI, where that is nobody.
    fn asked_of_nobody(&self) -> Vec<Fault> {
        let fault = |code: Code, clause: Clause, what: String| {
            let message = format!("AI took part, and nobody who {what} says that they used it");
            let hint = "who used it, or operates the agent, declares it: `git provenance declare`";
            Fault::new(code, message).against(clause).way_out(hint.to_owned())
        };
        let mut faults = Vec::new();
        for company in self.case.policies().map(Policy::company) {
            let documents = company.documents.iter().filter(|(_, it)| it.accepted_by.contains(&Activity::Ai));
            let courses = company.courses.iter().filter(|(_, it)| it.required_for.contains(&Activity::Ai));
            let accepted = |id: &Ident| fault(Code::PolicyNotAccepted, Clause::Ac1, format!("has accepted `{id}`"));
            let trained = |id: &Ident| fault(Code::Untrained, Clause::Tr1, format!("has completed `{id}`"));
            faults.extend(documents.map(|(id, _)| accepted(id)));
            faults.extend(courses.map(|(id, _)| trained(id)));
        }
        faults
    }

    /// A use that must not use AI, by any policy that binds; or one that the branch's own does not have.
    fn restricted(&self, use_case: &Ident) -> Option<Fault> {
        let restricted = |policy: &Policy| policy.use_case(use_case).is_some_and(|known| known.restricted);
        let message = if self.ruling().any(|(policy, _)| restricted(policy)) {
            format!("use case `{use_case}` must not use AI")
        } else if self.case.policy.use_case(use_case).is_none() {
            format!("use case `{use_case}` is not in the policy")
        } else {
            return None;
        };
        Some(Fault::new(Code::RestrictedUse, message).against(Clause::R1))
    }

    /// The extent that counts: what is signed by an agent, or names one, is at least `assisted`.
    pub(super) fn extent(&self, item: &Item<'a, Declaration>) -> Extent {
        let is_agent = |id: &PersonId| self.rosters().agent_somewhere(id);
        let named = item.record.authors.iter().flat_map(|author| self.authors(author)).any(|person| is_agent(&person));
        let least = if named || is_agent(&item.record.signer.person) { Extent::Assisted } else { Extent::None };
        item.record.ai.extent.max(least)
    }

    fn ai_use(&self, declarations: &[&Item<'a, Declaration>]) -> Option<AiUse> {
        let extent = declarations.iter().map(|item| self.extent(item)).max()?;
        let tool = |ai: &Ai| {
            let tool = ai.tool.as_ref()?;
            Some(ai.model.as_ref().map_or_else(|| tool.to_string(), |model| format!("{tool}:{model}")))
        };
        let tools: BTreeSet<String> = declarations.iter().filter_map(|item| tool(&item.record.ai)).collect();
        Some(AiUse { extent, tools: tools.into_iter().collect() })
    }
}

/// A path that is for a use which must not use AI, by any policy that binds.
fn restricted_here((id, title): (&Ident, &str), extent: Extent, signer: &PersonId) -> Fault {
    let message = format!(
        "this path is for `{id}` ({title}), which must not use AI, and {signer}'s declaration says `{}`",
        extent.as_str()
    );
    Fault::new(Code::RestrictedUse, message).against(Clause::R1)
}
