//! Attacks on human.
