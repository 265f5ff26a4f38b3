//! Attacks on threshold.
