//! Making decided changes: alters the state and says who learns what.

use super::Change;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

pub(crate) fn evolve(_m: &mut Meeting, _cx: &Context, change: Change, _fx: &mut Effects) {
    match change {}
}
