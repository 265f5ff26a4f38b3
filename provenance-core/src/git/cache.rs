//! Bounded caches of values that never change, since their key is the hash of their content.

use std::collections::HashMap;
use std::sync::Arc;

use super::tree::Tree;
use crate::id::{ObjectId, TreeId};

/// Bytes of trees held in each of the two generations.
const TREE_BYTES: usize = 16 << 20;
/// A tree above this size is not kept.
const LARGEST_KEPT_TREE: usize = 8 << 20;

/// Values by id, at most about twice the capacity: the young generation becomes the old one when it
/// is full, and what was used since lives on.
pub(super) struct Bounded<V> {
    capacity: usize,
    young: HashMap<ObjectId, V>,
    old: HashMap<ObjectId, V>,
}

impl<V: Clone> Bounded<V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn find(&mut self, id: &ObjectId) -> Option<V> {
        if let Some(value) = self.young.get(id) {
            return Some(value.clone());
        }
        let value = self.old.remove(id)?;
        self.insert(*id, value.clone());
        Some(value)
    }

    pub(super) fn insert(&mut self, id: ObjectId, value: V) {
        if self.young.len() >= self.capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, value);
    }
}

/// Parsed trees by id, bounded by their bytes.
pub(super) struct TreeCache {
    bytes: usize,
    young: HashMap<TreeId, Arc<Tree>>,
    old: HashMap<TreeId, Arc<Tree>>,
}

impl TreeCache {
    pub(super) fn new() -> Self {
        Self { bytes: 0, young: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn find(&mut self, id: TreeId) -> Option<Arc<Tree>> {
        if let Some(tree) = self.young.get(&id) {
            return Some(Arc::clone(tree));
        }
        let tree = self.old.remove(&id)?;
        self.insert(id, &tree);
        Some(tree)
    }

    pub(super) fn insert(&mut self, id: TreeId, tree: &Arc<Tree>) {
        let size = tree.footprint();
        if size > LARGEST_KEPT_TREE {
            return;
        }
        if self.bytes + size > TREE_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(id, Arc::clone(tree));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_used_and_stays_bounded() {
        let id = |n: u32| ObjectId::from_bytes(&[&n.to_be_bytes()[..], &[0; 16]].concat()).unwrap();
        let mut cache = Bounded::new(10);
        cache.insert(id(0), 0);
        for n in 1..1000 {
            cache.insert(id(n), n);
            assert_eq!(cache.find(&id(0)), Some(0), "used all the time");
            assert!(cache.young.len() + cache.old.len() <= 20);
        }
        assert_eq!(cache.find(&id(1)), None);
    }
}
