//! Authors, images without a text, labels of what is synthetic.

use serde_json::{Value, json};

use super::case::Case;
use super::keys::Key;
use super::world::{Edit, World, people, person, person_with, policy, put};

const B: &str = "content/b.md";
const PICTURE: &str = "content/bell.png";
const OUTSIDE: [&str; 1] = ["outside-author content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [authors(), images(), labels(), changed_pictures(), seen(), hidden(), signers()].into_iter().flatten().collect()
}

/// A commit of somebody with this message, declared by Wes and approved by Ed.
fn written(by: &str, message: &str, authors: &str) -> World {
    let world = World::ruled_by(&policy("", "").replace("version = 1\n", &format!("version = 1\n{authors}\n")));
    world.commit_as(by, "refs/heads/topic", &["main"], &[put(B, "B\n")], message);
    world.approve("main", "topic");
    world
}

fn authors() -> Vec<Case> {
    const ROSTER: &str = "authors = \"roster\"";
    let named = World::ruled_by(&policy("", "").replace("version = 1\n", &format!("version = 1\n{ROSTER}\n")));
    named.commit("topic", "main", &[put(B, "B\n")]);
    let authors = json!([{ "person": "wes" }, { "name": "Zoe", "email": "zoe@example.org" }]);
    named.declaration("wes", "main", "topic").set("authors", authors).file();
    named.review("ed", "main", "topic").file();
    let roster = people() + &person("eve", "human", &["writer"], "");
    let guarded = World::ruled_by(&policy("", "").replace("version = 1\n", &format!("version = 1\n{ROSTER}\n")));
    guarded.commit_as("zoe", "refs/heads/topic", &["main"], &[put(".provenance/people.toml", roster)], "roster");
    guarded.declaration("wes", "main", "topic").file();
    guarded.review("ana", "main", "topic").file();
    vec![
        written("zoe", "edit", ROSTER)
            .second(
                "author-outside-the-roster",
                "G27.1 P2.13",
                "Where only the roster's persons are authors others are refused.",
            )
            .refuses("main...topic", &OUTSIDE),
        written("zoe", "edit", "")
            .second("author-outside-and-anyone", "G27.1", "Where the policy does not say so anybody may be.")
            .allows("main...topic", &["never outside-author"]),
        written("wes", "edit", ROSTER)
            .second("author-of-the-roster", "G27.1", "Persons of the roster are.")
            .allows("main...topic", &["never outside-author"]),
        written("wes", "edit\n\nCo-authored-by: Zoe <zoe@example.org>\n", ROSTER)
            .second("co-author-outside-the-roster", "G27.1", "Co-authors are authors.")
            .refuses("main...topic", &OUTSIDE),
        named
            .second("declared-author-outside-the-roster", "G27.1", "So is whom a declaration names.")
            .refuses("main...topic", &OUTSIDE),
        guarded
            .second("policy-by-an-author-outside", "G27.1", "Paths of the policy are left out.")
            .allows("main...topic", &["never outside-author"]),
    ]
}

/// A page that was declared and approved.
fn page(path: &str, text: &str, entries: &str) -> World {
    let world = World::ruled_by(&policy("", entries));
    world.commit("topic", "main", &[put(path, text)]);
    world.approve("main", "topic");
    world
}

fn images() -> Vec<Case> {
    let strict = |path: &str, text: &str| page(path, text, "[severity]\nB3 = \"error\"\n");
    const HTML: &str = "content/b.html";
    vec![
        page(B, "![](bell.png)\n", "")
            .second("image-without-text", "G27.2", "An image without a text is said.")
            .allows("main...topic", &["warning missing-alt-text content/b.md"]),
        strict(B, "![](bell.png)\n")
            .second("image-without-text-refused", "G27.2 G22.7", "Or refused, where the policy says so.")
            .refuses("main...topic", &["missing-alt-text content/b.md"]),
        strict(B, "![a bell](bell.png)\n")
            .second("image-with-text", "G27.2", "With a text it passes.")
            .allows("main...topic", &["never missing-alt-text"]),
        strict(B, "Write `![](x)`, or\n\n```\n![](y)\n```\n")
            .second("image-in-code", "G27.2", "In code it is none.")
            .allows("main...topic", &["never missing-alt-text"]),
        strict(HTML, "<p><img src=\"bell.png\"></p>\n")
            .second("image-of-html-without-alt", "G27.2", "In HTML an image has an alt attribute.")
            .refuses("main...topic", &["missing-alt-text content/b.html"]),
        strict(HTML, "<p><img src=\"bell.png\" alt=\"\"></p>\n")
            .second("image-of-html-with-empty-alt", "G27.2", "An empty one says that it is decoration.")
            .allows("main...topic", &["never missing-alt-text"]),
        strict("content/b.txt", "![](bell.png)\n")
            .second("image-in-no-page", "G27.2", "A file that is no page by its name is not looked at.")
            .allows("main...topic", &["never missing-alt-text"]),
    ]
}

const UNLABELLED: [&str; 2] = ["missing-label content/b.md", "missing-label content/bell.png"];
const SYNTHETIC: &str = "[synthetic]\nlabels = [\"Made with AI\"]\n";

/// A page by Wes, and a picture beside it that a tool made as something synthetic; declared and approved.
fn synthetic(entries: &str, edits: &[Edit]) -> World {
    let world = World::ruled_by(&policy("", entries));
    world.commit("topic", "main", edits);
    declare(&world);
    world
}

fn declare(world: &World) {
    let is_picture = |change: &Value| change["path"].as_str().unwrap().ends_with(".png");
    let (pictures, pages): (Vec<Value>, Vec<Value>) = world.changes("main", "topic").into_iter().partition(is_picture);
    let details = json!({ "synthetic": true });
    let made = world.declaration("wes", "main", "topic").ai("generated", &json!({})).set("details", details);
    made.set("changes", json!(pictures)).file();
    if !pages.is_empty() {
        world.declaration("wes", "main", "topic").set("changes", json!(pages)).file();
    }
    world.review("ed", "main", "topic").file();
}

fn labels() -> Vec<Case> {
    let bare = || [put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n")];
    vec![
        synthetic(SYNTHETIC, &bare())
            .second("synthetic-without-label", "G27.3 P2.13", "A page that shows something synthetic says so.")
            .refuses("main...topic", &UNLABELLED),
        synthetic("", &bare())
            .second("synthetic-and-no-labels-asked", "G27.3", "Where the policy has no labels none is missing.")
            .allows("main...topic", &["never missing-label"]),
        synthetic(SYNTHETIC, &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n*made  WITH\nAI*\n")])
            .second("synthetic-with-label", "G27.3", "A label is seen whatever its case and white space.")
            .allows("main...topic", &["never missing-label"]),
        synthetic(SYNTHETIC, &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n<!-- Made with AI -->\n")])
            .second("label-in-a-comment", "G27.3", "In a comment readers do not see it.")
            .refuses("main...topic", &UNLABELLED),
        synthetic(SYNTHETIC, &[put(PICTURE, "pixels"), put(B, "![Made with AI](bell.png)\n")])
            .second("label-in-an-alt-text", "G27.3", "Nor in the text of an image.")
            .refuses("main...topic", &UNLABELLED),
        synthetic(SYNTHETIC, &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n\n[a]: b.md\n  'Made with AI'\n")])
            .fifth("label-in-a-definition-over-lines", "G27.3", "Nor in what defines where a link leads.")
            .refuses("main...topic", &UNLABELLED),
        synthetic(
            SYNTHETIC,
            &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n\n[a]: b.md\n  'a'\n\nMade with AI\n")],
        )
        .fifth("label-behind-a-definition", "G27.3", "What follows such a definition is seen.")
        .allows("main...topic", &["never missing-label"]),
        synthetic(SYNTHETIC, &[put(PICTURE, "pixels"), put(B, "![a bell](https://example.org/bell.png)\n")])
            .second("synthetic-name-elsewhere", "G27.3", "What lies on another site is no file here.")
            .allows("main...topic", &["never missing-label"]),
        synthetic(
            SYNTHETIC,
            &[put("content/be ll.png", "pixels"), put(B, "<img alt=\"x\" src=\"/content/be%20ll.png?v=2\">\n")],
        )
        .second("synthetic-name-percent-encoded", "G27.3", "A name may be encoded, below the root, with a query.")
        .refuses("main...topic", &["missing-label content/b.md", "missing-label content/be ll.png"]),
    ]
}

/// The page is published already; the picture is what changes.
fn changed_pictures() -> Vec<Case> {
    let of = |page: &str| {
        let world = World::ruled_by(&policy("", SYNTHETIC));
        world.publish(&[put(B, page), put(PICTURE, "a photo")]);
        world.commit("topic", "main", &[put(PICTURE, "pixels")]);
        declare(&world);
        world
    };
    vec![
        of("![a bell](bell.png)\n")
            .second(
                "picture-made-synthetic",
                "G27.3",
                "A picture that becomes synthetic is labelled on each page that shows it.",
            )
            .refuses("main...topic", &["missing-label"]),
        of("![a bell](bell.png)\n\nMade with AI.\n")
            .second("picture-made-synthetic-and-labelled", "G27.3", "Where they have the label it passes.")
            .allows("main...topic", &["never missing-label"]),
        of("No picture.\n")
            .second("picture-that-no-page-shows", "G27.3", "Where no page shows it none needs one.")
            .allows("main...topic", &["never missing-label"]),
    ]
}

/// Whose word it is that content is synthetic.
fn seen() -> Vec<Case> {
    let world = World::ruled_by(&policy("", SYNTHETIC));
    world.publish(&[put("elsewhere/copy.png", "pixels")]);
    world.commit("topic", "main", &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n")]);
    world.approve("main", "topic");
    world.commit("other", "main", &[put("other/x.png", "pixels")]);
    let record = world.declaration("wes", "main", "other").ai("generated", &json!({}));
    let record = record.set("details", json!({ "synthetic": true })).file();
    let other = world
        .second("synthetic-at-another-path", "G27.3", "Declared is the content, at whatever path.")
        .refuses("main...topic", &UNLABELLED);
    world.revocation("wes", &record).file();
    let back = world
        .second("synthetic-taken-back", "G27.3", "Until its signer takes it back.")
        .allows("main...topic", &["never missing-label"]);
    let page = World::ruled_by(&policy("", SYNTHETIC));
    page.commit("topic", "main", &[put(B, "An interview that nobody gave.\n")]);
    let declaration = page.declaration("wes", "main", "topic").ai("generated", &json!({}));
    declaration.set("details", json!({ "synthetic": true })).file();
    page.review("ed", "main", "topic").file();
    let page = page
        .second("synthetic-page-without-label", "G27.3", "A page that is itself synthetic says so too.")
        .refuses("main...topic", &["missing-label content/b.md"]);
    vec![other, back, page]
}

/// Where a label is not seen, and folders in which names are looked for.
fn hidden() -> Vec<Case> {
    let of = |entries: &str, page: &str| {
        synthetic(&format!("{SYNTHETIC}{entries}"), &[put(PICTURE, "pixels"), put(B, page)])
    };
    vec![
        of("", "---\nnote: Made with AI\n---\n\n![a bell](bell.png)\n")
            .second("label-in-front-matter", "G27.3", "Front matter is not shown.")
            .refuses("main...topic", &UNLABELLED),
        of("", "![a bell](bell.png)\n\n```\nMade with AI\n```\n")
            .second("label-in-code", "G27.3", "Code is not said by the page.")
            .refuses("main...topic", &UNLABELLED),
        of("", "![a bell](/bell.png)\n")
            .second("synthetic-below-no-root", "G27.3", "A name that begins with a slash is looked for at the root.")
            .allows("main...topic", &["never missing-label"]),
        of("roots = [\"content\"]\n", "![a bell](/bell.png)\n")
            .second("synthetic-below-a-root", "G27.3 P2.13", "And below each of the roots.")
            .refuses("main...topic", &UNLABELLED),
    ]
}

/// Whose key says that a picture is synthetic; and an author who is a tool.
fn signers() -> Vec<Case> {
    let of = |key: &str| {
        let keys = format!("{{ public = \"{}\", {key} }}", Key::of("lee").public());
        let plain = person("lee", "human", &["legal"], "");
        let roster = people().replace(&plain, &person_with("lee", "human", &["legal"], &keys, ""));
        let world = World::with(&policy("", SYNTHETIC), &roster);
        world.commit("topic", "main", &[put(PICTURE, "pixels"), put(B, "![a bell](bell.png)\n")]);
        world.approve("main", "topic");
        world.commit("other", "main", &[put("other/x.png", "pixels")]);
        let record = world.declaration("lee", "main", "other").ai("generated", &json!({}));
        record.set("details", json!({ "synthetic": true })).file();
        world
    };
    let tool = World::ruled_by(&policy("", "").replace("version = 1\n", "version = 1\nauthors = \"roster\"\n"));
    let message = "edit\n\nCo-authored-by: Claude <noreply@anthropic.com>\n";
    tool.commit_as("wes", "refs/heads/topic", &["main"], &[put(B, "B\n")], message);
    tool.made_with_ai("topic", &json!({}));
    vec![
        of("until = 2025-05-30")
            .second(
                "synthetic-by-an-expired-key",
                "G27.3",
                "That something is synthetic outlives the key that said so.",
            )
            .refuses("main...topic", &UNLABELLED),
        of("revoked = 2025-05-31, because = \"stolen\"")
            .second("synthetic-by-a-revoked-key", "G27.3", "A revoked key has said nothing.")
            .allows("main...topic", &["never missing-label"]),
        tool.second(
            "co-author-that-is-a-tool",
            "G27.1",
            "A name that is known for a tool's is no author outside the roster.",
        )
        .allows("main...topic", &["never outside-author"]),
    ]
}
