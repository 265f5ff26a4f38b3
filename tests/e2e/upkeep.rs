//! The policy's files as the commands keep them, and the command line itself.

use provenance_core::key::generate;

use crate::site::{Site, run_in};

fn people(site: &Site) -> String {
    String::from_utf8(site.repo.read(".provenance/people.toml")).unwrap()
}

#[test]
fn people_add_gives_a_key_to_somebody_there_is() {
    let site = Site::new();
    let made = generate([9; 64], "ed@laptop", None).unwrap();
    std::fs::write(site.key("new.pub"), &made.public).unwrap();
    let file = site.key("new.pub");
    let add = ["people", "add", "ed", "--key", file.to_str().unwrap()];
    let more = ["--email", "ed@home.example", "--role", "legal", "--role", "editor"];
    site.run(&[&add[..], &more].concat()).ends(0).says("added to ed");
    let text = people(&site);
    assert!(text.contains(made.public.trim_end()) && made.public.contains("ed@laptop"), "{text}");
    assert!(text.contains(&site.public("ed")) && text.contains("roles = [\"editor\", \"legal\"]"), "{text}");
    site.run(&add).ends(0);
    assert_eq!(people(&site), text, "a key that is there is not added again");
    site.run(&["people", "add", "ed"]).ends(2).says("has `ed` already").says("--key");
    site.run(&["people", "add", "ed", "--name", "Edward"]).ends(2).says("leave --name and --kind out");
    run_in(&provenance_test_support::Repo::new(), &add, &[], "").ends(2).says("there is no .provenance here");
    site.run(&["people", "add", "zoe"]).ends(2).says("give --name NAME");
    let rsa = ["people", "add", "zoe", "--name", "Zoe", "--key", "ssh-rsa AAAAB3NzaC1yc2E zoe"];
    site.run(&rsa).ends(2).says("keys are ssh-ed25519 or sk-ssh-ed25519@openssh.com");
    site.run(&["people", "add", "zoe", "--name", "Zoe", "--key", &site.public("ed")]).ends(2).says("not written");
    assert_eq!(people(&site), text);
    let unknown = site.key("eve");
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.run(&["declare", "--extent", "none", "--key", unknown.to_str().unwrap()])
        .ends(1)
        .says("git provenance people add ID --key FILE");
    let json = site.run(&["people", "--format", "json"]).ends(0).json();
    assert_eq!(json[1]["operators"], serde_json::json!(["wes"]));
}

#[test]
fn tools_keep_the_header_and_a_request_takes_no_approval_back() {
    let site = Site::new();
    site.repo.write(".provenance/tools.toml", "# The AI tools that may be used.\n#\n# [tool.example]\n");
    let read = || String::from_utf8(site.repo.read(".provenance/tools.toml")).unwrap();
    site.run(&["tools", "request", "drawer", "--use", "drafting"]).ends(0);
    let requested = "# The AI tools that may be used.\n#\n# [tool.example]\n\n[tool.drawer]\nname = \"drawer\"\nstatus = \"requested\"\nuses = [\"drafting\"]\nrequested-on = 2025-06-01\n";
    assert_eq!(read(), requested);
    site.run(&["tools", "approve", "drawer"]).ends(0);
    let approved = read();
    assert!(approved.ends_with("requested-on = 2025-06-01\nanswered-on = 2025-06-01\n"), "{approved}");
    site.run(&["tools", "request", "drawer"]).ends(2).says("drawer is approved already");
    assert_eq!(read(), approved);
    site.run(&["policy", "lint"]).ends(1).says("the policy can be read (1 rule, 4 people, 1 tool)");
}

#[test]
fn key_new_makes_the_folder_it_needs_for_its_owner_alone() {
    let site = Site::new();
    let file = site.repo.home().join("deep/.ssh/id_ed25519");
    site.run(&["key", "new", file.to_str().unwrap()]).ends(0);
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.parent().unwrap().metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn explains_a_path_by_the_policy_of_a_commit() {
    let site = Site::new();
    let strict = String::from_utf8(site.repo.read(".provenance/policy.toml")).unwrap();
    let strict = strict.replace("checklist = [\"accuracy\"]", "checklist = [\"accuracy\"]\npresence = \"pin\"");
    site.propose("topic", &[(".provenance/policy.toml", &strict)]);
    site.run(&["policy", "explain", "content/a.md"]).ends(0).says("presence: any");
    site.run(&["policy", "explain", "content/a.md", "--rev", "topic"]).ends(0).says("presence: pin");
}

#[test]
fn the_starters_example_of_an_exemption_has_effect() {
    let repo = provenance_test_support::Repo::new();
    let made = generate([7; 64], "ana", None).unwrap();
    std::fs::create_dir_all(repo.home().join(".ssh")).unwrap();
    std::fs::write(repo.home().join(".ssh/id_ed25519"), made.private.as_bytes()).unwrap();
    run_in(&repo, &["init", "--admin", "Ana <ana@example.com>"], &[], "").ends(0);
    let text = String::from_utf8(repo.read(".provenance/policy.toml")).unwrap();
    let except = "except = [\".provenance/**\", \"CHANGELOG.md\"]";
    assert!(text.contains(except));
    let followed = text.replace("\nexcept = [\".provenance/**\"]\n", &format!("\n{except}\n"));
    let followed = ["[[exempt]]", "paths = [\"CHANGELOG.md\"]", "reason ="]
        .iter()
        .fold(followed, |text, line| text.replace(&format!("# {line}"), line));
    repo.write(".provenance/policy.toml", followed);
    repo.commit("policy");
    run_in(&repo, &["policy", "explain", "CHANGELOG.md"], &[], "").ends(0).says("needs no review");
    run_in(&repo, &["policy", "explain", "index.md"], &[], "").ends(0).says("needs 1 review by role editor");
}

#[test]
fn errors_of_the_command_line_are_json_too() {
    let site = Site::new();
    for arguments in [&["check", "--nope", "--format", "json"][..], &["--format=json", "declare"]] {
        let refused = site.run(arguments).ends(2);
        let json = refused.json();
        assert_eq!((&json["error"]["exit"], &json["findings"]), (&2.into(), &serde_json::json!([])));
        assert!(!json["error"]["message"].as_str().unwrap().is_empty());
        assert!(refused.err.starts_with("error: "), "{}", refused.err);
    }
    let text = site.run(&["check", "--nope"]).ends(2);
    assert_eq!(text.out, "");
    site.run(&["--version"]).ends(0);
    site.run(&["check", "--help", "--format", "json"]).ends(0).says("Global options:");
}
