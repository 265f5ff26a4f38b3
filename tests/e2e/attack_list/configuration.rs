//! Attacks by a repository that somebody hands over with its configuration and hooks: which commands run what it names.
//!
//! What only reads or signs runs nothing (`surroundings`). `sync`, and the client's hook that calls it, run git, which does what the
//! configuration of a clone says of transport, and no hook of it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use provenance_test_support::Repo;

use super::{LEDGER, allows, good_and_evil, refuses};
use crate::server::server;
use crate::site::{Ran, Site, run_in};

/// A program that leaves a trace when it is run; and the trace.
fn trap(site: &Site) -> (String, PathBuf) {
    let (program, trace) = (site.repo.home().join("trap"), site.repo.home().join("sprung"));
    std::fs::write(&program, format!("#!/bin/sh\necho \"$0 $*\" >> {}\nexit 1\n", trace.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (program.to_str().unwrap().to_owned(), trace)
}

/// Settings with which git starts a program when it fetches, pushes, signs, shows or completes something; `@` is the program.
const SETTINGS: [(&str, &str); 30] = [
    ("core.sshCommand", "@"),
    ("core.gitProxy", "@"),
    ("core.askPass", "@"),
    ("core.fsmonitor", "@"),
    ("core.alternateRefsCommand", "@"),
    ("core.pager", "@"),
    ("core.editor", "@"),
    ("credential.helper", "@"),
    ("credential.https://example.com.helper", "!@"),
    ("remote.origin.url", "ext::@ %S"),
    ("remote.origin.uploadpack", "@"),
    ("remote.origin.receivepack", "@"),
    ("remote.origin.vcs", "@"),
    ("remote.origin.promisor", "true"),
    ("remote.origin.partialclonefilter", "blob:none"),
    ("url.ext::@ .insteadOf", "https://"),
    ("protocol.allow", "always"),
    ("protocol.ext.allow", "always"),
    ("gpg.program", "@"),
    ("gpg.ssh.program", "@"),
    ("gpg.ssh.defaultKeyCommand", "@"),
    ("push.gpgSign", "true"),
    ("push.recurseSubmodules", "on-demand"),
    ("fetch.recurseSubmodules", "true"),
    ("filter.x.process", "@"),
    ("diff.x.textconv", "@"),
    ("diff.external", "@"),
    ("alias.fetch", "!@"),
    ("alias.push", "!@"),
    ("maintenance.auto", "true"),
];

/// The hooks that git knows in a clone.
const HOOKS: [&str; 12] = [
    "reference-transaction",
    "pre-push",
    "post-merge",
    "post-rewrite",
    "pre-auto-gc",
    "post-index-change",
    "post-checkout",
    "pre-commit",
    "commit-msg",
    "post-commit",
    "push-to-checkout",
    "fsmonitor-watchman",
];

fn set_hooks(folder: &Path, program: &str) {
    std::fs::create_dir_all(folder).unwrap();
    for hook in HOOKS {
        std::fs::copy(program, folder.join(hook)).unwrap();
    }
}

/// What never starts a program, each with what it is given.
const READS: [&[&str]; 14] = [
    &["check", "main..evil"],
    &["check"],
    &["check", "main...good"],
    &["audit"],
    &["status"],
    &["status", "main...good"],
    &["log", "main...good"],
    &["show", "good:content/b.md"],
    &["report"],
    &["policy", "lint"],
    &["policy", "coverage"],
    &["people"],
    &["tools"],
    &["trust"],
];

/// S01.b. Not from the repository's own file, from one that it includes on a condition, or from one for this worktree; and not where objects
/// are missing that a remote has promised.
#[test]
fn what_only_reads_starts_no_program_whatever_the_configuration_says() {
    let site = good_and_evil();
    let (program, trace) = trap(&site);
    let settings = |file: &Path| {
        for (key, value) in SETTINGS {
            let (key, value) = (key.replace('@', &program), value.replace('@', &program));
            site.repo.git(&["config", "--file", file.to_str().unwrap(), &key, &value]);
        }
    };
    let (config, included) = (site.repo.git_dir().join("config"), site.repo.home().join("included"));
    let plain = std::fs::read(&config).unwrap();
    set_hooks(&site.repo.git_dir().join("hooks"), &program);
    let runs = |how: &str| {
        for verb in READS {
            let ran = site.run(verb);
            assert!(!ran.err.contains("panicked") && !trace.exists(), "{how}, {verb:?}: {ran:?}");
        }
        refuses(&site, "main..evil", "missing-review");
        allows(&site, "main..good");
    };
    settings(&config);
    runs("its own");
    // An object that git would fetch is not fetched.
    let blob = site.repo.rev("evil:content/c.md");
    let file = site.repo.git_dir().join("objects").join(&blob[..2]).join(&blob[2..]);
    let kept = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    site.run(&["check", "main..evil"]).ends(3).says("undecided-object");
    assert!(!trace.exists());
    std::fs::write(&file, kept).unwrap();
    std::fs::write(&config, &plain).unwrap();
    settings(&included);
    for (key, how) in [("include.path", "included"), ("includeIf.onbranch:**.path", "on a branch")] {
        site.repo.git(&["config", key, included.to_str().unwrap()]);
        runs(how);
        std::fs::write(&config, &plain).unwrap();
    }
    site.repo.git(&["config", "extensions.worktreeConfig", "true"]);
    settings(&site.repo.git_dir().join("config.worktree"));
    runs("of the worktree");
    // The trap works: git itself steps on it.
    site.repo.try_git(&["fetch", "origin"]);
    assert!(trace.exists());
}

/// S01.c. `sync` is documented to run git without hooks: not those of the folder, and not those of another that the configuration names.
#[test]
fn sync_runs_no_hook_of_the_clone() {
    let site = good_and_evil();
    let server = server(&site);
    let (program, trace) = trap(&site);
    set_hooks(&site.repo.git_dir().join("hooks"), &program);
    let elsewhere = site.repo.home().join("elsewhere");
    set_hooks(&elsewhere, &program);
    for (key, value) in [("core.fsmonitor", program.as_str()), ("gc.auto", "1"), ("maintenance.auto", "true")] {
        site.repo.git(&["config", key, value]);
    }
    site.run(&["sync"]).ends(0).says("3 pushed");
    assert_eq!(std::fs::read_to_string(&trace).unwrap_or_default(), "");
    site.repo.git(&["config", "core.hooksPath", elsewhere.to_str().unwrap()]);
    site.signed("wes", &["declare", "main...evil", "--extent", "none"]).ends(0);
    site.run(&["sync"]).ends(0);
    assert_eq!(std::fs::read_to_string(&trace).unwrap_or_default(), "");
    assert_eq!(server.rev(LEDGER), site.repo.rev(LEDGER));
    // The trap works: git itself steps on it.
    site.repo.try_git(&["update-ref", "refs/heads/x", "main"]);
    assert!(trace.exists());
}

/// S01.d. The transport is what the configuration of the clone says, as for a `git fetch` in it ([trust](../../../docs/trust.md)): and there it ends.
#[test]
fn sync_reaches_its_remote_as_git_fetch_would() {
    let site = good_and_evil();
    let (program, trace) = trap(&site);
    site.repo.git(&["remote", "add", "origin", "ssh://example.com/site"]);
    site.repo.git(&["config", "core.sshCommand", &program]);
    site.run(&["sync"]).ends(3).says("git fetch ended with");
    assert!(std::fs::read_to_string(&trace).unwrap().contains("example.com"));
    std::fs::remove_file(&trace).unwrap();
    // What git itself does not allow unasked, sync does not either.
    site.repo.git(&["config", "remote.origin.url", &format!("ext::{program} %S")]);
    site.run(&["sync"]).ends(3).says("transport 'ext' not allowed");
    // Nothing that is typed or that a remote is called becomes an option or an address.
    for remote in ["--upload-pack=touch x", "ext::sh -c x", "/tmp", "-c", ""] {
        site.run(&["sync", "--", remote]).ends(2).says("is no remote");
    }
    assert!(!trace.exists());
    assert_eq!(site.repo.rev("refs/heads/main"), site.repo.rev("main"));
}

/// A folder of a clone's content that is itself a repository, as anybody who may commit can make one: with a configuration that starts a
/// program on every fetch.
fn planted(clone: &Repo, folder: &str, program: &str, more: &str) {
    let folder = clone.path().join(folder);
    for name in ["objects/info", "refs/heads", "hooks"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join(".keep"), "").unwrap();
    }
    std::fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let config = format!(
        "[core]\n\trepositoryformatversion = 0\n{more}\tsshCommand = {program}\n\tfsmonitor = {program}\n[remote \"origin\"]\n\turl = ssh://example.com/x\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    );
    std::fs::write(folder.join("config"), config).unwrap();
}

/// S03.b. What somebody committed is content, and no repository whose remotes are asked.
#[test]
fn sync_in_a_repository_that_is_somebodys_content_runs_nothing() {
    let site = good_and_evil();
    let (program, trace) = trap(&site);
    let plain = ["\tbare = true\n", "\tbare = false\n\tworktree = ..\n", "\tbare = false\n\tworktree = ../..\n"];
    for (more, around) in plain.map(|more| (more, None)).into_iter().chain([(plain[0], Some("vendor"))]) {
        for folder in around.into_iter().chain(["vendor/thing"]) {
            planted(&site.repo, folder, &program, more);
        }
        site.repo.git(&["add", "--force", "--all", "vendor"]);
        let inside = |arguments: &[&str]| {
            let mut command = site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
            command.current_dir(site.repo.path().join("vendor/thing")).args(arguments);
            Ran::of(provenance_test_support::run(command, b""))
        };
        inside(&["sync"]).ends(3).says("lies in the work tree of");
        let null = provenance_test_support::id_of('0');
        let mut hook = site.repo.command(env!("CARGO_BIN_EXE_git-provenance"));
        hook.current_dir(site.repo.path().join("vendor/thing")).args([
            "hook",
            "pre-push",
            "origin",
            "ssh://example.com/x",
        ]);
        let line = format!("refs/heads/main {null} refs/heads/main {null}\n");
        let ran = Ran::of(provenance_test_support::run(hook, line.as_bytes()));
        assert!(!trace.exists(), "{ran:?}");
        for verb in READS {
            let ran = inside(verb);
            assert!(!ran.err.contains("panicked") && !trace.exists(), "{verb:?}: {ran:?}");
        }
        std::fs::remove_dir_all(site.repo.path().join("vendor")).unwrap();
    }
    // Submodules, worktrees and a bare repository of one's own are none of that.
    let server = server(&site);
    site.run(&["sync"]).ends(0);
    let tree = site.repo.home().join("worktree");
    site.repo.git(&["worktree", "add", "--quiet", tree.to_str().unwrap(), "good"]);
    site.run(&["-C", tree.to_str().unwrap(), "sync"]).ends(0);
    let other = Repo::bare();
    other.git(&["remote", "add", "origin", server.path().to_str().unwrap()]);
    run_in(&other, &["sync"], &[], "").ends(0);
    let nested = format!("--git-dir={}", site.repo.path().join("own.git").display());
    site.repo.git(&["clone", "--quiet", "--bare", server.path().to_str().unwrap(), "own.git"]);
    site.repo.git(&[&nested, "fetch", "--quiet", "origin", &format!("{LEDGER}:{LEDGER}")]);
    site.run(&["-C", "own.git", "sync"]).ends(0);
    let url = format!("file://{}", server.path().display());
    site.repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "module"]);
    site.run(&["-C", "module", "sync"]).ends(0);
}
