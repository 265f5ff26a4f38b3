//! Paths are what git takes them for, wherever the command is run.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use provenance_test_support::run;

use crate::site::{NOW, Ran, Site};

/// Runs the binary in a folder of the working tree, with arguments that need not be text.
fn run_at(site: &Site, folder: &str, arguments: &[&OsStr]) -> Ran {
    let mut command = site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
    command.current_dir(site.repo.path().join(folder)).args(["--now", NOW]).args(arguments);
    Ran::of(run(command, b""))
}

fn signed_at(site: &Site, folder: &str, path: &OsStr) -> Ran {
    let key = site.key("ed");
    let words = ["review", "main...topic", "--reject", "--format", "json", "--key", key.to_str().unwrap(), "--"];
    let arguments: Vec<&OsStr> = words.iter().map(OsStr::new).chain([path]).collect();
    run_at(site, folder, &arguments)
}

fn two_readmes() -> Site {
    let site = Site::new();
    site.propose("topic", &[("README.md", "top\n"), ("docs/README.md", "docs\n"), ("docs/deep/a.md", "a\n")]);
    site
}

#[test]
fn a_path_is_relative_to_where_one_is() {
    let site = two_readmes();
    let absolute = site.repo.path().join("docs/deep");
    for (folder, path, signed) in [
        ("docs", "README.md", &["docs/README.md"][..]),
        ("docs", "./README.md", &["docs/README.md"]),
        ("docs", "../README.md", &["README.md"]),
        ("docs/deep", "../README.md", &["docs/README.md"]),
        ("docs/deep", "..", &["docs/README.md", "docs/deep/a.md"]),
        ("docs", ".", &["docs/README.md", "docs/deep/a.md"]),
        ("docs", ":/README.md", &["README.md"]),
        ("docs", ":/", &["README.md", "docs/README.md", "docs/deep/a.md"]),
        ("docs", "*.md", &["docs/README.md", "docs/deep/a.md"]),
        ("docs", "deep/*", &["docs/deep/a.md"]),
        ("", "*.md", &["README.md", "docs/README.md", "docs/deep/a.md"]),
        ("", absolute.to_str().unwrap(), &["docs/deep/a.md"]),
    ] {
        let paths = signed_at(&site, folder, OsStr::new(path)).ends(0).json()["paths"].clone();
        assert_eq!(paths, serde_json::json!(signed), "{path} in {folder}");
    }
    // `-C` is a current directory too.
    let docs = site.repo.path().join("docs");
    let json = site.run(&["-C", docs.to_str().unwrap(), "policy", "explain", "README.md", "--format", "json"]);
    assert_eq!(json.ends(0).json()["path"], "docs/README.md");
}

#[test]
fn refuses_paths_outside_and_paths_without_a_change() {
    let site = two_readmes();
    for path in ["../../x", "/etc/passwd", "../../../../etc"] {
        signed_at(&site, "docs", OsStr::new(path)).ends(2).says("is outside the repository");
    }
    signed_at(&site, "docs", OsStr::new(".git/config")).ends(2).says("cannot be a component");
    signed_at(&site, "docs", OsStr::new("")).ends(2).says("an empty path names nothing");
    for path in ["docs/README.md", "nowhere", "*.txt"] {
        signed_at(&site, "docs", OsStr::new(path)).ends(2).says(&format!("nothing changes at `{path}`")).says(":/PATH");
    }
    let status = |path: &str| site.run(&["status", "--", path]);
    status("nowhere.md").ends(2).says("nothing changes at `nowhere.md`");
    status("docs").ends(0).says("docs/deep/a.md");
    // One argument that matches does not stand for another that does not.
    site.run(&["log", "main...topic", "docs", "dcos"]).ends(2).says("nothing changes at `dcos`");
}

#[test]
fn show_takes_a_path_from_the_root_or_from_here() {
    let site = two_readmes();
    signed_at(&site, "docs", OsStr::new("README.md")).ends(0);
    let show = |object: &str| run_at(&site, "docs", &[OsStr::new("show"), OsStr::new(object)]);
    show("topic:./README.md").ends(0).says("ed rejected");
    show("topic:docs/README.md").ends(0).says("ed rejected");
    show("topic:README.md").ends(0).says("no records");
    show("topic:./docs/README.md").ends(2).says("docs/docs/README.md is not in topic").says("REV:./PATH");
    let explain = [OsStr::new("check"), OsStr::new("--explain"), OsStr::new("README.md")];
    run_at(&site, "docs", &explain).ends(1).says("docs/README.md\n").says("rejected docs/README.md");
}

#[test]
fn paths_that_are_no_text_are_taken_as_they_are_and_as_we_print_them() {
    let site = Site::new();
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    let odd = OsStr::from_bytes(b"content/\xff\n.md");
    site.repo.write(odd, "odd\n");
    site.commit_by("wes", "odd");
    for path in [odd.to_owned(), OsString::from("\"content/\\377\\n.md\"")] {
        let paths = signed_at(&site, "", &path).ends(0).json()["paths"].clone();
        assert_eq!(paths, serde_json::json!(["\"content/\\377\\n.md\""]));
        let mut object = OsString::from("topic:");
        object.push(&path);
        run_at(&site, "", &[OsStr::new("show"), &object]).ends(0).says("ed rejected");
    }
}
