//! `man`: the manual pages. Git shows the one of `git-provenance` where somebody types `git provenance --help`.

use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::Outcome;
use crate::args::Args;
use crate::error::{CliError, Code};
use crate::output::Output;

pub(super) fn run(dir: Option<PathBuf>, out: &mut Output) -> Outcome {
    let dir = match dir {
        Some(dir) => dir,
        None => beside_this_program()?,
    };
    let pages = write(&dir).map_err(|error| {
        CliError::failed(format!("cannot write to {}: {error}", dir.display()))
            .hint("`git-provenance man DIR` writes to a folder of yours; `manpath` lists those where `man` looks")
    })?;
    if out.is_json() {
        out.json(&serde_json::json!({ "dir": dir.display().to_string(), "pages": pages }));
    } else {
        out.answer(&format!("{} manual pages in {}", pages.len(), dir.display()));
        out.narrate("hint: `git provenance --help`, or `man git-provenance-check`; `manpath` lists where `man` looks");
    }
    Ok(Code::Done)
}

/// Where `man` looks for the pages of what lies in a folder `bin` on the path.
fn beside_this_program() -> Result<PathBuf, CliError> {
    let program = std::env::current_exe()?;
    let prefix = program.parent().filter(|bin| bin.ends_with("bin")).and_then(Path::parent);
    let Some(prefix) = prefix else {
        return Err(CliError::usage(format!("{} is in no folder `bin`", program.display()))
            .hint("say where: `git-provenance man DIR`"));
    };
    Ok(prefix.join("share/man/man1"))
}

/// Writes the pages; their names.
fn write(dir: &Path) -> std::io::Result<Vec<String>> {
    std::fs::create_dir_all(dir)?;
    let mut command = Args::command();
    command.build();
    let mut pages = Vec::new();
    page(&command, "git-provenance", dir, &mut pages)?;
    Ok(pages)
}

/// Writes the page of a command and those of its subcommands.
fn page(command: &clap::Command, name: &str, dir: &Path, pages: &mut Vec<String>) -> std::io::Result<()> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name).render(&mut text)?;
    let file = format!("{name}.1");
    std::fs::write(dir.join(&file), text)?;
    pages.push(file);
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help") {
        page(verb, &format!("{name}-{}", verb.get_name()), dir, pages)?;
    }
    Ok(())
}
