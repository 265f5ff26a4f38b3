//! Commit messages, and names of authors.

use provenance_core::signal::{Place, Reading, Source, trailers};

use super::{Target, seeds, signals};

pub(super) const TARGET: Target = Target {
    name: "trailers",
    reads: &["signal::trailers::read", "signal::trailers::read_author"],
    run,
    seeds: || [samples(), seeds::vectors("foreign")].concat(),
    tokens: &[
        "\n\n",
        "\r\n",
        "\r",
        "\nCo-authored-by: ",
        "Assisted-by: ",
        "AI-Assisted: ",
        "Generated-by: ",
        "AI: ",
        "Signed-off-by: ",
        "(cherry picked from commit ",
        "This reverts commit ",
        "Revert \"",
        "Squashed commit of the following:",
        "Original change's description:",
        "```\n",
        "> ",
        "| ",
        "    ",
        "\t",
        "<noreply@anthropic.com>",
        "Claude Opus 4.7",
        "Cursor",
        "gpt-5.4",
        "yes",
        "no",
        "Generated with [",
        "Claude-Session: ",
        "https://claude.ai/code/session",
        "\\n",
        "\u{1f916} ",
        "#",
        ":",
        "**",
        "[bot]",
    ],
};

fn run(bytes: &[u8]) {
    let reading = signals::read(trailers::read, bytes);
    for signal in &reading.signals {
        assert_eq!(signal.source, Source::Trailer);
        assert!(matches!(signal.place, Place::Block | Place::Body));
    }
    assert_eq!(trailers::read(&quoted(bytes)), Reading::default(), "what is quoted is no mark of the message");
    author(&String::from_utf8_lossy(bytes));
}

/// Every line quoted as mail does.
fn quoted(message: &[u8]) -> Vec<u8> {
    let lines = message.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.flat_map(|line| [b"> ".as_slice(), line, b"\n"].concat()).collect()
}

fn author(text: &str) {
    let (name, address) = text.split_once('<').unwrap_or((text, ""));
    let reading = trailers::read_author(name, address);
    assert_eq!(reading, trailers::read_author(name, address), "reading is the same twice");
    signals::check(&reading);
    for signal in &reading.signals {
        assert!(signal.source == Source::Author && signal.place == Place::Header && signal.claim.is_ai());
    }
}

fn samples() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "Say hello\n\nIt was time.\n\nCo-authored-by: Claude Opus 4.7 <noreply@anthropic.com>\nSigned-off-by: A <a@b.c>\n",
        "a\n\n\u{1f916} Generated with [Claude Code](https://claude.com/claude-code)\n\nAI-Assisted: yes\n  (Cursor)\n",
        "Squashed commit of the following:\n\ncommit 1\n\n    Assisted-by: Cursor:claude-opus-4-6\n",
        "Revert \"a\"\n\nThis reverts commit 1.\n\nOriginal change's description:\n> Assisted-by: Codex\n",
        "a\n```\nAI: yes\n```\n> AI: yes\n\nAI: no\nGenerated-by: GPT-5.4 Codex\n(cherry picked from commit 1)\n",
        "Merge\r\rAmp-Thread-ID: https://ampcode.com/threads/T-1\\nMade-with: Cursor",
        "copilot-swe-agent[bot]<198982749+Copilot@users.noreply.github.com>",
        "Jane (aider)<jane@example.org>",
    ])
}
