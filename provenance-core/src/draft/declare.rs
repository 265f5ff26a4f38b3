//! Declarations: what a writer or an agent says of AI, and whose work the changes are.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Desk, DraftError};
use crate::gate::Part;
use crate::gather::{identities, touched};
use crate::git::PathTrie;
use crate::key::Fingerprint;
use crate::name::{Ident, PersonId, Role};
use crate::policy::{Clause, PersonKind, Policy, SECURITY, ToolRefusal, ToolStatus};
use crate::signal::trailers::read_author;
use crate::statement::{Ai, Author, Declaration, Details, Extent, Predicate, Statement};

/// What the signer says.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What AI did.
    pub ai: Ai,
    /// What the human did, in words.
    pub contribution: Option<String>,
    /// Confirmations given.
    pub confirmations: Vec<Ident>,
    /// What else is told of the tool's use.
    pub details: Details,
    /// Whose work it is beside those whom commits name.
    pub authors: Vec<Author>,
}

impl Desk<'_> {
    /// The declaration of a span. Its authors are everyone whom the span's commits name as author
    /// or co-author of a declared path, and whom the answers add; the signer, where that is nobody.
    ///
    /// Checks against the policies what could only be refused later: whether AI may take part at
    /// all, the tool, the use case, the data and the device, and that every confirmation is given.
    /// Of a tool it adds the digest of the register that the branch's tip has.
    ///
    /// # Errors
    /// [`DraftError::Incomplete`] with everything that is wrong, and the values that would do.
    pub fn declaration(&self, span: &Span, answers: Answers, key: &Fingerprint) -> Result<Statement, DraftError> {
        let signer = self.signer(key)?;
        let mut authors = self.authors(span)?;
        authors.extend(answers.authors.iter().cloned());
        if authors.is_empty() {
            authors.insert(Author::person(signer.person.clone()));
        }
        let mut wrong = self.unknown_confirmations(&answers);
        wrong.extend(self.wrong_details(&answers));
        if answers.ai.extent == Extent::None {
            wrong.extend(self.agents_at_work(&signer.person, &authors));
        } else {
            wrong.extend(self.wrong_use(&answers.ai));
            wrong.extend(self.wrong_here(span, &answers));
        }
        // Two policies may say the same.
        let mut said = BTreeSet::new();
        wrong.retain(|text| said.insert(text.clone()));
        if !wrong.is_empty() {
            return Err(DraftError::Incomplete { what: "this declaration would not pass", wrong });
        }
        let details = self.with_register(answers.details, answers.ai.tool.is_some())?;
        let declaration = Declaration {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer,
            declared_at: self.now,
            ai: answers.ai,
            authors: authors.into_iter().collect(),
            contribution: answers.contribution,
            confirmations: answers.confirmations,
            details,
            changes: span.changes.clone(),
        };
        Ok(Statement::new(Predicate::Declaration(declaration))?)
    }

    fn unknown_confirmations(&self, answers: &Answers) -> Vec<String> {
        let known: BTreeSet<&str> =
            self.policies().flat_map(|policy| policy.confirmations()).map(|(id, _)| id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { Vec::from_iter(known).join(", ") };
        let unknown = answers.confirmations.iter().filter(|id| self.confirmation(id).is_none());
        unknown.map(|id| format!("`{id}` is no confirmation of the policy, which has {known}")).collect()
    }

    /// The agents among the signer and the authors: where one took part, AI did.
    fn agents_at_work(&self, signer: &PersonId, authors: &BTreeSet<Author>) -> Vec<String> {
        let named = authors.iter().filter_map(|author| author.person.as_ref());
        let persons: BTreeSet<&PersonId> = named.chain([signer]).collect();
        let is_agent =
            |id: &PersonId| self.policy.roster().person(id).is_some_and(|person| person.kind() == PersonKind::Agent);
        let agents = persons.into_iter().filter(|id| is_agent(id));
        agents.map(|id| format!("{id} is an agent and took part, so it cannot be declared that no AI did")).collect()
    }

    /// What is wrong with a tool and what it was used for.
    fn wrong_use(&self, ai: &Ai) -> Vec<String> {
        let mut wrong = Vec::new();
        match &ai.tool {
            Some(tool) => {
                let (model, version) = (ai.model.as_deref(), ai.version.as_deref());
                let authority = self.authority().into_iter().filter(|policy| policy.tools().get(tool).is_some());
                for policy in std::iter::once(&self.policy).chain(authority) {
                    let refusals = policy.tools().refusals(tool, model, version, ai.use_case.as_ref(), self.now);
                    wrong.extend(refusals.iter().map(|refusal| self.refusal(policy, refusal)));
                }
            }
            None => {
                let approved = self.policy.tools().iter().filter(|(_, tool)| tool.status == ToolStatus::Approved);
                let approved: Vec<&str> = approved.map(|(id, _)| id.as_str()).collect();
                let approved = if approved.is_empty() { "none".to_owned() } else { approved.join(", ") };
                wrong.push(format!("--extent {} needs --tool ID; approved: {approved}", ai.extent.as_str()));
            }
        }
        let restricted = |id: &Ident| self.policies().filter_map(|it| it.use_case(id)).find(|known| known.restricted);
        match ai.use_case.as_ref().map(|id| (id, restricted(id).or(self.policy.use_case(id)))) {
            Some((id, None)) => {
                let known: Vec<&str> = self.policy.use_cases().map(|(id, _)| id.as_str()).collect();
                wrong.push(format!("use case `{id}` is not in the policy, which has {}", known.join(", ")));
            }
            Some((id, Some(use_case))) if use_case.restricted => {
                wrong.push(format!("use case `{id}` must not use AI: {}", use_case.title));
            }
            _ => {}
        }
        wrong
    }

    /// Why a tool may not be used; of one that was only asked for, by whom it is approved.
    fn refusal(&self, policy: &Policy, refusal: &ToolRefusal) -> String {
        let ToolRefusal::Status { tool, .. } = refusal else { return refusal.to_string() };
        if policy.tools().get(tool).is_none_or(|tool| tool.status != ToolStatus::Requested) {
            return refusal.to_string();
        }
        let roles: Vec<Role> = SECURITY.parse().into_iter().collect();
        let who: Vec<&str> = self.holders(&roles).into_iter().map(PersonId::as_str).collect();
        let who = if who.is_empty() { "somebody".to_owned() } else { who.join(" or ") };
        format!("{refusal}: {who} (role {SECURITY}) answers the request (S4)")
    }

    /// What the rules of the declared paths ask of AI use, and the answers do not give.
    fn wrong_here(&self, span: &Span, answers: &Answers) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut confirm = BTreeSet::new();
        for change in &span.changes {
            let needs = self.requirements(change);
            if !needs.ai_allowed() {
                wrong.push(format!("no AI may take part in {}", change.path()));
            }
            if let Some((id, title)) = needs.restricted().filter(|_| self.is_error(Clause::R1)) {
                wrong.push(format!("{} is for `{id}` ({title}), which must not use AI (R1)", change.path()));
            }
            confirm.extend(needs.confirm().iter().filter(|id| !answers.confirmations.contains(id)).cloned());
        }
        wrong
            .extend(confirm.iter().map(|id| format!("--confirm {id}   {}", self.confirmation(id).unwrap_or_default())));
        wrong
    }

    /// Everyone whom the span's commits name as author or co-author of one of its paths, but tools.
    pub(super) fn authors(&self, span: &Span) -> Result<BTreeSet<Author>, DraftError> {
        let paths = PathTrie::of(span.changes.iter().map(|change| change.path()));
        let mut authors = BTreeSet::new();
        for id in self.repository.new_commits(span.to, &[span.from])? {
            // What a merge takes from a parent is named by the commits it merges; what it makes of its own is its author's.
            if touched(self.repository, id, &paths)?.is_empty() {
                continue;
            }
            let commit = self.repository.commit(id)?;
            for identity in identities(&commit).into_iter().filter(|identity| identity.part != Part::Committer) {
                let known = self.policies().find_map(|policy| policy.roster().by_email(&identity.email));
                authors.extend(match known {
                    Some(person) => Some(Author::person(person.id().clone())),
                    // A tool is nobody: what it did is said as the use of AI.
                    None if read_author(&identity.name, &identity.email).is_ai() => None,
                    None => Some(Author::outside(identity.name, identity.email)),
                });
            }
        }
        Ok(authors)
    }
}
