//! `policy lint`: whether the files are a policy, and keep the clauses that they can break.

use std::io::Read as _;
use std::path::Path;

use provenance_core::check::{policy_files_at, texts_at};
use provenance_core::finding::Severity;
use provenance_core::path::RepoPath;
use provenance_core::policy::lint::{self, Problem, Texts};
use provenance_core::policy::{FILES, FOLDER, LoadError, MAX_FILE, Policy, PolicyFiles};

use crate::app::App;
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::render::counted;

pub(super) fn run(app: &App, rev: Option<&str>, out: &mut Output) -> Outcome {
    let (files, commit) = match (rev, app.repository.work_dir()) {
        (Some(rev), _) => {
            let commit = app.repository.resolve(rev)?.commit;
            let files = policy_files_at(&app.repository, commit)?;
            if files == PolicyFiles::default() {
                return Err(CliError::usage(format!("{rev} has no policy")));
            }
            (files, Some(commit))
        }
        (None, Some(dir)) => (working_files(dir)?, None),
        (None, None) => {
            return Err(CliError::usage("a bare repository has no working tree").hint("name a commit with --rev"));
        }
    };
    let policy = match Policy::load(&files) {
        Ok(policy) => policy,
        Err(error) => return Ok(unreadable(&error, out)),
    };
    let texts = match (commit, app.repository.work_dir()) {
        (Some(commit), _) => texts_at(&app.repository, commit, &policy)?,
        (None, dir) => working_texts(dir.unwrap_or(Path::new("")), &policy)?,
    };
    Ok(answer(&policy, &lint::lint(&policy, &files, &texts, app.now), out))
}

/// Refuses a policy folder or file that is a symbolic link: it could lead out of the working tree,
/// and the gate takes none for a policy.
pub(super) fn refuse_links(dir: &Path) -> Result<(), CliError> {
    for name in std::iter::once(FOLDER).chain(FILES) {
        match dir.join(name).symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                return Err(CliError::failed(format!(
                    "{name} is a symbolic link, and a policy is not read through one"
                ))
                .hint("put the folder and its files themselves into the repository"));
            }
            Ok(found) if !found.is_file() && name != FOLDER => {
                return Err(CliError::failed(format!("{name} is no regular file")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The policy's files in the working tree.
pub(super) fn working_files(dir: &Path) -> Result<PolicyFiles, CliError> {
    refuse_links(dir)?;
    let read = |file: &str| -> Result<Option<Vec<u8>>, CliError> {
        let path = dir.join(file);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_FILE => {
                Err(CliError::failed(format!("{file} has {} bytes, more than {MAX_FILE}", meta.len())))
            }
            Ok(_) => Ok(Some(std::fs::read(&path)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CliError::failed(format!("cannot read {file}: {error}"))),
        }
    };
    let [people, policy, tools] = FILES;
    Ok(PolicyFiles { people: read(people)?, policy: read(policy)?, tools: read(tools)? })
}

/// The documents of the working tree. What is no regular file, or is reached through a symbolic link,
/// counts as missing, as it does in a commit.
fn working_texts(dir: &Path, policy: &Policy) -> Result<Texts, CliError> {
    let mut texts = Texts::new();
    for path in lint::documents(policy) {
        let bytes = working_text(dir, &path)?;
        texts.insert(path, bytes);
    }
    Ok(texts)
}

fn working_text(dir: &Path, path: &RepoPath) -> Result<Option<Vec<u8>>, CliError> {
    let Ok(text) = std::str::from_utf8(path.as_bytes()) else { return Ok(None) };
    let mut file = dir.to_owned();
    for part in text.split('/') {
        file.push(part);
        match file.symlink_metadata() {
            Ok(found) if found.is_symlink() => return Ok(None),
            Ok(_) => {}
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(CliError::failed(format!("cannot read {path}: {error}"))),
        }
    }
    if !file.is_file() || file.metadata()?.len() > MAX_FILE {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    std::fs::File::open(&file)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

/// Files that are no policy: each problem is an error of no clause.
fn unreadable(error: &LoadError, out: &mut Output) -> Code {
    if out.is_json() {
        let problems: Vec<_> = error
            .problems()
            .iter()
            .map(|it| {
                serde_json::json!({ "file": it.file, "line": it.line, "clause": null, "severity": "error", "message": it.message })
            })
            .collect();
        out.json(&serde_json::json!({ "sound": false, "problems": problems }));
    } else {
        out.answer(&error.to_string());
    }
    Code::Refused
}

fn answer(policy: &Policy, problems: &[Problem], out: &mut Output) -> Code {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let code = if errors == 0 { Code::Done } else { Code::Refused };
    if out.is_json() {
        out.json(&serde_json::json!({ "sound": true, "problems": problems }));
        return code;
    }
    let people = policy.roster().iter().count();
    let size = format!(
        "{}, {people} {}, {}",
        counted(policy.rules().len(), "rule"),
        if people == 1 { "person" } else { "people" },
        counted(policy.tools().iter().count(), "tool")
    );
    problems.iter().for_each(|problem| out.answer(&inline(&problem.to_string())));
    let told = [(errors, "error"), (problems.len() - errors, "warning")];
    let told: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| counted(*n, what)).collect();
    match (errors, told.join(" and ")) {
        (0, told) if told.is_empty() => out.answer(&format!("the policy is sound: {size}")),
        (0, told) => out.answer(&format!("the policy is sound: {size}; {told}")),
        (_, told) => out.answer(&format!("the policy can be read ({size}), and by its clauses it has {told}")),
    }
    code
}
