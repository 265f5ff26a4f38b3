//! The tools as a CycloneDX 1.6 bill of materials: a component with a model card for each.
//!
//! Members are as the specification names them. What it has no member for is a property in the namespace
//! `git-provenance:`.

use serde::Serialize;

use crate::id::Sha256Digest;
use crate::path::RepoPath;
use crate::time::Timestamp;

/// The namespace of our properties.
const NAMESPACE: &str = "git-provenance:";

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Metadata {
    timestamp: Timestamp,
    tools: Makers,
    component: Component,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Makers {
    components: Vec<Component>,
}

/// A component: a tool, this program, or the repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    bom_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<Supplier>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_card: Option<ModelCard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Supplier {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Reference {
    url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Property {
    name: String,
    value: String,
}

/// What is known of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCard {
    #[serde(skip_serializing_if = "Option::is_none")]
    model_parameters: Option<ModelParameters>,
    /// What its document says.
    pub considerations: Considerations,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ModelParameters {
    task: String,
}

/// What the document of a tool says, by its headings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Considerations {
    /// For whom it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub use_cases: Vec<String>,
    /// What it gets wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub technical_limitations: Vec<String>,
    /// What is to be thought of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ethical_considerations: Vec<Risk>,
}

/// An ethical consideration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Risk {
    /// In words.
    pub name: String,
}

impl Bom {
    /// The bill of a repository's tools, in their order.
    pub fn of(repository: &str, tip: &str, as_of: Timestamp, components: Vec<Component>) -> Self {
        let this = Component {
            kind: "application",
            name: "git-provenance".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            ..Component::default()
        };
        let reported = Component {
            kind: "data",
            bom_ref: Some("repository".to_owned()),
            name: repository.to_owned(),
            version: Some(tip.to_owned()),
            ..Component::default()
        };
        Self {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
            bom_format: "CycloneDX",
            spec_version: "1.6",
            version: 1,
            metadata: Metadata { timestamp: as_of, tools: Makers { components: vec![this] }, component: reported },
            components,
        }
    }
}

impl Component {
    /// A tool, by its id in the register.
    pub fn tool(id: &str, name: &str) -> Self {
        let bom_ref = Some(format!("tool:{id}"));
        Self { kind: "machine-learning-model", bom_ref, name: name.to_owned(), ..Self::default() }
    }

    /// The same with whoever makes it.
    #[must_use]
    pub fn supplied_by(mut self, vendor: Option<&String>) -> Self {
        self.supplier = vendor.map(|name| Supplier { name: name.clone() });
        self
    }

    /// The same with the document that describes it, and its SHA-256 where it is there.
    #[must_use]
    pub fn described_by(mut self, path: &RepoPath, sha256: Option<Sha256Digest>) -> Self {
        let hash = |sha256: Sha256Digest| Hash { alg: "SHA-256", content: sha256.to_string() };
        let hashes = sha256.into_iter().map(hash).collect();
        self.external_references.push(Reference { url: reference(path), kind: "documentation", hashes });
        self
    }

    /// The same with a model card; `task` is what it is good for, in a line.
    #[must_use]
    pub fn with_card(mut self, task: String, considerations: Considerations) -> Self {
        let model_parameters = (!task.is_empty()).then_some(ModelParameters { task });
        let card = ModelCard { model_parameters, considerations };
        self.model_card = (card != ModelCard::default()).then_some(card);
        self
    }

    /// The same with a property for each value.
    #[must_use]
    pub fn with<T: ToString>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let property = |value: T| Property { name: format!("{NAMESPACE}{name}"), value: value.to_string() };
        self.properties.extend(values.into_iter().map(property));
        self
    }
}

/// A path as a relative reference: what is no plain character is percent-encoded.
fn reference(path: &RepoPath) -> String {
    let mut out = String::new();
    for byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
