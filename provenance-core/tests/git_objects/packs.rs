//! Many objects at once: git reads the pack, and finds deltas in it.

use provenance_core::entry::{Mode, Slot};
use provenance_core::git::{Batch, TreeEntry};
use provenance_core::id::{BlobId, TreeId};
use provenance_test_support::{Random, Repo};

use crate::{both_formats, open};

/// More than one chunk of a pack.
const MANY: usize = 5000;

fn noise(random: &mut Random, length: usize) -> Vec<u8> {
    (0..length.div_ceil(8)).flat_map(|_| random.next_u64().to_le_bytes()).take(length).collect()
}

/// Texts that look alike, in two forms, and some that look like none.
fn texts() -> Vec<Vec<u8>> {
    let mut random = Random(7);
    let mut texts: Vec<Vec<u8>> = (0..MANY)
        .map(|index| {
            let (a, b) = (random.next_u64(), random.next_u64());
            let form =
                ["{\"kind\":\"review\",\"of\":", "{\"kind\":\"declaration\",\"authors\":[\"wes\"],\"of\":"][index % 2];
            format!(
                "{form}\"{a:016x}\",\"path\":\"content/page-{index:05}.md\",\"{}\":\"{b:x}\"}}\n",
                "same ".repeat(60)
            )
            .into_bytes()
        })
        .collect();
    texts.extend([0, 1, 15, 127, 5000, 70_000, (1 << 20) + 1].map(|length| noise(&mut random, length)));
    texts.extend((0..20).map(|_| noise(&mut random, 300)));
    // Larger than what refers to others, and made of what stands before.
    texts.push(texts[..MANY].concat());
    texts
}

fn write(repo: &Repo, texts: &[Vec<u8>]) -> (Vec<BlobId>, TreeId) {
    let git = open(repo);
    let mut batch = Batch::new(&git);
    let blobs: Vec<BlobId> = texts.iter().map(|text| batch.blob(text).unwrap()).collect();
    let leaf = |(index, blob): (usize, &BlobId)| {
        TreeEntry::leaf(format!("{index:05}").into_bytes(), Slot { mode: Mode::Regular, id: blob.0 })
    };
    let tree = batch.tree(blobs.iter().enumerate().map(leaf).collect()).unwrap();
    batch.flush().unwrap();
    (blobs, tree)
}

#[test]
fn git_reads_what_is_written_in_bulk() {
    let texts = texts();
    for repo in both_formats() {
        let (blobs, tree) = write(&repo, &texts);
        repo.git(&["update-ref", "refs/heads/bulk", &repo.commit_tree(&tree.to_string(), &[], 1_735_689_600)]);
        assert_eq!(repo.git(&["fsck", "--strict", "--no-progress"]), "");
        let asked: String = blobs.iter().map(|blob| format!("{blob}\n")).collect();
        let answer = repo.git_bytes(&["cat-file", "--batch"], asked);
        let expected = blobs
            .iter()
            .zip(&texts)
            .flat_map(|(blob, text)| [format!("{blob} blob {}\n", text.len()).as_bytes(), text, b"\n"].concat());
        assert!(answer.into_iter().eq(expected), "git reads other bytes");
        let git = open(&repo);
        assert!(blobs.iter().zip(&texts).all(|(blob, text)| git.blob(*blob, u64::MAX).unwrap() == *text));
    }
}

#[test]
fn blobs_that_look_alike_are_deltas_of_depth_one() {
    for repo in both_formats() {
        write(&repo, &texts());
        let folder = repo.git_dir().join("objects/pack");
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        let index = files.iter().find(|file| file.extension().is_some_and(|it| it == "idx")).unwrap();
        let listed = repo.git(&["verify-pack", "-v", index.to_str().unwrap()]);
        // Id, kind, size, size in the pack, place; of a delta also its depth and its base.
        let deltas: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().nth(5)).collect();
        assert!(deltas.iter().filter(|depth| **depth == "1").count() > MANY * 99 / 100, "{} deltas", deltas.len());
        assert!(listed.contains("chain length = 1: ") && !listed.contains("chain length = 2: "));
        assert_eq!(files.len(), 2, "{files:?}");
    }
}

#[test]
fn what_is_there_already_is_not_written_again() {
    for repo in both_formats() {
        let texts: Vec<Vec<u8>> = (0..1000).map(|index| format!("text {index}\n").into_bytes()).collect();
        write(&repo, &texts[..500]);
        write(&repo, &texts);
        write(&repo, &texts);
        assert!(repo.git(&["count-objects", "-v"]).contains("packs: 2"));
        assert_eq!(repo.git(&["cat-file", "--batch-all-objects", "--batch-check"]).lines().count(), 1002);
    }
}
