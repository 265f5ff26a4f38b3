//! Bounded caches of values that never change, since their key is the hash of their content.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::id::ObjectId;

/// Values by id, at most about twice the capacity: the young generation becomes the old one when it
/// is full, and what was used since lives on.
#[derive(Debug)]
pub(crate) struct Bounded<V, K = ObjectId> {
    capacity: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<V: Clone, K: Copy + Eq + Hash> Bounded<V, K> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, young: HashMap::new(), old: HashMap::new() }
    }

    pub(crate) fn find(&mut self, id: &K) -> Option<V> {
        if let Some(value) = self.young.get(id) {
            return Some(value.clone());
        }
        let value = self.old.remove(id)?;
        self.insert(*id, value.clone());
        Some(value)
    }

    pub(crate) fn insert(&mut self, id: K, value: V) {
        if self.young.len() >= self.capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, value);
    }
}

/// Values by id, bounded by their bytes: as [`Bounded`], with about `capacity` bytes in each generation.
#[derive(Debug)]
pub(crate) struct Weighed<V, K = ObjectId> {
    capacity: usize,
    bytes: usize,
    young: HashMap<K, Arc<V>>,
    old: HashMap<K, Arc<V>>,
    /// A value's bytes of memory.
    weigh: fn(&V) -> usize,
}

impl<V, K: Copy + Eq + Hash> Weighed<V, K> {
    pub(crate) fn new(capacity: usize, weigh: fn(&V) -> usize) -> Self {
        Self { capacity, bytes: 0, young: HashMap::new(), old: HashMap::new(), weigh }
    }

    pub(crate) fn find(&mut self, id: &K) -> Option<Arc<V>> {
        if let Some(value) = self.young.get(id) {
            return Some(Arc::clone(value));
        }
        let value = self.old.remove(id)?;
        self.insert(*id, &value);
        Some(value)
    }

    /// Keeps a value, unless it would take more than half of a generation.
    pub(crate) fn insert(&mut self, id: K, value: &Arc<V>) {
        let size = (self.weigh)(value);
        if size > self.capacity / 2 {
            return;
        }
        if self.bytes + size > self.capacity {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert(id, Arc::clone(value));
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

    #[test]
    fn keeps_no_more_bytes_than_it_may() {
        let id = |n: u32| ObjectId::from_bytes(&[&n.to_be_bytes()[..], &[0; 16]].concat()).unwrap();
        let mut cache = Weighed::new(100, Vec::len);
        cache.insert(id(0), &Arc::new(vec![0; 51]));
        assert!(cache.find(&id(0)).is_none(), "too large to be kept");
        cache.insert(id(1), &Arc::new(vec![0; 10]));
        for n in 2..1000 {
            cache.insert(id(n), &Arc::new(vec![0; 10]));
            assert!(cache.find(&id(1)).is_some(), "used all the time");
            let held: usize = cache.young.values().chain(cache.old.values()).map(|value| value.len()).sum();
            assert!(held <= 200);
        }
        assert!(cache.find(&id(2)).is_none());
    }
}
