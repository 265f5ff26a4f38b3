//! What readers are told, against what the records show.

use serde::Serialize;

use crate::name::Ident;
use crate::path::RepoPath;
use crate::policy::company::Percent;

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Share {
    /// So many.
    pub count: usize,
    /// Of so many.
    pub of: usize,
    /// In percent, rounded down to two places so that only all of them are 100; none where there is nothing to measure.
    pub percent: Option<f64>,
}

impl Share {
    /// The share of `count` in `of`.
    pub fn of(count: usize, of: usize) -> Self {
        let hundredths = (count as u128 * 10_000).checked_div(of as u128);
        Self { count, of, percent: hundredths.map(|share| share as f64 / 100.0) }
    }

    /// Whether it is at least so large, by the exact numbers. Where there is nothing to measure, nothing contradicts.
    pub fn is_at_least(self, least: Percent) -> bool {
        self.count as f64 * 100.0 >= least.0 * self.of as f64
    }
}

/// A public statement and its claims.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StatementFigures {
    /// The statement's id in the policy.
    pub id: Ident,
    /// The file that says it.
    pub path: RepoPath,
    /// Whether the tip has that file.
    pub published: bool,
    /// Whether its present bytes are reviewed, as `coverage` counts it.
    pub reviewed: bool,
    /// What it claims.
    pub claims: Vec<ClaimFigures>,
}

/// A claim and whether the records bear it out.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimFigures {
    /// Its words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the file has these words, white space aside.
    pub in_file: bool,
    /// What is measured.
    pub measure: String,
    /// What was measured.
    pub share: Share,
    /// The least share in percent for the claim to be true.
    pub at_least: f64,
    /// Whether it is.
    pub holds: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_as_large_as_it_is() {
        assert_eq!(Share::of(2, 3).percent, Some(66.66));
        assert_eq!(Share::of(99_999, 100_000).percent, Some(99.99));
        assert_eq!(Share::of(3, 3).percent, Some(100.0));
        assert!(Share::of(95, 100).is_at_least(Percent(95.0)));
        assert!(!Share::of(94_999, 100_000).is_at_least(Percent(95.0)));
        assert!(!Share::of(99_999, 100_000).is_at_least(Percent(100.0)));
        assert!(Share::of(2, 3).is_at_least(Percent(66.6)));
    }

    #[test]
    fn of_nothing_there_is_no_share_and_nothing_contradicts() {
        assert_eq!(Share::of(0, 0).percent, None);
        assert!(Share::of(0, 0).is_at_least(Percent(100.0)));
    }
}
