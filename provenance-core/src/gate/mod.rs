//! The gate: a pure function over values.
