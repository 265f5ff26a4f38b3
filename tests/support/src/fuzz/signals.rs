//! What holds of every reader of other tools' marks.

use std::collections::BTreeSet;

use provenance_core::signal::{MAX_PROBLEMS, MAX_RAW, MAX_SIGNALS, Reading};

/// A few times what a signal or a problem may keep of foreign text, in bytes.
const MAX_TEXT: usize = 16 * MAX_RAW;

/// Reads, and checks what holds of any reading.
pub(super) fn read(reader: fn(&[u8]) -> Reading, bytes: &[u8]) -> Reading {
    let reading = reader(bytes);
    assert_eq!(reading, reader(bytes), "reading is the same twice");
    check(&reading);
    reading
}

/// The output is bounded, says nothing twice, and names tools and models by ids.
pub(super) fn check(reading: &Reading) {
    assert!(reading.signals.len() <= MAX_SIGNALS, "signals are bounded");
    // The remark that there were more comes on top, once a source.
    assert!(reading.problems.len() <= MAX_PROBLEMS + 1, "problems are bounded");
    for signal in &reading.signals {
        assert!(signal.raw.chars().count() <= MAX_RAW, "marks are short");
        for id in signal.tool.iter().chain(&signal.model) {
            assert!(!id.is_empty() && id.chars().count() <= MAX_RAW, "ids are short: {id:?}");
            assert!(!id.chars().any(|c| c.is_control() || c.is_whitespace()), "ids are one word: {id:?}");
        }
    }
    for problem in &reading.problems {
        assert!(problem.to_string().len() <= MAX_TEXT + path_len(problem), "problems are short: {problem}");
    }
    let distinct: BTreeSet<_> = reading.signals.iter().collect();
    assert_eq!(distinct.len(), reading.signals.len(), "a signal is said once");
    let again = [reading.clone(), reading.clone()];
    assert_eq!(&Reading::join(again), reading, "joining a reading with itself adds nothing");
}

/// A path that a problem names is as long as it is in the tree.
fn path_len(problem: &provenance_core::signal::Problem) -> usize {
    match problem {
        provenance_core::signal::Problem::UnknownKey { path, .. } => path.to_string().len(),
        _ => 0,
    }
}
