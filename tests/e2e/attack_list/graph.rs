//! Attacks on graph.
