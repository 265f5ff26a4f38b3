//! Notes and JSON records of other tools.

use provenance_core::signal::{
    MAX_RAW, Place, Problem, Reading, Source, agent_trace, agentblame, entire, git_ai, git_ai_legacy,
};

use super::{Target, seeds, signals};

pub(super) const TARGET: Target = Target {
    name: "records",
    reads: &[
        "signal::git_ai::read",
        "signal::git_ai_legacy::read",
        "signal::agent_trace::read",
        "signal::agent_trace::revision",
        "signal::agentblame::read",
        "signal::entire::read",
    ],
    run,
    seeds: || [samples(), seeds::vectors("foreign/git-ai"), seeds::vectors("foreign/other")].concat(),
    tokens: &[
        "\n---\n",
        "\n  ",
        " 1-3,5\n",
        "s_5f9ebfc21f396d::t_0ceb976288a640",
        "h_499f2314812e18",
        "human",
        "ai_agent",
        "\"schema_version\":",
        "\"authorship/3.0.0\"",
        "\"authorship/0.0.1\"",
        "\"prompts\":",
        "\"sessions\":",
        "\"agent_id\":",
        "\"tool\":",
        "\"model\":",
        "\"files\":",
        "\"authors\":",
        "\"author\":",
        "\"conversations\":",
        "\"contributor\":",
        "\"ranges\":",
        "\"type\":\"mixed\"",
        "\"files_touched\":",
        "\"checkpoint_id\":",
        "\"attributions\":",
        "\"category\":\"ai_generated\"",
        "\"version\":2",
        "\"version\":\"0.1\"",
        "../",
        "\\u0000",
        "claude-opus-4-6",
        "gpt-5.4",
        "{\"",
        "\"}",
        "[",
        "]",
        "{}",
        ":",
    ],
};

type Reader = fn(&[u8]) -> Reading;
/// The readers, each with the source that its signals have.
const READERS: [(Reader, Source); 5] = [
    (git_ai::read, Source::GitAi),
    (git_ai_legacy::read, Source::GitAiLegacy),
    (agent_trace::read, Source::AgentTrace),
    (agentblame::read, Source::Agentblame),
    (entire::read, Source::Entire),
];

fn run(bytes: &[u8]) {
    for (reader, source) in READERS {
        let reading = signals::read(reader, bytes);
        for signal in &reading.signals {
            assert_eq!(signal.source, source);
            assert!(matches!(signal.place, Place::Path(_)), "a record speaks of paths in a tree");
        }
    }
    if !bytes.trim_ascii_start().starts_with(b"{") {
        same_of_both_versions(bytes);
    }
    let revision = agent_trace::revision(bytes);
    assert!(revision.is_none_or(|revision| revision.chars().count() <= MAX_RAW), "a revision is short");
}

/// What the early versions wrote as text is the later format.
fn same_of_both_versions(bytes: &[u8]) {
    let (late, early) = (git_ai::read(bytes), git_ai_legacy::read(bytes));
    let told = |reading: &Reading| -> Vec<_> {
        let signals = reading.signals.iter();
        signals.map(|s| (s.claim, s.place.clone(), s.tool.clone(), s.model.clone())).collect()
    };
    assert_eq!(told(&late), told(&early));
    let unsaid = |reading: &Reading| reading.problems.iter().filter(|it| !matches!(it, Problem::Cut { .. })).count();
    assert_eq!(unsaid(&late), unsaid(&early));
}

fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "docs/index.md\n  s_5f9ebfc21f396d::t_0ceb976288a640 4-6\n  h_499f2314812e18 1-3\n\"a b.md\"\n  s_other 1\n---\n\
         {\"schema_version\":\"authorship/3.0.0\",\"prompts\":{},\"sessions\":{\"s_5f9ebfc21f396d\":{\"agent_id\":\
         {\"tool\":\"claude\",\"id\":\"x\",\"model\":\"claude-opus-4-6\"}}},\"humans\":{}}",
        "{\"schema_version\":\"authorship/0.0.1\",\"files\":{\"a.md\":{\"authors\":[{\"author\":\"claude\",\"lines\":\
         [1]},{\"author\":\"Jane\",\"agent_metadata\":{\"tool\":\"cursor\",\"model\":\"gpt-5.4\"}}]}}}",
        "{\"version\":\"0.1.0\",\"vcs\":{\"type\":\"git\",\"revision\":\"a1\"},\"tool\":{\"name\":\"cursor\"},\"files\":\
         [{\"path\":\"a.md\",\"conversations\":[{\"contributor\":{\"type\":\"mixed\",\"model_id\":\"openai/gpt-5.4\"},\
         \"ranges\":[{\"start_line\":1,\"contributor\":{\"type\":\"human\"}},{}]}]}]}",
        "{\"version\":2,\"attributions\":[{\"path\":\"a.md\",\"category\":\"ai_generated\",\"provider\":\"claudeCode\",\
         \"model\":\"claude\"}]}",
        "{\"checkpoint_id\":\"ffd2a5cf8a87\",\"agent\":\"Claude Code\",\"model\":\"opus\",\"files_touched\":[\"a.md\",1]}",
    ])
}
