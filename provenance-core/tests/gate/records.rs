//! Lines that are no records, records that prove nothing, and contents that contradict.

use provenance_core::entry::{Change, Entry};
use provenance_core::finding::Code;
use provenance_core::id::{BlobId, Sha256Digest};
use provenance_core::statement::{Predicate, Review};

use crate::world::{B, World, allowed, notes, path, refused, undecided};

#[test]
fn a_void_line_never_voids_its_neighbours_and_is_said() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.cover(w.root(), head);
    let place = w.slot(head, &path(B)).unwrap().id;
    for line in [&b"hello"[..], b"{}", b"{\"payloadType\":1}", b"\xff\xfe", b"[[[[[[[["] {
        w.note(place, line.to_vec());
    }
    let report = w.update(w.root(), head);
    allowed(&report);
    notes(&report, Code::MalformedRecord);
}

#[test]
fn a_forged_or_respelled_record_counts_for_nothing() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let (line, _) = World::line("ed", Predicate::Review(w.approval("ed", w.root(), head)));
    let place = w.slot(head, &path(B)).unwrap().id;
    let text = String::from_utf8(line.clone()).unwrap();
    let sig = text.rfind("\"sig\":\"").unwrap() + 7;
    let flipped = if text.as_bytes()[sig] == b'A' { "B" } else { "A" };
    let forged = format!("{}{flipped}{}", &text[..sig], &text[sig + 1..]);
    w.note(place, forged.into_bytes());
    let report = w.update(w.root(), head);
    refused(&report, &[(Code::MissingReview, B)]);
    notes(&report, Code::BadSignature);
    // The same envelope with white space is another line, and none of ours.
    w.note(place, text.replace("\":\"", "\": \"").into_bytes());
    refused(&w.update(w.root(), head), &[(Code::MissingReview, B)]);
    w.note(place, line);
    allowed(&w.update(w.root(), head));
}

#[test]
fn a_revoked_record_does_not_come_back_in_another_spelling() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let review = w.approve("ed", w.root(), head);
    w.revoke("ed", review);
    refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
    let line = w.notes.values().flatten().find(|line| {
        provenance_core::envelope::Envelope::parse(line).is_ok_and(|envelope| envelope.record_id() == review)
    });
    let respelled = String::from_utf8(line.unwrap().clone()).unwrap().replace("{\"payloadType\"", "{ \"payloadType\"");
    let place = w.slot(head, &path(B)).unwrap().id;
    w.note(place, respelled.into_bytes());
    refused(&w.update(w.root(), head), &[(Code::Revoked, B)]);
}

#[test]
fn refuses_a_record_whose_digest_is_not_that_of_the_content() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n")]);
    w.declare("wes", w.root(), head);
    let honest = w.approval("ed", w.root(), head);
    let after = honest.changes[0].after().unwrap();
    let other = Entry::blob(after.mode(), BlobId(after.id()), Sha256Digest::of(b"another content")).unwrap();
    let lying = Change::new(path(B), honest.changes[0].before(), Some(other)).unwrap();
    w.file("ed", Predicate::Review(Review { changes: vec![lying], ..honest.clone() }));
    refused(&w.update(w.root(), head), &[(Code::DigestMismatch, B)]);
    w.file("ed", Predicate::Review(honest));
    allowed(&w.update(w.root(), head));
}

#[test]
fn an_approval_behind_a_pointer_counts_and_only_for_the_path_it_names() {
    let mut w = World::new();
    let head = w.commit(w.root(), &[(B, "new\n"), ("content/c.md", "new\n")]);
    w.declare("wes", w.root(), head);
    let other = w.commit(w.root(), &[(B, "new\n")]);
    let (line, _) = World::line("ed", Predicate::Review(w.approval("ed", w.root(), other)));
    let blob = crate::world::line_blob(&line);
    // Both paths hold the same blob, so both notes have the record.
    let place = w.slot(head, &path(B)).unwrap().id;
    w.pointer(place, blob);
    undecided(&w.update(w.root(), head), Code::DanglingPointer);
    w.note(blob.0, line);
    refused(&w.update(w.root(), head), &[(Code::MissingReview, "content/c.md")]);
    allowed(&w.update(w.root(), other));
}
