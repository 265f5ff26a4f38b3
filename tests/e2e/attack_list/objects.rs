//! Attacks by objects that are not what their names say, and by refs that put one object, or one name, in another's place.

use std::path::PathBuf;

use provenance_test_support::{Repo, id_of, object_format};

use super::{LEDGER, RULES, Reviewed, allows, refuses};
use crate::push::hook;
use crate::server::{push, server};
use crate::site::Site;

/// Good and evil at one path.
fn good_and_evil() -> Site {
    super::good_and_evil_at("content/b.md")
}

fn loose(repo: &Repo, id: &str) -> PathBuf {
    repo.git_dir().join("objects").join(&id[..2]).join(&id[2..])
}

/// S05.a. Nobody has published two contents with one blob id. What such a pair would be to the gate, an object with another's bytes is too:
/// it is hashed when it is read, whatever the verdict rests on.
#[test]
fn no_object_stands_in_for_another_wherever_the_verdict_rests_on_it() {
    let site = good_and_evil();
    let note = site.repo.git(&["notes", "--ref=provenance", "list", &site.repo.rev("good:content/b.md")]);
    let other = site.repo.git(&["notes", "--ref=provenance", "list", &site.repo.rev("main:content/b.md")]);
    let swapped = |range: &str, name: &str, id: &str, bytes_of: &str| {
        assert_ne!(id, bytes_of, "{name}");
        let (file, from) = (loose(&site.repo, id), loose(&site.repo, bytes_of));
        let kept = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        std::fs::copy(from, &file).unwrap();
        let ran = super::check(&site, range);
        assert!(ran.code == 3 && !ran.err.contains("panicked"), "{name}: {ran:?}");
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, kept).unwrap();
    };
    let rev = |text: &str| site.repo.rev(text);
    for (name, id, bytes_of) in [
        ("the content", rev("evil:content/b.md"), rev("good:content/b.md")),
        ("the tree", rev("evil^{tree}"), rev("good^{tree}")),
        ("the commit", rev("evil"), rev("good")),
        ("the state before", rev("main"), rev("good")),
        ("the policy", rev(&format!("main:{RULES}")), rev("main:content/a.md")),
    ] {
        swapped("main..evil", name, &id, &bytes_of);
    }
    let ledger = rev(LEDGER);
    if note != other {
        swapped("main..good", "the note", &note, &rev("main:content/a.md"));
    }
    swapped("main..good", "the ledger's commit", &ledger, &rev("main"));
    swapped("main..good", "the ledger's tree", &rev(&format!("{LEDGER}^{{tree}}")), &rev("main^{tree}"));
    allows(&site, "main..good");
    refuses(&site, "main..evil", "missing-review");
}

/// An index of a pack in which two objects have each other's place.
fn exchange(repo: &Repo, one: &str, other: &str) {
    let width = if object_format() == "sha256" { 32 } else { 20 };
    let folder = repo.git_dir().join("objects/pack");
    let index = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let index = index.into_iter().find(|path| path.extension().is_some_and(|end| end == "idx")).unwrap();
    let mut bytes = std::fs::read(&index).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let (names, count) = (8 + 1024, number(8 + 255 * 4));
    let place = |id: &str| {
        let hex = |at: usize| bytes[at..at + width].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        (0..count).find(|nth| hex(names + nth * width) == id).unwrap()
    };
    let (one, other) = (place(one), place(other));
    for table in [names + count * width, names + count * (width + 4)] {
        for byte in 0..4 {
            bytes.swap(table + one * 4 + byte, table + other * 4 + byte);
        }
    }
    std::fs::set_permissions(&index, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(&index, bytes).unwrap();
}

/// S05.b
#[test]
fn an_index_that_exchanges_two_objects_of_a_pack_is_found_out() {
    for (one, other) in
        [("evil:content/b.md", "good:content/b.md"), ("evil", "good"), ("evil^{tree}", "good^{tree}"), ("main", "good")]
    {
        let site = good_and_evil();
        let [first, second] = [one, other].map(|rev| site.repo.rev(rev));
        // Without deltas each object is by itself in the pack.
        site.repo.git(&["repack", "-adfq", "--depth=0", "--window=0"]);
        refuses(&site, "main..evil", "missing-review");
        exchange(&site.repo, &first, &second);
        let ran = super::check(&site, "main..evil");
        assert!(ran.code == 3 && !ran.err.contains("panicked"), "{one}: {ran:?}");
        site.run(&["status", "main...evil"]);
        site.run(&["audit"]);
    }
}

/// G05.a. Git on a server shows the replacement to everybody who reads there, such as an export of the branch: it may come to nobody's
/// repository by a push.
#[test]
fn a_push_puts_no_object_in_the_place_of_a_published_one() {
    let site = good_and_evil();
    let server = server(&site);
    push(&site, &["good:main", "evil", LEDGER]).ends(0);
    let [good, evil] = ["good", "evil"].map(|rev| site.repo.rev(rev));
    let [page, evil_page] = ["good:content/b.md", "evil:content/b.md"].map(|rev| site.repo.rev(rev));
    for (name, by) in [(&good, &evil), (&page, &evil_page), (&good, &good)] {
        push(&site, &[&format!("{by}:refs/replace/{name}")]).ends(1).says("in the place of one that is published");
    }
    server.git(&["symbolic-ref", "refs/heads/alias", &format!("refs/replace/{good}")]);
    push(&site, &["evil:alias"]).ends(1).says("in the place of one that is published");
    assert_eq!(server.git(&["show", "main:content/b.md"]), "B");
    // It would have worked, and what stands there goes.
    server.git(&["update-ref", &format!("refs/replace/{page}"), &evil_page]);
    assert_eq!(server.git(&["show", "main:content/b.md"]), "nobody read this");
    push(&site, &[&format!(":refs/replace/{page}")]).ends(0);
    push(&site, &["evil:refs/heads/replace/x", "evil:refs/replacement/x"]).ends(0);
}

/// G10.a. Where a branch and a tag have one name, git takes the tag: a script that exports `main`, or resets to `origin/main`.
#[test]
fn a_push_makes_no_tag_that_is_taken_for_a_publish_branch() {
    let site = good_and_evil();
    let server = server(&site);
    push(&site, &["evil"]).ends(0);
    for name in ["main", "origin/main", "origin/HEAD"] {
        push(&site, &[&format!("evil:refs/tags/{name}")])
            .ends(1)
            .says(&format!("would be what git takes `{name}` for"));
    }
    server.git(&["update-ref", "refs/tags/main", "evil"]);
    assert_eq!(server.rev("main"), site.repo.rev("evil"));
    push(&site, &[":refs/tags/main"]).ends(0);
    push(&site, &["evil:refs/tags/maintenance", "evil:refs/tags/v/main", "evil:refs/tags/origin"]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("main"));
}

/// N01.a. A ledger that contains the present one may have any history: what its tree holds is compared.
#[test]
fn a_ledger_of_many_parents_still_loses_no_line() {
    let site = good_and_evil();
    let server = server(&site);
    push(&site, &[LEDGER]).ends(0);
    let (present, empty) = (site.repo.rev(LEDGER), site.repo.git_with(&["mktree"], ""));
    site.signed("wes", &["declare", "main...evil", "--extent", "none"]).ends(0);
    let grown = site.repo.rev(LEDGER);
    let tree = |rev: &str| site.repo.rev(&format!("{rev}^{{tree}}"));
    let [main, evil] = ["main", "evil"].map(|rev| site.repo.rev(rev));
    let commit = |tree: &str, parents: &[&str]| site.repo.commit_tree(tree, parents, 1_750_000_000);
    for lossy in [
        commit(&empty, &[&present, &grown]),
        commit(&tree("main"), &[&main, &present]),
        commit(&tree("main"), &[&present, &main, &evil]),
        commit(&commit_tree_without(&site), &[&evil, &grown, &present]),
    ] {
        push(&site, &[&format!("{lossy}:{LEDGER}")]).ends(1);
        push(&site, &["--force", "good:main", &format!("+{lossy}:{LEDGER}")]).ends(1);
    }
    assert_eq!(server.rev(LEDGER), present);
    // All lines kept, though other histories hang on it; and its first parent is another's.
    let joined = commit(&tree(&grown), &[&main, &evil, &present, &grown]);
    push(&site, &[&format!("{joined}:{LEDGER}"), "good:main"]).ends(0);
    assert_eq!(server.rev("main"), site.repo.rev("good"));
}

/// The ledger's tree without the note of what `good` brought.
fn commit_tree_without(site: &Site) -> String {
    let gone = site.repo.rev("good:content/b.md");
    let listed = site.repo.git(&["ls-tree", "-r", LEDGER]);
    let kept: Vec<&str> = listed.lines().filter(|line| !line.replace('/', "").ends_with(&gone)).collect();
    assert!(kept.len() < listed.lines().count());
    site.repo.git_with(&["mktree"], kept.join("\n") + "\n")
}

/// S08.f. A push from a shallow clone, to a server that takes such ones: what it leaves out is not taken for what is there.
#[test]
fn a_shallow_push_hides_no_history() {
    let site = good_and_evil();
    let server = server(&site);
    server.git(&["config", "receive.shallowUpdate", "true"]);
    push(&site, &[LEDGER]).ends(0);
    let clone = site.repo.clone_with(&["--depth=1", "--branch=evil"]);
    clone.git(&["remote", "set-url", "origin", server.path().to_str().unwrap()]);
    let main = server.rev("main");
    for refspec in ["evil:main", "evil:refs/heads/side"] {
        clone.try_git(&["push", "--quiet", "--force", "origin", refspec]);
    }
    assert_eq!(server.rev("main"), main);
    // A history that was cut by hand, on top of what is published and beside it.
    let cut = clone.commit_tree(&clone.rev("HEAD^{tree}"), &[], 1_750_000_000);
    std::fs::write(clone.git_dir().join("shallow"), format!("{cut}\n")).unwrap();
    clone.try_git(&["push", "--quiet", "--force", "origin", &format!("{cut}:main")]);
    assert_eq!(server.rev("main"), main);
    let null = id_of('0');
    hook(&server, "pre-receive", &format!("{null} {} refs/heads/fine\n", server.rev("main"))).ends(0);
    push(&site, &["good:main"]).ends(0);
}

/// B16.a. A review is filed under both ends of each change, and an end that is not there has no note: a rejected deletion blocks, and one that
/// was approved lets no other file go. A rejection is of one version.
#[test]
fn a_deletion_is_approved_and_rejected_as_the_file_it_takes() {
    let reviewed = Reviewed::new();
    let site = &reviewed.site;
    let delete = |branch: &str, path: &str| {
        site.repo.git(&["checkout", "--quiet", "--force", "-B", branch, "main"]);
        site.repo.remove(path);
        site.commit_by("wes", "away with it");
        format!("main...{branch}")
    };
    let (a, b) = (delete("no-a", "content/a.md"), delete("no-b", "content/b.md"));
    site.approve(&a);
    allows(site, &a);
    refuses(site, &b, "missing-review");
    // The same bytes at another path, and another version at the same.
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "copy", "main"]);
    site.repo.git(&["mv", "content/a.md", "content/z.md"]);
    site.commit_by("wes", "moved");
    refuses(site, "main...copy", "missing-review").says("content/z.md");
    site.signed("ana", &["review", &a, "--reject", "-m", "keep it"]).ends(0);
    refuses(site, &a, "rejected");
    // By way of another version of it, which is approved, and gone in the same push.
    site.repo.git(&["checkout", "--quiet", "--force", "-B", "detour", "main"]);
    site.repo.write("content/a.md", "one\n");
    site.commit_by("wes", "shorter");
    site.approve("main...detour");
    site.repo.remove("content/a.md");
    site.commit_by("wes", "and away");
    site.signed("wes", &["declare", "HEAD", "--extent", "none", "--branch", "main"]).ends(0);
    site.signed("ed", &["review", "HEAD", "--approve", "--answer", "accuracy=pass", "--branch", "main"]).ends(0);
    // As one change it is what Ana rejected; as two steps the second is another deletion, which somebody approved.
    let squashed = site.repo.commit_tree(&site.repo.rev("detour^{tree}"), &[&site.repo.rev("main")], 1_750_000_000);
    refuses(site, &format!("main..{squashed}"), "rejected");
    allows(site, "main..detour");
}
