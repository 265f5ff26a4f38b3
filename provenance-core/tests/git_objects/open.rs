//! Repositories that cannot be opened: each message says what to do.

use provenance_core::git::{OpenError, Repository};
use provenance_core::id::ObjectFormat;
use provenance_test_support::Repo;

use crate::{open, told};

fn refused(repo: &Repo) -> OpenError {
    Repository::discover(repo.path()).expect_err("it cannot be opened")
}

#[test]
fn opens_from_within_and_knows_the_format() {
    for (repo, format) in [(Repo::new(), ObjectFormat::Sha1), (Repo::sha256(), ObjectFormat::Sha256)] {
        repo.write("a/b/c", "");
        let git = Repository::discover(&repo.path().join("a/b")).unwrap();
        assert_eq!(git.format(), format);
        assert!(!git.is_bare());
        let real = |path: &std::path::Path| path.canonicalize().unwrap();
        assert_eq!(git.work_dir().map(real), Some(real(repo.path())));
        assert_eq!(real(git.git_dir()), real(&repo.git_dir()));
    }
}

#[test]
fn opens_bare_repositories_and_linked_worktrees() {
    let bare = Repo::bare();
    assert!(open(&bare).is_bare());
    assert_eq!(open(&bare).work_dir(), None);
    let repo = Repo::new();
    let commit = repo.commit("one");
    let beside = repo.path().with_file_name("beside");
    repo.git(&["worktree", "add", "--quiet", "--detach", beside.to_str().unwrap()]);
    let linked = Repository::discover(&beside).unwrap();
    assert_eq!(linked.resolve("HEAD").unwrap().commit.to_string(), commit);
    assert_ne!(linked.git_dir(), linked.common_dir());
}

#[test]
fn refuses_where_there_is_no_repository() {
    let error = refused(&Repo::empty_folder());
    assert!(matches!(error, OpenError::NotFound(_)), "{error}");
    assert!(error.to_string().contains("run git-provenance inside one, or name it with -C"), "{error}");
}

#[test]
fn refuses_reftable_with_the_way_out() {
    let repo = Repo::init(&["--ref-format=reftable"]);
    repo.git(&["config", "core.logAllRefUpdates", "false"]);
    repo.commit("one");
    let error = refused(&repo);
    assert!(matches!(error, OpenError::Reftable(_)), "{}", told(&error));
    assert!(error.to_string().contains("git refs migrate --ref-format=files"), "{error}");
    repo.git(&["refs", "migrate", "--ref-format=files"]);
    assert_eq!(open(&repo).resolve("HEAD").unwrap().commit.to_string(), repo.rev("HEAD"), "the way out leads out");
}

#[test]
fn refuses_an_old_partial_clone_with_the_way_out() {
    let repo = Repo::new();
    repo.write("a", "one\n");
    repo.commit("a");
    let blob = repo.rev("HEAD:a");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = repo.clone_with(&["--filter=blob:none", "--no-checkout"]);
    partial.git(&["config", "core.repositoryFormatVersion", "1"]);
    partial.git(&["config", "extensions.partialClone", "origin"]);
    let error = refused(&partial);
    assert!(matches!(error, OpenError::PartialClone(_)), "{}", told(&error));
    assert!(error.to_string().contains("git fetch --refetch --no-filter"), "{error}");
    partial.git(&["fetch", "--quiet", "--refetch", "--no-filter"]);
    partial.git(&["config", "--unset", "extensions.partialClone"]);
    assert_eq!(open(&partial).blob(crate::id(&blob), 100).unwrap(), b"one\n", "the way out leads out");
}

#[test]
fn refuses_an_unknown_extension_by_name() {
    let repo = Repo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.write(".git/config", [&repo.read(".git/config")[..], b"[extensions]\n\tfuture = true\n"].concat());
    let error = refused(&repo);
    assert!(matches!(&error, OpenError::Extension { name, .. } if name == "extensions.future"), "{}", told(&error));
}

#[test]
fn refuses_a_damaged_configuration() {
    let repo = Repo::new();
    repo.write(".git/config", "[core\n");
    let error = refused(&repo);
    assert!(matches!(error, OpenError::Other { .. }), "{}", told(&error));
    assert!(told(&error).contains("config"), "{}", told(&error));
}

#[test]
fn reads_objects_in_a_quarantine() {
    let repo = Repo::bare();
    let quarantine = repo.path().join("quarantine");
    std::fs::create_dir(&quarantine).unwrap();
    let mut command = repo.command("git");
    command.args(["hash-object", "-w", "--stdin"]).env("GIT_OBJECT_DIRECTORY", &quarantine);
    let output = provenance_test_support::run(command, b"hidden");
    let blob = crate::id(String::from_utf8(output.stdout).unwrap().trim_end());
    let outside = Repository::open_git_dir(repo.path(), None).unwrap();
    assert!(outside.blob(blob, 100).is_err());
    let inside = Repository::open_git_dir(repo.path(), Some(&quarantine)).unwrap();
    assert_eq!(inside.blob(blob, 100).unwrap(), b"hidden");
    let nowhere = Repository::open_git_dir(repo.path(), Some(&repo.path().join("nowhere")));
    assert!(matches!(nowhere, Err(OpenError::Quarantine(_))));
}
