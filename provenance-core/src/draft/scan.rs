//! Scans: what a program found in a span.

use std::collections::BTreeSet;

use super::span::Span;
use super::{Desk, DraftError, known};
use crate::key::Fingerprint;
use crate::name::Ident;
use crate::statement::{Predicate, Scan, ScanResult, Statement};

/// What a program says.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// The check's id in the policy.
    pub check: Ident,
    /// The program and its version.
    pub program: String,
    /// What it found.
    pub result: ScanResult,
    /// What it found, in words.
    pub summary: Option<String>,
}

impl Desk<'_> {
    /// The scan of a span, by anybody of the roster.
    ///
    /// # Errors
    /// [`DraftError::Request`] for a check that the policy does not have, with those it has.
    pub fn scan(&self, span: &Span, scanned: Scanned, key: &Fingerprint) -> Result<Statement, DraftError> {
        let checks: BTreeSet<&Ident> = self.policies().flat_map(|policy| policy.company().scans.keys()).collect();
        let Scanned { check, program, result, summary } = scanned;
        if !checks.contains(&check) {
            let listed = known(checks);
            return Err(DraftError::Request(format!("`{check}` is no [scan] of the policy, which has {listed}")));
        }
        let scan = Scan {
            repository: self.policy.repository().to_owned(),
            branches: vec![self.branch.clone()],
            signer: self.signer(key)?,
            scanned_at: self.now,
            check,
            program,
            result,
            summary,
            changes: span.changes.clone(),
        };
        Ok(Statement::new(Predicate::Scan(scan))?)
    }
}
