//! Attacks on surroundings.
