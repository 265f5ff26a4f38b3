//! `tools`: the register of AI tools, listed, asked for, approved.

use provenance_core::name::PersonId;
use provenance_core::policy::{FILES, Policy, ToolStatus};
use toml_edit::{Table, value};

use super::people::{Edit, date, edit, list_of, read};
use crate::app::App;
use crate::args::{ToolEntry, ToolsVerb};
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};

pub(super) fn run(app: &App, verb: Option<&ToolsVerb>, out: &mut Output) -> Outcome {
    match verb {
        None => list(app, None, out),
        Some(ToolsVerb::List { branch }) => list(app, branch.as_deref(), out),
        Some(ToolsVerb::Request(entry)) => set(app, entry, "requested", out),
        Some(ToolsVerb::Approve(entry)) => set(app, entry, "approved", out),
    }
}

fn list(app: &App, branch: Option<&str>, out: &mut Output) -> Outcome {
    let desk = app.desk_or_authority(branch)?;
    if out.is_json() {
        let tools: Vec<_> = desk
            .policy()
            .tools()
            .iter()
            .map(|(id, tool)| {
                serde_json::json!({ "id": id, "name": tool.name, "vendor": tool.vendor, "status": tool.status, "models": tool.models, "uses": tool.uses, "approvedUntil": tool.approved_until })
            })
            .collect();
        out.json(&tools);
        return Ok(Code::Done);
    }
    if desk.policy().tools().iter().next().is_none() {
        out.answer("no tool is approved; ask for one with `git provenance tools request ID --name NAME`");
    }
    for (id, tool) in desk.policy().tools().iter() {
        let status = match tool.status {
            ToolStatus::Approved => "approved",
            ToolStatus::Requested => "requested",
            ToolStatus::Retired => "retired",
        };
        let until = tool.approved_until.map_or_else(String::new, |day| format!(" until {day}"));
        let models = if tool.models.is_empty() { "any model".to_owned() } else { tool.models.join(", ") };
        let uses: Vec<&str> = tool.uses.iter().map(|id| id.as_str()).collect();
        let uses = if uses.is_empty() { "any use that is not restricted".to_owned() } else { uses.join(", ") };
        out.answer(&format!("{id} ({}), {status}{until}; {}; {uses}", inline(&tool.name), inline(&models)));
    }
    Ok(Code::Done)
}

fn set(app: &App, entry: &ToolEntry, status: &str, out: &mut Output) -> Outcome {
    let mut table = Table::new();
    let document = read(app, FILES[2])?;
    let known = document.get("tool").and_then(|tools| tools.get(entry.id.as_str()));
    let is_known = known.is_some();
    let now = known.and_then(|tool| tool.get("status")).and_then(|status| status.as_str()).unwrap_or_default();
    if (now, status) == ("approved", "requested") {
        return Err(CliError::usage(format!("{} is approved already, and a request would take that back", entry.id))
            .hint("`git provenance tools approve` changes its entry; to end the approval set status = \"retired\""));
    }
    if let Some(name) = entry.name.clone().or_else(|| (!is_known).then(|| entry.id.to_string())) {
        table["name"] = value(name);
    }
    table["status"] = value(status);
    fill(&mut table, entry);
    // How long security took is read from these two.
    let asked = (status == "requested" && now != "requested").then_some(("requested-on", app.now.day()));
    let answered = (status == "approved" && now == "requested").then_some(("answered-on", app.now.day()));
    let until = entry.until.map(|until| ("approved-until", until));
    for (name, day) in [until, asked, answered].into_iter().flatten() {
        table[name] = value(date(day)?);
    }
    if let Some(who) = asked.and_then(|_| whoever_asks(app)) {
        table["requested-by"] = value(who.as_str());
    }
    edit(app, FILES[2], "tool", entry.id.as_str(), Edit::Set(table))?;
    super::written(out, FILES[2], &format!("{} is {status}", entry.id));
    Ok(Code::Done)
}

/// The person of the working tree's roster whose address git is configured with.
fn whoever_asks(app: &App) -> Option<PersonId> {
    let files = super::lint::working_files(app.repository.work_dir()?).ok()?;
    let email = app.repository.config("user.email").ok()??;
    Some(Policy::load(&files).ok()?.roster().by_email(&email)?.id().clone())
}

/// Writes what was given.
fn fill(table: &mut Table, entry: &ToolEntry) {
    let texts = [
        ("vendor", &entry.vendor),
        ("note", &entry.note),
        ("document", &entry.document),
        ("processor-agreement", &entry.agreement),
        ("retention", &entry.retention),
        ("region", &entry.region),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            table[name] = value(text.as_str());
        }
    }
    if let Some(trains) = entry.trains_on_input {
        table["trains-on-input"] = value(trains);
    }
    let lists = [
        ("models", entry.model.clone()),
        ("uses", entry.uses.iter().map(ToString::to_string).collect()),
        ("data-classes", entry.data_class.clone()),
    ];
    for (name, texts) in lists.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        table[name] = list_of(texts);
    }
}
