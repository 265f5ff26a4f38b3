//! Three-way merges of files: the base and two sides, parted by lines.

use provenance_core::merge::{Algorithm, Hunk, Merged, Presence, Unmergeable, held, hunks, is_lost, merge};

use super::{Target, seeds};

pub(super) const TARGET: Target = Target {
    name: "merge",
    reads: &["merge::merge", "merge::hunks", "merge::held::held"],
    run,
    seeds: samples,
    tokens: &[
        "\n=====\n",
        "\n",
        "a\n",
        "b\n",
        "c\n",
        "{\n",
        "}\n",
        "\n\n",
        "a\nb\n",
        "b\na\n",
        "    a\n",
        "\r\n",
        "\0",
        "a",
    ],
};

/// The line between two texts.
const DIVIDER: &[u8] = b"=====\n";

fn run(bytes: &[u8]) {
    let [base, ours, theirs] = texts(bytes);
    for algorithm in Algorithm::ALL {
        merges(base, ours, theirs, algorithm);
        for side in [ours, theirs] {
            applies(base, side, algorithm);
        }
    }
}

/// Base and sides, as far as there are parts.
fn texts(bytes: &[u8]) -> [&[u8]; 3] {
    let mut rest = bytes;
    [(); 3].map(|()| {
        let end = rest.windows(DIVIDER.len()).position(|window| window == DIVIDER);
        let (text, behind) = end.map_or((rest, &[][..]), |end| (&rest[..end], &rest[end + DIVIDER.len()..]));
        rest = behind;
        text
    })
}

/// Neither side comes first; and whether a side holds the other's change agrees with their merge.
fn merges(base: &[u8], ours: &[u8], theirs: &[u8], algorithm: Algorithm) {
    let merged = merge(base, ours, theirs, algorithm);
    assert_ne!(merged, Merged::Unmergeable(Unmergeable::Inconsistent));
    assert_eq!(merge(base, theirs, ours, algorithm), merged, "sides can be exchanged");
    assert_eq!(merge(base, ours, base, algorithm), Merged::Clean(ours.to_vec()), "a side that changes nothing");
    assert_eq!(merge(base, theirs, theirs, algorithm), Merged::Clean(theirs.to_vec()), "sides that change the same");
    let (Ok(answers), Ok(change)) = (held(base, ours, theirs, algorithm), hunks(base, theirs, algorithm)) else {
        return;
    };
    assert_eq!(answers.len(), change.len(), "an answer for each hunk");
    if let Merged::Clean(_) = merged {
        assert!(!answers.contains(&Presence::Overlapped), "a clean merge overlaps nowhere");
    }
    if let Ok(own) = held(base, theirs, theirs, algorithm) {
        assert!(own.iter().all(|presence| *presence == Presence::Held), "a text holds its own changes");
        assert!(!is_lost(&answers, &own), "nothing is lost where all is held");
    }
}

/// Hunks put into the base make the side.
fn applies(base: &[u8], side: &[u8], algorithm: Algorithm) {
    let Ok(hunks) = hunks(base, side, algorithm) else { return };
    let apart = |pair: &[Hunk<'_>]| pair[0].base_lines.end < pair[1].base_lines.start;
    assert!(hunks.windows(2).all(apart), "hunks are in order and do not touch");
    let lines: Vec<&[u8]> = base.split_inclusive(|byte| *byte == b'\n').collect();
    let (mut made, mut at) = (Vec::new(), 0);
    for hunk in &hunks {
        made.extend(lines[at..hunk.base_lines.start].concat());
        made.extend(hunk.replacement);
        at = hunk.base_lines.end;
    }
    made.extend(lines[at..].concat());
    assert_eq!(made, side, "hunks make the side");
}

fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "a\nb\nc\nd\ne\n=====\nA\nb\nc\nd\ne\n=====\na\nb\nc\nd\nE\n",
        "a\nb\n=====\na\nx\nb\n=====\na\ny\nb",
        "{\n a\n}\n\n{\n b\n}\n=====\n{\n a\n}\n\n{\n c\n}\n\n{\n b\n}\n=====\n{\n b\n}\n",
        "a\na\na\nb\na\na\n=====\nb\na\na\na\n=====\na\nb\nb\na\na\na\n",
        "\0=====\na\n=====\nb\n",
    ])
}
