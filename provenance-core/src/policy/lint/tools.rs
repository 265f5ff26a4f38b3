//! The register of tools: S1, S4, Pr2, Pr4, Se2, Tr4.

use super::markdown::headings;
use super::{File, Lint, allows_ai, is_approved};
use crate::name::ToolId;
use crate::policy::problem::Step::{self, Index, Key};
use crate::policy::tools::Tool;
use crate::policy::{Clause, ToolStatus};

/// How many days security has to answer a request.
const ANSWER_DAYS: i32 = 14;

/// What a tool's document has a section on: how a word of the heading starts, and what to call it.
const SECTIONS: [(&str, &str); 3] = [("capabilit", "capabilities"), ("limit", "limits"), ("guideline", "guidelines")];

pub(super) fn check(lint: &mut Lint<'_>) {
    let policy = lint.policy;
    if policy.tools().iter().next().is_none() && allows_ai(policy) {
        let message = "no AI tool is listed, and rules allow AI: list one (`git provenance tools request ID`, then \
                       `tools approve ID`), or forbid AI by a rule with paths = [\"**\"] and ai = \"forbidden\"";
        lint.problem(Clause::S1, File::Tools, &[], message);
    }
    for (id, tool) in policy.tools().iter() {
        if is_approved(tool.status) {
            privacy(lint, id, tool);
            training(lint, id, tool);
            document(lint, id, tool);
        }
        if tool.status == ToolStatus::Requested {
            request(lint, id, tool);
        }
    }
}

fn at(id: &ToolId) -> [Step<'_>; 2] {
    [Key("tool"), Key(id.as_str())]
}

/// Pr2: what its maker does with what it is given.
fn privacy(lint: &mut Lint<'_>, id: &ToolId, tool: &Tool) {
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let answers = [
        ("processor-agreement", said(&tool.processor_agreement)),
        ("retention", said(&tool.retention)),
        ("region", said(&tool.region)),
        ("trains-on-input", tool.trains_on_input.is_some()),
    ];
    let open: Vec<&str> = answers.iter().filter(|(_, said)| !said).map(|(key, _)| *key).collect();
    if !open.is_empty() {
        let message = format!("tool `{id}` is approved, and its entry does not say {}", open.join(", "));
        lint.problem(Clause::Pr2, File::Tools, &at(id), message);
    }
}

/// Pr4: what trains models gets public data alone.
fn training(lint: &mut Lint<'_>, id: &ToolId, tool: &Tool) {
    if tool.trains_on_input != Some(true) {
        return;
    }
    let place = at(id);
    if tool.data_classes.is_empty() {
        let message = format!(
            "tool `{id}` trains on its input and is approved for any data: list public classes only in `data-classes`"
        );
        lint.problem(Clause::Pr4, File::Tools, &[place[0], place[1], Key("trains-on-input")], message);
    }
    let classes = &lint.policy.company().data_classes;
    for (i, class) in tool.data_classes.iter().enumerate() {
        let is_public = class.parse().ok().and_then(|class| classes.get(&class)).is_some_and(|class| class.public);
        if !is_public {
            let message = format!(
                "tool `{id}` trains on its input and is approved for `{class}`, which policy.toml does not call \
                 public ([data-class.{class}] public = true)"
            );
            lint.problem(Clause::Pr4, File::Tools, &[place[0], place[1], Key("data-classes"), Index(i)], message);
        }
    }
}

/// Tr4: the document that says what it can do, what it gets wrong, and how it is used.
fn document(lint: &mut Lint<'_>, id: &ToolId, tool: &Tool) {
    let Some(path) = &tool.document else {
        let message = format!("tool `{id}` is approved and has no `document`: name the file that describes it");
        lint.problem(Clause::Tr4, File::Tools, &at(id), message);
        return;
    };
    let place = [Key("tool"), Key(id.as_str()), Key("document")];
    let Some(text) = lint.text(path) else {
        lint.problem(Clause::Tr4, File::Tools, &place, format!("{path}, the document of tool `{id}`, is not there"));
        return;
    };
    let found = headings(&text);
    for (start, name) in SECTIONS {
        match found.iter().find(|heading| heading.speaks_of(start)) {
            None => {
                let message = format!("the document of tool `{id}` has no heading that names its {name}");
                lint.note(Clause::Tr4, path.to_string(), None, message);
            }
            Some(heading) if !heading.has_content => {
                let message = format!("the document of tool `{id}` says nothing below its heading on {name}");
                lint.note(Clause::Tr4, path.to_string(), Some(heading.line), message);
            }
            Some(_) => {}
        }
    }
}

/// S4 and Se2: what is asked for is answered, and the answer is its status.
fn request(lint: &mut Lint<'_>, id: &ToolId, tool: &Tool) {
    let [tool_key, id_key] = at(id);
    if let Some(on) = tool.asked.answered {
        let message = format!("tool `{id}` was answered on {on} and is still `requested`: approve or retire it");
        lint.problem(Clause::S4, File::Tools, &[tool_key, id_key, Key("status")], message);
        return;
    }
    let Some(on) = tool.asked.on else {
        let message = format!("tool `{id}` is asked for and its entry does not say since when: add `requested-on`");
        lint.problem(Clause::Se2, File::Tools, &at(id), message);
        return;
    };
    if lint.now.day() > on.plus_days(ANSWER_DAYS) {
        let message = format!(
            "tool `{id}` was asked for on {on}, more than {ANSWER_DAYS} days ago, and security has not answered: \
             approve it (`git provenance tools approve {id}`) or retire it, and set `answered-on`"
        );
        lint.problem(Clause::Se2, File::Tools, &[tool_key, id_key, Key("requested-on")], message);
    }
}
