//! Trees, commits and files that git would not write, or that are not what their ids say.

use super::case::Case;
use super::hostile::missing;
use super::raw::{Raw, tree};
use super::world::{LEDGER, World, put};

const B: &str = "content/b.md";
const OBJECT: [&str; 1] = ["undecided-object"];

pub(super) fn cases() -> Vec<Case> {
    [names(), orders(), whole(), notes(), commits(), parents(), other_bytes()].into_iter().flatten().collect()
}

/// A reviewed change of `content/b.md` at `topic`; `evil` holds what nobody has seen.
fn world() -> World {
    let world = World::new();
    world.commit("topic", "main", &[put(B, "B\n")]);
    world.commit("evil", "main", &[put(B, "evil\n")]);
    world.approve("main", "topic");
    world
}

/// The folder of `topic` with more entries, before and behind its own.
fn folder<'a>(ids: &'a [String; 3], before: &[(&'a str, &'a str)], behind: &[(&'a str, &'a str)]) -> Vec<u8> {
    let more = |entries: &[(&'a str, &'a str)]| {
        entries.iter().map(|(mode, name)| (*mode, *name, ids[2].as_str())).collect::<Vec<_>>()
    };
    let own = vec![("100644", "a.md", ids[0].as_str()), ("100644", "b.md", ids[1].as_str())];
    tree(&[more(before), own, more(behind)].concat())
}

/// The files `a.md` and `b.md` of `topic`, and the evil one.
fn ids(world: &World) -> [String; 3] {
    ["topic:content/a.md", "topic:content/b.md", "evil:content/b.md"].map(|name| world.repo.rev(name))
}

/// A folder with this content lands; nothing is decided.
fn refused(world: &World, content: &[u8], name: &'static str, shows: &str) -> Case {
    let mut raw = Raw::of(world);
    let content = raw.object("tree", content);
    let new = raw.landing(&content);
    world.second(name, "G18.2 R3.1", shows).setup(&raw.script).undecided(&format!("main...{new}"), &OBJECT)
}

fn names() -> Vec<Case> {
    let world = world();
    let ids = ids(&world);
    let evil = |mode, name| folder(&ids, &[(mode, name)], &[]);
    let hooks = tree(&[("100755", "pre-commit", &ids[2])]);
    let mut raw = Raw::of(&world);
    let hooks = raw.object("tree", &hooks);
    let with = tree(&[("40000", ".Git", &hooks), ("100644", "a.md", &ids[0]), ("100644", "b.md", &ids[1])]);
    let with = raw.object("tree", &with);
    let new = raw.landing(&with);
    vec![
        refused(&world, &evil("100644", ".."), "tree-with-dot-dot", "A name that leads out of its folder is no path."),
        refused(&world, &evil("100644", "."), "tree-with-dot", "Nor is one that is its own folder."),
        refused(&world, &evil("100644", ".git"), "tree-with-dot-git", "Nor one in which git keeps its own."),
        refused(
            &world,
            &evil("100644", ".GIT"),
            "tree-with-dot-git-in-capitals",
            "Also where only some file systems take it so.",
        ),
        refused(&world, &evil("100644", ""), "tree-with-an-empty-name", "An empty name is none."),
        refused(
            &world,
            &folder(&ids, &[], &[("100644", "c/d.md")]),
            "tree-with-a-slash",
            "A name has no slash: it would be a path that no comparison finds.",
        ),
        world
            .second("tree-with-hooks", "G18.2 R3.1", "A folder .git of any case brings hooks: nothing is decided.")
            .setup(&raw.script)
            .undecided(&format!("main...{new}"), &OBJECT),
    ]
}

fn orders() -> Vec<Case> {
    let world = world();
    let ids = ids(&world);
    let order = tree(&[("100644", "b.md", &ids[1]), ("100644", "a.md", &ids[0])]);
    let twice = |first: &str, second: &str| {
        tree(&[("100644", "a.md", &ids[0]), ("100644", "b.md", first), ("100644", "b.md", second)])
    };
    let inside = world.repo.rev("topic:content");
    let both = tree(&[("100644", "a.md", &ids[0]), ("100644", "b.md", &ids[1]), ("40000", "b.md", &inside)]);
    let complete = folder(&ids, &[], &[]);
    vec![
        refused(
            &world,
            &order,
            "tree-out-of-order",
            "The entries of a tree have one order: else a reader may miss one.",
        ),
        refused(
            &world,
            &twice(&ids[1], &ids[2]),
            "tree-with-a-name-twice",
            "A name that stands twice could be either, the reviewed one first",
        ),
        refused(&world, &twice(&ids[2], &ids[1]), "tree-with-a-name-twice-turned", "or last."),
        refused(&world, &both, "tree-with-file-and-folder", "A name is of a file or of a folder."),
        refused(&world, &complete[..complete.len() - 7], "tree-cut-off", "A tree that breaks off is none."),
        refused(
            &world,
            &folder(&ids, &[], &[("100600", "c.md")]),
            "tree-with-another-mode",
            "A mode is one that git gives.",
        ),
    ]
}

/// The same script with trees as git writes them, and a folder that does not change.
fn whole() -> Vec<Case> {
    let world = world();
    let ids = ids(&world);
    let mut raw = Raw::of(&world);
    let content = raw.object("tree", &folder(&ids, &[], &[]));
    let new = raw.landing(&content);
    let honest = world
        .second("tree-written-by-hand", "G18.2", "A tree as git writes it is judged, whoever wrote it.")
        .setup(&raw.script)
        .allows(&format!("main...{new}"), &[]);
    let mut raw = Raw::of(&world);
    let odd = raw.tree(&[("100644", "..", &ids[2])]);
    let (policy, main) = (world.repo.rev("main:.provenance"), world.repo.rev("main"));
    let mut commit = |content: &str, on: &str| {
        let root =
            raw.tree(&[("40000", ".provenance", &policy), ("40000", "content", content), ("40000", "odd", &odd)]);
        raw.commit(&[format!("tree {root}\n"), format!("parent {on}\n")])
    };
    let old = commit(&world.repo.rev("main:content"), &main);
    let new = commit(&world.repo.rev("topic:content"), &old);
    let unchanged = world
        .second("malformed-tree-unchanged", "G1.3", "A folder that does not change is not looked into.")
        .setup(&raw.script)
        .allows(&format!("{old}..{new}"), &[]);
    vec![honest, unchanged]
}

/// A ledger whose tree holds one note twice: with the rejection, and without.
fn notes() -> Vec<Case> {
    let world = world();
    world.write_ledger();
    let place = world.repo.rev("topic:content/b.md");
    let before = world.repo.rev(&format!("{LEDGER}:{place}"));
    world.review("eva", "main", "topic").reject().file();
    world.write_ledger();
    let after = world.repo.rev(&format!("{LEDGER}:{place}"));
    let mut raw = Raw::of(&world);
    let notes = raw.tree(&[("100644", &place, &after), ("100644", &place, &before)]);
    let ledger = raw.commit(&[format!("tree {notes}\n")]);
    let blob = world.repo.git_bytes(&["cat-file", "blob", &before], b"");
    raw.at(&before, "blob", &blob);
    let script = format!("{}git update-ref {LEDGER} {ledger}\n", raw.script);
    vec![
        world
            .second(
                "ledger-with-a-note-twice",
                "G18.2 R10.5",
                "A ledger whose tree could mean two things hides nothing: nothing is decided.",
            )
            .setup(&script)
            .undecided("main...topic", &OBJECT),
    ]
}

fn commits() -> Vec<Case> {
    let world = world();
    let (main, topic) = (world.repo.rev("main"), world.repo.rev("topic^{tree}"));
    let blob = world.repo.rev("topic:content/b.md");
    let parent = format!("parent {main}\n");
    let of = |lines: &[String], name, shows, errors: &[&str]| {
        let mut raw = Raw::of(&world);
        let new = raw.commit(lines);
        world.second(name, "G18.2", shows).setup(&raw.script).undecided(&format!("{main}..{new}"), errors)
    };
    let tree = |id: &str| format!("tree {id}\n");
    vec![
        of(std::slice::from_ref(&parent), "commit-without-tree", "A commit has a tree.", &[]),
        of(&[tree(&topic[..30]), parent.clone()], "commit-with-half-an-id", "An id is whole.", &[]),
        of(&[tree(&blob), parent.clone()], "commit-of-a-file", "The tree of a commit is a tree.", &OBJECT),
    ]
}

fn parents() -> Vec<Case> {
    let world = world();
    let (main, tree) = (world.repo.rev("main"), world.repo.rev("topic^{tree}"));
    let nowhere = "1".repeat(40);
    let mut raw = Raw::of(&world);
    let orphan = raw.commit(&[format!("tree {tree}\n"), format!("parent {nowhere}\n")]);
    let lost = world
        .second("parent-missing", "G18.2 G1.2", "Where a parent is not here nobody knows what the branch held.")
        .setup(&raw.script)
        .undecided(&format!("{main}..{orphan}"), &["undecided-history"]);
    let mut raw = Raw::of(&world);
    let odd = raw.commit(&[format!("tree {tree}\n"), format!("parent {tree}\n"), format!("parent {main}\n")]);
    let kind = world
        .second("parent-is-a-tree", "G18.2", "The parent of a commit is a commit.")
        .setup(&raw.script)
        .undecided(&format!("{main}..{odd}"), &[] as &[&str]);
    let mut raw = Raw::of(&world);
    let honest = raw.commit(&[format!("tree {tree}\n"), format!("parent {main}\n")]);
    let whole = world
        .second("commit-written-by-hand", "G18.2", "A commit as git writes it is judged, whoever wrote it.")
        .setup(&raw.script)
        .allows(&format!("{main}..{honest}"), &[]);
    vec![lost, kind, whole]
}

/// The object of an id has other bytes than those.
fn other_bytes() -> Vec<Case> {
    let world = world();
    let bytes = |kind: &str, name: &str| world.repo.git_bytes(&["cat-file", kind, &world.repo.rev(name)], b"");
    let of = |kind: &'static str, id: &str, from: &str| {
        let id = world.repo.rev(id);
        let mut raw = Raw::of(&world);
        raw.at(&id, kind, &bytes(kind, from));
        missing(&[&id]) + &raw.script
    };
    let shown = |script: &str, name, shows| {
        world.second(name, "G18.2 G1.4", shows).setup(script).undecided("main...topic", &OBJECT)
    };
    vec![
        shown(
            &of("blob", "topic:content/b.md", "evil:content/b.md"),
            "file-of-another-id",
            "Content that is not what its id says is not what was reviewed.",
        ),
        shown(&of("tree", "topic^{tree}", "evil^{tree}"), "tree-of-another-id", "Nor is a tree."),
        shown(&of("commit", "topic", "evil"), "commit-of-another-id", "Nor a commit."),
        shown(
            &of("blob", "main:.provenance/policy.toml", "main:.provenance/tools.toml"),
            "policy-of-another-id",
            "A policy that is not what its id says rules nothing.",
        ),
        world
            .second("file-of-its-own-id", "G18.2", "The same script with the right bytes changes nothing.")
            .setup(&of("blob", "topic:content/b.md", "topic:content/b.md"))
            .allows("main...topic", &[]),
    ]
}
