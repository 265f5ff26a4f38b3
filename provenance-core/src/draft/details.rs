//! What else a declaration of AI use tells: data, device, and the register of tools that was consulted.

use std::collections::BTreeSet;

use super::declare::Answers;
use super::{Desk, DraftError, known};
use crate::name::Ident;
use crate::policy::company::{DataClass, Device};
use crate::policy::{Clause, FILES, Level};
use crate::statement::{Details, Extent};

impl Desk<'_> {
    /// The details as they are signed: with the digest of the register that was in force at the tip,
    /// wherever a tool is declared.
    pub(super) fn with_register(&self, details: Details, has_tool: bool) -> Result<Details, DraftError> {
        let path = FILES[2].parse().expect("the constant is a path");
        let slot = self.repository.slot_at(self.tip, &path)?.filter(|_| has_tool);
        let entry = slot.map(|slot| self.repository.entry(slot)).transpose()?;
        Ok(Details { tools_sha256: entry.and_then(|entry| entry.sha256()), ..details })
    }

    /// What is wrong with the details, in words that name what would do.
    pub(super) fn wrong_details(&self, answers: &Answers) -> Vec<String> {
        let details = &answers.details;
        let mut wrong = Vec::new();
        let used = !details.data_classes.is_empty() || details.device.is_some() || details.session_sha256.is_some();
        if answers.ai.extent == Extent::None && used {
            wrong.push(
                "--extent none says that no AI took part, so no data went into one, on no device, in no session"
                    .to_owned(),
            );
        }
        details.data_classes.iter().for_each(|id| wrong.extend(self.wrong_data(id, answers)));
        wrong.extend(details.device.as_ref().and_then(|id| self.wrong_device(id)));
        if answers.ai.extent != Extent::None {
            wrong.extend(self.unsaid(details));
        }
        wrong
    }

    /// What the policy wants to know of every use of AI, and the details do not say.
    fn unsaid(&self, details: &Details) -> Vec<String> {
        let mut wrong = Vec::new();
        let classes: BTreeSet<&Ident> = self.policies().flat_map(|it| it.company().data_classes.keys()).collect();
        if details.data_classes.is_empty() && !classes.is_empty() && self.is_error(Clause::Pr1) {
            let ids = known(classes);
            wrong.push(format!("--data-class ID says what went into the tool, once for each class: {ids} (Pr1)"));
        }
        let devices = || self.policies().flat_map(|policy| &policy.company().devices);
        if details.device.is_none() && devices().next().is_some() && self.is_error(Clause::S3) {
            let allowed = devices().filter(|(id, device)| device.allowed && self.is_allowed(id)).map(|(id, _)| id);
            let allowed = known(BTreeSet::from_iter(allowed));
            wrong.push(format!("--device ID says on which class of device it ran: {allowed} (S3)"));
        }
        wrong
    }

    fn wrong_data(&self, id: &Ident, answers: &Answers) -> Option<String> {
        let classes = || self.policies().flat_map(|policy| &policy.company().data_classes);
        let Some((_, class)): Option<(&Ident, &DataClass)> = classes().find(|(known, _)| *known == id) else {
            let ids: BTreeSet<&Ident> = classes().map(|(id, _)| id).collect();
            return Some(format!("`{id}` is no [data-class] of the policy, which has {}", known(ids)));
        };
        let tool = answers.ai.tool.as_ref()?;
        let asking = self.policies().filter(|policy| !policy.company().data_classes.is_empty());
        let mut refusing = asking.filter_map(|policy| {
            let allowed = &policy.tools().get(tool)?.data_classes;
            let public = policy.company().data_classes.get(id).is_some_and(|class| class.public);
            (!public && !allowed.iter().any(|text| text == id.as_str())).then_some(allowed)
        });
        let allowed = refusing.next().filter(|_| self.is_error(Clause::Pr1));
        allowed.map(|allowed| {
            let allowed = if allowed.is_empty() { "what is public".to_owned() } else { known(allowed) };
            format!("data of class `{id}` ({}) must not go into tool `{tool}`, only {allowed}", class.title)
        })
    }

    fn wrong_device(&self, id: &Ident) -> Option<String> {
        let devices = || self.policies().flat_map(|policy| &policy.company().devices);
        let Some((_, device)): Option<(&Ident, &Device)> = devices().find(|(known, _)| *known == id) else {
            let ids: BTreeSet<&Ident> = devices().map(|(id, _)| id).collect();
            return Some(format!("`{id}` is no [device] of the policy, which has {}", known(ids)));
        };
        let allowed = devices().map(|(id, _)| id).filter(|id| self.is_allowed(id));
        (!self.is_allowed(id) && self.is_error(Clause::S3)).then(|| {
            format!(
                "no AI may be used on device `{id}` ({}), only on {}",
                device.title,
                known(BTreeSet::from_iter(allowed))
            )
        })
    }

    /// Whether AI may be used on this class of device, by every policy that has any.
    fn is_allowed(&self, device: &Ident) -> bool {
        let mut asking = self.policies().map(|policy| &policy.company().devices).filter(|them| !them.is_empty());
        asking.all(|devices| devices.get(device).is_some_and(|device| device.allowed))
    }

    pub(super) fn is_error(&self, clause: Clause) -> bool {
        self.policies().any(|policy| policy.company().levels.of(clause) == Level::Error)
    }
}
