//! `git-provenance`: proof, in git, that a human answers for what is published.

mod app;
mod args;
mod client_names;
mod error;
mod output;
mod paths;
mod render;
mod revision;
mod signing;
mod transport;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return refused_line(&error),
    };
    let mut output = output::Output::new(args.format, args.quiet);
    let code = match verbs::run(&args, &mut output) {
        Ok(code) => code,
        Err(error) => {
            output.error(&error);
            error.code
        }
    };
    // A write that failed must never look like success.
    let code = if output.failed() && code == error::Code::Done { error::Code::Undecided } else { code };
    ExitCode::from(code as u8)
}

/// Help and the version, or what is wrong with the command line; in JSON too, if that was asked for.
fn refused_line(error: &clap::Error) -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let json = words.iter().any(|word| word == "--format=json")
        || words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    if json && error.use_stderr() {
        let text = error.render().to_string();
        let (message, rest) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
        let error = error::CliError::usage(message.trim_start_matches("error: ").trim());
        let error = if rest.trim().is_empty() { error } else { error.hint(rest.trim()) };
        output::Output::new(args::Format::Json, false).error(&error);
        return ExitCode::from(error::Code::Usage as u8);
    }
    match error.print() {
        Ok(()) => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(error::Code::Usage as u8)),
        Err(_) => ExitCode::from(error::Code::Undecided as u8),
    }
}
