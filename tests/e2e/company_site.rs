//! The small publisher with a company's policy: documents to accept, courses, somebody accountable,
//! waivers, automated checks, classes of data and devices.
//!
//! Ana (admin, lead), Ed (editor, lead, counsel, answers for the news), Tia and Ana (trainers), Wes
//! (writer, supervised by Ana), Wes's bot and the service `ci`; Eve is in no roster.

use provenance_core::key::generate;

use crate::site::Site;

/// The publisher's repository, its first step with the company's policy pinned.
pub(crate) fn company() -> Site {
    company_with("")
}

/// The same, with further entries in `people.toml`.
pub(crate) fn company_with(more_people: &str) -> Site {
    let site = Site::new();
    for (name, seed) in [("ci", 6u8), ("tia", 7)] {
        let made = generate([seed; 64], name, None).unwrap();
        std::fs::write(site.key(name), made.private.as_bytes()).unwrap();
    }
    site.repo.write(".provenance/people.toml", format!("{}{more_people}", people(&site)));
    site.repo.write(".provenance/policy.toml", POLICY);
    site.repo.write(".provenance/tools.toml", TOOLS);
    site.repo.write("AI-POLICY.md", "We answer for what we publish.\n");
    site.repo.write("PRIVACY.md", "We keep what clients tell us.\n");
    site.repo.write("docs/writer.md", "# Writer\n");
    site.repo.write("content/news/n.md", "news\n");
    let root = site.repo.commit("company policy");
    site.repo.git(&["config", "provenance.root", &root]);
    site
}

fn people(site: &Site) -> String {
    let person = |id: &str, kind: &str, roles: &str, more: &str| {
        let key = site.public(id);
        format!(
            "[person.{id}]\nname = \"{id}\"\nkind = \"{kind}\"\nemails = [\"{id}@example.com\"]\nroles = [{roles}]\nkeys = [\"{key}\"]\n{more}\n"
        )
    };
    [
        person("ana", "human", "\"admin\", \"security\", \"editor\", \"trainer\", \"lead\"", ""),
        person("ed", "human", "\"editor\", \"lead\", \"counsel\"", ""),
        person("tia", "human", "\"trainer\"", ""),
        person("wes", "human", "\"writer\"", "supervisor = \"ana\""),
        person("bot", "agent", "", "operators = [\"wes\"]"),
        person("ci", "service", "", ""),
    ]
    .concat()
}

pub(crate) const POLICY: &str = r#"version = 1
repository = "acme/site"
branches = ["refs/heads/main"]

[[rule]]
name = "content"
paths = ["content/**"]
reviews = [{ roles = ["editor"] }]
declaration = "required"
checklist = ["accuracy"]

[checklist.accuracy]
question = "Are facts checked?"
needs = ["note", "sources"]

[document.ai-policy]
path = "AI-POLICY.md"
title = "AI usage policy"
[document.privacy]
path = "PRIVACY.md"

[course.ai-basics]
modules = ["technical", "ethics"]
valid-days = 365
[course.law]
modules = ["copyright"]
valid-days = 365
trainers = ["counsel"]

[[accountable]]
person = "ed"
title = "News editor"
contact = "news@example.com"
paths = ["content/news/**"]

[waiver]
roles = ["lead"]
max-days = 7

[scan.links]
title = "Dead links"
[data-class.published]
title = "What is published already"
public = true
[data-class.internal]
title = "What only we know"
[device.managed]
title = "A laptop of ours"
allowed = true
"#;

const TOOLS: &str = r#"[tool.writer]
name = "Writer"
status = "approved"
document = "docs/writer.md"
data-classes = ["published"]
[tool.drawer]
name = "Drawer"
status = "approved"
"#;
