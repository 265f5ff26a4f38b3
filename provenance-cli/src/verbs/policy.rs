//! `policy`: explain, schema; `lint` and `coverage` have files of their own.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use provenance_core::check::{PolicyAt, policy_at};
use provenance_core::gate::KeyRing;
use provenance_core::gather::Gatherer;
use provenance_core::ledger::Ledger;
use provenance_core::name::Ident;
use provenance_core::path::RepoPath;
use provenance_core::policy::{Policy, Requirements};
use provenance_core::report::Report;
use provenance_core::schema::schemas;

use crate::app::App;
use crate::args::PolicyVerb;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::render::counted;
use crate::{paths, render};

pub(super) fn run(app: &App, verb: &PolicyVerb, out: &mut Output) -> Outcome {
    match verb {
        PolicyVerb::Lint { rev } => super::lint::run(app, rev.as_deref(), out),
        PolicyVerb::Explain { path, branch, rev } => {
            let path = paths::one(app, path)?;
            match rev {
                Some(rev) => match policy_at(&app.repository, app.repository.resolve(rev)?.commit)? {
                    PolicyAt::Sound(policy) => explain(&Explained::of([&*policy], &path), &path, out),
                    PolicyAt::Broken(error) => {
                        return Err(CliError::failed(format!("the policy at {rev} cannot be read:\n{error}")));
                    }
                    PolicyAt::Absent => return Err(CliError::usage(format!("{rev} has no policy"))),
                },
                None => explain(&Explained::of(app.desk(branch.as_deref(), &[])?.policies(), &path), &path, out),
            }
            Ok(Code::Done)
        }
        PolicyVerb::Accept(options) => super::accept::run(app, options, out),
        PolicyVerb::Coverage { branch, rev } => super::coverage::run(app, branch.as_deref(), rev.as_deref(), out),
        PolicyVerb::Schema { name } => schema(name.as_deref(), out),
    }
}

fn explain(explained: &Explained, path: &RepoPath, out: &mut Output) {
    if out.is_json() {
        out.json(&explained.as_json(path));
    } else {
        out.answer(&explained.as_text(path));
    }
}

/// What every policy that binds says of a path: the branch's own first, then the authority's.
struct Explained {
    /// The names of the rules that match, and the mark of the authority's.
    rules: Vec<(String, &'static str)>,
    /// The reason of an exemption.
    exempt: Option<String>,
    protected: bool,
    needs: Requirements,
    /// The texts of checklist items and confirmations.
    questions: BTreeMap<Ident, String>,
    statements: BTreeMap<Ident, String>,
}

impl Explained {
    fn of<'p>(policies: impl IntoIterator<Item = &'p Policy>, path: &RepoPath) -> Self {
        let mut found: Option<Self> = None;
        for policy in policies {
            let here = policy.explain(path);
            let mark = if found.is_some() { " (authority)" } else { "" };
            let mut next = Self {
                rules: here.rules.iter().map(|rule| (rule.name.to_string(), mark)).collect(),
                exempt: here.exempt.map(|exempt| exempt.reason.clone()),
                protected: here.protected,
                questions: BTreeMap::new(),
                statements: policy.confirmations().map(|(id, text)| (id.clone(), text.to_owned())).collect(),
                needs: here.requirements,
            };
            let asked = next.needs.checklist().iter();
            next.questions = asked.map(|id| (id.clone(), policy.question(id).unwrap_or_default().to_owned())).collect();
            found = Some(match found {
                None => next,
                Some(own) => own.join(next),
            });
        }
        found.expect("a branch's own policy binds")
    }

    fn join(mut self, authority: Self) -> Self {
        self.rules.extend(authority.rules);
        self.needs = self.needs.join(authority.needs);
        // The branch's own words for what both ask.
        self.questions = authority.questions.into_iter().chain(self.questions).collect();
        self.statements = authority.statements.into_iter().chain(self.statements).collect();
        self
    }

    fn as_text(&self, path: &RepoPath) -> String {
        let needs = &self.needs;
        let mut text = format!("{path}\n");
        if self.protected {
            text.push_str("  protected: it is part of the policy\n");
        }
        for (name, mark) in &self.rules {
            text.push_str(&format!("  rule `{name}`{mark} applies\n"));
        }
        if let Some(reason) = &self.exempt {
            let effect = if needs.is_exempt() { "" } else { " (no effect: a rule asks for reviews)" };
            text.push_str(&format!("  exempt: {}{effect}\n", inline(reason)));
        }
        for quorum in needs.quorums() {
            let roles: Vec<&str> = quorum.roles.iter().map(|role| role.as_str()).collect();
            let whom = if roles.is_empty() { "any human".to_owned() } else { format!("role {}", roles.join(" or ")) };
            text.push_str(&format!(
                "  needs {} by {whom} ({})\n",
                counted(quorum.count as usize, "review"),
                quorum.rule
            ));
        }
        if needs.is_exempt() {
            text.push_str("  needs no review\n");
        }
        text.push_str(&format!("  presence: {}\n", needs.presence()));
        text.push_str(&format!("  AI: {}\n", if needs.ai_allowed() { "allowed" } else { "forbidden" }));
        text.push_str(&format!(
            "  declaration: {}\n",
            if needs.declaration_required() { "required" } else { "optional" }
        ));
        for id in needs.checklist() {
            text.push_str(&format!(
                "  checklist {id}: {}\n",
                inline(self.questions.get(id).map_or("", String::as_str))
            ));
        }
        for id in needs.confirm() {
            let statement = self.statements.get(id).map_or("", String::as_str);
            text.push_str(&format!("  AI use must confirm {id}: {}\n", inline(statement)));
        }
        text
    }

    fn as_json(&self, path: &RepoPath) -> serde_json::Value {
        let needs = &self.needs;
        let reviews: Vec<_> = needs
            .quorums()
            .iter()
            .map(|quorum| serde_json::json!({ "rule": quorum.rule, "roles": quorum.roles, "count": quorum.count }))
            .collect();
        serde_json::json!({
            "path": path,
            "protected": self.protected,
            "rules": self.rules.iter().map(|(name, mark)| format!("{name}{mark}")).collect::<Vec<_>>(),
            "exempt": needs.is_exempt(),
            "reviews": reviews,
            "presence": needs.presence(),
            "ai": if needs.ai_allowed() { "allowed" } else { "forbidden" },
            "declaration": if needs.declaration_required() { "required" } else { "optional" },
            "checklist": needs.checklist(),
            "confirm": needs.confirm(),
        })
    }
}

/// `check --explain PATH`: what the path needs, its records, and what the gate says of it.
pub(super) fn explain_in(app: &App, report: &Report, path: &OsStr, out: &mut Output) -> Outcome {
    let path = paths::one(app, path)?;
    let desk = app.desk(Some(report.transition.branch.as_str()), &[])?;
    let mut only = report.clone();
    only.changes.retain(|change| change.path == path);
    only.findings.retain(|finding| finding.path.as_ref().is_none_or(|at| *at == path));
    if out.is_json() {
        out.json(&serde_json::json!({ "needs": Explained::of(desk.policies(), &path).as_json(&path), "report": only }));
        return Ok(Code::of(report.verdict));
    }
    let mut text = Explained::of(desk.policies(), &path).as_text(&path);
    if only.changes.is_empty() {
        text.push_str("the path does not change here\n");
    }
    let mut ids = Vec::new();
    for commit in [report.transition.old, report.transition.new] {
        ids.extend(app.repository.slot_at(commit, &path)?.map(|slot| slot.id));
    }
    let (ring, ledger) = (KeyRing::of(desk.policies()), Ledger::open(&app.repository)?);
    let lines = Gatherer::new(&app.repository, &ledger, &ring).records(&ids)?;
    let fates = desk.fates(&lines)?;
    for line in &lines {
        text.push_str(&format!("record {}\n", super::show::describe(line, &desk, &fates, app)));
    }
    text.push_str(&render::report(&only));
    out.answer(&text);
    Ok(Code::of(report.verdict))
}

pub(super) fn schema(name: Option<&str>, out: &mut Output) -> Outcome {
    let all = schemas();
    let Some(name) = name else {
        out.answer(&all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("\n"));
        return Ok(Code::Done);
    };
    match all.iter().find(|(known, _)| *known == name) {
        Some((_, schema)) => {
            out.json(schema);
            Ok(Code::Done)
        }
        None => Err(CliError::usage(format!("no schema `{name}`")).hint("`git provenance policy schema` lists them")),
    }
}
