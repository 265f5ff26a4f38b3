//! The notes ref that holds envelopes.
