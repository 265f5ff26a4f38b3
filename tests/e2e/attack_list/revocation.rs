//! Attacks on revocation.
