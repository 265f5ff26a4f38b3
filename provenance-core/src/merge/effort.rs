//! A bound on the work one merge may cost, counted in steps and not in time, so that the same input
//! always gets the same answer.

use super::Unmergeable;

/// Elementary steps (lines compared or passed over) one call may take: about a second of work.
const STEPS: usize = 1 << 30;

/// The steps that are left.
pub(super) struct Effort(usize);

impl Effort {
    /// The full allowance of one call.
    pub(super) fn new() -> Self {
        Self(STEPS)
    }

    /// Takes steps from the allowance.
    ///
    /// # Errors
    /// [`Unmergeable::TooCostly`] when fewer are left.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Unmergeable> {
        self.0 = self.0.checked_sub(steps).ok_or(Unmergeable::TooCostly)?;
        Ok(())
    }
}
