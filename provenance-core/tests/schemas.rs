//! The schemas in `schemas/` are those of the types. `UPDATE_SCHEMAS=1` writes them anew; a released
//! one is never changed.

#![allow(clippy::unwrap_used, reason = "a failure is a panic")]

use std::path::Path;

use provenance_core::schema::schemas;

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for (name, schema) in schemas() {
        let file = folder.join(format!("{name}.v1.schema.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&file).unwrap_or_default(), "{}", file.display());
    }
}
