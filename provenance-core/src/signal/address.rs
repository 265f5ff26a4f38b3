//! Whom a name and an address belong to: a tool or a person.

use super::agent::{self, Agent};

/// Addresses that tools commit with.
const ADDRESSES: &[(&str, &str)] = &[
    ("noreply@anthropic.com", "claude"),
    ("claude@anthropic.com", "claude"),
    ("claude@users.noreply.github.com", "claude"),
    ("cursoragent@cursor.com", "cursor"),
    ("cursor@cursor.com", "cursor"),
    ("noreply@openai.com", "codex"),
    ("codex@openai.com", "codex"),
    ("chatgpt@openai.com", "chatgpt"),
    ("copilot@github.com", "copilot"),
    ("aider@aider.chat", "aider"),
    ("noreply@aider.chat", "aider"),
    ("noreply@aider.dev", "aider"),
    ("amp@ampcode.com", "amp"),
    ("noreply@opencode.ai", "opencode"),
    ("crush@charm.land", "crush"),
    ("vibe@mistral.ai", "mistral-vibe"),
    ("qwen-coder@alibabacloud.com", "qwen-code"),
    ("junie@jetbrains.com", "junie"),
    ("agent@warp.dev", "warp"),
    ("openhands@all-hands.dev", "openhands"),
    ("no-reply@ona.com", "ona"),
];
/// Accounts on a forge that tools act with.
const LOGINS: &[(&str, &str)] = &[
    ("copilot", "copilot"),
    ("copilot-swe-agent[bot]", "copilot"),
    ("github-copilot[bot]", "copilot"),
    ("copilot-pull-request-reviewer[bot]", "copilot"),
    ("claude", "claude"),
    ("claude[bot]", "claude"),
    ("cursor[bot]", "cursor"),
    ("cursoragent", "cursor"),
    ("devin-ai-integration[bot]", "devin"),
    ("gemini-code-assist[bot]", "gemini-code-assist"),
    ("gemini-cli[bot]", "gemini-cli"),
    ("google-labs-jules[bot]", "jules"),
    ("chatgpt-codex-connector[bot]", "codex"),
    ("openai-codex[bot]", "codex"),
    ("codex[bot]", "codex"),
    ("factory-droid[bot]", "factory-droid"),
    ("coderabbitai[bot]", "coderabbit"),
    ("sweep-ai[bot]", "sweep"),
    ("amazon-q-developer[bot]", "amazon-q"),
    ("lovable-dev[bot]", "lovable"),
    ("gpt-engineer-app[bot]", "lovable"),
    ("openhands-agent", "openhands"),
    ("codegen-sh[bot]", "codegen"),
    ("opencode-agent[bot]", "opencode"),
    ("windsurf-bot[bot]", "windsurf"),
    ("kiro-agent[bot]", "kiro"),
];
/// What GitHub puts behind a login for an address.
const GITHUB: &str = "@users.noreply.github.com";

/// The agents that a name and an address belong to; `None` for a person.
///
/// A known address or account decides whatever the name is. Without one the name decides, where it
/// is all tools and models (`Claude Opus 4.7`, `Cursor`): with somebody's address it must name more
/// than a first name or a word may (`Claude Code`, not `Claude`).
pub(super) fn agents(name: &str, address: Option<&str>) -> Option<Vec<Agent>> {
    let address = address.map(|address| address.trim().to_ascii_lowercase());
    let login = name.trim().to_ascii_lowercase();
    let known =
        address.as_deref().and_then(by_address).or_else(|| login.ends_with("[bot]").then(|| by_login(&login))?);
    let scan = agent::scan(name);
    if let Some(tool) = known {
        let mut agents = if scan.pure { scan.agents } else { Vec::new() };
        match agents.first_mut() {
            Some(first) => first.tool = first.tool.take().or_else(|| Some(tool.to_owned())),
            None => agents.push(Agent::tool(tool)),
        }
        return Some(agents);
    }
    if login.ends_with("(aider)") {
        return Some(vec![Agent::tool("aider")]);
    }
    let lone = |agent: &Agent| agent.model.is_none() && matches!(agent.tool.as_deref(), Some("claude" | "gemini"));
    if address.is_some() && (scan.agents.is_empty() || scan.agents.iter().all(lone)) {
        return None;
    }
    scan.strict()
}

fn by_address(address: &str) -> Option<&'static str> {
    let known = ADDRESSES.iter().find(|(known, _)| *known == address).map(|(_, tool)| *tool);
    known.or_else(|| {
        let account = address.strip_suffix(GITHUB)?;
        let login = match account.split_once('+') {
            Some((number, login)) if number.bytes().all(|byte| byte.is_ascii_digit()) => login,
            _ => account,
        };
        by_login(login)
    })
}

fn by_login(login: &str) -> Option<&'static str> {
    LOGINS.iter().find(|(known, _)| *known == login).map(|(_, tool)| *tool)
}
