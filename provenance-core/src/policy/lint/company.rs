//! What the policy says of the company: P1, T2, T3, T4, A1, R2, Tr1, Tr3, Ac1.

use super::{File, Lint, allows_ai};
use crate::finding::on_one_line;
use crate::name::{Ident, Role};
use crate::policy::company::{Activity, PolicyDocument, PublicStatement};
use crate::policy::problem::Step::{Index, Key};
use crate::policy::{Clause, Person, Policy};

pub(super) fn check(lint: &mut Lint<'_>) {
    let (policy, company) = (lint.policy, lint.policy.company());
    company.documents.iter().for_each(|(id, it)| document(lint, id, it));
    company.statements.iter().for_each(|(id, it)| statement(lint, id, it));
    clients(lint);
    supervisors(lint);
    if company.accountable.is_empty() {
        let message = "nobody is named who answers for what is published: add [[accountable]] with person, title and \
                       contact";
        lint.problem(Clause::A1, File::Policy, &[], message);
    }
    if !restricts(policy) && !company.decisions.values().any(|decision| decision.clause == Clause::R2) {
        let message = "no use is restricted, and no decision says that none is to be: add `restricted = true` to a \
                       [use.ID], or a [decision.ID] with clause = \"R2\"";
        lint.problem(Clause::R2, File::Policy, &[], message);
    }
    let trained = company.courses.values().any(|course| course.required_for.contains(&Activity::Ai));
    if allows_ai(policy) && !trained {
        let message = "AI is allowed and no course is required for it: add a [course.ID] with required-for = [\"ai\"]";
        lint.problem(Clause::Tr1, File::Policy, &[], message);
    }
}

/// Whether some use must not use AI.
fn restricts(policy: &Policy) -> bool {
    policy.use_cases().any(|(_, use_case)| use_case.restricted)
}

/// The roles that have to approve a document and that no rule asks for at its path.
pub(in crate::policy) fn unasked_roles<'d>(policy: &Policy, document: &'d PolicyDocument) -> Vec<&'d Role> {
    let needs = policy.strictest(&document.path);
    let asked =
        |role: &Role| needs.quorums().iter().any(|quorum| quorum.roles.as_slice() == std::slice::from_ref(role));
    document.approved_by.iter().filter(|role| !asked(role)).collect()
}

fn document(lint: &mut Lint<'_>, id: &Ident, document: &PolicyDocument) {
    let at = [Key("document"), Key(id.as_str()), Key("path")];
    if lint.text(&document.path).is_none() {
        lint.problem(Clause::Ac1, File::Policy, &at, format!("{}, document `{id}`, is not there", document.path));
    }
    for role in unasked_roles(lint.policy, document) {
        let index = document.approved_by.iter().position(|it| it == role).unwrap_or_default();
        let message = format!(
            "document `{id}` is to be approved by {role}, and no rule asks for that at {}: add a [[rule]] with \
             paths = [\"/{0}\"] and reviews = [{{ roles = [\"{role}\"] }}]",
            document.path
        );
        let place = [Key("document"), Key(id.as_str()), Key("approved-by"), Index(index)];
        lint.problem(Clause::P1, File::Policy, &place, message);
    }
}

fn statement(lint: &mut Lint<'_>, id: &Ident, statement: &PublicStatement) {
    let at = [Key("statement"), Key(id.as_str())];
    let Some(text) = lint.text(&statement.path) else {
        let message = format!("{}, statement `{id}`, is not there", statement.path);
        lint.problem(Clause::T2, File::Policy, &[at[0], at[1], Key("path")], message);
        return;
    };
    let text = on_one_line(&text);
    for (i, claim) in statement.claims.iter().enumerate().filter(|(_, claim)| !text.contains(&on_one_line(&claim.text)))
    {
        let message = format!("{} does not say what statement `{id}` claims: `{}`", statement.path, claim.text);
        lint.problem(Clause::T4, File::Policy, &[at[0], at[1], Key("claims"), Index(i)], message);
    }
}

fn clients(lint: &mut Lint<'_>) {
    for (id, client) in &lint.policy.company().clients {
        let at = [Key("client"), Key(id.as_str())];
        match &client.disclosure {
            None => {
                let message = format!(
                    "client `{id}` has no `disclosure`: name the document with the contract's clause on AI use"
                );
                lint.problem(Clause::T3, File::Policy, &at, message);
            }
            Some(path) if lint.text(path).is_none() => {
                let message = format!("{path}, the disclosure to client `{id}`, is not there");
                lint.problem(Clause::T3, File::Policy, &[at[0], at[1], Key("disclosure")], message);
            }
            Some(_) => {}
        }
    }
}

/// The humans who have not retired and whom nobody supervises. One who supervises others may be the
/// company's head, whom nobody does.
pub(crate) fn unsupervised(policy: &Policy) -> Vec<&Person> {
    let here = || policy.roster().iter().filter(|person| person.is_human() && person.retired().is_none());
    let without: Vec<&Person> = here().filter(|person| person.supervisor().is_none()).collect();
    match without.as_slice() {
        [head] if here().any(|person| person.supervisor() == Some(head.id())) => Vec::new(),
        _ => without,
    }
}

fn supervisors(lint: &mut Lint<'_>) {
    for person in unsupervised(lint.policy) {
        let message = format!(
            "{} has no `supervisor`: nobody confirms that they know the policy (one may be without, who heads the \
             company)",
            person.id()
        );
        lint.problem(Clause::Tr3, File::People, &[Key("person"), Key(person.id().as_str())], message);
    }
}
