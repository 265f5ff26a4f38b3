//! `import`: what other tools said of AI in this history, kept as unsigned evidence.

use std::path::Path;

use provenance_core::draft::import::Imported;
use provenance_core::git::Identity;
use provenance_core::ledger::{Author, append_to};

use crate::app::App;
use crate::args::{Import, ImportFrom};
use crate::error::{CliError, Code, Outcome};
use crate::output::{Output, inline};
use crate::render::counted;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;
/// How many problems are shown.
const SHOWN: usize = 5;

pub(super) fn run(app: &App, options: &Import, out: &mut Output) -> Outcome {
    let found = match (options.from, &options.file) {
        (ImportFrom::AgentTrace, Some(file)) => Imported::from_agent_trace(&app.repository, &read(file)?)?,
        (ImportFrom::AgentTrace, None) => {
            return Err(CliError::usage("agent-trace records are files: name one"));
        }
        (_, Some(_)) => return Err(CliError::usage("this is read from the repository, and takes no file")),
        (ImportFrom::GitAi, None) => Imported::from_git_ai(&app.repository)?,
        (ImportFrom::Trailers, None) => {
            let desk = app.desk(options.branch.as_deref(), &[])?;
            Imported::from_trailers(&app.repository, desk.tip())?
        }
    };
    let author = Author {
        identity: Identity { name: "git-provenance".to_owned(), email: String::new(), seconds: app.now.seconds() },
        message: format!(
            "provenance: import {} from {}",
            counted(found.signals, "unsigned signal"),
            options.from.as_str()
        ),
    };
    let target = Imported::target();
    let written = append_to(&app.repository, &target, &found.additions, &author)?;
    answer(&found, written.notes, out);
    Ok(Code::Done)
}

fn answer(found: &Imported, notes: usize, out: &mut Output) {
    if out.is_json() {
        out.json(&serde_json::json!({
            "read": found.read,
            "signals": found.signals,
            "commits": found.additions.len(),
            "notes": notes,
            "problems": found.problems.len() + found.more_problems,
            "ref": Imported::target(),
        }));
    } else {
        out.answer(&format!(
            "{} of {}, unsigned, in {}: {} new or longer",
            counted(found.signals, "signal"),
            counted(found.additions.len(), "commit"),
            Imported::target(),
            counted(notes, "note"),
        ));
    }
    found.problems.iter().take(SHOWN).for_each(|problem| out.say(&format!("warning: {}", inline(problem))));
    let more = (found.problems.len() + found.more_problems).saturating_sub(SHOWN);
    if more > 0 {
        out.say(&format!("warning: {} more could not be read", counted(more, "mark")));
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let wrong = |why: String| CliError::usage(format!("cannot read {}: {why}", file.display()));
    let meta = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?;
    if !meta.is_file() || meta.len() > MAX_FILE {
        return Err(wrong(format!("expected a file of at most {MAX_FILE} bytes")));
    }
    std::fs::read(file).map_err(|error| wrong(error.to_string()))
}
