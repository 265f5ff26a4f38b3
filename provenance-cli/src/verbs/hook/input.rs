//! What git tells a hook on standard input.

use std::io::Read;

use provenance_core::git::Repository;
use provenance_core::hook::Update;
use provenance_core::id::ObjectId;
use provenance_core::path::RefName;

use crate::error::CliError;

/// The most that is read of the updates of one push, in bytes.
const MAX_INPUT: usize = 64 << 20;

/// The updates of a push, all of them: what was cut off would be judged by nobody.
pub(super) fn updates(repository: &Repository) -> Result<Vec<Update>, CliError> {
    let mut input = Vec::new();
    std::io::stdin().lock().take(MAX_INPUT as u64 + 1).read_to_end(&mut input)?;
    if input.len() > MAX_INPUT {
        return Err(CliError::failed(format!("the push names its refs in more than {MAX_INPUT} bytes"))
            .hint("push fewer refs at once"));
    }
    let Some(lines) = input.strip_suffix(b"\n") else {
        return Err(CliError::failed("what git said of the push breaks off, or is empty"));
    };
    lines.split(|byte| *byte == b'\n').map(|line| update(repository, line)).collect()
}

fn update(repository: &Repository, line: &[u8]) -> Result<Update, CliError> {
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
        return Err(CliError::failed(format!("git gave `{}`, expected OLD NEW REF", String::from_utf8_lossy(line))));
    };
    let id = |word: &[u8]| -> Result<Option<ObjectId>, CliError> {
        let text = String::from_utf8_lossy(word);
        let id: ObjectId = text.parse().map_err(|_| CliError::failed(format!("git gave `{text}` as an object id")))?;
        if id.format() == repository.format() {
            Ok(Some(id).filter(|id| !id.is_null()))
        } else {
            Err(CliError::failed(format!("{id} is of another object format")))
        }
    };
    Ok(Update { name: ref_name(name)?, old: id(old)?, new: id(new)? })
}

fn ref_name(bytes: &[u8]) -> Result<RefName, CliError> {
    let parsed = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| {
        let name = provenance_core::path::quote(bytes);
        CliError::failed(format!("the push names the ref {name}, which is no full ref name in UTF-8 that is guarded"))
            .hint("leave this ref out, or push it by another name; nothing of the push was taken")
    })
}

/// Reads standard input to its end and says how long it is. Git writes to every hook, read or not.
pub(super) fn drain() -> Result<u64, CliError> {
    Ok(std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?)
}
