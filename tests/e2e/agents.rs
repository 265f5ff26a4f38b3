//! A coding agent that declares by itself, with the hook that the guide gives.

use crate::site::Site;

const HOOK: &str = include_str!("../../docs/guide/declare-hook.sh");

/// A clone of an agent's, with the hook after every commit. `git` finds the command beside the binary.
fn agents_clone() -> Site {
    let site = Site::new();
    let bin = site.repo.home().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let runs = format!("#!/bin/sh\nexec {} --now 2025-06-01T12:00:00Z \"$@\"\n", env!("CARGO_BIN_EXE_git-provenance"));
    let hook = format!("#!/bin/sh\nexec {} writer opus-4 session-7\n", bin.join("declare-hook.sh").display());
    for (path, text) in [
        (bin.join("git-provenance"), runs.as_str()),
        (bin.join("declare-hook.sh"), HOOK),
        (site.repo.git_dir().join("hooks/post-commit"), hook.as_str()),
    ] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let mut mode = std::fs::metadata(&path).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
        std::fs::set_permissions(&path, mode).unwrap();
    }
    site.repo.git(&["config", "provenance.signingKey", site.key("bot").to_str().unwrap()]);
    site
}

fn commit(site: &Site, text: &str) -> String {
    site.repo.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    site.repo.write("content/b.md", text);
    let path = format!("{}:{}", site.repo.home().join("bin").display(), std::env::var("PATH").unwrap());
    let mut command = site.repo.command("git");
    command.env("PATH", path).args([
        "commit",
        "--quiet",
        "--all",
        "-m",
        "by the bot",
        "--author",
        "bot <bot@example.com>",
    ]);
    let output = command.output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn an_agent_declares_every_commit_and_a_refusal_keeps_the_commit() {
    let site = agents_clone();
    let said = commit(&site, "by a machine\n");
    assert!(said.contains("--confirm no-client-data") && said.contains("not declared"), "{said}");
    assert_eq!(site.repo.git(&["show", "topic:content/b.md"]), "by a machine");
    site.repo.git(&["config", "--add", "provenance.agentConfirm", "no-client-data"]);
    let said = commit(&site, "by a machine again\n");
    assert!(said.contains("\"person\": \"bot\""), "{said}");
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=pass"]).ends(0);
    let report = site.run(&["check", "main...topic", "--format", "json"]).ends(0).json();
    assert_eq!(report["changes"][0]["ai"]["tools"][0], "writer:opus-4");
    let note = site.repo.git(&["show", "topic:content/b.md"]);
    assert_eq!(note, "by a machine again");
    let blob = site.repo.rev("topic:content/b.md");
    let lines = site.repo.git(&["notes", "--ref", "provenance", "show", &blob]);
    assert!(!lines.contains("session-7"), "the session's name is not kept");
}

#[test]
fn the_hook_tells_what_the_agent_is_given_and_where_it_runs() {
    let site = agents_clone();
    let more = "[data-class.published]\ntitle = \"Published\"\npublic = true\n[device.managed]\ntitle = \"Ours\"\nallowed = true\n";
    site.repo.write(".provenance/policy.toml", format!("{}{more}", crate::site::POLICY));
    let root = site.repo.commit("classes of data and devices");
    site.repo.git(&["config", "provenance.root", &root]);
    site.repo.git(&["config", "--add", "provenance.agentConfirm", "no-client-data"]);
    let said = commit(&site, "by a machine\n");
    assert!(
        said.contains("--data-class ID") && said.contains("--device ID") && said.contains("not declared"),
        "{said}"
    );
    site.repo.git(&["config", "--add", "provenance.agentDataClass", "published"]);
    site.repo.git(&["config", "provenance.agentDevice", "managed"]);
    commit(&site, "by a machine again\n");
    let records = site.run(&["log", "main...topic", "--format", "json"]).ends(0).json();
    let details = &records[0]["statement"]["predicate"]["details"];
    assert_eq!((&details["dataClasses"][0], &details["device"]), (&"published".into(), &"managed".into()));
}
