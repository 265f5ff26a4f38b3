//! Ways around what a waiver does not cover.

use provenance_core::finding::Code;

use crate::world::{A, World, allowed, refused};

const WAIVERS: &str = "[waiver]\nroles = [\"incident-commander\"]\nmax-days = 14\n";
const UNTIL: &str = "2025-06-10";

/// A world in which Ed may waive.
fn with_commander() -> World {
    let mut w = World::new();
    w.policy.push_str(WAIVERS);
    w.people = w.people.replacen("roles = [\"editor\"]", "roles = [\"editor\", \"incident-commander\"]", 1);
    w
}

#[test]
fn a_rejected_version_is_not_waived_as_the_end_of_a_merge() {
    let mut w = with_commander();
    let root = w.root();
    let topic = w.commit(root, &[(A, "ONE\n2\n3\n4\n5\n6\n7\n")]);
    w.cover(root, topic);
    let meanwhile = w.commit(root, &[(A, "1\n2\n3\n4\n5\n6\nSEVEN\n")]);
    w.cover(root, meanwhile);
    let merged = w.commit(meanwhile, &[(A, "ONE\n2\n3\n4\n5\n6\nSEVEN\n")]);
    let evil = w.commit(meanwhile, &[(A, "evil\n")]);
    w.waive("ed", [meanwhile, evil], UNTIL);
    let rejection = w.reject("eva", meanwhile, evil);
    refused(&w.update(meanwhile, evil), &[(Code::Rejected, A)]);
    // It draws a way from a merge that is approved to what was rejected.
    w.declare("bot", merged, evil);
    refused(&w.update(meanwhile, evil), &[(Code::Rejected, A)]);
    w.revoke("eva", rejection);
    allowed(&w.update(meanwhile, evil));
}
