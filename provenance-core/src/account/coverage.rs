//! What is on record of the published files, and what the ledger holds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Share;
use crate::id::CommitId;
use crate::path::RepoPath;
use crate::statement::Extent;

/// What is on record of the present entries of the published files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Every file.
    pub total: Counts,
    /// The commits whose content was there before anything had to be on record: `baseline`, and the pinned root.
    pub baselines: Vec<CommitId>,
    /// By top folder, `/` for files in none.
    pub folders: Vec<Group>,
    /// By client of the policy.
    pub clients: Vec<Group>,
}

/// Some of the files.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Group {
    /// The folder as git quotes it, or the client's id.
    pub name: String,
    /// What is on record of them.
    pub counts: Counts,
    /// Of a client, the first files without a declaration.
    pub undeclared: Vec<RepoPath>,
}

/// How many files have what on record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// The files.
    pub files: usize,
    /// Those that a baseline holds just so, and that no record speaks of. They are in no share.
    pub unchanged: usize,
    /// Those whose present entry a human approved who contributed to none of its declarations; the record verifies and
    /// stands, and no rejection of the entry does.
    pub reviewed: usize,
    /// Those of them that git made, by the clean merge of a reviewed change into what the branch held.
    pub merged: usize,
    /// Those whose present entry has a declaration that verifies and stands.
    pub declared: Declared,
    /// Those with neither.
    pub neither: usize,
    /// Those that are not reviewed and that an exemption lets through without.
    pub exempt: usize,
    /// The share of those reviewed.
    pub reviewed_share: Share,
    /// The share of those declared.
    pub declared_share: Share,
}

/// Declared files, by the greatest extent of AI that is declared of the present entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Declared {
    /// No AI took part.
    pub none: usize,
    /// AI helped.
    pub assisted: usize,
    /// AI made it.
    pub generated: usize,
}

impl Declared {
    /// All of them.
    pub fn total(&self) -> usize {
        self.none + self.assisted + self.generated
    }

    fn add(&mut self, extent: Extent) {
        *match extent {
            Extent::None => &mut self.none,
            Extent::Assisted => &mut self.assisted,
            Extent::Generated => &mut self.generated,
        } += 1;
    }
}

/// How the present entry of a file is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    /// Not.
    No,
    /// Not, and an exemption lets it through without.
    Exempt,
    /// By a review of exactly this content.
    Exactly,
    /// By a review of a change that git merged cleanly into what the branch held.
    Merged,
}

impl Counts {
    /// Counts one more file: how its present entry is reviewed, to which extent it is declared, and whether a
    /// baseline holds it just so and nothing is on record.
    pub fn add(&mut self, review: Reviewed, declared: Option<Extent>, unchanged: bool) {
        self.files += 1;
        if unchanged {
            self.unchanged += 1;
            return;
        }
        let reviewed = matches!(review, Reviewed::Exactly | Reviewed::Merged);
        self.reviewed += usize::from(reviewed);
        self.merged += usize::from(review == Reviewed::Merged);
        declared.into_iter().for_each(|extent| self.declared.add(extent));
        self.exempt += usize::from(review == Reviewed::Exempt);
        self.neither += usize::from(!reviewed && declared.is_none());
    }

    /// The same with its shares drawn.
    #[must_use]
    pub fn with_shares(mut self) -> Self {
        let of = self.files - self.unchanged;
        self.reviewed_share = Share::of(self.reviewed, of);
        self.declared_share = Share::of(self.declared.total(), of);
        self
    }
}

/// What the ledger holds, each line once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerFigures {
    /// The commit that was read; none where there is no ledger.
    pub commit: Option<CommitId>,
    /// Lines that are records of this repository and branch by somebody who counted when they say they signed.
    pub records: BTreeMap<String, usize>,
    /// Those of them that their signer or an admin revoked.
    pub revoked: usize,
    /// Lines that count for nothing: the sum of the following three.
    pub void: usize,
    /// Lines by keys that are nobody's in the roster.
    pub unknown_key: usize,
    /// Lines that are no record, or whose signature does not verify.
    pub bad: usize,
    /// Records by somebody who did not count when they say they signed, or whose key is revoked.
    pub signer_void: usize,
    /// Records of another repository or branch.
    pub elsewhere: usize,
}

/// What other tools said of AI, as `import` kept it. Nobody signed any of it, and it is in no other figure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unsigned {
    /// Always `unsigned`.
    pub label: String,
    /// Lines that were read.
    pub signals: usize,
    /// Commits that they are of.
    pub commits: usize,
    /// Lines that are not of the form.
    pub unreadable: usize,
    /// Whether there is more than is read.
    pub capped: bool,
    /// By source; those that this version does not know are `other`.
    pub by_source: BTreeMap<String, usize>,
    /// By tool and model, those named most first.
    pub by_tool: Vec<UnsignedTool>,
}

/// How often unsigned evidence names a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct UnsignedTool {
    /// The tool, as it is named there.
    pub tool: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// How often.
    pub signals: usize,
}
