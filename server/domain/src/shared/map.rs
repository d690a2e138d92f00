//! An ordered map that is copied by sharing: its entries lie in leaves of a few dozen, and a copy has all leaves in common
//! with the original until one of them changes. A board with a thousand notes on which somebody writes while a snapshot is
//! being made costs one leaf then, not a thousand notes.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Shared;

/// Entries in a leaf at most. A change to a shared leaf copies so many; a copy of the map touches one leaf in so many entries.
const LEAF_MAX: usize = 32;

/// The map. Reads and writes as any other map does. Keys that come in ascending order, as ids do, fill leaf after leaf.
#[derive(Clone)]
pub(crate) struct SharedMap<K, V> {
    /// In ascending order, none of them empty.
    leaves: Vec<Leaf<K, V>>,
    len: usize,
}

#[derive(Clone)]
struct Leaf<K, V> {
    /// The key of the first entry, so that a search looks into one leaf only.
    first: K,
    /// In ascending order.
    entries: Shared<Vec<(K, V)>>,
}

impl<K, V> SharedMap<K, V> {
    /// An empty map.
    pub(crate) const fn new() -> Self {
        Self { leaves: Vec::new(), len: 0 }
    }

    /// How many entries there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All entries in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.leaves.iter().flat_map(|leaf| leaf.entries.iter()).map(|(key, value)| (key, value))
    }

    /// All values in ascending order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Copy + Ord, V: Clone> SharedMap<K, V> {
    /// The value of a key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let (leaf, place) = self.find(key)?;
        self.leaves.get(leaf)?.entries.get(place).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let (leaf, place) = self.find(key)?;
        self.leaves.get_mut(leaf)?.entries.get_mut(place).map(|(_, value)| value)
    }

    /// Whether there is such a key.
    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_some()
    }

    /// All values in ascending order of their keys, to be changed; no leaf is shared afterwards.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.leaves.iter_mut().flat_map(|leaf| leaf.entries.iter_mut()).map(|(_, value)| value)
    }

    /// Puts a value under a key; gives the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.leaf_of(&key);
        let Some(leaf) = self.leaves.get_mut(at) else {
            self.leaves.push(Leaf::of(key, value));
            self.len += 1;
            return None;
        };
        match leaf.entries.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(place) => leaf.entries.get_mut(place).map(|(_, old)| core::mem::replace(old, value)),
            Err(place) => {
                self.len += 1;
                if place == leaf.entries.len() && place >= LEAF_MAX {
                    // Behind a full leaf the next one begins: whatever grows at its end leaves full ones behind.
                    self.leaves.insert(at + 1, Leaf::of(key, value));
                    return None;
                }
                leaf.entries.insert(place, (key, value));
                leaf.first = leaf.first.min(key);
                if leaf.entries.len() > LEAF_MAX {
                    let half = leaf.entries.split_off(LEAF_MAX / 2);
                    if let Some((first, _)) = half.first() {
                        self.leaves.insert(at + 1, Leaf { first: *first, entries: Shared::new(half) });
                    }
                }
                None
            }
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (at, place) = self.find(key)?;
        let leaf = self.leaves.get_mut(at)?;
        let (_, value) = leaf.entries.remove(place);
        self.len -= 1;
        match leaf.entries.first() {
            Some((first, _)) => leaf.first = *first,
            None => {
                self.leaves.remove(at);
            }
        }
        Some(value)
    }

    /// The leaf in which a key is, if it is anywhere; the first one for a key before all others.
    fn leaf_of(&self, key: &K) -> usize {
        self.leaves.partition_point(|leaf| leaf.first <= *key).saturating_sub(1)
    }

    /// The leaf and the place in it of a key that is there.
    fn find(&self, key: &K) -> Option<(usize, usize)> {
        let at = self.leaf_of(key);
        let place = self.leaves.get(at)?.entries.binary_search_by(|(other, _)| other.cmp(key));
        Some((at, place.ok()?))
    }
}

impl<K: Copy, V> Leaf<K, V> {
    fn of(key: K, value: V) -> Self {
        Self { first: key, entries: Shared::new(alloc::vec![(key, value)]) }
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// How the entries are spread over leaves does not count.
impl<K: PartialEq, V: PartialEq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for SharedMap<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Copy + Ord, V: Clone> FromIterator<(K, V)> for SharedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Serialize, V: Serialize> Serialize for SharedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de, K, V> Deserialize<'de> for SharedMap<K, V>
where
    K: Deserialize<'de> + Copy + Ord,
    V: Deserialize<'de> + Clone,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// Takes entries in any order.
struct Entries<K, V>(PhantomData<(K, V)>);

impl<'de, K, V> Visitor<'de> for Entries<K, V>
where
    K: Deserialize<'de> + Copy + Ord,
    V: Deserialize<'de> + Clone,
{
    type Value = SharedMap<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = SharedMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::{String, ToString};

    use super::*;

    fn shared_leaves<K, V>(one: &SharedMap<K, V>, other: &SharedMap<K, V>) -> usize {
        let pairs = one.leaves.iter().zip(&other.leaves);
        pairs.filter(|(one, other)| core::ptr::eq(&*one.entries, &*other.entries)).count()
    }

    #[test]
    fn a_copy_shares_every_leaf_but_the_one_that_is_written_to() {
        let mut map: SharedMap<u32, String> = (0..1_000).map(|key| (key, key.to_string())).collect();
        assert_eq!(map.leaves.len(), 1_000_usize.div_ceil(LEAF_MAX), "full leaves");
        let (before, leaves) = (map.clone(), map.leaves.len());
        assert_eq!(shared_leaves(&map, &before), leaves);
        *map.get_mut(&500).unwrap() = "changed".to_string();
        map.insert(1_000, "new".to_string());
        assert_eq!(shared_leaves(&map, &before), leaves - 2);
        assert_eq!(
            (before.len(), before.get(&500).unwrap().as_str(), before.get(&1_000)),
            (1_000, "500", None)
        );
        assert_eq!(map.get_mut(&9_999), None);
        assert_eq!(map.remove(&9_999), None);
        assert_eq!(shared_leaves(&map, &before), leaves - 2, "what is not there copies nothing");
    }

    #[test]
    fn it_is_what_an_ordered_map_is_whatever_is_done_to_it() {
        let (mut map, mut model) = (SharedMap::new(), BTreeMap::new());
        // A fixed sequence without a pattern: the multiplier is Knuth's (TAOCP, 3.3.4).
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for step in 0..20_000_u64 {
            let key = u32::try_from(draw(700)).unwrap();
            // Grows for a while, then shrinks until nothing is left.
            if draw(20_000) > step {
                assert_eq!(map.insert(key, step), model.insert(key, step));
            } else if draw(2) == 0 {
                assert_eq!(map.remove(&key), model.remove(&key));
            } else if let Some(last) = model.keys().next_back().copied() {
                assert_eq!(map.remove(&last), model.remove(&last));
            }
            assert_eq!((map.len(), map.is_empty()), (model.len(), model.is_empty()));
            assert_eq!(map.get(&key), model.get(&key));
            assert_eq!(map.get_mut(&key), model.get_mut(&key));
            assert_eq!(map.contains_key(&key), model.contains_key(&key));
            if step % 64 == 0 {
                assert!(map.iter().eq(model.iter()));
                assert!(map.values_mut().eq(model.values_mut()));
                assert!(map.leaves.iter().all(|leaf| (1..=LEAF_MAX).contains(&leaf.entries.len())));
            }
        }
        assert!(map.len() < 100, "it has shrunk");
    }

    #[test]
    fn it_reads_and_writes_as_any_map() {
        let model: BTreeMap<u32, u32> = (0..100).map(|key| (key * 3, key)).collect();
        let map: SharedMap<u32, u32> = model.clone().into_iter().collect();
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), text);
        assert_eq!(serde_json::from_str::<SharedMap<u32, u32>>(&text).unwrap(), map);
        // Filled the other way round its leaves are different ones.
        let reversed: SharedMap<u32, u32> = model.into_iter().rev().collect();
        assert_ne!(reversed.leaves.len(), map.leaves.len());
        assert_eq!(reversed, map);
        assert_eq!(serde_json::from_str::<SharedMap<u32, u32>>("{}").unwrap(), SharedMap::default());
        assert!(serde_json::from_str::<SharedMap<u32, u32>>("[]").is_err());
    }
}
