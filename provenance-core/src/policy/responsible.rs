//! The template `responsible-ai`: a policy, people, tools, and the documents of a company that adopts an AI
//! usage policy with all its clauses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::starter::{Admin, Starter, quoted, toml_key};
use crate::name::{Ident, PersonId, Role, ToolId};
use crate::time::Day;

/// The teams that approve the policy document.
pub const TEAMS: [&str; 3] = ["legal", "security", "people"];
/// The roles that an admin has besides, unless others are named for them.
const OTHER_ROLES: [&str; 2] = ["editor", "trainer"];

/// A use that must not use AI.
#[derive(Debug, Clone)]
pub struct Restricted {
    /// Its id.
    pub id: Ident,
    /// What it is.
    pub title: String,
    /// Where nothing else is done.
    pub paths: Vec<String>,
}

/// What the template is made from.
#[derive(Debug, Clone)]
pub struct ResponsibleAi {
    /// Repository, branch, baseline and admins.
    pub starter: Starter,
    /// The company's name.
    pub company: String,
    /// The day of adoption.
    pub date: Day,
    /// Who answers for what is published: an admin or a member.
    pub accountable: PersonId,
    /// Their office.
    pub title: String,
    /// How readers reach them.
    pub contact: String,
    /// Others who hold roles; they may have no key yet.
    pub members: Vec<Admin>,
    /// Who holds a role; of a role that is not named, the admins do.
    pub teams: BTreeMap<Role, BTreeSet<PersonId>>,
    /// What AI is not used for; none says that the company decided so.
    pub restricted: Vec<Restricted>,
    /// The tool that is asked for first, and its name.
    pub tool: Option<(ToolId, String)>,
}

/// A file of the template: its path and its text.
pub type File = (String, String);

impl ResponsibleAi {
    /// The files, those of the policy first. They load without problems where ids, addresses and keys differ and
    /// texts are not blank; `policy lint` has no error, and every clause is in force.
    pub fn files(&self) -> Vec<File> {
        let fill = |text: &str| render(text, &self.values());
        let mut files = vec![
            (super::FILES[0].to_owned(), self.people()),
            (super::FILES[1].to_owned(), render(POLICY, &self.policy_values())),
            (super::FILES[2].to_owned(), self.tools()),
            ("AI-POLICY.md".to_owned(), fill(DOCUMENT)),
            ("ai-statement.md".to_owned(), fill(STATEMENT)),
        ];
        if let Some((tool, _)) = &self.tool {
            files.push((document_of(tool), fill(TOOL)));
        }
        files
    }

    /// Who holds a role.
    pub fn holders(&self, role: &str) -> BTreeSet<PersonId> {
        let named = self.teams.iter().find(|(known, _)| known.as_str() == role).map(|(_, holders)| holders.clone());
        named.unwrap_or_else(|| self.starter.admins.iter().map(|admin| admin.id.clone()).collect())
    }

    fn everybody(&self) -> impl Iterator<Item = &Admin> {
        self.starter.admins.iter().chain(&self.members)
    }

    /// The values of the documents, as they are read.
    fn values(&self) -> Vec<(&'static str, String)> {
        let accountable = self.everybody().find(|person| person.id == self.accountable);
        let listed = |restricted: &Restricted| format!("- {}\n", restricted.title);
        let restricted: String = self.restricted.iter().map(listed).collect();
        let none = "- nothing: we looked at our work and restricted no use\n".to_owned();
        let (tool, tool_name) =
            self.tool.as_ref().map_or_else(Default::default, |(id, name)| (id.to_string(), name.clone()));
        vec![
            ("company", self.company.clone()),
            ("date", self.date.to_string()),
            ("accountable-name", accountable.map_or_else(String::new, |person| person.name.clone())),
            ("title", self.title.clone()),
            ("contact", self.contact.clone()),
            ("restricted", if restricted.is_empty() { none } else { restricted }.trim_end().to_owned()),
            ("tool", tool),
            ("tool-name", tool_name),
        ]
    }

    /// The values of `policy.toml`, as TOML has them.
    fn policy_values(&self) -> Vec<(&'static str, String)> {
        let baseline =
            |commit| format!("# Content up to here was published before this policy.\nbaseline = \"{commit}\"");
        let titles: Vec<&str> = self.restricted.iter().map(|restricted| restricted.title.as_str()).collect();
        let decided = match titles.as_slice() {
            [] => format!("Decided on {}: no use is restricted.", self.date),
            titles => format!("Decided on {}: AI is not used for: {}.", self.date, titles.join("; ")),
        };
        let no_ai_yet = if self.tool.is_none() { NO_AI_YET } else { "" };
        vec![
            ("repository", quoted(&self.starter.repository)),
            ("branch", quoted(self.starter.branch.as_str())),
            ("baseline", self.starter.baseline.map(baseline).unwrap_or_default()),
            ("no-ai-yet", no_ai_yet.trim_end().to_owned()),
            ("restricted", self.restricted.iter().map(restricted_use).collect::<String>().trim_end().to_owned()),
            ("accountable", quoted(self.accountable.as_str())),
            ("title", quoted(&self.title)),
            ("contact", quoted(&self.contact)),
            ("policy-title", quoted(&format!("Responsible AI policy of {}", self.company))),
            ("decided-uses", quoted(&decided)),
        ]
    }

    fn people(&self) -> String {
        let mut text = PEOPLE.to_owned();
        let several = self.everybody().count() > 1;
        for person in self.everybody() {
            let roles: Vec<String> = self.roles(person).iter().map(|role| quoted(role)).collect();
            let keys: Vec<String> = person.keys.iter().map(|key| quoted(&key.to_string())).collect();
            let supervisor = match several && person.id != self.accountable {
                true => format!("supervisor = {}\n", quoted(self.accountable.as_str())),
                false => String::new(),
            };
            write!(
                text,
                "\n[person.{}]\nname = {}\nkind = \"human\"\nemails = [{}]\nroles = [{}]\n{supervisor}keys = [{}]\n",
                toml_key(person.id.as_str()),
                quoted(&person.name),
                quoted(&person.email),
                roles.join(", "),
                keys.join(", "),
            )
            .expect("writing to a string cannot fail");
        }
        text
    }

    fn roles(&self, person: &Admin) -> Vec<String> {
        let is_admin = self.starter.admins.iter().any(|admin| admin.id == person.id);
        let usual = TEAMS.iter().chain(&OTHER_ROLES).map(|role| (*role).to_owned());
        let further = self.teams.keys().map(ToString::to_string);
        let mut roles: Vec<String> = is_admin.then(|| super::ADMIN.to_owned()).into_iter().collect();
        for role in usual.chain(further) {
            if !roles.contains(&role) && self.holders(&role).contains(&person.id) {
                roles.push(role);
            }
        }
        roles
    }

    fn tools(&self) -> String {
        let Some((tool, name)) = &self.tool else { return TOOLS.to_owned() };
        format!(
            "{TOOLS}\n[tool.{}]\nname = {}\nstatus = \"requested\"\nrequested-by = {}\nrequested-on = {}\ndocument = {}\n",
            toml_key(tool.as_str()),
            quoted(name),
            quoted(self.accountable.as_str()),
            self.date,
            quoted(&document_of(tool)),
        )
    }
}

fn document_of(tool: &ToolId) -> String {
    format!("ai-tools/{tool}.md")
}

fn restricted_use(restricted: &Restricted) -> String {
    let id = toml_key(restricted.id.as_str());
    let mut text = format!("[use.{id}]\ntitle = {}\nrestricted = true\n", quoted(&restricted.title));
    if !restricted.paths.is_empty() {
        let paths: Vec<String> = restricted.paths.iter().map(|path| quoted(path)).collect();
        text.push_str(&format!("paths = [{}]\n", paths.join(", ")));
    }
    text
}

/// The text with `@key@` replaced, in one pass: a value that looks like a key stays as it is.
fn render(text: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let found = rest[at + 1..].split_once('@').and_then(|(key, after)| {
            values.iter().find(|(known, _)| *known == key).map(|(_, value)| (value.as_str(), after))
        });
        let (value, after) = found.unwrap_or(("@", &rest[at + 1..]));
        out.push_str(&rest[..at]);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    // A value may be empty: no gap where it would have stood.
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

const POLICY: &str = include_str!("responsible/policy.toml");
const PEOPLE: &str = include_str!("responsible/people.toml");
const TOOLS: &str = include_str!("responsible/tools.toml");
const NO_AI_YET: &str = include_str!("responsible/no-ai-yet.toml");
const DOCUMENT: &str = include_str!("responsible/AI-POLICY.md");
const STATEMENT: &str = include_str!("responsible/ai-statement.md");
const TOOL: &str = include_str!("responsible/tool.md");

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn fills_in_each_key_once_and_nothing_that_a_value_says() {
        let values = [("a", "@b@".to_owned()), ("b", "x".to_owned()), ("c", String::new())];
        assert_eq!(render("ana@example.com @a@ @b@ @d@\n\n@c@\n\nend", &values), "ana@example.com @b@ x @d@\n\nend");
    }
}
