//! Paths as they are typed, read as git reads them: relative to the current directory (that of
//! `-C`), with `.` and `..`; `:/` stands for the root, and an absolute path must lie in the work tree.
//! A path in quotes, as findings print it, stands for the bytes that it quotes.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use provenance_core::draft::span::Paths;
use provenance_core::path::RepoPath;
use provenance_core::policy::Pattern;

use crate::app::App;
use crate::error::CliError;

/// A path of the repository as the file system has it, below the root of the working tree.
pub(crate) fn to_os(path: &RepoPath) -> std::path::PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        std::path::PathBuf::from(OsStr::from_bytes(path.as_bytes()))
    }
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(path.as_bytes()).into_owned().into()
    }
}

/// The path of the repository that an argument names.
pub(crate) fn one(app: &App, typed: &OsStr) -> Result<RepoPath, CliError> {
    let place = Place::read(app, typed)?;
    let shown = typed.to_string_lossy();
    if place.is_root() {
        return Err(CliError::usage(format!(
            "`{shown}` is the root of the repository, and a path of a file is wanted"
        )));
    }
    RepoPath::from_bytes(place.bytes()).map_err(|error| CliError::usage(format!("`{shown}`: {error}")))
}

/// The paths, folders and patterns that arguments ask for.
pub(crate) fn several<'a>(app: &App, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<Paths, CliError> {
    let mut paths = Paths::default();
    for typed in arguments {
        let shown = typed.to_string_lossy();
        let place = Place::read(app, typed)?;
        if !place.is_root() {
            RepoPath::from_bytes(place.bytes()).map_err(|error| CliError::usage(format!("`{shown}`: {error}")))?;
        }
        let pattern = match place.pattern().map(|text| Pattern::new(&text)).transpose() {
            // A file of this very name is meant, odd as it may be.
            Err(_) if app.dir.join(typed).symlink_metadata().is_ok() => None,
            Err(error) => return Err(CliError::usage(format!("`{shown}`: {error}"))),
            Ok(pattern) => pattern,
        };
        paths.add(&shown, place.bytes(), pattern);
    }
    Ok(paths)
}

/// Whether an argument can only be a path, whatever revisions there are.
pub(crate) fn is_plainly(argument: &str) -> bool {
    matches!(argument, "." | "..")
        || ["./", "../", ":/", "\""].iter().any(|start| argument.starts_with(start))
        || Path::new(argument).is_absolute()
}

/// Where an argument leads, component by component from the root.
#[derive(Debug)]
struct Place {
    /// The components of the current directory that are left.
    folder: Vec<Vec<u8>>,
    /// Those that were typed.
    typed: Vec<Vec<u8>>,
    is_literal: bool,
}

impl Place {
    fn read(app: &App, typed: &OsStr) -> Result<Self, CliError> {
        let bytes = typed.as_encoded_bytes();
        if bytes.is_empty() {
            return Err(
                CliError::usage("an empty path names nothing").hint("`.` is the current directory, `:/` the root")
            );
        }
        if let Some(quoted) = typed.to_str().filter(|text| text.starts_with('"')).and_then(|text| text.parse().ok()) {
            let quoted: RepoPath = quoted;
            return Self::below(folder(app, typed)?, quoted.as_bytes(), true, typed);
        }
        if let Some(rest) = bytes.strip_prefix(b":/") {
            return Self::below(Vec::new(), rest, false, typed);
        }
        if Path::new(typed).is_absolute() {
            let rest = in_work_tree(app, typed)?;
            return Self::below(Vec::new(), rest.as_os_str().as_encoded_bytes(), false, typed);
        }
        Self::below(folder(app, typed)?, bytes, false, typed)
    }

    fn below(folder: Vec<Vec<u8>>, rest: &[u8], is_literal: bool, typed: &OsStr) -> Result<Self, CliError> {
        let mut place = Self { folder, typed: Vec::new(), is_literal };
        for component in rest.split(|byte| *byte == b'/') {
            match component {
                b"" | b"." => {}
                b".." if place.typed.pop().is_some() || place.folder.pop().is_some() => {}
                b".." => return Err(outside(typed)),
                name => place.typed.push(name.to_vec()),
            }
        }
        Ok(place)
    }

    fn is_root(&self) -> bool {
        self.folder.is_empty() && self.typed.is_empty()
    }

    fn bytes(&self) -> Vec<u8> {
        [self.folder.as_slice(), self.typed.as_slice()].concat().join(&b'/')
    }

    /// The pattern from the root, if one was typed. As in the policy, one without a slash matches
    /// in any folder; here in any below the current one.
    fn pattern(&self) -> Option<String> {
        let typed = String::from_utf8(self.typed.join(&b'/')).ok()?;
        if self.is_literal || !typed.contains(['*', '?', '[']) {
            return None;
        }
        if self.folder.is_empty() {
            return Some(typed);
        }
        let folder = String::from_utf8(self.folder.join(&b'/')).ok()?;
        let mut text = "/".to_owned();
        for c in folder.chars() {
            if matches!(c, '*' | '?' | '[' | ']' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
        let anywhere = if typed.contains('/') { "/" } else { "/**/" };
        Some(format!("{text}{anywhere}{typed}"))
    }
}

fn outside(typed: &OsStr) -> CliError {
    CliError::usage(format!("`{}` is outside the repository", typed.to_string_lossy()))
}

/// The components from the root to the current directory; none in a bare repository.
fn folder(app: &App, typed: &OsStr) -> Result<Vec<Vec<u8>>, CliError> {
    let Some(top) = app.repository.work_dir() else { return Ok(Vec::new()) };
    let (top, here) = (top.canonicalize()?, app.dir.canonicalize()?);
    let below = here.strip_prefix(&top).map_err(|_| {
        CliError::usage(format!(
            "`{}` is relative, and {} is no part of the work tree",
            typed.to_string_lossy(),
            here.display()
        ))
        .hint("write it from the root, as `:/PATH`")
    })?;
    Ok(below.components().map(|component| component.as_os_str().as_encoded_bytes().to_vec()).collect())
}

/// What an absolute path is below the top of the work tree. `..` is taken by its letters, and what
/// lies below the top is no longer followed, as git does.
fn in_work_tree(app: &App, typed: &OsStr) -> Result<PathBuf, CliError> {
    let Some(top) = app.repository.work_dir() else { return Err(outside(typed)) };
    let top = top.canonicalize()?;
    let mut plain = PathBuf::new();
    for component in Path::new(typed).components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    let ancestors: Vec<&Path> = plain.ancestors().collect();
    let root = ancestors.into_iter().rev().find(|at| at.canonicalize().is_ok_and(|at| at == top));
    let below = root.and_then(|root| plain.strip_prefix(root).ok());
    below.map(Path::to_owned).ok_or_else(|| outside(typed))
}
