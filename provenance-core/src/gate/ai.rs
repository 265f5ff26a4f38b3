//! AI use: whether each edge was declared, and whether what was declared is allowed.

use std::collections::BTreeSet;

use super::Judge;
use super::book::Item;
use super::people::Work;
use super::signer::Fault;
use crate::finding::Code;
use crate::name::{Ident, PersonId};
use crate::policy::Requirements;
use crate::report::AiUse;
use crate::statement::{Ai, Declaration, Extent};

impl<'a> Judge<'a> {
    /// What is wrong with the AI use on these edges, and what it was.
    pub(super) fn judge_ai(&self, requirements: &Requirements, works: &[Work<'a>]) -> (BTreeSet<Fault>, Option<AiUse>) {
        let mut faults = BTreeSet::new();
        if works.iter().any(|work| !work.declared) && requirements.declaration_required() {
            faults.insert(Fault::new(
                Code::MissingDeclaration,
                "nobody has declared whether AI took part in this change",
            ));
        }
        let declarations: Vec<&Item<'a, Declaration>> = works.iter().flat_map(|work| &work.declarations).collect();
        for item in &declarations {
            faults.extend(self.declaration_faults(requirements, item));
        }
        (faults, self.ai_use(&declarations))
    }

    fn declaration_faults(&self, requirements: &Requirements, item: &Item<'a, Declaration>) -> Vec<Fault> {
        let extent = self.extent(item);
        if extent == Extent::None {
            return Vec::new();
        }
        let signer = &item.statement().signed_by().person;
        let mut faults = Vec::new();
        if !requirements.ai_allowed() {
            let message = format!("no AI may take part here, and {signer}'s declaration says `{}`", extent.as_str());
            faults.push(Fault::new(Code::AiForbidden, message));
        }
        let ai = &item.record.ai;
        faults.extend(self.tool_fault(ai));
        faults.extend(ai.use_case.as_ref().and_then(|id| self.restricted(id)));
        let given = &item.record.confirmations;
        let missing: Vec<&str> =
            requirements.confirm().iter().filter(|id| !given.contains(id)).map(Ident::as_str).collect();
        if !missing.is_empty() {
            let message = format!("{signer}'s declaration does not confirm {}", missing.join(", "));
            faults.push(Fault::new(Code::MissingConfirmation, message));
        }
        faults.into_iter().map(|fault| fault.of(item.id())).collect()
    }

    fn tool_fault(&self, ai: &Ai) -> Option<Fault> {
        let Some(tool) = &ai.tool else {
            // Signed as `none`, but signed by or naming an agent: there is a tool, and it is not said.
            return Some(Fault::new(Code::UnapprovedTool, "an agent took part, and the declaration names no tool"));
        };
        let judged = self.case.policy.tools().judge(
            tool,
            ai.model.as_deref(),
            ai.version.as_deref(),
            ai.use_case.as_ref(),
            self.case.now,
        );
        judged.err().map(|refusal| Fault::new(Code::UnapprovedTool, refusal.to_string()))
    }

    fn restricted(&self, use_case: &Ident) -> Option<Fault> {
        match self.case.policy.use_case(use_case) {
            None => Some(Fault::new(Code::RestrictedUse, format!("use case `{use_case}` is not in the policy"))),
            Some(known) if known.restricted => {
                Some(Fault::new(Code::RestrictedUse, format!("use case `{use_case}` must not use AI")))
            }
            Some(_) => None,
        }
    }

    /// The extent that counts: what is signed by an agent, or names one, is at least `assisted`.
    fn extent(&self, item: &Item<'a, Declaration>) -> Extent {
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
