//! Files, read from any place by any thread, and not mapped.
//!
//! To map and unmap the pages of a large pack takes as long as what lies on them; they count as memory of the process; and a file
//! that is cut off while it is mapped ends the process.

use std::fs::File;
use std::io;

/// The longest file that is held whole, in bytes.
const HELD: u64 = 512 << 10;

/// The bytes of a file that stays as it is: held, or read when they are asked for.
pub(super) enum Bytes {
    Held(Vec<u8>),
    Read(File, u64),
}

impl Bytes {
    /// Those of this file.
    pub(super) fn of(file: File) -> Option<Self> {
        let length = file.metadata().ok()?.len();
        if length > HELD {
            return Some(Self::Read(file, length));
        }
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        (read_at(&file, &mut bytes, 0).ok()? == bytes.len()).then_some(Self::Held(bytes))
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::Read(_, length) => *length,
        }
    }

    /// Fills the buffer with what stands from a place on; `None` where that is less.
    pub(super) fn read(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        match self {
            Self::Held(bytes) => {
                let bytes = bytes.get(usize::try_from(offset).ok()?..)?;
                buffer.copy_from_slice(bytes.get(..buffer.len())?);
                Some(())
            }
            Self::Read(file, _) => (read_at(file, buffer, offset).ok()? == buffer.len()).then_some(()),
        }
    }
}

/// Reads from a place of a file on, until the buffer is full or the file ends; how many bytes it read.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        let place = offset.saturating_add(filled as u64);
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, &mut buffer[filled..], place);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[filled..], place);
        match read {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
