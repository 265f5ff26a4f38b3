//! Do-not-train marks of what is published, where the policy asks for them.

use super::tip::{File, Tip};
use crate::account::{Marked, Marks, SiteMark};
use crate::draft::{Desk, DraftError};
use crate::git::ReadError;
use crate::id::BlobId;
use crate::page;
use crate::path::RepoPath;
use crate::policy::company::DoNotTrain;
use crate::policy::is_protected;
use crate::signal::mining;

/// The largest file that is read, and how much of all files together, in bytes.
const MAX_FILE: u64 = 64 << 20;
const MAX_ALL: u64 = 2 << 30;
/// How many files without a mark are named.
const NAMED: usize = 10;

/// What can carry a mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Image,
    Page(page::Kind),
}

/// The marks of everything that is published, whatever range the report is limited to; none where nobody asks.
pub(super) fn figures(desk: &Desk<'_>, tip: &Tip) -> Result<Option<Marks>, DraftError> {
    let Some(asked) = &desk.policy().company().do_not_train else { return Ok(None) };
    let mut marks = Marks { site: site(desk, tip, asked)?, ..Marks::default() };
    let whole = marks.site.iter().any(|mark| mark.whole);
    let mut left = MAX_ALL;
    for (path, file) in tip.files.iter().filter(|(path, _)| asked.paths.contains(path) && !is_protected(path)) {
        let Some(kind) = kind(path).filter(|_| file.slot().mode.is_file()) else {
            marks.other += 1;
            continue;
        };
        let marked = match kind {
            Kind::Page(_) if whole => true,
            Kind::Page(page::Kind::Markdown) => false,
            Kind::Image | Kind::Page(page::Kind::Html) => match bytes(desk, file, MAX_FILE.min(left))? {
                Some(bytes) => {
                    left -= bytes.len() as u64;
                    if kind == Kind::Image { mining::image(&bytes) } else { mining::html(&bytes) }
                }
                None => {
                    marks.unread += 1;
                    false
                }
            },
        };
        let group = if kind == Kind::Image { &mut marks.images } else { &mut marks.pages };
        *group = Marked { files: group.files + 1, marked: group.marked + usize::from(marked) };
        marks.unmarked.extend((!marked && marks.unmarked.len() < NAMED).then(|| path.clone()));
    }
    Ok(Some(marks))
}

/// What stands at the site's root.
fn site(desk: &Desk<'_>, tip: &Tip, asked: &DoNotTrain) -> Result<Vec<SiteMark>, DraftError> {
    let mut found = Vec::new();
    for name in ["robots.txt", "ai.txt", ".well-known/tdmrep.json"] {
        let root = asked.site_root.as_ref().map(|root| [root.as_bytes(), b"/"].concat()).unwrap_or_default();
        let Ok(path) = RepoPath::from_bytes([&root, name.as_bytes()].concat()) else { continue };
        let Some(file) = tip.files.get(&path).filter(|file| file.slot().mode.is_file()) else { continue };
        // One that is too large shuts nobody out.
        let bytes = bytes(desk, file, mining::MAX_SITE_FILE as u64)?.unwrap_or_default();
        let open = if name == "robots.txt" { mining::robots(&bytes) } else { Vec::new() };
        let whole = match name {
            "robots.txt" => open.is_empty(),
            "ai.txt" => mining::ai_txt(&bytes),
            _ => mining::tdmrep(&bytes),
        };
        found.push(SiteMark { path, whole, open: open.into_iter().map(str::to_owned).collect() });
    }
    Ok(found)
}

fn kind(path: &RepoPath) -> Option<Kind> {
    if let Some(kind) = page::kind_of(path) {
        return Some(Kind::Page(kind));
    }
    let name = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let ending = name.rsplit_once('.')?.1;
    ["png", "jpg", "jpeg", "webp", "svg"].contains(&ending).then_some(Kind::Image)
}

/// The bytes of a file; none where there are more than `cap`.
fn bytes(desk: &Desk<'_>, file: &File, cap: u64) -> Result<Option<Vec<u8>>, DraftError> {
    match desk.repository().blob(BlobId(file.slot().id), cap) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
