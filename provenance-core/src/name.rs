//! Names that people give in the policy: persons, roles, tools, checklist items.

use std::fmt;
use std::str::FromStr;

use crate::id::text_serde;

/// The text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a name: 1 to 64 of a-z, 0-9, `-`, `_` and `.`, starting with a letter or digit")]
pub struct ParseNameError(String);

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
    (1..=64).contains(&text.len())
        && text.bytes().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseNameError;

            fn from_str(text: &str) -> Result<Self, ParseNameError> {
                if is_name(text) { Ok(Self(text.to_owned())) } else { Err(ParseNameError(text.chars().take(80).collect())) }
            }
        }

        text_serde!($name, "name given in the policy", "^[a-z0-9][a-z0-9._-]{0,63}$");
    };
}

name_type! {
    /// A person of the roster: a human, an agent or a service.
    PersonId
}
name_type! {
    /// A role that persons hold and rules ask for.
    Role
}
name_type! {
    /// An AI tool of the register.
    ToolId
}
name_type! {
    /// Any other thing the policy names: a rule, a checklist item, a confirmation, a use case.
    Ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_names_that_could_be_mistaken_for_something_else() {
        for text in ["", "Ana", "ana ruiz", "-x", ".x", "a/b", "a\n", "ána", &"a".repeat(65)] {
            assert!(text.parse::<PersonId>().is_err(), "{text}");
        }
        assert_eq!("ana.ruiz-2".parse::<PersonId>().unwrap().as_str(), "ana.ruiz-2");
    }
}
