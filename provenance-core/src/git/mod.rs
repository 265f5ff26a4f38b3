//! The only part that names git2.
