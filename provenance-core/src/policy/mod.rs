//! The policy: people, tools, rules.
