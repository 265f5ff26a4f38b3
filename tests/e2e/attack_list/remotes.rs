//! Attacks by whoever serves, or writes to, a remote that no guard watches: what `sync` takes from it, and what it gives.

use provenance_test_support::Repo;

use super::{LEDGER, refuses};
use crate::site::Site;

/// Ana and Ed in clones of their own, whose remote has the records of a topic that is approved.
fn two_clones() -> (Site, Site, Repo) {
    let site = Site::new();
    let remote = Repo::bare();
    site.repo.git(&["remote", "add", "origin", remote.path().to_str().unwrap()]);
    site.propose("topic", &[("content/b.md", "B\n")]);
    site.approve("main...topic");
    site.repo.git(&["push", "--quiet", "origin", "main", "topic"]);
    site.run(&["sync"]).ends(0);
    let anas = Site { repo: remote.clone_with(&[]) };
    for who in ["ana", "wes"] {
        std::fs::copy(site.key(who), anas.key(who)).unwrap();
    }
    anas.repo.git(&["config", "provenance.root", &site.repo.rev("main")]);
    anas.repo.git(&["branch", "--quiet", "topic", "origin/topic"]);
    anas.repo.git(&["switch", "--quiet", "main"]);
    anas.run(&["sync"]).ends(0);
    (site, anas, remote)
}

/// N01.b
#[test]
fn a_refspec_of_the_clone_lets_no_remote_overwrite_the_ledger() {
    let (site, _, remote) = two_clones();
    // As often advised for notes; without a log of refs nothing could be put back.
    site.repo.git(&["config", "--add", "remote.origin.fetch", "+refs/notes/*:refs/notes/*"]);
    site.repo.git(&["config", "core.logAllRefUpdates", "false"]);
    std::fs::remove_dir_all(site.repo.git_dir().join("logs")).unwrap();
    let approved = site.repo.rev(LEDGER);
    site.signed("ana", &["review", "main...topic", "--reject", "-m", "no"]).ends(0);
    refuses(&site, "main...topic", "rejected");
    site.run(&["sync"]).ends(0);
    remote.git(&["update-ref", LEDGER, &approved]);
    site.run(&["sync"]).ends(0);
    refuses(&site, "main...topic", "rejected");
    assert_eq!(remote.rev(LEDGER), site.repo.rev(LEDGER));
}
