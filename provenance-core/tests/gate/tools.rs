//! Tools in use: where, with what data, on which device; and what answers must have.

use provenance_core::entry::Mode;
use provenance_core::finding::Code;
use provenance_core::id::CommitId;
use provenance_core::statement::{Declaration, Details, Predicate, Review};

use crate::world::{A, B, World, allowed, refused};

/// Wes declares AI use with these details, and Ed approves.
fn by_ai(w: &mut World, [from, to]: [CommitId; 2], details: Details) {
    let declaration = Declaration { details, ..w.ai("wes", from, to) };
    w.file("wes", Predicate::Declaration(declaration));
    w.approve("ed", from, to);
}

#[test]
fn no_ai_where_a_restricted_use_has_its_paths() {
    let mut w = World::new();
    w.policy = w.policy.replace("restricted = true", "restricted = true\npaths = [\"content/a.md\", \"README\"]");
    let root = w.root();
    let new = w.commit(root, &[(A, "advice\n")]);
    by_ai(&mut w, [root, new], Details::default());
    refused(&w.update(root, new), &[(Code::RestrictedUse, A)]);
    let elsewhere = w.commit(root, &[(B, "text\n")]);
    by_ai(&mut w, [root, elsewhere], Details::default());
    allowed(&w.update(root, elsewhere));
    // Where no rule asks for a declaration, somebody has to say all the same that no AI took part.
    let readme = w.commit(root, &[("README", "advice\n")]);
    w.approve("ed", root, readme);
    w.approve("eva", root, readme);
    refused(&w.update(root, readme), &[(Code::MissingDeclaration, "README")]);
    w.declare("wes", root, readme);
    allowed(&w.update(root, readme));
}

#[test]
fn no_link_stands_in_for_a_folder_of_a_restricted_use() {
    let mut w = World::new();
    w.policy = w.policy.replace("restricted = true", "restricted = true\npaths = [\"legal/**\"]");
    let root = w.root();
    for (path, restricted) in [("legal", true), ("illegal", false)] {
        let new = w.commit(root, &[(path, "drafts")]);
        let new = w.chmod(new, path, Mode::Symlink);
        by_ai(&mut w, [root, new], Details::default());
        match restricted {
            true => refused(&w.update(root, new), &[(Code::RestrictedUse, path)]),
            false => allowed(&w.update(root, new)),
        }
    }
}

#[test]
fn a_tool_is_used_where_it_is_approved() {
    let mut w = World::new();
    w.tools.push_str("paths = [\"content/b*\"]\n");
    let root = w.root();
    let new = w.commit(root, &[(A, "text\n")]);
    by_ai(&mut w, [root, new], Details::default());
    refused(&w.update(root, new), &[(Code::UnapprovedTool, A)]);
    let there = w.commit(root, &[(B, "text\n")]);
    by_ai(&mut w, [root, there], Details::default());
    allowed(&w.update(root, there));
}

#[test]
fn data_of_a_class_goes_only_into_tools_that_may_have_it() {
    let mut w = World::new();
    w.policy.push_str(
        "[data-class.public]\ntitle = \"Published\"\npublic = true\n[data-class.internal]\ntitle = \"Ours\"\n\
         [data-class.client]\ntitle = \"Theirs\"\n",
    );
    w.tools.push_str("data-classes = [\"internal\"]\n");
    let root = w.root();
    let mut judged = |text: &str, classes: &[&str]| {
        let new = w.commit(root, &[(A, text)]);
        let data_classes = classes.iter().map(|class| class.parse().unwrap()).collect();
        by_ai(&mut w, [root, new], Details { data_classes, ..Details::default() });
        w.update(root, new)
    };
    refused(&judged("unsaid\n", &[]), &[(Code::MissingConfirmation, A)]);
    refused(&judged("client\n", &["public", "client"]), &[(Code::UnapprovedTool, A)]);
    allowed(&judged("internal\n", &["public", "internal"]));
}

#[test]
fn a_device_is_named_and_allowed() {
    let mut w = World::new();
    w.policy.push_str("[device.company]\ntitle = \"Ours\"\nallowed = true\n[device.personal]\ntitle = \"Theirs\"\n");
    let root = w.root();
    let mut judged = |text: &str, device: Option<&str>| {
        let new = w.commit(root, &[(A, text)]);
        let device = device.map(|device| device.parse().unwrap());
        by_ai(&mut w, [root, new], Details { device, ..Details::default() });
        w.update(root, new)
    };
    refused(&judged("unsaid\n", None), &[(Code::MissingConfirmation, A)]);
    refused(&judged("personal\n", Some("personal")), &[(Code::UnapprovedTool, A)]);
    allowed(&judged("company\n", Some("company")));
}

#[test]
fn an_answer_has_the_note_and_sources_that_its_item_needs() {
    let mut w = World::new();
    w.policy = w.policy.replace("question = \"Checked?\"", "question = \"Checked?\"\nneeds = [\"note\", \"sources\"]");
    let root = w.root();
    let new = w.commit(root, &[(A, "facts\n")]);
    w.cover(root, new);
    refused(&w.update(root, new), &[(Code::IncompleteChecklist, A)]);
    let mut review: Review = w.approval("ed", root, new);
    review.answers[0].note = Some("every figure".to_owned());
    review.answers[0].sources = vec!["https://example.com/figures".to_owned()];
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(root, new));
}

#[test]
fn principles_are_items_of_every_checklist() {
    let mut w = World::new();
    w.policy.push_str("[principle.honesty]\nstatement = \"It is honest.\"\n");
    let root = w.root();
    let new = w.commit(root, &[(A, "facts\n")]);
    w.cover(root, new);
    refused(&w.update(root, new), &[(Code::IncompleteChecklist, A)]);
    let mut review: Review = w.approval("ed", root, new);
    let honest = provenance_core::statement::Answer { id: "honesty".parse().unwrap(), ..review.answers[0].clone() };
    review.answers.push(honest);
    w.file("ed", Predicate::Review(review));
    allowed(&w.update(root, new));
}

#[test]
fn where_only_the_rosters_work_is_taken_outsiders_are_refused() {
    let mut w = World::new();
    let root = w.root();
    let new = w.commit_by("stranger", root, &[(A, Some("text\n"))]);
    w.cover(root, new);
    allowed(&w.update(root, new));
    w.policy = w.policy.replace("version = 1", "version = 1\nauthors = \"roster\"");
    refused(&w.update(root, new), &[(Code::OutsideAuthor, A)]);
    let known = w.commit(root, &[(A, "text\n")]);
    allowed(&w.update(root, known));
    let mut declaration = w.declaration("wes", root, known);
    // A tool that a commit names as co-author is nobody.
    let tool = provenance_core::statement::Author::outside("Claude".into(), "noreply@anthropic.com".into());
    declaration.authors.push(tool);
    w.file("wes", Predicate::Declaration(declaration.clone()));
    allowed(&w.update(root, known));
    declaration.authors.push(provenance_core::statement::Author::outside("Zoë".into(), "zoe@example.org".into()));
    w.file("wes", Predicate::Declaration(declaration));
    refused(&w.update(root, known), &[(Code::OutsideAuthor, A)]);
}

#[test]
fn a_declaration_is_made_by_a_list_of_tools_that_the_branch_had() {
    let mut w = World::new();
    let tools = ".provenance/tools.toml";
    let root = w.root();
    let first = w.commit(root, &[(tools, "first\n")]);
    let second = w.commit(first, &[(tools, "second\n")]);
    for (seen, known) in [("first\n", true), ("second\n", true), ("never\n", false)] {
        let new = w.commit(second, &[(A, seen)]);
        let tools_sha256 = Some(provenance_core::id::Sha256Digest::of(seen.as_bytes()));
        by_ai(&mut w, [second, new], Details { tools_sha256, ..Details::default() });
        let report = w.update(second, new);
        allowed(&report);
        assert_eq!(report.findings.iter().any(|found| found.code == Code::UnknownToolsList), !known, "{seen}");
    }
}

#[test]
fn an_image_without_a_text_is_said() {
    let mut w = World::new();
    let root = w.root();
    let new = w.commit(root, &[(A, "![](bell.png)\n")]);
    w.cover(root, new);
    let report = w.update(root, new);
    allowed(&report);
    crate::world::warned(&report, Code::MissingAltText);
    w.policy.push_str("[severity]\nB3 = \"error\"\n");
    refused(&w.update(root, new), &[(Code::MissingAltText, A)]);
    let described = w.commit(root, &[(A, "![a bell](bell.png)\n")]);
    w.cover(root, described);
    assert!(w.update(root, described).findings.is_empty());
}

/// Wes declares that what is new is made by AI and shows what is not real, and Ed approves.
fn synthetic(w: &mut World, from: CommitId, to: CommitId) {
    by_ai(w, [from, to], Details { synthetic: true, ..Details::default() });
}

#[test]
fn what_is_synthetic_is_labelled_on_every_page_that_shows_it() {
    const IMAGE: &str = "content/bell.png";
    let mut w = World::new();
    let root = w.root();
    let shown = w.commit(root, &[(IMAGE, "pixels"), (B, "![a bell](bell.png)\n")]);
    synthetic(&mut w, root, shown);
    allowed(&w.update(root, shown));
    w.policy.push_str("[synthetic]\nlabels = [\"Made with AI\"]\n");
    // The image and the page came together, and the page says nothing.
    refused(&w.update(root, shown), &[(Code::MissingLabel, B), (Code::MissingLabel, IMAGE)]);
    let labelled = w.commit(root, &[(IMAGE, "pixels"), (B, "![a bell](bell.png)\n*made with\nAI*\n")]);
    synthetic(&mut w, root, labelled);
    allowed(&w.update(root, labelled));
    // Where it is published already, a new page that shows it is looked at; another is not.
    let bare = w.commit(labelled, &[(A, "<img src='/content/bell.png' alt='Made with AI'>\n")]);
    w.cover(labelled, bare);
    refused(&w.update(labelled, bare), &[(Code::MissingLabel, A)]);
    let other = w.commit(labelled, &[(A, "![a horse](horse.png)\n")]);
    w.cover(labelled, other);
    allowed(&w.update(labelled, other));
    // The same content elsewhere is the same image.
    let copied = w.commit(labelled, &[("content/copy.png", "pixels"), (A, "![](copy.png)\n")]);
    w.cover(labelled, copied);
    refused(&w.update(labelled, copied), &[(Code::MissingLabel, A), (Code::MissingLabel, "content/copy.png")]);
    w.policy.push_str("[severity]\nE1 = \"warning\"\n");
    let report = w.update(labelled, bare);
    allowed(&report);
    crate::world::warned(&report, Code::MissingLabel);
}

#[test]
fn a_branch_loosens_none_of_the_authoritys_labels_and_what_is_taken_back_needs_none() {
    let mut w = World::new();
    let root = w.root();
    let head = w.commit(root, &[("content/bell.png", "pixels"), (B, "![](bell.png) a bell\n")]);
    let details = Details { synthetic: true, ..Details::default() };
    let declaration = w.file("wes", Predicate::Declaration(Declaration { details, ..w.ai("wes", root, head) }));
    w.approve("ed", root, head);
    let authority = format!("{}[synthetic]\nlabels = [\"Made with AI\"]\n", w.policy);
    w.policy.push_str("[synthetic]\nlabels = [\"a bell\"]\n");
    allowed(&w.update(root, head));
    w.authority = Some((authority, w.people.clone()));
    refused(&w.update(root, head), &[(Code::MissingLabel, B), (Code::MissingLabel, "content/bell.png")]);
    w.revoke("wes", declaration);
    let plain = w.ai("wes", root, head);
    w.file("wes", Predicate::Declaration(plain));
    allowed(&w.update(root, head));
}
