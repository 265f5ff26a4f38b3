//! Loading: from bytes to a policy, or to every problem in them.

mod company;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use crate::id::Sha256Digest;
use crate::name::{Ident, PersonId, Role};
use crate::policy::people::Roster;
use crate::policy::problem::{LoadError, MAX_PATTERNS, Problem, Source, Step};
use crate::policy::rules::{Exempt, PathSet, Quorum, Rule};
use crate::policy::seats::unfilled;
use crate::policy::wire::{AiToml, DeclarationToml, PeopleToml, PolicyToml, RuleToml, ToolsToml};
use crate::policy::{DEFAULT_REVIEW_MAX_STEPS, FILES, Item, MAX_FILE, Pattern, Policy, PolicyFiles, Tools, UseCase};

use Step::{Index, Key};
use people::{Holders, check_admins, roster};

/// The rule names that mean something else.
const RESERVED: [&str; 2] = ["default", "built-in"];
/// The most persons one rule may ask for.
const MAX_COUNT: u32 = 64;

impl Policy {
    /// The policy in these files.
    ///
    /// Checks that each file is there (`tools.toml` may be missing), is UTF-8 and TOML of the
    /// form, that every id it names exists, that no key, address or rule name is used twice, that
    /// patterns can match, and that for every quorum enough unretired humans hold its roles.
    ///
    /// # Errors
    /// [`LoadError`] with every problem found.
    pub fn load(files: &PolicyFiles) -> Result<Self, LoadError> {
        let mut problems = Vec::new();
        let [people_file, policy_file, tools_file] = FILES;
        let people_text = text(people_file, files.people.as_deref(), &mut problems);
        let policy_text = text(policy_file, files.policy.as_deref(), &mut problems);
        let tools_text = match &files.tools {
            Some(bytes) => text(tools_file, Some(bytes), &mut problems),
            None => Some(""),
        };
        let (Some(people_text), Some(policy_text), Some(tools_text)) = (people_text, policy_text, tools_text) else {
            return Err(LoadError::new(problems));
        };
        let mut people = Source::new(people_file, people_text);
        let mut policy = Source::new(policy_file, policy_text);
        let mut tools = Source::new(tools_file, tools_text);
        let wires = (people.parse::<PeopleToml>(), policy.parse::<PolicyToml>(), tools.parse::<ToolsToml>());
        let loaded = match wires {
            (Some(people_wire), Some(policy_wire), Some(tools_wire)) => {
                check_tools(&mut tools, &tools_wire, &policy_wire);
                let roster = roster(&mut people, people_wire);
                check_admins(&mut people, &Holders::of(&roster));
                let tools = read_tools(&mut tools, tools_wire, &roster, &policy_wire);
                Some(assemble(&mut policy, policy_wire, roster, tools, digest(files)))
            }
            _ => None,
        };
        let found = [people, policy, tools].into_iter().flat_map(Source::into_problems);
        problems.extend(found);
        loaded.filter(|_| problems.is_empty()).ok_or_else(|| LoadError::new(problems))
    }
}

fn text<'b>(file: &'static str, bytes: Option<&'b [u8]>, problems: &mut Vec<Problem>) -> Option<&'b str> {
    let mut refuse = |message: String| problems.push(Problem { file, line: None, message });
    let Some(bytes) = bytes else {
        refuse("the file is missing".to_owned());
        return None;
    };
    if bytes.len() as u64 > MAX_FILE {
        refuse(format!("the file has {} bytes, more than {MAX_FILE}", bytes.len()));
        return None;
    }
    std::str::from_utf8(bytes).map_err(|error| refuse(format!("not UTF-8 after byte {}", error.valid_up_to()))).ok()
}

fn digest(files: &PolicyFiles) -> Sha256Digest {
    let contents = [&files.people, &files.policy, &files.tools];
    let lines = FILES
        .iter()
        .zip(contents)
        .filter_map(|(file, bytes)| bytes.as_ref().map(|bytes| format!("{}  {file}\n", Sha256Digest::of(bytes))));
    Sha256Digest::of(lines.collect::<String>().as_bytes())
}

fn check_tools(source: &mut Source<'_>, tools: &ToolsToml, policy: &PolicyToml) {
    for (id, tool) in &tools.tool {
        for (i, use_case) in tool.uses.iter().enumerate() {
            let place = [Key("tool"), Key(id.as_str()), Key("uses"), Index(i)];
            match policy.uses.get(use_case) {
                None => {
                    source.problem(&place, format!("use case `{use_case}` is not in policy.toml: add [use.{use_case}]"))
                }
                Some(known) if known.restricted => {
                    source.problem(
                        &place,
                        format!(
                            "use case `{use_case}` is restricted in policy.toml, so no tool can be approved for it"
                        ),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

fn assemble(source: &mut Source<'_>, wire: PolicyToml, roster: Roster, tools: Tools, digest: Sha256Digest) -> Policy {
    check_header(source, &wire);
    let mut names = BTreeSet::new();
    let mut rules = Vec::new();
    let holders = Holders::of(&roster);
    for (i, rule) in wire.rule.iter().enumerate() {
        if RESERVED.contains(&rule.name.as_str()) || !names.insert(&rule.name) {
            source.problem(&[Key("rule"), Index(i), Key("name")], format!("the rule name `{}` is taken", rule.name));
        }
        check_ids(source, i, rule, &wire);
        let mut rule = read_rule(source, i, rule, &holders);
        if !rule.checklist.is_empty() {
            // Each principle is a question of every checklist.
            rule.checklist.extend(wire.principle.keys().cloned());
        }
        rules.push(rule);
    }
    let mut exempt = Vec::new();
    for (i, item) in wire.exempt.iter().enumerate() {
        if item.reason.trim().is_empty() {
            source.problem(&[Key("exempt"), Index(i), Key("reason")], "an exemption needs a reason");
        }
        let paths = path_set(source, &[Key("exempt"), Index(i)], &item.paths, &item.except);
        exempt.push(Exempt { paths, reason: item.reason.clone() });
    }
    let uses = use_cases(source, &wire);
    let company = company::read(source, &wire, &roster);
    let principles = company
        .principles
        .iter()
        .map(|(id, principle)| (id.clone(), Item { question: principle.statement.clone(), needs: Vec::new() }));
    let items = wire.checklist.into_iter().map(|(id, item)| (id, Item { question: item.question, needs: item.needs }));
    Policy {
        digest,
        uses,
        promotions: wire.promote.iter().map(|promote| (promote.from.clone(), promote.to.clone())).collect(),
        checklist: principles.chain(items).collect(),
        confirmations: wire.confirmation.into_iter().map(|(id, item)| (id, item.statement)).collect::<BTreeMap<_, _>>(),
        repository: wire.repository,
        branches: wire.branches,
        baseline: wire.baseline,
        review_max_steps: wire.review_max_steps.unwrap_or(DEFAULT_REVIEW_MAX_STEPS),
        history: wire.history.unwrap_or_default(),
        rules,
        exempt,
        company,
        roster,
        tools,
    }
}

fn use_cases(source: &mut Source<'_>, wire: &PolicyToml) -> BTreeMap<Ident, UseCase> {
    let mut read = |(id, wire): (&Ident, &crate::policy::wire::UseToml)| {
        let paths = optional_paths(source, [Key("use"), Key(id.as_str())], &wire.paths);
        (id.clone(), UseCase { title: wire.title.clone(), restricted: wire.restricted, paths })
    };
    wire.uses.iter().map(&mut read).collect()
}

fn check_header(source: &mut Source<'_>, wire: &PolicyToml) {
    if wire.version != 1 {
        source.problem(&[Key("version")], format!("version {} is unknown, expected 1", wire.version));
    }
    let name = &wire.repository;
    if name.is_empty() || name.len() > 200 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        source.problem(&[Key("repository")], "the repository's name is 1 to 200 characters without spaces".to_owned());
    }
    if wire.branches.is_empty() {
        source.problem(&[Key("branches")], "at least one publish branch is needed");
    }
    if wire.branches.first().is_some_and(crate::path::RefName::is_tag) {
        source.problem(&[Key("branches")], "the first publish branch is the authority and cannot be a tag");
    }
    let mut listed = BTreeSet::new();
    for (i, branch) in wire.branches.iter().enumerate() {
        if !listed.insert(branch) {
            source.problem(&[Key("branches"), Index(i)], format!("{branch} is listed twice"));
        }
        if !branch.as_str().starts_with("refs/heads/") && !branch.is_tag() {
            source.problem(&[Key("branches"), Index(i)], format!("{branch} is neither a branch nor a tag"));
        }
    }
    if wire.review_max_steps.is_some_and(|steps| !(1..=1_000_000).contains(&steps)) {
        source.problem(&[Key("review-max-steps")], "expected 1 to 1000000 steps");
    }
    for (i, promote) in wire.promote.iter().enumerate() {
        for (key, branch) in [("from", &promote.from), ("to", &promote.to)] {
            if !listed.contains(branch) || branch.is_tag() {
                source.problem(
                    &[Key("promote"), Index(i), Key(key)],
                    format!("{branch} is no publish branch of this policy"),
                );
            }
        }
        if promote.from == promote.to {
            source.problem(&[Key("promote"), Index(i)], "a branch is not promoted to itself");
        }
    }
    for (id, item) in &wire.checklist {
        if item.question.trim().is_empty() {
            source.problem(&[Key("checklist"), Key(id.as_str())], "a checklist item needs a question");
        }
    }
}

fn check_ids(source: &mut Source<'_>, index: usize, rule: &RuleToml, wire: &PolicyToml) {
    let mut check = |key, ids: &[Ident], table: &str, known: &dyn Fn(&Ident) -> bool| {
        for (i, id) in ids.iter().enumerate().filter(|(_, id)| !known(id)) {
            let place = [Key("rule"), Index(index), Key(key), Index(i)];
            source.problem(&place, format!("`{id}` is not defined: add [{table}.{id}]"));
        }
    };
    check("checklist", &rule.checklist, "checklist", &|id| {
        wire.checklist.contains_key(id) || wire.principle.contains_key(id)
    });
    check("confirm", &rule.confirm, "confirmation", &|id| wire.confirmation.contains_key(id));
    check("scans", &rule.scans, "scan", &|id| wire.scan.contains_key(id));
}

fn read_rule(source: &mut Source<'_>, index: usize, wire: &RuleToml, holders: &Holders<'_>) -> Rule {
    let paths = path_set(source, &[Key("rule"), Index(index)], &wire.paths, &wire.except);
    check_satisfiable(source, index, wire, holders);
    let quorum = |quorum: &crate::policy::wire::QuorumToml| Quorum {
        rule: wire.name.to_string(),
        roles: quorum.roles.clone(),
        count: quorum.count,
    };
    Rule {
        name: wire.name.clone(),
        paths,
        quorums: wire.reviews.iter().map(quorum).collect(),
        presence: wire.presence,
        ai_forbidden: wire.ai == Some(AiToml::Forbidden),
        declaration: wire.declaration == Some(DeclarationToml::Required),
        checklist: wire.checklist.clone(),
        confirm: wire.confirm.clone(),
        scans: wire.scans.clone(),
        competence: wire.competence.clone(),
    }
}

/// For each quorum, and for all of a rule's together, there must be persons enough.
fn check_satisfiable(source: &mut Source<'_>, index: usize, wire: &RuleToml, holders: &Holders<'_>) {
    let at = [Key("rule"), Index(index)];
    let total = wire.reviews.iter().fold(0u32, |total, quorum| total.saturating_add(quorum.count));
    if total > MAX_COUNT {
        source.problem(&at, format!("expected 1 to {MAX_COUNT} persons in all reviews together, found {total}"));
        return;
    }
    for (i, quorum) in wire.reviews.iter().enumerate() {
        let place = [at[0], at[1], Key("reviews"), Index(i)];
        if quorum.count == 0 {
            source.problem(&place, format!("expected 1 to {MAX_COUNT} persons, found {}", quorum.count));
        }
        let able = holders.of_any(&quorum.roles, quorum.count as usize).len();
        if able < quorum.count as usize {
            let roles: Vec<&str> = quorum.roles.iter().map(Role::as_str).collect();
            let whom =
                if roles.is_empty() { "humans".to_owned() } else { format!("humans with role {}", roles.join(" or ")) };
            let message = format!(
                "nobody can satisfy rule `{}`: it asks for {} {whom}, people.toml has {able}",
                wire.name, quorum.count
            );
            source.problem(&place, message);
        }
    }
    // A seat that as many persons fit as there are seats is never the one that stays empty.
    let able: Vec<_> = wire.reviews.iter().map(|quorum| holders.of_any(&quorum.roles, total as usize)).collect();
    let persons: Vec<&PersonId> = able.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let seats: Vec<usize> =
        wire.reviews.iter().enumerate().flat_map(|(i, quorum)| (0..quorum.count).map(move |_| i)).collect();
    let empty = unfilled(seats.len(), persons.len(), |seat, person| able[seats[seat]].contains(persons[person])).len();
    if empty > 0 {
        let message = format!(
            "nobody can satisfy rule `{}`: of the {total} different persons it asks for, people.toml lacks {empty}",
            wire.name
        );
        source.problem(&at, message);
    }
}

/// Paths where naming some is optional; none where none is named.
fn optional_paths(source: &mut Source<'_>, at: [Step<'_>; 2], paths: &[String]) -> Option<PathSet> {
    (!paths.is_empty()).then(|| path_set(source, &at, paths, &[]))
}

fn read_tools(source: &mut Source<'_>, wire: ToolsToml, roster: &Roster, policy: &PolicyToml) -> Tools {
    let mut tools = Tools::default();
    for (id, tool) in wire.tool {
        let at = [Key("tool"), Key(id.as_str())];
        if let Some(person) = tool.requested_by.as_ref().filter(|person| roster.person(person).is_none()) {
            source.problem(&[at[0], at[1], Key("requested-by")], format!("`{person}` is nobody of the roster"));
        }
        if let (Some(from), Some(until)) = (tool.approved_from, tool.approved_until)
            && until.0 < from.0
        {
            let message = format!("it is approved until {}, before it is from {}", until.0, from.0);
            source.problem(&[at[0], at[1], Key("approved-until")], message);
        }
        if !policy.data_class.is_empty() {
            for (i, class) in tool.data_classes.iter().enumerate() {
                if !class.parse().is_ok_and(|class: Ident| policy.data_class.contains_key(&class)) {
                    let message = format!("data class `{class}` is not in policy.toml: add [data-class.{class}]");
                    source.problem(&[at[0], at[1], Key("data-classes"), Index(i)], message);
                }
            }
        }
        let paths = optional_paths(source, at, &tool.paths);
        tools.add(id.clone(), tool, paths);
    }
    tools
}

fn path_set(source: &mut Source<'_>, at: &[Step<'_>], paths: &[String], except: &[String]) -> PathSet {
    let mut read = |key, texts: &[String]| {
        let mut patterns = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            if !source.takes_pattern() {
                source.problem(at, format!("the file has more than {MAX_PATTERNS} patterns"));
                break;
            }
            match Pattern::new(text) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => source.problem(&[at, &[Key(key), Index(i)]].concat(), error.to_string()),
            }
        }
        patterns
    };
    let set = PathSet { paths: read("paths", paths), except: read("except", except) };
    if paths.is_empty() {
        source.problem(at, "`paths` names no path");
    }
    set
}
