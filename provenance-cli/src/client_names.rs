//! The company's list of client names: a file beside the repository, named by `provenance.clientNames`.

use std::path::Path;

use provenance_core::draft::client_names::ClientNames;

use crate::app::App;
use crate::error::CliError;
use crate::signing::expand;

/// The largest list that is read, in bytes.
const MAX_LIST: u64 = 16 * 1024 * 1024;

/// The names that no record may tell; none where no list is configured. A list that cannot be read is
/// an error: nothing is signed without it.
pub(crate) fn read(app: &App) -> Result<ClientNames, CliError> {
    let Some(text) = app.repository.config("provenance.clientnames")?.filter(|text| !text.trim().is_empty()) else {
        return Ok(ClientNames::default());
    };
    let file = expand(text.trim());
    let failed = |why: String| {
        CliError::failed(format!("not signed: the list of client names, {}, {why}", file.display()))
            .hint("provenance.clientNames names a file outside the repository by its whole path, one name a line")
    };
    if !file.is_absolute() {
        return Err(failed("is not named by its whole path".to_owned()));
    }
    let meta = std::fs::metadata(&file).map_err(|error| failed(format!("cannot be read: {error}")))?;
    if !meta.is_file() || meta.len() > MAX_LIST {
        return Err(failed(format!("is no file of at most {MAX_LIST} bytes")));
    }
    if may_be_committed(app, &file)? {
        return Err(failed("is in the work tree, where it could be committed".to_owned()));
    }
    let bytes = std::fs::read(&file).map_err(|error| failed(format!("cannot be read: {error}")))?;
    let list = String::from_utf8(bytes).map_err(|_| failed("is not UTF-8".to_owned()))?;
    Ok(ClientNames::parse(list.trim_start_matches('\u{feff}')))
}

/// Whether a file is in the work tree and not in git's own folder.
fn may_be_committed(app: &App, file: &Path) -> Result<bool, CliError> {
    let Some(top) = app.repository.work_dir() else { return Ok(false) };
    let (file, top) = (file.canonicalize()?, top.canonicalize()?);
    let own = [app.repository.git_dir(), app.repository.common_dir()];
    let in_git = own.iter().any(|dir| dir.canonicalize().is_ok_and(|dir| file.starts_with(dir)));
    Ok(file.starts_with(top) && !in_git)
}
