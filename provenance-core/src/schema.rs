//! JSON Schemas of everything that is written down: policy files, records, reports.

use schemars::{JsonSchema, Schema, schema_for};

use crate::account::CompanyReport;
use crate::policy::{PeopleToml, PolicyToml, ToolsToml};
use crate::report::{Audit, Report};
use crate::statement::{Acceptance, Declaration, Incident, Kind, Review, Revocation, Scan, Training, Waiver};

/// The schemas, by name: `people`, `policy`, `tools` (of the TOML files), each record kind (of whole
/// statements), `report` of the gate, `audit`, `company-report`.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("people", schema_for!(PeopleToml)),
        ("policy", schema_for!(PolicyToml)),
        ("tools", schema_for!(ToolsToml)),
        ("declaration", statement::<Declaration>()),
        ("review", statement::<Review>()),
        ("revocation", statement::<Revocation>()),
        ("acceptance", statement::<Acceptance>()),
        ("training", statement::<Training>()),
        ("incident", statement::<Incident>()),
        ("waiver", statement::<Waiver>()),
        ("scan", statement::<Scan>()),
        ("report", schema_for!(Report)),
        ("audit", schema_for!(Audit)),
        ("company-report", schema_for!(CompanyReport)),
    ]
}

/// The schema of a statement with this predicate.
fn statement<P: Kind + JsonSchema>() -> Schema {
    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "the fields describe the schema")]
    struct Statement<P> {
        /// Always in-toto Statement v1.
        #[serde(rename = "_type")]
        statement_type: String,
        /// The entries after each change, or before for a deletion.
        subject: Vec<crate::statement::Subject>,
        /// The record's kind.
        #[serde(rename = "predicateType")]
        predicate_type: String,
        /// What the record says.
        predicate: P,
    }
    let mut schema = schema_for!(Statement<P>);
    let constants = [("_type", crate::statement::STATEMENT_TYPE), ("predicateType", P::PREDICATE_TYPE)];
    if let Some(properties) = schema.get_mut("properties") {
        for (name, value) in constants {
            properties[name]["const"] = value.into();
        }
    }
    schema
}
