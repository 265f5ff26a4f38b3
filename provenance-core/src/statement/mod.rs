//! Record kinds.
