//! How a commit message is laid out: lines, the trailers at its end, what is quoted.

/// The most bytes of a line that are looked at; a mark begins its line.
pub(super) const MAX_LINE: usize = 4096;

/// The lines of a message: parted by LF, CR LF or CR.
pub(super) fn lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    message
        .split(|byte| *byte == b'\n')
        .flat_map(|line| line.strip_suffix(b"\r").unwrap_or(line).split(|byte| *byte == b'\r'))
}

/// The beginning of a line as text.
pub(super) fn text(line: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(&line[..line.len().min(MAX_LINE)])
}

/// What a first pass over a message learns.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The lines of the trailer block, from the first to the one after the last.
    block: (usize, usize),
    /// Lines that open or close a block of code.
    fences: usize,
    /// The message takes another commit back.
    revert: bool,
    /// The message is git's own of a squash, which indents the messages it holds.
    squash: bool,
}

/// A paragraph of a message.
#[derive(Debug, Default, Clone, Copy)]
struct Paragraph {
    first: usize,
    end: usize,
    trailers: usize,
    others: usize,
    /// A line that only git writes is there.
    recognized: bool,
    /// The line before was a trailer.
    open: bool,
}

impl Paragraph {
    fn take(&mut self, line: &[u8]) {
        if is_indented(line) && self.trailers + self.others > 0 {
            if !self.open {
                self.others += 1;
            }
        } else {
            self.open = key(&text(line)).is_some() || line.starts_with(b"(cherry picked from commit ");
            self.recognized |= line.starts_with(b"Signed-off-by: ") || line.starts_with(b"(cherry picked from commit ");
            *(if self.open { &mut self.trailers } else { &mut self.others }) += 1;
        }
    }

    /// Whether git takes it for trailers.
    fn is_block(self) -> bool {
        self.first > 0 && self.trailers > 0 && (self.others == 0 || self.recognized && self.trailers * 3 >= self.others)
    }
}

impl Layout {
    pub(super) fn of(message: &[u8]) -> Self {
        let mut layout = Self::default();
        let (mut last, mut within) = (Paragraph::default(), false);
        for (at, line) in lines(message).enumerate() {
            // To git a comment; what `git commit` leaves of conflicts among them.
            if line.starts_with(b"#") {
                continue;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                within = false;
                continue;
            }
            if !within {
                last = Paragraph { first: at, ..Paragraph::default() };
                within = true;
            }
            last.take(line);
            last.end = at + 1;
            layout.fences += usize::from(is_fence(line));
            layout.revert |= line.starts_with(b"This reverts commit ") || (at == 0 && line.starts_with(b"Revert \""));
            layout.squash |= line.starts_with(b"Squashed commit of the following:");
        }
        if last.is_block() {
            layout.block = (last.first, last.end);
        }
        layout
    }

    /// Whether this line is in the trailer block.
    pub(super) fn is_block(&self, at: usize) -> bool {
        (self.block.0..self.block.1).contains(&at)
    }
}

/// Follows what is quoted while the lines pass.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    fences: usize,
    original: bool,
}

impl Quotes {
    /// Whether this line is somebody else's text or code, not the message's own.
    pub(super) fn holds(&mut self, layout: &Layout, at: usize, line: &[u8]) -> bool {
        if layout.is_block(at) {
            return false;
        }
        if is_fence(line) {
            self.fences += 1;
            return true;
        }
        // A fence that nothing closes quotes nothing.
        let code = self.fences % 2 == 1 && self.fences < layout.fences;
        let head = line.trim_ascii_start();
        self.original |= layout.revert
            && (head.starts_with(b"Original change's description:") || head.starts_with(b"Original commit message:"));
        let deep = line.starts_with(b"    ") || line.starts_with(b"\t");
        code || self.original || head.starts_with(b">") || head.starts_with(b"|") || (deep && !layout.squash)
    }
}

fn is_fence(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"```") || line.starts_with(b"~~~")
}

/// Whether a line goes on with the one before it.
pub(super) fn is_indented(line: &[u8]) -> bool {
    line.starts_with(b" ") || line.starts_with(b"\t")
}

/// The key of a line that is a trailer to git: letters, digits and `-` up to a colon.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(':')?;
    let key = key.trim_end();
    let fits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then_some(key)
}
