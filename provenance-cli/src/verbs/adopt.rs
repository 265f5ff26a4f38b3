//! `init --template responsible-ai`: what the options say, what is asked on a terminal, and what that makes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal as _;

use provenance_core::name::{Ident, PersonId, Role};
use provenance_core::policy::{ADMIN, Admin, ResponsibleAi, Restricted, Starter, TEAMS};
use provenance_core::time::Day;

use super::init::{id_of, parts_of};
use crate::app::App;
use crate::args::Adoption;
use crate::error::CliError;
use crate::output::Output;

/// What careful companies keep for people.
const USUAL: [(&str, &str, &str); 3] = [
    ("appraisals", "Performance appraisals and other decisions about people", "people/appraisals/**"),
    ("contracts", "Contracts and other legal documents", "contracts/**"),
    ("security-code", "Code for logins, encryption and payments", "src/security/**"),
];

/// The template, filled in.
pub(super) fn plan(app: &App, starter: Starter, options: &Adoption, out: &Output) -> Result<ResponsibleAi, CliError> {
    let ask = Ask { terminal: std::io::stdin().is_terminal() && std::io::stderr().is_terminal(), out };
    let company = match ask.text(options.company.as_deref(), "company name", "")? {
        company if company.is_empty() => {
            return Err(CliError::usage("the template needs the company's name")
                .hint("git provenance init --template responsible-ai --company NAME"));
        }
        company => company,
    };
    let date = ask.day(options.date, app.now.day())?;
    let mut people = People { admins: starter.admins.clone(), members: Vec::new() };
    let mut teams = teams(options, &mut people)?;
    let first = people.admins.first().map(|admin| admin.id.to_string()).unwrap_or_default();
    let accountable =
        people.find(&ask.text(options.accountable.as_deref(), "who answers for what is published", &first)?)?;
    let title = ask.text(options.title.as_deref(), "their office", "Publisher")?;
    let contact = ask.text(options.contact.as_deref(), "how readers reach them", &people.address(&accountable))?;
    ask_teams(&ask, &mut teams, &mut people)?;
    let restricted = restricted(&ask, &options.restricted)?;
    let tool = options.tool.as_deref().map(tool).transpose()?;
    let members = people.members;
    Ok(ResponsibleAi { starter, company, date, accountable, title, contact, members, teams, restricted, tool })
}

/// Says where the start is weak: who could approve the policy alone, and who cannot sign yet.
pub(super) fn warn(plan: &ResponsibleAi, out: &Output) {
    let holders: BTreeSet<PersonId> = TEAMS.iter().flat_map(|role| plan.holders(role)).collect();
    if let [only] = holders.iter().collect::<Vec<_>>()[..] {
        out.say(&format!(
            "warning: {only} alone is legal, security and people: a weak start, since one opinion fills all three"
        ));
        out.say("hint: name others with --team, or later: git provenance people add ID --role legal");
    }
    if plan.starter.admins.len() + plan.members.len() == 1 {
        out.say("warning: with one person nothing can be published, since nobody reviews their own work");
        out.say("hint: add a second: git provenance people add ID --name NAME --email ADDRESS --role editor --role trainer --key FILE.pub");
    }
    for member in &plan.members {
        out.say(&format!(
            "warning: {0} has no key yet and cannot sign: git provenance people add {0} --key FILE.pub",
            member.id
        ));
    }
}

/// Who holds what.
type Teams = BTreeMap<Role, BTreeSet<PersonId>>;

/// Who holds what by the options; admins where nobody is named.
fn teams(options: &Adoption, people: &mut People) -> Result<Teams, CliError> {
    let mut teams = Teams::new();
    for text in &options.team {
        let (role, who) = text.split_once('=').ok_or_else(|| CliError::usage(format!("`{text}` is not ROLE=WHO")))?;
        let role: Role = role.parse().map_err(|error| CliError::usage(format!("{error}")))?;
        if role.as_str() == ADMIN {
            return Err(CliError::usage("admins are named with --admin, since they need a key from the start"));
        }
        teams.entry(role).or_default().insert(people.find(who)?);
    }
    Ok(teams)
}

fn ask_teams(ask: &Ask<'_>, teams: &mut Teams, people: &mut People) -> Result<(), CliError> {
    for role in TEAMS.iter().filter_map(|role| role.parse::<Role>().ok()) {
        if ask.terminal && !teams.contains_key(&role) {
            let question = format!("who is {role}: an id, or 'Name <address>' (Enter: every admin)");
            let who = ask.text(None, &question, "")?;
            if !who.is_empty() {
                teams.entry(role).or_default().insert(people.find(&who)?);
            }
        }
    }
    Ok(())
}

fn restricted(ask: &Ask<'_>, given: &[String]) -> Result<Vec<Restricted>, CliError> {
    let mut texts = given.to_vec();
    if texts.is_empty() && ask.terminal {
        let usual: Vec<&str> = USUAL.iter().map(|(_, title, _)| *title).collect();
        ask.out.say(&format!("AI is not to be used for: {}", usual.join("; ")));
        let answer = ask.text(None, "other uses in place of these, between semicolons, or `none`", "")?;
        texts = answer.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    }
    match texts.as_slice() {
        [only] if only == "none" => return Ok(Vec::new()),
        [] => return usual(),
        _ => {}
    }
    let mut uses: Vec<Restricted> = Vec::new();
    for text in &texts {
        let (title, paths) = text.split_once('=').unwrap_or((text, ""));
        let title = title.trim().to_owned();
        let id = slug(&title)?;
        if uses.iter().any(|known| known.id == id) {
            return Err(CliError::usage(format!("two restricted uses would be called `{id}`: word one differently")));
        }
        let paths = paths.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect();
        uses.push(Restricted { id, title, paths });
    }
    Ok(uses)
}

fn usual() -> Result<Vec<Restricted>, CliError> {
    let one = |(id, title, path): (&str, &str, &str)| {
        Ok(Restricted { id: slug(id)?, title: title.to_owned(), paths: vec![path.to_owned()] })
    };
    USUAL.into_iter().map(one).collect()
}

/// An id of the first words.
fn slug(title: &str) -> Result<Ident, CliError> {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id: String = words.take(3).collect::<Vec<_>>().join("-").chars().take(60).collect();
    id.parse().map_err(|_| CliError::usage(format!("`{title}` has no word that an id could be made of")))
}

fn tool(text: &str) -> Result<(provenance_core::name::ToolId, String), CliError> {
    let (id, name) = text.split_once('=').unwrap_or((text, text));
    let id = id.trim().parse().map_err(|error| CliError::usage(format!("{error}")))?;
    one_line(name.trim(), "a tool's name").map(|name| (id, name))
}

/// Everybody who is named, each once.
struct People {
    admins: Vec<Admin>,
    members: Vec<Admin>,
}

impl People {
    /// The person with this id or address, or somebody new, `Name <address>`.
    fn find(&mut self, who: &str) -> Result<PersonId, CliError> {
        let who = who.trim();
        let email = parts_of(who).map_or(who, |(_, email)| email);
        let everybody = || self.admins.iter().chain(&self.members);
        let known = everybody().find(|it| it.id.as_str() == who || it.email.eq_ignore_ascii_case(email));
        if let Some(known) = known {
            return Ok(known.id.clone());
        }
        let (name, email) = parts_of(who).ok_or_else(|| {
            let ids: Vec<&str> = everybody().map(|it| it.id.as_str()).collect();
            CliError::usage(format!("`{who}` is nobody: expected {}, or 'Name <email>'", ids.join(", ")))
        })?;
        let taken: Vec<Admin> = everybody().cloned().collect();
        let id = id_of(name, email, &taken)?;
        self.members.push(Admin { id: id.clone(), name: name.to_owned(), email: email.to_owned(), keys: Vec::new() });
        Ok(id)
    }

    fn address(&self, id: &PersonId) -> String {
        let found = self.admins.iter().chain(&self.members).find(|person| person.id == *id);
        found.map(|person| person.email.clone()).unwrap_or_default()
    }
}

/// Asks what no option says, where there is a terminal.
struct Ask<'o> {
    terminal: bool,
    out: &'o Output,
}

impl Ask<'_> {
    fn text(&self, given: Option<&str>, what: &str, default: &str) -> Result<String, CliError> {
        let said = match given {
            Some(given) => given.trim().to_owned(),
            None if self.terminal => {
                let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
                super::ceremony::line(&format!("{what}{shown}: "), self.out)?.trim().to_owned()
            }
            None => String::new(),
        };
        one_line(if said.is_empty() { default } else { &said }, what)
    }

    fn day(&self, given: Option<Day>, today: Day) -> Result<Day, CliError> {
        let text = match given {
            Some(day) => return Ok(day),
            None => self.text(None, "day of adoption", &today.to_string())?,
        };
        text.parse().map_err(|error| CliError::usage(format!("{error}")))
    }
}

/// Text that stands in a line of a document.
fn one_line(text: &str, what: &str) -> Result<String, CliError> {
    if text.chars().any(char::is_control) || text.chars().count() > 200 {
        return Err(CliError::usage(format!("{what}: expected one line of at most 200 characters")));
    }
    Ok(text.to_owned())
}
