//! Tools in use: where, with what data, on which device, by which list.

use provenance_core::id::Sha256Digest;
use serde_json::{Value, json};

use super::case::Case;
use super::world::{Edit, TOOLS, World, policy, put, put_as};

const B: &str = "content/b.md";
const FILE: &str = ".provenance/tools.toml";

pub(super) fn cases() -> Vec<Case> {
    [uses(), links(), paths(), data(), devices(), lists()].into_iter().flatten().collect()
}

/// A reviewed topic that Wes made with AI, and what his declaration says besides.
fn world(entries: &str, tools: &str, details: Value) -> World {
    of_edit(put(B, "B\n"), entries, tools, details)
}

/// The same of another topic.
fn of_edit(edit: Edit, entries: &str, tools: &str, details: Value) -> World {
    let world = World::ruled_by(&policy("", entries));
    world.publish(&[put(FILE, tools)]);
    world.commit("topic", "main", &[edit]);
    let declaration = world.declaration("wes", "main", "topic").ai("generated", &json!({}));
    if details.is_null() { declaration } else { declaration.set("details", details) }.file();
    world.review("ed", "main", "topic").file();
    world
}

/// The register with one more line at the approved tool.
fn tool(line: &str) -> String {
    TOOLS.replacen("status = \"approved\"", &format!("status = \"approved\"\n{line}"), 1)
}

fn uses() -> Vec<Case> {
    let contracts = "[use.contracts]\ntitle = \"Contracts\"\nrestricted = true\npaths = [\"content/**\", \"log/**\"]\n";
    let human = World::ruled_by(&policy("", contracts));
    human.commit("topic", "main", &[put("log/x", "x\n")]);
    let undeclared = human
        .second(
            "restricted-path-undeclared",
            "G26.1",
            "Where AI must not be used a change is declared, whatever rules say.",
        )
        .refuses("main...topic", &["missing-declaration log/x"]);
    human.declaration("wes", "main", "topic").file();
    vec![
        undeclared,
        human
            .second("restricted-path-by-hand", "G26.1", "What was declared as made by hand passes there.")
            .allows("main...topic", &[]),
        world(contracts, TOOLS, Value::Null)
            .second("restricted-path-with-ai", "G26.1 P2.6", "AI must not be used at the paths of a restricted use.")
            .refuses("main...topic", &["restricted-use content/b.md"]),
    ]
}

/// Links where a folder of a restricted use would be, and elsewhere.
fn links() -> Vec<Case> {
    let contracts = "[use.contracts]\ntitle = \"Contracts\"\nrestricted = true\npaths = [\"contracts/**\"]\n";
    let at = |path: &str| of_edit(put_as("120000", path, "content"), contracts, TOOLS, Value::Null);
    vec![
        at("contracts")
            .fifth("link-for-a-restricted-folder", "G26.1 P6.7", "A link there is for what the folder would be for.")
            .refuses("main...topic", &["restricted-use contracts"]),
        at("contacts")
            .fifth("link-beside-a-restricted-folder", "G26.1 P6.7", "One of another name is for nothing of that.")
            .allows("main...topic", &[]),
    ]
}

fn paths() -> Vec<Case> {
    vec![
        world("", &tool("paths = [\"drafts/**\"]"), Value::Null)
            .second("tool-at-another-path", "G26.1", "A tool is used only where the register says.")
            .refuses("main...topic", &["unapproved-tool content/b.md"]),
        world("", &tool("paths = [\"content/**\"]"), Value::Null)
            .second("tool-at-its-path", "G26.1", "There it may be.")
            .allows("main...topic", &[]),
        world("", &tool("approved-from = 2025-06-02"), Value::Null)
            .second("tool-approved-from-tomorrow", "G17.2 P4.1", "Before its first day a tool is not approved.")
            .refuses("main...topic", &["unapproved-tool content/b.md"]),
        world("", &tool("approved-from = 2025-06-01"), Value::Null)
            .second("tool-approved-from-today", "G17.2 P4.1", "On that day it is.")
            .allows("main...topic", &[]),
    ]
}

fn data() -> Vec<Case> {
    let classes = "[data-class.open]\ntitle = \"Published\"\npublic = true\n[data-class.secret]\ntitle = \"Secret\"\n";
    let of = |line: &str, details: Value| world(classes, &tool(line), details);
    vec![
        of("", Value::Null)
            .second(
                "data-class-not-said",
                "G26.2",
                "Where data has classes a declaration says which went into the tool.",
            )
            .refuses("main...topic", &["missing-confirmation content/b.md"]),
        of("", json!({ "dataClasses": ["open"] }))
            .second("data-class-public", "G26.2 R9.10", "What is public may go into any tool.")
            .allows("main...topic", &[]),
        of("", json!({ "dataClasses": ["open", "secret"] }))
            .second("data-class-not-allowed", "G26.2", "What is not may go into no tool that does not list it.")
            .refuses("main...topic", &["unapproved-tool content/b.md"]),
        of("data-classes = [\"secret\"]", json!({ "dataClasses": ["open", "secret"] }))
            .second("data-class-of-the-tool", "G26.2 P4.1", "One that the tool lists may.")
            .allows("main...topic", &[]),
        of("", json!({ "dataClasses": ["other"] }))
            .second("data-class-unknown", "G26.2", "A class that the policy does not have is not public.")
            .refuses("main...topic", &["unapproved-tool content/b.md"]),
    ]
}

fn devices() -> Vec<Case> {
    let classes = "[device.managed]\ntitle = \"Ours\"\nallowed = true\n[device.private]\ntitle = \"One's own\"\n";
    let of = |details: Value| world(classes, TOOLS, details);
    vec![
        of(Value::Null)
            .second("device-not-said", "G26.2", "Where devices have classes a declaration names one.")
            .refuses("main...topic", &["missing-confirmation content/b.md"]),
        of(json!({ "device": "managed" }))
            .second("device-allowed", "G26.2", "One that is allowed is.")
            .allows("main...topic", &[]),
        of(json!({ "device": "private" }))
            .second("device-not-allowed", "G26.2", "One that is not is not.")
            .refuses("main...topic", &["unapproved-tool content/b.md"]),
    ]
}

fn lists() -> Vec<Case> {
    let digest = |tools: &str| json!({ "toolsSha256": Sha256Digest::of(tools.as_bytes()).to_string() });
    let strict = "[severity]\nSe1 = \"error\"\n";
    let other = tool("note = \"another list\"");
    vec![
        world("", TOOLS, digest(&other))
            .second("list-of-tools-never-published", "G26.3", "A list of tools that never was in force is said.")
            .allows("main...topic", &["warning unknown-tools-list"]),
        world(strict, TOOLS, digest(&other))
            .second("list-of-tools-refused", "G26.3 G22.7", "Or refused, where the policy says so.")
            .refuses("main...topic", &["unknown-tools-list"]),
        world(strict, TOOLS, digest(TOOLS))
            .second("list-of-tools-in-force", "G26.3", "The list at the tip was.")
            .allows("main...topic", &["never unknown-tools-list"]),
        world(strict, &other, digest(TOOLS))
            .second("list-of-tools-of-an-earlier-step", "G26.3", "So was one of an earlier step.")
            .allows("main...topic", &["never unknown-tools-list"]),
    ]
}
