//! Whether what is published says that no model is to be trained on it.

use serde::Serialize;

use crate::path::RepoPath;

/// The published files in the paths of `[do-not-train]`, and how many of them carry a mark.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Marks {
    /// Files at the site's root that speak for all of it, as far as there are any.
    pub site: Vec<SiteMark>,
    /// PNG, JPEG, WebP and SVG: marked in their own metadata.
    pub images: Marked,
    /// HTML and Markdown: marked in their own metadata, or by the site.
    pub pages: Marked,
    /// Files of other kinds, of which no mark is read.
    pub other: usize,
    /// Images and pages that were not read for their size; they count as not marked.
    pub unread: usize,
    /// The first images and pages without a mark.
    pub unmarked: Vec<RepoPath>,
}

/// Files, and how many of them carry a mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Marked {
    /// The files.
    pub files: usize,
    /// Those with a mark.
    pub marked: usize,
}

/// A file that speaks for the whole site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SiteMark {
    /// `robots.txt`, `ai.txt` or `.well-known/tdmrep.json` at the site's root.
    pub path: RepoPath,
    /// Whether it reserves all of the site.
    pub whole: bool,
    /// Of a `robots.txt`, the crawlers that it lets in somewhere.
    pub open: Vec<String>,
}

impl Marks {
    /// Images and pages.
    pub fn files(&self) -> usize {
        self.images.files + self.pages.files
    }

    /// Those of them without a mark.
    pub fn open(&self) -> usize {
        self.files() - self.images.marked - self.pages.marked
    }
}
