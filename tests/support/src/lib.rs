//! Hermetic repositories for the tests.
