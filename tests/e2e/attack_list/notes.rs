//! Attacks on notes.
