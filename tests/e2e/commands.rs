//! The other commands.

use provenance_core::key::generate;
use provenance_test_support::Repo;

use crate::site::{Site, run_in};

#[test]
fn init_leads_to_a_first_green_check() {
    let repo = Repo::new();
    repo.write("index.md", "hello\n");
    repo.commit("first");
    repo.git(&["config", "user.name", "Ana Ruiz"]);
    repo.git(&["config", "user.email", "ana@example.com"]);
    repo.git(&["remote", "add", "origin", "git@example.com:acme/website.git"]);
    let made = generate([7; 64], "ana", None).unwrap();
    std::fs::create_dir_all(repo.home().join(".ssh")).unwrap();
    std::fs::write(repo.home().join(".ssh/id_ed25519"), made.private.as_bytes()).unwrap();
    run_in(&repo, &["check"], &[], "").ends(3).says("git provenance init");
    run_in(&repo, &["init", "--commit"], &[], "").ends(0).says("acme/website is guarded on main; admins: ana");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
    run_in(&repo, &["check", "HEAD"], &[], "").ends(0).says("allowed");
    run_in(&repo, &["trust"], &[], "").ends(0).says(&repo.git(&["rev-parse", "HEAD"]));
    run_in(&repo, &["policy", "lint"], &[], "").ends(0).says("the policy is sound");
    run_in(&repo, &["key", "show"], &[], "").ends(0).says("ana (Ana Ruiz), is valid");
    assert!(repo.git(&["config", "--get-all", "remote.origin.fetch"]).contains("refs/notes/provenance"));
    run_in(&repo, &["init"], &[], "").ends(2).says("is there already");
    // The only admin's own change of the policy counts, and is said.
    run_in(&repo, &["people", "add", "wes", "--name", "Wes", "--role", "writer"], &[], "").ends(0);
    repo.git(&["checkout", "--quiet", "-b", "people"]);
    repo.commit("add wes");
    run_in(&repo, &["declare", "--extent", "none"], &[], "").ends(0);
    run_in(&repo, &["review", "--approve"], &[], "").ends(0);
    run_in(&repo, &["check"], &[], "").ends(0).says("sole-admin");
}

#[test]
fn review_by_somebody_who_cannot_count_signs_nothing() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "--extent", "none"]).ends(0);
    let before = site.repo.git(&["rev-parse", "refs/notes/provenance"]);
    site.signed("wes", &["review", "--approve", "--answer", "accuracy=pass"]).ends(1).says("wrong-role");
    site.signed("bot", &["review", "--approve", "--answer", "accuracy=pass"]).ends(1).says("not-human");
    site.signed("eve", &["review", "--approve", "--answer", "accuracy=pass"]).ends(1).says("nobody's");
    let agent = [("CLAUDECODE", "1")];
    let key = site.key("ed");
    let arguments = ["review", "--approve", "--answer", "accuracy=pass", "--key", key.to_str().unwrap()];
    site.run_with(&arguments, &agent, "").ends(1).says("CLAUDECODE says that a coding agent runs this");
    assert_eq!(site.repo.git(&["rev-parse", "refs/notes/provenance"]), before);
    site.signed("ed", &["review", "--approve"])
        .ends(2)
        .says("--answer accuracy=pass|fail|n/a:WHY   Are facts checked?");
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=fail"]).ends(2).says("use --reject");
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=n/a"]).ends(2).says("say why");
    site.signed("ed", &["review", "--approve", "--answer", "bias=pass"]).ends(2).says("is no checklist item");
    site.signed("ed", &["review"]).ends(2).says("--approve or --reject");
    assert_eq!(site.repo.git(&["rev-parse", "refs/notes/provenance"]), before);
}

#[test]
fn declare_says_which_values_would_do() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.signed("wes", &["declare", "--extent", "assisted"]).ends(2).says("needs --tool ID");
    site.signed("wes", &["declare", "--extent", "assisted", "--tool", "magic"]).ends(2).says("which has `writer`");
    site.signed("wes", &["declare", "--extent", "assisted", "--tool", "writer", "--model", "haiku"])
        .ends(2)
        .says("expected `opus-*`");
    let restricted =
        ["declare", "--extent", "assisted", "--tool", "writer", "--model", "opus-4", "--use-case", "legal-advice"];
    site.signed("wes", &restricted).ends(2).says("must not use AI");
    site.signed("wes", &["declare", "--extent", "none", "--confirm", "x"]).ends(2).says("no-client-data");
    site.signed("bot", &["declare", "--extent", "none"]).ends(2).says("is an agent");
    site.signed(
        "bot",
        &["declare", "--extent", "assisted", "--tool", "writer", "--model", "opus-4", "--confirm", "no-client-data"],
    )
    .ends(0);
    site.signed("ed", &["review", "--approve", "--answer", "accuracy=pass"]).ends(0);
    site.run(&["check"]).ends(0).says("AI: assisted with writer:opus-4");
}

#[test]
fn explains_a_path_and_lists_people_and_tools() {
    let site = Site::new();
    site.run(&["policy", "explain", "content/a.md"])
        .ends(0)
        .says("needs 1 review by role editor (content)")
        .says("Are facts checked?");
    site.run(&["policy", "explain", "log/x"]).ends(0).says("needs no review");
    site.run(&["policy", "explain", ".provenance/tools.toml"]).ends(0).says("role security (built-in)");
    let json = site.run(&["policy", "explain", "README", "--format", "json"]).ends(0).json();
    assert_eq!(json["reviews"][0]["rule"], "default");
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["check", "--explain", "content/b.md"]).ends(1).says("rule `content` applies").says("missing-review");
    site.run(&["people"]).ends(0).says("bot (bot), agent of wes; no role").says("is valid");
    site.run(&["tools", "list"]).ends(0).says("writer (Writer), approved; opus-*; any use that is not restricted");
    site.run(&["tools", "request", "drawer", "--name", "Drawer"]).ends(0);
    site.run(&["tools", "approve", "drawer", "--until", "2026-01-01", "--use", "drafting"]).ends(0);
    site.run(&["policy", "lint"]).ends(1).says("2 tools").says(".provenance/policy.toml: error A1: nobody is named");
    site.run(&["tools", "approve", "drawer", "--use", "nothing"])
        .ends(2)
        .says("not written")
        .says("use case `nothing` is not in policy.toml");
    site.repo.write(".provenance/policy.toml", "version = 1\nrepositry = \"x\"\n");
    site.run(&["policy", "lint"]).ends(1).says(".provenance/policy.toml:2: unknown field `repositry`");
}

#[test]
fn demo_tells_the_story_and_leaves_nothing() {
    let repo = Repo::empty_folder();
    let tmp = repo.path().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    let tmp_text = tmp.to_str().unwrap();
    run_in(&repo, &["demo"], &[("TMPDIR", tmp_text)], "")
        .ends(0)
        .says("Nobody signed that")
        .says("refused: demo/site main");
    assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 0);
    let reports = run_in(&repo, &["demo", "--format", "json"], &[("TMPDIR", tmp_text)], "").ends(0).json();
    let verdicts: Vec<&str> =
        reports.as_array().unwrap().iter().map(|report| report["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["refused", "allowed", "allowed", "refused"]);
}

#[test]
fn keys_are_found_as_git_finds_them() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["declare", "--extent", "none"]).ends(3).says("no signing key");
    site.repo.git(&["config", "user.signingKey", site.key("wes").to_str().unwrap()]);
    site.run(&["declare", "--extent", "none"]).ends(3).says("no signing key");
    site.repo.git(&["config", "gpg.format", "ssh"]);
    site.run(&["declare", "--extent", "none"]).ends(0);
    // A public key file: the private half stands beside it.
    site.signed("ed.pub", &["review", "--approve", "--answer", "accuracy=pass"]).ends(0);
    let made = generate([9; 64], "locked", Some(b"secret")).unwrap();
    std::fs::write(site.key("locked"), made.private.as_bytes()).unwrap();
    site.signed("locked", &["declare", "--extent", "none"]).ends(3).says("is encrypted").says("ssh-add");
    std::fs::write(site.key("alone.pub"), &made.public).unwrap();
    site.signed("alone.pub", &["declare", "--extent", "none"]).ends(3).says("no agent is running");
    let key = site.key("alone.pub");
    let arguments = ["declare", "--extent", "none", "--key", key.to_str().unwrap()];
    site.run_with(&arguments, &[("SSH_AUTH_SOCK", "/nonexistent/agent")], "").ends(3).says("does not answer");
    let new = site.key("fresh");
    site.run(&["key", "new", new.to_str().unwrap(), "--comment", "me"]).ends(0).says("SHA256:");
    site.run(&["key", "new", new.to_str().unwrap()]).ends(3).says("cannot write");
}

#[test]
fn an_agent_signs_with_a_key_that_it_alone_holds() {
    let site = Site::new();
    site.propose("topic", &[("content/b.md", "B\n")]);
    let socket = site.repo.home().join("agent.sock");
    let socket = socket.to_str().unwrap();
    let mut agent =
        site.repo.command("ssh-agent").args(["-D", "-a", socket]).stdout(std::process::Stdio::null()).spawn().unwrap();
    let started = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::path::Path::new(socket).exists()
    });
    std::fs::set_permissions(site.key("wes"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let added = site
        .repo
        .command("ssh-add")
        .arg("-q")
        .arg(site.key("wes"))
        .env("SSH_AUTH_SOCK", socket)
        .status()
        .unwrap()
        .success();
    std::fs::rename(site.key("wes"), site.key("moved")).unwrap();
    let signed = site.run_with(&["declare", "--extent", "none"], &[("SSH_AUTH_SOCK", socket)], "");
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert!(started && added);
    signed.ends(0);
}

#[test]
fn every_command_has_a_manual_page() {
    let site = Site::new();
    let dir = site.repo.home().join("man/man1");
    let told = site.run(&["man", dir.to_str().unwrap(), "--format", "json"]).ends(0).json();
    let pages = told["pages"].as_array().unwrap();
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), pages.len());
    let help = site.run(&["help"]).ends(0);
    let commands = help.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> =
        commands.filter_map(|line| line.split_whitespace().next()).filter(|it| *it != "help").collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let page = std::fs::read_to_string(dir.join(format!("git-provenance-{name}.1"))).unwrap();
        assert!(page.contains(".TH git-provenance-") && page.contains(".SH SYNOPSIS"), "{page}");
    }
    let lint = std::fs::read_to_string(dir.join("git-provenance-policy-lint.1")).unwrap();
    assert!(lint.contains("\\-\\-rev"), "{lint}");
    // A folder cannot stand where a file does.
    let file = site.repo.home().join("file");
    std::fs::write(&file, "").unwrap();
    site.run(&["man", file.join("x").to_str().unwrap()]).ends(3).says("cannot write to");
    site.run(&["man"]).ends(2).says("say where");
}
