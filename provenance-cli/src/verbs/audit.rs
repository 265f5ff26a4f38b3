//! `audit`: every step of a publish branch since the pinned root, judged again.

use provenance_core::audit::{Request, audit};

use crate::app::App;
use crate::args::Audit;
use crate::error::{CliError, Code, Outcome};
use crate::output::Output;
use crate::render;

pub(super) fn run(app: &App, options: &Audit, out: &mut Output) -> Outcome {
    let root = super::check::root(app, options.root.as_deref())?.ok_or_else(|| {
        CliError::failed("no root is pinned where trust could start, so there is nothing an audit could show")
            .hint("`git provenance trust` shows the commit that could be pinned; or name one with --root COMMIT")
    })?;
    let branch = app.branch(options.branch.as_deref(), &[])?;
    if branch.is_tag() {
        return Err(CliError::usage(format!("{branch} is a tag, and an audit walks the steps of a branch"))
            .hint(format!("git provenance check {} --branch {branch}", branch.short())));
    }
    let tip = app.tip_of(&branch)?;
    app.narrate_no_records(out)?;
    let audit = audit(&app.repository, &Request { branch, tip, root, now: app.now })?;
    if out.is_json() {
        out.json(&audit);
    } else {
        out.answer(&render::audit(&audit));
    }
    Ok(Code::of(audit.verdict))
}
