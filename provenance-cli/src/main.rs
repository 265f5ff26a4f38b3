//! `git-provenance`: proof, in git, that a human answers for what is published.

mod app;
mod args;
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
    let args = args::Args::parse();
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
