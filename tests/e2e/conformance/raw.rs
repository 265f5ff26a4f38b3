//! Objects that git would not write, as lines for a shell that write them: loose, stored and not compressed.

use std::fmt::Write as _;

use super::world::World;

/// A script that writes objects into the repository of a case.
pub(super) struct Raw<'a> {
    world: &'a World,
    /// The folder of the repository's objects.
    objects: &'static str,
    pub(super) script: String,
}

impl<'a> Raw<'a> {
    pub(super) fn of(world: &'a World) -> Self {
        Self { world, objects: ".git/objects", script: String::new() }
    }

    /// The same in a bare repository.
    pub(super) fn of_server(world: &'a World) -> Self {
        Self { objects: "objects", ..Self::of(world) }
    }

    /// The id of an object with these bytes, well-formed or not.
    pub(super) fn object(&mut self, kind: &str, bytes: &[u8]) -> String {
        let id = self.world.repo.hash_object(kind, bytes);
        self.at(&id, kind, bytes);
        id
    }

    /// Writes these bytes where the object of an id is looked for.
    pub(super) fn at(&mut self, id: &str, kind: &str, bytes: &[u8]) {
        let object = [format!("{kind} {}\0", bytes.len()).as_bytes(), bytes].concat();
        let folder = format!("{}/{}", self.objects, &id[..2]);
        let text = printed(&stored(&object));
        writeln!(self.script, "mkdir -p {folder}\nprintf '{text}' > {folder}/{}", &id[2..]).unwrap();
    }

    /// A tree of entries, in the order given.
    pub(super) fn tree(&mut self, entries: &[(&str, &str, &str)]) -> String {
        self.object("tree", &tree(entries))
    }

    /// A commit by Wes with these lines before his own.
    pub(super) fn commit(&mut self, lines: &[String]) -> String {
        let who = "Wes <wes@example.com> 1735700000 +0000";
        let text = format!("{}author {who}\ncommitter {who}\n\nedit\n", lines.concat());
        self.object("commit", text.as_bytes())
    }

    /// A commit on main whose folder `content` is this tree.
    pub(super) fn landing(&mut self, content: &str) -> String {
        let (policy, main) = (self.world.repo.rev("main:.provenance"), self.world.repo.rev("main"));
        let root = self.tree(&[("40000", ".provenance", &policy), ("40000", "content", content)]);
        self.commit(&[format!("tree {root}\n"), format!("parent {main}\n")])
    }
}

/// The bytes of a tree: mode, name and id of each entry.
pub(super) fn tree(entries: &[(&str, &str, &str)]) -> Vec<u8> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let entry = |(mode, name, id): &(&str, &str, &str)| {
        let id: Vec<u8> = id.as_bytes().chunks(2).map(byte).collect();
        [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id].concat()
    };
    entries.iter().flat_map(entry).collect()
}

/// The form of zlib that compresses nothing (RFC 1950, RFC 1951 section 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("it is short");
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    let head = [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [&head, bytes, &((high << 16) | low).to_be_bytes()].concat()
}

/// As `printf` of any shell takes it.
fn printed(bytes: &[u8]) -> String {
    let plain = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && !b"'\\%".contains(&byte);
    let one = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("\\{byte:03o}") };
    bytes.iter().map(one).collect()
}
