//! Notes and JSON records of other tools.

use std::fs;

use provenance_core::signal::{
    Claim, MAX_INPUT, Place, Problem, Reading, agent_trace, agentblame, entire, git_ai, git_ai_legacy,
};

use super::vectors;

/// `path: claim tool model`, a line each.
fn by_path(reading: &Reading) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let line = |signal: &provenance_core::signal::Signal| {
        let Place::Path(path) = &signal.place else { panic!("{signal:?}") };
        format!("{path}: {} {} {}", signal.claim, text(&signal.tool), text(&signal.model))
    };
    reading.signals.iter().map(line).collect()
}

fn note(head: &str, members: &str) -> Reading {
    git_ai::read(format!("{head}---\n{{\"schema_version\":\"authorship/3.0.0\",{members}}}\n").as_bytes())
}

const SESSION: &str = r#""prompts":{},"sessions":{"s_00000000000001":{"agent_id":{"tool":"claude","id":"x",
    "model":"claude-opus-4-6"},"human_author":"A <a@example.com>","messages":[{"text":"client data"}]}}"#;

#[test]
fn reads_tools_and_humans_of_paths() {
    let reading = note(
        "docs/a.md\n  s_00000000000001::t_00000000000001 1-3,7\n  s_00000000000001::t_00000000000002 9\n  \
         h_00000000000001 4-6\n\"with space/\u{e9}.md\"\n  ai_agent 1\n\"two\nlines\"\n  human 1\n",
        SESSION,
    );
    let expected = [
        "docs/a.md: ai claude opus-4.6",
        "docs/a.md: human - -",
        "with space/\u{e9}.md: ai - -",
        "\"two\\nlines\": human - -",
    ];
    assert_eq!(by_path(&reading), expected);
    assert_eq!(reading.problems, []);
    assert!(!format!("{reading:?}").contains("client data"));
    assert!(!format!("{reading:?}").contains("example.com"));
}

#[test]
fn says_that_a_key_is_missing_and_still_takes_it_for_a_tool() {
    for key in ["s_0000000000000f::t_00000000000001", "0fdac024afade5f0", "02ad540"] {
        let reading = note(&format!("a.md\n  {key} 1\n"), SESSION);
        assert_eq!(by_path(&reading), ["a.md: ai - -"], "{key}");
        assert!(matches!(reading.problems[..], [Problem::UnknownKey { .. }]), "{key}");
    }
}

#[test]
fn takes_a_note_that_attributes_nothing_for_no_ai() {
    assert_eq!(note("", SESSION), Reading::default());
}

#[test]
fn says_what_it_cannot_read() {
    let large = vec![b'x'; MAX_INPUT + 1];
    assert!(matches!(git_ai::read(&large).problems[..], [Problem::TooLarge { .. }]));
    for note in ["", "(no note)\n", "a.md\n  key 1\n", "---\n{\"a\":1,\"a\":2}", "---\nnot json", "  key 1\n---\n{}"] {
        assert!(!git_ai::read(note.as_bytes()).problems.is_empty(), "{note}");
    }
    let outside = note("../a.md\n  s_00000000000001 1\n/etc/a\n  s_00000000000001 1\n", SESSION);
    assert_eq!((outside.signals.len(), outside.problems.len()), (0, 2));
    // The paths are read though the metadata is not.
    let broken = git_ai::read(b"a.md\n  s_00000000000001 1\n---\n{");
    assert_eq!((by_path(&broken), broken.problems.len()), (vec!["a.md: ai - -".to_owned()], 1));
    let later = git_ai::read(b"---\n{\"schema_version\":\"authorship/4.0.0\"}");
    assert!(matches!(later.problems[..], [Problem::Version { .. }]));
}

#[test]
fn reads_the_notes_of_git_ai() {
    let Some(folder) = vectors() else { return };
    let mut all = Vec::new();
    for entry in fs::read_dir(folder.join("git-ai")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let reading = git_ai::read(&fs::read(&path).unwrap());
        let problems = reading.problems.len();
        let lines = by_path(&reading).join("; ");
        all.push(format!("{name}: {lines} ({problems})"));
    }
    all.sort();
    let expected = [
        "01-human-only.note: docs/index.md: human - - (0)",
        "02-claude-multifile.note: docs/index.md: ai claude opus-5; content/post.md: ai claude opus-5 (0)",
        "03-codex-cursor-human.note: content/post.md: ai codex gpt-5.6-sol; content/post.md: human - -; \
         content/with space/\u{e9}.md: ai cursor sonnet-4.5 (0)",
        "09-squash.note: docs/new.md: ai claude opus-5; docs/new2.md: ai gemini gemini-3-pro (0)",
        "10-merge-commit.note:  (1)",
        "real.custom-attributes.b234cddb0faa.note: src/config.rs: ai claude opus-4.6 (0)",
        "real.empty-attestation-with-prompts.e5bee4133938.note:  (0)",
        "real.empty-attestation-with-sessions.19d7552cf474.note:  (0)",
        "real.empty-attestation.01cf4557ff8b.note:  (0)",
        "real.has-bare-ai_agent.d3621368def8.note: src/authorship/rebase_authorship.rs: ai - - (0)",
        "real.has-human.123ac1ff3a23.note: README.md: human - - (0)",
        "real.has-legacy16.17a39c279e4b.note: src/daemon.rs: ai - - (1)",
        "real.has-session-notrace.7381fbddfe43.note: hello.txt: ai test-agent test-model (0)",
        "real.has-session.3bb544ff5f7b.note: \
         docs/superpowers/plans/2026-04-22-drop-legacy-wrapper.md: ai - - (1)",
        "real.messages_url.84de012c453e.note: tests/integration/pi.rs: ai claude opus-4.6 (0)",
        "real.mixed-session-human.a353579d7965.note: README.md: ai claude -; README.md: human - - (0)",
        "real.multi-tool.8f61bc9b7635.note: tests/integration/main.rs: ai codex gpt-5.5; \
         tests/integration/main.rs: ai claude opus-4.6 (0)",
        "real.tool-devin.01b9951cd4da.note: Cargo.lock: ai devin - (0)",
    ];
    assert_eq!(all, expected);
}

#[test]
fn reads_agent_trace_per_path() {
    let reading = agent_trace::read(
        br#"{"version":"0.1.0","vcs":{"type":"git","revision":"f11c"},"tool":{"name":"Cursor"},"files":[
        {"path":"a.md","conversations":[
            {"url":"https://example.com/secret","contributor":{"type":"ai","model_id":"anthropic/claude-opus-4-5-20251101"}},
            {"contributor":{"type":"human"},"ranges":[{"start_line":1,"end_line":2,"contributor":{"type":"mixed"}}]}]},
        {"path":"b.md","conversations":[{"contributor":{"type":"unknown"}},{"contributor":{"type":"martian"}}]}]}"#,
    );
    assert_eq!(by_path(&reading), ["a.md: ai cursor opus-4.5", "a.md: ai-assisted cursor -"]);
    assert!(matches!(reading.problems[..], [Problem::UnknownValue { .. }]));
    assert!(!format!("{reading:?}").contains("secret"));
    assert_eq!(agent_trace::revision(br#"{"vcs":{"revision":"f11c"}}"#).as_deref(), Some("f11c"));
}

#[test]
fn reads_checkpoints_of_entire() {
    let reading =
        entire::read(br#"{"checkpoint_id":"ffd2a5cf8a87","agent":"Claude Code","files_touched":["a.md","b/c.md"]}"#);
    assert_eq!(by_path(&reading), ["a.md: ai claude-code -", "b/c.md: ai claude-code -"]);
    assert_eq!(entire::read(b"{}").problems.len(), 1);
    assert_eq!(entire::read(br#"{"checkpoint_id":"1","files_touched":null}"#), Reading::default());
}

#[test]
fn reads_agentblame_and_the_early_git_ai() {
    let reading = agentblame::read(
        br#"{"version":1,"attributions":[{"path":"a.md","category":"ai_generated","provider":"claude_code",
        "model":"claude"},{"path":"a.md","category":"ai_generated","provider":"claude_code","model":"claude"},
        {"path":"b.md","category":"other"}]}"#,
    );
    assert_eq!((by_path(&reading), reading.problems.len()), (vec!["a.md: ai claude-code -".to_owned()], 1));
    let reading = git_ai_legacy::read(
        br#"{"files":{"a.md":{"authors":[{"author":"Claude","lines":[22],"agent_metadata":null},
        {"author":"Claude Dupont","lines":[1]},{"author":"o3"}]}},"schema_version":"authorship/0.0.1"}"#,
    );
    assert_eq!(by_path(&reading), ["a.md: ai claude -", "a.md: human - -", "a.md: ai - o3"]);
    assert!(!format!("{reading:?}").contains("Dupont"));
    let later = git_ai_legacy::read(b"a.md\n  02ad540 1\n---\n{\"schema_version\":\"authorship/3.0.0\"}");
    assert_eq!(by_path(&later), ["a.md: ai - -"]);
}

#[test]
fn reads_the_records_of_public_repositories() {
    let Some(folder) = vectors() else { return };
    let file = |name: &str| fs::read(folder.join("other").join(name)).unwrap();
    let blame = agentblame::read(&file("agentblame.note.json"));
    assert!(blame.problems.is_empty() && blame.signals.len() > 3, "{blame:?}");
    assert!(blame.signals.iter().all(|signal| signal.claim == Claim::Ai));
    for name in ["entire-ffd2a5cf8a87.0.metadata.json", "entire-ffd2a5cf8a87.metadata.json"] {
        let reading = entire::read(&file(name));
        assert_eq!((reading.signals.len(), reading.problems.len()), (3, 0), "{name}");
    }
    let legacy = git_ai_legacy::read(&file("git-ai-refs-ai-authorship-0.0.1.json"));
    assert_eq!(by_path(&legacy), [".github/workflows/pr-comment.yml: ai claude -"]);
    assert_eq!(agent_trace::read(&file("sce-agent-trace.note.json")), Reading::default(), "unknown is no signal");
    // A review of another kind is none of these.
    assert!(!agent_trace::read(&file("corvid-attest.note.jsonl")).problems.is_empty());
}
