//! Which refs a push really moves, and which it must leave alone.

use std::collections::BTreeSet;

use super::Update;
use crate::check::CheckError;
use crate::finding::{Code, Finding};
use crate::git::Repository;
use crate::id::ObjectId;
use crate::ledger::ledger_ref;
use crate::path::RefName;

/// The updates by the refs that really move, with what those are now.
///
/// What a push says of the old value is the client's word: git compares it only after the hook. So
/// it is compared here, and no push that is wrong about it is judged by it.
///
/// A guarded ref that is symbolic itself moves where what it leads to does, by whatever name that is
/// pushed: the update is then one of each guarded ref that it moves.
pub(super) fn resolve(
    repository: &Repository,
    published: &[RefName],
    updates: &[Update],
    findings: &mut Vec<Finding>,
) -> Result<Vec<Update>, CheckError> {
    let mut led = Vec::new();
    for guarded in guarded(published) {
        led.push((repository.moved_ref(&guarded)?, guarded));
    }
    let mut seen = BTreeSet::new();
    let mut resolved = Vec::new();
    for update in updates {
        let name = repository.moved_ref(&update.name)?;
        let old = repository.try_find_ref(&name)?.map(|target| target.id);
        if old != update.old {
            let message = format!("the push takes {name} to be at {}, and it is at {}", said(update.old), said(old));
            findings.push(Finding::error(Code::UndecidedHistory, message).hint("fetch, and push again"));
        }
        if !seen.insert(name.clone()) {
            findings.push(Finding::error(Code::UndecidedHistory, format!("the push moves {name} twice")));
        }
        let moves: Vec<&RefName> = led.iter().filter(|(to, _)| *to == name).map(|(_, guarded)| guarded).collect();
        let names = if moves.is_empty() { vec![&name] } else { moves };
        resolved.extend(names.into_iter().map(|name| Update { name: name.clone(), old, new: update.new }));
    }
    Ok(resolved)
}

fn guarded(published: &[RefName]) -> Vec<RefName> {
    published.iter().cloned().chain([ledger_ref()]).collect()
}

fn said(id: Option<ObjectId>) -> String {
    id.map_or_else(|| "nothing".to_owned(), |id| id.to_string())
}

/// Finds what would get at a guarded ref by another name, or stand where one is to go.
pub(super) fn keep_clear(
    repository: &Repository,
    published: &[RefName],
    updates: &[Update],
) -> Result<Vec<Finding>, CheckError> {
    let folds = repository.folds_case().map_err(crate::git::RefError::from)?;
    let fold = |name: &RefName| if folds { name.as_str().to_lowercase() } else { name.as_str().to_owned() };
    let guarded = guarded(published);
    let mut findings = Vec::new();
    for update in updates {
        let name = fold(&update.name);
        findings.extend(astray(update, &name));
        findings.extend(shadow(update, &name, published, fold));
        for guarded in guarded.iter().filter(|guarded| **guarded != update.name) {
            let other = fold(guarded);
            if name == other {
                let message = format!("{} is {guarded} on this server, which ignores case", update.name);
                findings.push(Finding::error(Code::UndecidedHistory, message).hint(format!("push {guarded}")));
            } else if update.new.is_some() && (is_below(&name, &other) || is_below(&other, &name)) {
                let message = format!("{} would stand in the way of {guarded}: git cannot have both", update.name);
                findings.push(Finding::error(code_of(guarded), message).hint("push it by another name"));
            }
        }
    }
    Ok(findings)
}

/// That a ref is none of this repository's own, or puts objects in the place of others for every git that reads here.
fn astray(update: &Update, name: &str) -> Option<Finding> {
    if name.starts_with("refs/namespaces/") {
        let message = format!("{} is another repository's ref, by a namespace of git's", update.name);
        return Some(Finding::error(Code::UndecidedHistory, message).hint("push to that repository"));
    }
    if name.starts_with("refs/replace/") && update.new.is_some() {
        let message =
            format!("{} would have git show another object here in the place of one that is published", update.name);
        let hint = "whoever runs the server can make it there; nobody's history is changed by a push";
        return Some(Finding::error(Code::UndecidedHistory, message).hint(hint));
    }
    None
}

/// That git would take the short name of a publish ref, here or in a clone, for one that nobody judges.
fn shadow(update: &Update, name: &str, published: &[RefName], fold: impl Fn(&RefName) -> String) -> Option<Finding> {
    if update.new.is_none() || published.contains(&update.name) || update.name == ledger_ref() {
        return None;
    }
    let all = published.iter().flat_map(|it| shadows(it).into_iter().map(move |shadow| (shadow, it)));
    let found = all.into_iter().find(|(shadow, _)| fold(&shadow.name) == *name);
    let (taken, meant) = match found {
        Some((shadow, meant)) => (shadow.taken, meant.to_string()),
        // In a clone `origin/HEAD` is what the remote's HEAD leads to.
        None if name.eq_ignore_ascii_case("refs/tags/origin/head") => {
            ("origin/HEAD".to_owned(), "a publish branch".to_owned())
        }
        None => return None,
    };
    let message = format!("{} would be what git takes `{taken}` for, and {meant} is meant", update.name);
    Some(Finding::error(Code::UndecidedHistory, message).hint("give it another name"))
}

/// A ref that git takes for another one.
pub(super) struct Shadow {
    pub(super) name: RefName,
    /// For which name.
    pub(super) taken: String,
}

/// The refs that git takes for a publish ref: of refs that end in a name those right below `refs/` come first, then tags, then
/// branches; but where something is cloned or checked out, branches before tags. In a clone a branch is known behind `origin/`, too.
pub(super) fn shadows(published: &RefName) -> Vec<Shadow> {
    let short = published.short();
    let names = match published.as_str() {
        name if name.starts_with("refs/heads/") => {
            vec![format!("refs/{short}"), format!("refs/tags/{short}"), format!("refs/tags/origin/{short}")]
        }
        _ if published.is_tag() => vec![format!("refs/{short}"), format!("refs/heads/{short}")],
        _ => Vec::new(),
    };
    let taken =
        |name: &str| if name.starts_with("refs/tags/origin/") { format!("origin/{short}") } else { short.to_owned() };
    // What is no well-formed name, as one right below `refs/`, no push makes.
    names.iter().filter_map(|name| Some(Shadow { taken: taken(name), name: name.parse().ok()? })).collect()
}

fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What it comes to if a guarded ref cannot be there.
fn code_of(guarded: &RefName) -> Code {
    if *guarded == ledger_ref() { Code::LedgerRewound } else { Code::BranchDeleted }
}
