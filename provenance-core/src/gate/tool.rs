//! Tools: whether an AI tool was used as security approved it, with what data, on which device.

use super::Judge;
use super::book::Item;
use super::evidence::{Known, for_all};
use super::signer::Fault;
use crate::entry::Entry;
use crate::finding::Code;
use crate::name::{Ident, ToolId};
use crate::path::RepoPath;
use crate::policy::{Clause, FILES, Level, Policy, Tool, ToolRefusal, ToolStatus};
use crate::statement::Declaration;

impl<'a> Judge<'a> {
    /// What is wrong with the tool that a declaration names, and with how it was used.
    pub(super) fn tool_faults(&self, path: &RepoPath, item: &Item<'a, Declaration>) -> Vec<Fault> {
        let ai = &item.record.ai;
        let Some(id) = &ai.tool else {
            // Signed as `none`, but signed by or naming an agent: there is a tool, and it is not said.
            let message = "an agent took part, and the declaration names no tool";
            return vec![Fault::new(Code::UnapprovedTool, message).against(Clause::S2)];
        };
        let mut faults = self.tool_faults_by(self.case.policy, id, path, item);
        if let Some(authority) = self.case.authority {
            // A tool that the authority does not list is the branch's own business; one that it refuses is not.
            let theirs = match authority.policy.tools().get(id) {
                Some(_) => self.tool_faults_by(authority.policy, id, path, item),
                None => device_fault(authority.policy, item).into_iter().collect(),
            };
            for fault in theirs {
                // Whoever reads the branch's own list would not find it there.
                if !faults.iter().any(|own| own.message == fault.message) {
                    let message = format!("at {}, {}", authority.policy.authority().short(), fault.message);
                    faults.push(Fault { message, ..fault });
                }
            }
        }
        faults
    }

    /// The same by one policy.
    fn tool_faults_by(
        &self,
        policy: &Policy,
        id: &ToolId,
        path: &RepoPath,
        item: &Item<'a, Declaration>,
    ) -> Vec<Fault> {
        let ai = &item.record.ai;
        let (model, version, now) = (ai.model.as_deref(), ai.version.as_deref(), self.case.now);
        let judged = policy.tools().judge(id, model, version, ai.use_case.as_ref(), now);
        let mut faults: Vec<Fault> = judged.err().map(|refusal| refused(policy, &refusal)).into_iter().collect();
        if let Some(tool) = policy.tools().get(id) {
            if tool.paths.as_ref().is_some_and(|paths| !paths.contains(path)) {
                let message = format!("tool `{id}` is not approved for this path");
                faults.push(Fault::new(Code::UnapprovedTool, message).against(Clause::S2));
            }
            faults.extend(data_fault(policy, tool, item));
        }
        faults.extend(device_fault(policy, item));
        faults
    }

    /// A declaration that names another list of tools than the branch has, or had within reach.
    pub(super) fn unknown_register(&self, item: &Item<'a, Declaration>) -> Known<Option<Fault>> {
        let (Some(seen), Ok(path)) = (item.record.details.tools_sha256, FILES[2].parse::<RepoPath>()) else {
            return Ok(None);
        };
        if self.rosters().level(Clause::Se1) == Level::Off {
            return Ok(None);
        }
        let is_it = |entry: Option<Entry>| entry.is_some_and(|entry| entry.sha256() == Some(seen));
        if is_it(self.ask.entry_at(self.case.tip, &path)?) {
            return Ok(None);
        }
        let past = self.ask.past(self.case.tip, &path, self.case.policy.review_max_steps())?;
        let known = for_all(past, |slot| Ok(is_it(self.ask.entry(*slot)?)))?.contains(&true);
        let signer = &item.statement().signed_by().person;
        let message =
            format!("{signer}'s declaration was made by a list of tools that {} never had", self.case.branch.short());
        Ok((!known).then(|| Fault::new(Code::UnknownToolsList, message).against(Clause::Se1)))
    }
}

/// A tool that was only asked for breaks another clause than one that nobody asked for.
fn refused(policy: &Policy, refusal: &ToolRefusal) -> Fault {
    let asked_for = match refusal {
        ToolRefusal::Status { tool, .. } => {
            policy.tools().get(tool).is_some_and(|tool| tool.status == ToolStatus::Requested)
        }
        _ => false,
    };
    let clause = if asked_for { Clause::S4 } else { Clause::S2 };
    Fault::new(Code::UnapprovedTool, refusal.to_string()).against(clause)
}

/// Data that the tool may not be given; or none named, where the policy has classes of data.
fn data_fault(policy: &Policy, tool: &Tool, item: &Item<'_, Declaration>) -> Option<Fault> {
    let classes = &policy.company().data_classes;
    if classes.is_empty() {
        return None;
    }
    let (given, signer) = (&item.record.details.data_classes, &item.statement().signed_by().person);
    if given.is_empty() {
        let message = format!("{signer}'s declaration does not say which classes of data went into the tool");
        return Some(Fault::new(Code::MissingConfirmation, message).against(Clause::Pr1));
    }
    let forbidden = |class: &&Ident| {
        let public = classes.get(*class).is_some_and(|class| class.public);
        !public && !tool.data_classes.iter().any(|known| known == class.as_str())
    };
    let wrong: Vec<&str> = given.iter().filter(forbidden).map(Ident::as_str).collect();
    (!wrong.is_empty()).then(|| {
        let message = format!("data of class {} may not go into `{}`", wrong.join(", "), tool.name);
        Fault::new(Code::UnapprovedTool, message).against(Clause::Pr1)
    })
}

/// A device on which AI tools may not be used; or none named, where the policy has classes of devices.
fn device_fault(policy: &Policy, item: &Item<'_, Declaration>) -> Option<Fault> {
    let devices = &policy.company().devices;
    if devices.is_empty() {
        return None;
    }
    let signer = &item.statement().signed_by().person;
    match &item.record.details.device {
        None => {
            let message = format!("{signer}'s declaration does not say on which class of device the tool ran");
            Some(Fault::new(Code::MissingConfirmation, message).against(Clause::S3))
        }
        Some(device) if devices.get(device).is_some_and(|device| device.allowed) => None,
        Some(device) => {
            let message = format!("no AI tool may be used on a device of class `{device}`");
            Some(Fault::new(Code::UnapprovedTool, message).against(Clause::S3))
        }
    }
}
