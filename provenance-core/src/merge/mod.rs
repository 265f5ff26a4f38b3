//! The pure three-way merge.
