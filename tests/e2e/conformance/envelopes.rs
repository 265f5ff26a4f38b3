//! Lines that are no record, and records of every spelling that is one.

use serde_json::{Value, json};

use super::case::Case;
use super::keys::Key;
use super::records::{Draft, envelope, pae};
use super::world::{World, put};

const B: &str = "content/b.md";
const TYPE: &str = "application/vnd.in-toto+json";
const MISSING: [&str; 1] = ["missing-review content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [lines(), spelled(), signatures(), payloads(), statements(), digests()].into_iter().flatten().collect()
}

/// Wes has declared; Ed's review is in the ledger as `line` makes it of the draft and its payload.
fn world(line: impl Fn(&Draft, &str) -> (String, String)) -> World {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").file();
    let draft = world.review("ed", "main", "topic");
    let (line, payload) = line(&draft, &draft.payload());
    draft.file_line(&line, &payload);
    world
}

/// The honest line, edited.
fn edited(edit: impl Fn(String) -> String) -> World {
    world(|draft, payload| (edit(draft.seal(payload)), payload.to_owned()))
}

/// A line that is properly signed, of an edited payload.
fn said(edit: impl Fn(&str) -> String) -> World {
    world(|draft, payload| (draft.seal(&edit(payload)), edit(payload)))
}

fn void(world: World, name: &'static str, clause: &str, shows: &str) -> Case {
    world.case(name, clause, shows).refuses("main...topic", &MISSING)
}

fn lines() -> Vec<Case> {
    let junk = edited(|line| line);
    let place = junk.repo.rev("topic:content/b.md");
    for line in ["hello there", "", "{\"payloadType\":", "{}", "[]", "\u{feff}{}"] {
        junk.file(&place, line);
    }
    junk.file(&place, b"\xff\xfe\0");
    vec![
        junk.case("junk-beside-a-review", "R11.2 G4.5", "Debris in a note neither helps nor hinders; it is noted.")
            .allows("main...topic", &["note malformed-record"]),
        void(
            edited(|line| line.replace(",\"", ", \"")),
            "envelope-with-spaces",
            "R6.7",
            "An envelope has no white space.",
        ),
        void(
            edited(|line| line + "\r"),
            "envelope-with-carriage-return",
            "R6.7",
            "Nothing stands behind an envelope on its line.",
        ),
        void(
            edited(|line| line.replace("\"keyid\"", "\"keyI\\u0064\"").replace("keyI", "key")),
            "envelope-with-escape",
            "R6.7",
            "The strings of an envelope have no escapes.",
        ),
    ]
}

fn spelled() -> Vec<Case> {
    let twice = |line: String| {
        let at = line.find("\"signatures\":[").unwrap() + 14;
        let one = line[at..line.len() - 2].to_owned();
        format!("{}{one},{one}]}}", &line[..at])
    };
    let order = |line: String| {
        let kind = format!("\"payloadType\":\"{TYPE}\",");
        format!("{{{},{}}}", &line[1 + kind.len()..line.len() - 1], &kind[..kind.len() - 1])
    };
    let bits = |line: String| {
        // The last character of a 64-byte signature in base64 has four unused bits.
        let at = line.len() - 7;
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let next = alphabet.find(&line[at..=at]).unwrap() + 1;
        format!("{}{}{}", &line[..at], &alphabet[next..=next], &line[at + 1..])
    };
    vec![
        void(edited(twice), "two-signatures", "R6.3", "An envelope has one signature, even if both are good."),
        void(edited(order), "members-in-other-order", "R6.7", "The members of an envelope have one order."),
        void(edited(bits), "base64-unused-bits", "R6.4", "The unused bits of the last character are zero."),
        void(edited(|line| line.replace("==\"}]}", "\"}]}")), "base64-without-padding", "R6.4", "Base64 is padded."),
        void(
            edited(|line| line.replacen("{\"payloadType\"", "{\"x\":1,\"payloadType\"", 1)),
            "envelope-with-another-member",
            "R6.7",
            "An envelope has no other member.",
        ),
    ]
}

fn signatures() -> Vec<Case> {
    let sealed = |key: &'static str, space: &'static str| {
        world(move |_, payload| {
            let (key, named) = (Key::of("ed"), Key::of(key).fingerprint());
            (envelope(TYPE, payload, &named, &key.sshsig(&pae(TYPE, payload), space)), payload.to_owned())
        })
    };
    let kind = "application/json";
    let other = world(|_, payload| {
        let key = Key::of("ed");
        (envelope(kind, payload, &key.fingerprint(), &key.sign(&pae(kind, payload))), payload.to_owned())
    });
    let bare = world(|_, payload| {
        let key = Key::of("ed");
        (envelope(TYPE, payload, &key.fingerprint(), &key.sign(payload.as_bytes())), payload.to_owned())
    });
    let forged = world(|draft, payload| {
        let (honest, key) = (draft.seal(&payload.replace("approve", "reject")), Key::of("ed"));
        let signature = honest.split("\"sig\":\"").nth(1).unwrap().trim_end_matches("\"}]}").to_owned();
        let line = envelope(TYPE, payload, &key.fingerprint(), b"");
        (line.replace("\"sig\":\"\"", &format!("\"sig\":\"{signature}\"")), payload.to_owned())
    });
    vec![
        sealed("ed", "git-provenance")
            .case("signed-by-ssh-keygen", "R7.4", "An SSHSIG signature in our namespace is as good as a raw one.")
            .allows("main...topic", &[]),
        void(
            sealed("ed", "git"),
            "namespace-of-commits",
            "R7.4",
            "A signature in the namespace of commits is none of a record.",
        ),
        void(sealed("ed", "file"), "namespace-of-files", "R7.4", "Nor is one in the namespace of files."),
        void(
            sealed("eva", "git-provenance"),
            "keyid-of-another",
            "R6.5 R11.4",
            "The key that keyid names is the only one tried.",
        ),
        void(other, "other-payload-type", "R6.2", "A statement under another payload type is none."),
        void(bare, "signature-of-the-payload", "R6.6", "What is signed is the pre-authentication encoding."),
        void(forged, "payload-altered", "R11.4", "A signature of another payload is worth nothing."),
    ]
}

fn payloads() -> Vec<Case> {
    let twice = |payload: &str| payload.replacen("\"decision\":", "\"decision\":\"reject\",\"decision\":", 1);
    let unknown_twice = |payload: &str| payload.replacen("\"decision\":", "\"x\":1,\"x\":2,\"decision\":", 1);
    let deep = |payload: &str| {
        let nest = format!("\"x\":{}{},\"decision\":", "[".repeat(40), "]".repeat(40));
        payload.replacen("\"decision\":", &nest, 1)
    };
    vec![
        void(said(twice), "duplicate-member", "R5.3", "An object with two members of one name voids the record."),
        void(said(unknown_twice), "duplicate-unknown-member", "R5.3", "Also where the name is unknown."),
        void(said(deep), "deeply-nested-payload", "R5.4", "A payload nests at most 32 deep."),
        void(
            said(|payload| format!("{payload}{{}}")),
            "payload-with-more-behind",
            "R5.2",
            "Nothing stands behind the value.",
        ),
        void(
            said(|payload| format!("\u{feff}{payload}")),
            "payload-with-byte-order-mark",
            "R5.1",
            "A payload has no byte order mark.",
        ),
        void(said(|payload| format!("[{payload}]")), "payload-in-an-array", "R5.5", "An array is no object."),
        said(|payload| payload.replacen("\"decision\":", " \"later\": {\"x\": [1, null]},\n \"decision\":", 1))
            .case("unknown-member", "R5.2 R5.7", "White space and unknown members of a predicate are passed over.")
            .allows("main...topic", &[]),
    ]
}

fn statements() -> Vec<Case> {
    let kind = |payload: &str| payload.replace("predicate/review/v1", "predicate/review/v2");
    let look = |payload: &str| {
        payload.replace("https://git-provenance.dev/predicate/review/v1", "https://example.com/review/v1")
    };
    let upper = |payload: &str| {
        let at = payload.rfind("\"gitBlob\":\"").unwrap() + 11;
        format!("{}{}{}", &payload[..at], payload[at..at + 40].to_uppercase(), &payload[at + 40..])
    };
    let subject = |payload: &str| {
        let mut value: Value = serde_json::from_str(payload).unwrap();
        value["subject"][0]["name"] = json!("content/a.md");
        value.to_string()
    };
    let base = |payload: &str| {
        let mut value: Value = serde_json::from_str(payload).unwrap();
        value["predicate"]["base"] = json!("HEAD");
        value.to_string()
    };
    let none = |payload: &str| {
        let mut value: Value = serde_json::from_str(payload).unwrap();
        value["predicate"].as_object_mut().unwrap().remove("decision");
        value.to_string()
    };
    let comment = |payload: &str| payload.replace("\"decision\":\"approve\"", "\"decision\":\"comment\"");
    vec![
        void(said(kind), "later-version-of-review", "R8", "A predicate type that is not known approves nothing."),
        void(said(look), "look-alike-predicate", "R8", "Nor does another tool's, whatever its members are."),
        void(said(upper), "git-id-in-upper-case", "R2.1", "A git id is written in lower case."),
        void(
            said(subject),
            "subject-is-not-the-change",
            "R8.2",
            "The subjects are the entries that the predicate names.",
        ),
        void(said(base), "base-is-a-name", "R9.7", "A base is a commit's id in full, never a name."),
        void(said(none), "review-without-decision", "R9.7", "A review says what was decided."),
        void(said(comment), "review-that-only-comments", "R9.7", "A decision is to approve or to reject."),
    ]
}

fn digests() -> Vec<Case> {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.declaration("wes", "main", "topic").file();
    let mut review = world.review("ed", "main", "topic");
    review.predicate["changes"][0]["after"]["sha256"] = json!("0".repeat(64));
    review.file();
    vec![
        world
            .case("other-sha256", "G11.5", "An approval of this git id with another SHA-256 is said to be one.")
            .refuses("main...topic", &["digest-mismatch content/b.md"]),
    ]
}
