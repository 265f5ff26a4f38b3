//! Attacks on binding.
