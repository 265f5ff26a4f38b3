//! The form of `people.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::TomlDay;
use crate::name::{Ident, PersonId, Role};

/// `.provenance/people.toml`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleToml {
    /// Everybody, by id; people are never deleted.
    #[serde(default)]
    pub(in crate::policy) person: BTreeMap<PersonId, PersonToml>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct PersonToml {
    pub(in crate::policy) name: String,
    pub(in crate::policy) kind: PersonKind,
    /// The addresses that commits and declarations name.
    #[serde(default)]
    pub(in crate::policy) emails: Vec<String>,
    #[serde(default)]
    pub(in crate::policy) roles: Vec<Role>,
    #[serde(default)]
    pub(in crate::policy) keys: Vec<KeyToml>,
    /// The humans who answer for an agent.
    #[serde(default)]
    pub(in crate::policy) operators: Vec<PersonId>,
    /// The last day on which the person's reviews count.
    pub(in crate::policy) retired: Option<TomlDay>,
    /// The first day with the company.
    pub(in crate::policy) joined: Option<TomlDay>,
    /// Who confirms that the person knows the policy.
    pub(in crate::policy) supervisor: Option<PersonId>,
    /// Subjects and languages that the person can judge.
    #[serde(default)]
    pub(in crate::policy) competence: Vec<Ident>,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PersonKind {
    /// A human being: the only one who can review.
    Human,
    /// An AI agent: it can declare.
    Agent,
    /// A machine that is no agent, such as a release pipeline.
    Service,
}

/// A key: its line, or a table with its validity.
#[derive(Debug, schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "the variants describe the schema; reading goes through `KeyTable`")]
enum KeyForm {
    Line(String),
    Table(KeyTable),
}

/// A key with its validity.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct KeyTable {
    /// The OpenSSH public key line.
    pub(in crate::policy) public: String,
    /// The first day it is valid.
    pub(in crate::policy) from: Option<TomlDay>,
    /// The last day it is valid.
    pub(in crate::policy) until: Option<TomlDay>,
    /// The day from which nothing it signed counts.
    pub(in crate::policy) revoked: Option<TomlDay>,
    /// Why it was revoked.
    pub(in crate::policy) because: Option<String>,
}

#[derive(Debug)]
pub(in crate::policy) struct KeyToml(pub(in crate::policy) KeyTable);

impl schemars::JsonSchema for KeyToml {
    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        KeyForm::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for KeyToml {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = KeyTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an OpenSSH public key, or a table with `public`")
            }

            fn visit_str<E: de::Error>(self, line: &str) -> Result<KeyTable, E> {
                Ok(KeyTable { public: line.to_owned(), from: None, until: None, revoked: None, because: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<KeyTable, A::Error> {
                KeyTable::deserialize(de::value::MapAccessDeserializer::new(map))
            }
        }
        input.deserialize_any(Form).map(Self)
    }
}
