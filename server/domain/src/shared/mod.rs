//! A part of the state that copies of it have in common until one of them changes.
//!
//! Whoever keeps a snapshot copies the state while the meeting waits. With its large parts shared such a copy takes the
//! same short time however much has been written, and a part is copied only when it changes while the copy is there.

mod map;

use alloc::sync::Arc;
use core::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use self::map::SharedMap;

/// A value that is shared until it is changed. Reads and writes as the value itself does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_copy_has_the_value_in_common_until_one_of_them_changes() {
        let mut state: Shared<Vec<u32>> = Shared::new(vec![1]);
        let before = state.clone();
        assert!(core::ptr::eq(&*state, &*before), "nothing was copied");
        state.push(2);
        assert_eq!((&**state, &**before), (&[1, 2][..], &[1][..]));
        let place = core::ptr::from_ref(&*state);
        drop(before);
        state.push(3);
        assert!(core::ptr::eq(place, &*state), "alone, it is changed in place");
    }
}
