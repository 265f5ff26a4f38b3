//! `hook install`: writes the hooks, beside those that are there.

use std::path::Path;

use provenance_core::check::ROOT_CONFIG;

use super::PUSH;
use crate::app::App;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;

/// In every hook we write, so that we know it again.
const MARK: &str = "# installed by git-provenance";

pub(super) fn install(app: &App, out: &mut Output) -> Outcome {
    if let Some(dir) = app.repository.config("core.hookspath")? {
        return Err(CliError::usage(format!(
            "core.hooksPath is set to {dir}, where hooks are somebody else's to manage"
        ))
        .hint("add to its pre-push hook: git-provenance hook pre-push \"$@\""));
    }
    let hooks: &[(&str, &str)] = if app.repository.is_bare() {
        &[("pre-receive", "pre-receive"), ("post-receive", "post-receive")]
    } else {
        &[("pre-push", "pre-push \"$@\"")]
    };
    if !app.repository.is_bare() {
        crate::transport::set_refspecs(&app.repository)?;
    }
    let dir = app.repository.common_dir().join("hooks");
    std::fs::create_dir_all(&dir)?;
    let mut written = Vec::new();
    for (name, command) in hooks {
        write_hook(&dir, name, command)?;
        written.push(dir.join(name).display().to_string());
    }
    if out.is_json() {
        out.json(&serde_json::json!({ "hooks": written }));
    } else {
        out.answer(&format!("installed {}", written.join(", ")));
    }
    if app.repository.is_bare() && app.repository.config(ROOT_CONFIG)?.is_none() {
        out.say("warning: no root is pinned, so every push will be refused");
        out.say("hint: git provenance trust COMMIT; while COMMIT is not here yet: git config provenance.root COMMIT");
    }
    Ok(Code::Done)
}

/// Writes a hook; one that is there already is kept as NAME.local and run first.
fn write_hook(dir: &Path, name: &str, command: &str) -> Result<(), CliError> {
    let (hook, local) = (dir.join(name), dir.join(format!("{name}.local")));
    if hook.exists() {
        let ours = std::fs::read_to_string(&hook).is_ok_and(|text| text.contains(MARK));
        if !ours && local.exists() {
            return Err(CliError::failed(format!("{} and {} are both there", hook.display(), local.display()))
                .hint("join them into one, and run the command again"));
        }
        if !ours {
            std::fs::rename(&hook, &local)?;
        }
    }
    let binary =
        std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_else(|_| "git-provenance".to_owned());
    let binary = binary.replace('\'', "'\\''");
    let script = format!(
        "#!/bin/sh\n{MARK}\nexport {PUSH}=$PPID\n[ -x \"$0.local\" ] || exec '{binary}' hook {command}\n\
         input=$(cat) || exit 3\n\
         printf '%s\\n' \"$input\" | \"$0.local\" \"$@\" || exit $?\n\
         printf '%s\\n' \"$input\" | '{binary}' hook {command}\n"
    );
    let partial = dir.join(format!(".{name}.new"));
    std::fs::write(&partial, script)?;
    #[cfg(unix)]
    std::fs::set_permissions(&partial, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    std::fs::rename(&partial, &hook)?;
    Ok(())
}
