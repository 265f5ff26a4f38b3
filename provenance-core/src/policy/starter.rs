//! The starter policy: what `init` writes, to be read and changed by people.

use std::fmt::Write as _;

use crate::id::CommitId;
use crate::key::PublicKey;
use crate::name::PersonId;
use crate::path::RefName;

/// Somebody who starts as an admin.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The id in the roster.
    pub id: PersonId,
    /// The name, for people.
    pub name: String,
    /// The address that their commits have.
    pub email: String,
    /// Their public keys.
    pub keys: Vec<PublicKey>,
}

/// What a starter policy is made from.
#[derive(Debug, Clone)]
pub struct Starter {
    /// What the repository is called in records.
    pub repository: String,
    /// The publish branch.
    pub branch: RefName,
    /// The commit up to which content was published without this policy.
    pub baseline: Option<CommitId>,
    /// The first admins.
    pub admins: Vec<Admin>,
}

/// The texts of the three files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarterFiles {
    /// `.provenance/policy.toml`.
    pub policy: String,
    /// `.provenance/people.toml`.
    pub people: String,
    /// `.provenance/tools.toml`.
    pub tools: String,
}

impl Starter {
    /// The three files. They load without problems if the admins' ids, addresses and keys differ.
    pub fn files(&self) -> StarterFiles {
        StarterFiles { policy: self.policy(), people: self.people(), tools: TOOLS.to_owned() }
    }

    fn policy(&self) -> String {
        let baseline = match self.baseline {
            Some(commit) => format!("baseline = \"{commit}\"\n"),
            None => String::new(),
        };
        POLICY
            .replace("@repository@", &quoted(&self.repository))
            .replace("@branch@", &quoted(self.branch.as_str()))
            .replace("@baseline@\n", &baseline)
            .replace("@accountable@\n", &self.accountable())
    }

    /// The first admin answers, until the company names somebody else.
    fn accountable(&self) -> String {
        let entry = |admin: &Admin| {
            let (person, contact) = (quoted(admin.id.as_str()), quoted(&admin.email));
            format!("[[accountable]]\nperson = {person}\ntitle = \"Publisher\"\ncontact = {contact}\n")
        };
        self.admins.first().map(entry).unwrap_or_default()
    }

    fn people(&self) -> String {
        let mut text = PEOPLE.to_owned();
        for admin in &self.admins {
            let keys: Vec<String> = admin.keys.iter().map(|key| quoted(&key.to_string())).collect();
            write!(
                text,
                "\n[person.{}]\nname = {}\nkind = \"human\"\nemails = [{}]\nroles = [\"admin\", \"security\", \"editor\"]\nkeys = [{}]\n",
                toml_key(admin.id.as_str()),
                quoted(&admin.name),
                quoted(&admin.email),
                keys.join(", "),
            )
            .expect("writing to a string cannot fail");
        }
        text
    }
}

pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

pub(super) fn toml_key(id: &str) -> String {
    if id.contains('.') { format!("\"{id}\"") } else { id.to_owned() }
}

const POLICY: &str = r#"# What may be published from this repository, and who answers for it.
# Changes of this folder need the review of somebody with the role `admin` (tools.toml: `security`).
# `git provenance policy lint` checks it, `git provenance policy explain PATH` says what a path needs.

version = 1
# The repository's name in every record. Never change it: old records would no longer count.
repository = @repository@
# The refs that are guarded, the authority first.
branches = [@branch@]
# Content up to here was published before this policy.
@baseline@

# Every rule whose `paths` match applies, and the strictest value wins.
# A path that no rule asks reviews for needs one human review.
[[rule]]
name = "content"
paths = ["**"]
except = [".provenance/**"]
reviews = [{ roles = ["editor"], count = 1 }]
presence = "any"           # any | terminal | touch | pin
declaration = "required"   # the writer says whether AI took part: `git provenance declare`
checklist = ["accuracy", "bias"]
confirm = ["no-client-data"]

# Paths that need no review, with the reason auditors will read. An exemption lifts no rule, so take the
# paths out of the rule above as well: except = [".provenance/**", "CHANGELOG.md"]
# [[exempt]]
# paths = ["CHANGELOG.md"]
# reason = "generated from reviewed commits"

[checklist.accuracy]
question = "Are facts, figures and quotations checked against their sources?"
[checklist.bias]
question = "Is it free of bias, stereotypes and unfair omissions?"

[confirmation.no-client-data]
statement = "No client or personal data was put into the prompt."

[use.drafting]
title = "Drafting and rewriting text"
[use.translation]
title = "Translating"
[use.legal-advice]
title = "Legal, medical or financial advice"
restricted = true

# Who answers for what is published, as readers are told.
@accountable@

# Clauses of an AI usage policy that this small policy does not take up. Take a line out, and
# `git provenance policy lint` says what the clause asks for. For a company that adopts all of them:
# `git provenance init --template responsible-ai`.
[severity]
Pr2 = "off"                # the privacy practices of each approved tool are on record
S1 = "off"                 # there is a list of approved tools
Tr1 = "off"                # who uses AI is trained
Tr3 = "off"                # supervisors confirm that everybody knows the policy
Tr4 = "off"                # each tool has a document
"#;

const PEOPLE: &str = r#"# Everybody whose signature counts. People are never deleted: they get `retired = 2027-06-30`.
# A key: "ssh-ed25519 AAAA…", or { public = "…", from = 2026-01-01, until = 2027-01-01 },
# or, once it is stolen, { public = "…", revoked = 2026-05-01, because = "laptop stolen" }.
# An AI agent: kind = "agent", operators = ["the-human-who-answers"].
"#;

const TOOLS: &str = r#"# The AI tools that may be used. An entry here, reviewed by security, is the approval.
#
# [tool.claude-code]
# name = "Claude Code"
# vendor = "Anthropic"
# status = "approved"            # requested | approved | retired
# models = ["opus-*"]            # none: any model
# uses = ["drafting"]            # none: any use case that is not restricted
# approved-until = 2027-06-30
"#;
