//! What a repository or an environment can do to whoever reads it carelessly.

use super::case::Case;
use super::world::{LEDGER, World, delete, put, put_as};

const B: &str = "content/b.md";
const MISSING: [&str; 2] = ["missing-review content/b.md", "missing-declaration content/b.md"];

pub(super) fn cases() -> Vec<Case> {
    [replaced(), grafted(), shallow(), objects(), names(), configured(), paths(), links()]
        .into_iter()
        .flatten()
        .collect()
}

/// Lines for a shell that take objects out of the repository.
pub(super) fn missing(ids: &[&str]) -> String {
    let unpack = "for pack in .git/objects/pack/*.pack; do\n  mv \"$pack\" .git/moved.pack\n  rm -f .git/objects/pack/*\n  git unpack-objects -q < .git/moved.pack\n  rm .git/moved.pack\ndone\n";
    let remove = |id: &&str| format!("rm -f .git/objects/{}/{}\n", &id[..2], &id[2..]);
    unpack.to_owned() + &ids.iter().map(remove).collect::<String>()
}

/// A reviewed commit at `good` and an unreviewed one at `evil`, of the same path.
fn good_and_evil() -> World {
    let world = World::new();
    world.commit("good", "main", &[put(B, "good\n")]);
    world.commit("evil", "main", &[put(B, "evil\n")]);
    world.approve("main", "good");
    world
}

fn replaced() -> Vec<Case> {
    let (commit, blob, back) = (good_and_evil(), good_and_evil(), good_and_evil());
    let replace = |world: &World, from: &str, to: &str| {
        let (from, to) = (world.repo.rev(from), world.repo.rev(to));
        world.repo.git(&["update-ref", &format!("refs/replace/{from}"), &to]);
    };
    replace(&commit, "evil", "good");
    replace(&blob, "evil:content/b.md", "good:content/b.md");
    replace(&back, "good", "evil");
    vec![
        commit
            .case(
                "replace-ref-of-a-commit",
                "G1.3",
                "A replace ref does not put a reviewed commit in the place of another.",
            )
            .refuses("main...evil", &MISSING),
        blob.case("replace-ref-of-a-blob", "G1.3", "Nor reviewed content in the place of other content.")
            .refuses("main...evil", &MISSING),
        back.case("replace-ref-of-a-reviewed-commit", "G1.3", "Nor does it keep a reviewed commit from landing.")
            .allows("main...good", &[]),
    ]
}

fn grafted() -> Vec<Case> {
    let world = good_and_evil();
    let id = |name: &str| world.repo.rev(name);
    let graft =
        |from: &str, to: &str| format!("mkdir -p .git/info\necho '{} {}' > .git/info/grafts\n", id(from), id(to));
    vec![
        world
            .case("graft-makes-evil-published", "G1.2", "A graft does not make a commit an ancestor.")
            .setup(&graft("main", "evil"))
            .refuses("main...evil", &MISSING),
        world
            .case("graft-of-a-reviewed-commit", "G1.2", "Nor does it keep a reviewed commit from landing.")
            .setup(&format!("mkdir -p .git/info\necho '{}' > .git/info/grafts\n", id("good")))
            .allows("main..good", &[]),
    ]
}

fn shallow() -> Vec<Case> {
    let world = good_and_evil();
    world.commit("later", "good", &[put("log/x", "x\n")]);
    let mark = |name: &str| format!("echo {} > .git/shallow\n", world.repo.rev(name));
    let gone = missing(&[&world.repo.rev("good")]);
    vec![
        world
            .case(
                "forged-shallow-file",
                "G1.2",
                "A shallow file that marks a commit whose parents are here changes nothing.",
            )
            .setup(&mark("evil"))
            .refuses("main...evil", &MISSING),
        world
            .case("shallow-file-on-reviewed", "G1.2", "Nor does it keep a reviewed commit from landing.")
            .setup(&mark("good"))
            .allows("main..good", &[]),
        world
            .case("shallow-clone", "G18.2", "Where history is cut off between the two ends nothing is decided.")
            .setup(&(gone + &mark("later")))
            .undecided("main...later", &["undecided-history"]),
    ]
}

fn objects() -> Vec<Case> {
    let world = good_and_evil();
    let at = |what: &str| world.repo.rev(what);
    vec![
        world
            .case("changed-blob-missing", "G18.2", "Content that is not here cannot be judged.")
            .setup(&missing(&[&at("good:content/b.md")]))
            .undecided("main...good", &["undecided-object"]),
        world
            .case("other-blob-missing", "G18.2", "Content that does not change is not needed.")
            .setup(&missing(&[&at("main:content/a.md")]))
            .allows("main...good", &[]),
        world
            .case("tree-missing", "G18.2", "A tree that is not here cannot be compared.")
            .setup(&missing(&[&at("good:content")]))
            .undecided("main...good", &["undecided-object"]),
        world
            .case("policy-missing", "G1.4", "A policy that is not here cannot be applied.")
            .setup(&missing(&[&at("main:.provenance/policy.toml")]))
            .undecided("main...good", &["undecided-object"]),
    ]
}

fn names() -> Vec<Case> {
    let world = good_and_evil();
    let evil = world.repo.rev("evil");
    // Of refs that could be meant by one name git puts none into a bundle.
    let point = |name: &str, to: &str| format!("git update-ref {name} {}\n", world.repo.rev(to));
    let shadows: String = ["refs/tags/refs/heads/main", "refs/heads/refs/heads/main", "refs/tags/main"]
        .iter()
        .map(|name| point(name, "evil"))
        .chain(["refs/tags/evil", "refs/tags/refs/heads/evil"].iter().map(|name| point(name, "good")))
        .collect();
    let ids = point(&format!("refs/heads/{evil}"), "good") + &point(&format!("refs/tags/{evil}"), "good");
    vec![
        world
            .case("tags-shadow-branches", "G1.1", "A full name is that ref, whatever other refs are called.")
            .setup(&shadows)
            .refuses("main...evil", &MISSING),
        world
            .case("branch-named-as-an-id", "G1.1", "A full id is that object, whatever refs are called.")
            .setup(&ids)
            .refuses(&format!("{}...{evil}", world.root), &MISSING),
        world
            .case("ambiguous-name", "G1.1", "A short name that a branch and a tag have is not guessed at.")
            .setup(&shadows)
            .usage("=main...refs/heads/evil"),
        world
            .case("tags-shadow-and-reviewed", "G1.1", "Nor do such names keep a reviewed commit from landing.")
            .setup(&shadows)
            .allows("main...good", &[]),
    ]
}

fn configured() -> Vec<Case> {
    let world = good_and_evil();
    world.write_ledger();
    let setup = "git update-ref refs/notes/other refs/notes/provenance\ngit config core.notesRef refs/notes/other\ngit config notes.displayRef refs/notes/other\ngit config core.useReplaceRefs true\ngit config core.attributesFile .git/attributes\necho '* -diff merge=ours' > .git/attributes\ngit config gpg.ssh.program true\ngit config diff.renames copies\n";
    let environment = |name, shows| {
        world
            .case(name, "G1.1", shows)
            .setup(setup)
            .env("GIT_DIR", "/nonexistent")
            .env("GIT_OBJECT_DIRECTORY", "/nonexistent")
            .env("GIT_NOTES_REF", "refs/notes/other")
            .env("GIT_NAMESPACE", "x")
            .env("GIT_REPLACE_REF_BASE", "refs/heads/")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "provenance.root")
            .env("GIT_CONFIG_VALUE_0", &world.repo.rev("evil"))
    };
    vec![
        environment("environment-and-configuration", "Neither environment nor configuration changes what is judged.")
            .refuses("main...evil", &MISSING),
        environment("environment-and-reviewed", "Nor do they keep a reviewed commit from landing.")
            .allows("main...good", &[]),
        world
            .case("ledger-absent", "G5.1", "Without a ledger nothing was reviewed.")
            .setup(&format!("git update-ref -d {LEDGER}\n"))
            .refuses("main...good", &MISSING),
    ]
}

fn paths() -> Vec<Case> {
    let world = World::new();
    let odd = || {
        [put_as("100644", b"content/\xff.md", "x\n"), put("content/a\tb \"c\".md", "y\n"), put("content/é.md", "z\n")]
    };
    world.commit("odd", "main", &odd());
    world.commit("moved", "main", &[delete(B), put("content/c.md", "b\n")]);
    world.commit("attributes", "main", &[put("content/.gitattributes", "*.md -diff\n"), put(B, "hidden\n")]);
    let attributes =
        ["missing-review content/.gitattributes", "missing-declaration content/.gitattributes", MISSING[0], MISSING[1]];
    let refused = [
        world
            .case(
                "odd-paths-unreviewed",
                "R3.3 G1.3",
                "Paths that are no UTF-8 or need quotes are judged like any other.",
            )
            .refuses("main...odd", &["missing-review", "missing-declaration"]),
        world.case("rename-unreviewed", "R4.4", "A rename is a deletion and an addition, and each is judged.").refuses(
            "main...moved",
            &[MISSING[0], MISSING[1], "missing-review content/c.md", "missing-declaration content/c.md"],
        ),
        world
            .case("attributes-hide-a-change", "R4.4", "Attributes hide no change, and are one themselves.")
            .refuses("main...attributes", &attributes),
    ];
    world.approve("main", "odd");
    world.approve("main", "moved");
    let allowed = [
        world.case("odd-paths-reviewed", "R3.3", "Such paths can be reviewed.").allows("main...odd", &[]),
        world.case("rename-reviewed", "R4.4", "A reviewed rename is allowed.").allows("main...moved", &[]),
    ];
    refused.into_iter().chain(allowed).collect()
}

fn links() -> Vec<Case> {
    let world = World::ruled_by(&super::world::POLICY.replace("content/**", "guarded/**"));
    world.commit("link", "main", &[put_as("120000", "guarded", "/etc")]);
    world.approve("main", "link");
    let editor = world
        .case(
            "link-for-a-guarded-folder-reviewed",
            "P6.7",
            "An editor may approve a link in the place of the editors' folder.",
        )
        .allows("main...link", &[]);
    let other = World::ruled_by(&super::world::POLICY.replace("content/**", "guarded/**"));
    other.commit("link", "main", &[put_as("120000", "guarded", "/etc")]);
    other.declaration("wes", "main", "link").file();
    other.review("lee", "main", "link").file();
    let any = other
        .case(
            "link-for-a-guarded-folder",
            "P6.7",
            "A link in the place of a guarded folder needs what the folder's content needs.",
        )
        .refuses("main...link", &["wrong-role guarded"]);
    vec![editor, any]
}
