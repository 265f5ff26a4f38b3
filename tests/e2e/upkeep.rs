//! The policy's files as the commands keep them, and the command line itself.

use provenance_core::key::generate;

use crate::site::Site;

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
    let requested = "# The AI tools that may be used.\n#\n# [tool.example]\n\n[tool.drawer]\nname = \"drawer\"\nstatus = \"requested\"\nuses = [\"drafting\"]\n";
    assert_eq!(read(), requested);
    site.run(&["tools", "approve", "drawer"]).ends(0);
    let approved = read();
    site.run(&["tools", "request", "drawer"]).ends(2).says("drawer is approved already");
    assert_eq!(read(), approved);
    site.run(&["policy", "lint"]).ends(0).says("the policy is sound: 1 rule, 4 people, 1 tool");
}
