//! Small histories of a company with everything in them, made at random, the same for each seed: what one
//! test cannot think of. Mostly right and sometimes wrong, so that a gate says something of each.
//!
//! A [`History`] is a repository with two publish branches and a ledger that can be laid out in each of the ways
//! that git reads ([`Shape`]). What it met is counted, to show what the histories are made of.

mod company;
mod cover;
mod deeds;
mod extras;
mod ledger;
mod records;
mod world;

use std::collections::BTreeMap;
use std::path::Path;

pub use ledger::Shape;
use world::World;

/// The publish branch that is the authority, mostly.
pub const MAIN: &str = "refs/heads/main";
/// The branch that it is promoted to.
pub const LIVE: &str = "refs/heads/live";

/// How often what was met.
#[derive(Debug, Clone, Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Adds what another has counted.
    pub fn join(&mut self, other: Self) {
        other.0.into_iter().for_each(|(what, count)| *self.0.entry(what).or_default() += count);
    }

    /// How often this was met.
    pub fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|(what, count)| writeln!(f, "{count:>7} {what}"))
    }
}

/// So many histories a test looks at: those that the variable `PROVENANCE_HISTORIES` says, else this number.
pub fn seeds(usual: u64) -> std::ops::Range<u64> {
    let said = std::env::var("PROVENANCE_HISTORIES").ok();
    let ends = said.as_deref().map(|said| said.split_once("..").unwrap_or(("0", said)));
    let number = |text: &str| text.parse().expect("PROVENANCE_HISTORIES is a number, or two with `..` between");
    ends.map_or(0..usual, |(from, until)| number(from)..number(until))
}

/// A history that was made.
pub struct History {
    world: World,
    /// The commit where trust starts.
    pub root: String,
    /// The newest time that anything says.
    pub now: String,
}

impl History {
    /// The history of a seed.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let deeds = 3 + world.random.below(5);
        world.begin();
        // What takes long is the matter of a few.
        if seed % 40 == 17 {
            world.many_files(0);
            world.deed();
        } else {
            (0..deeds).for_each(|_| world.deed());
        }
        world.branches.iter().for_each(|branch| world.point(branch.name, branch.tip()));
        let (root, now) = (world.branches[0].steps[0].to_string(), world.time(86_400));
        let history = Self { world, root, now };
        history.lay_out(Shape::Flat);
        history
    }

    /// The repository.
    pub fn path(&self) -> &Path {
        self.world.shell.path()
    }

    /// Moves a ref.
    ///
    /// # Panics
    /// When git does not.
    pub fn set_ref(&self, name: &str, id: &str) {
        self.world.shell.git(&["update-ref", name, id]);
    }

    /// What it is made of.
    pub fn met(&self) -> &Tally {
        &self.world.met
    }

    /// Packs all objects and refs, as `git gc` does.
    pub fn pack(&self) {
        self.world.shell.git(&["repack", "-adfq"]);
        self.world.shell.git(&["pack-refs", "--all"]);
    }
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History").field("path", &self.path()).field("root", &self.root).finish_non_exhaustive()
    }
}
