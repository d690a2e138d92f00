//! Posters as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::PosterId;
use engawa_protocol::view::PosterView;

use crate::audience::ViewerClass;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

/// Posters.
pub(crate) fn poster_views(_m: &Meeting, _class: &ViewerClass) -> BTreeMap<PosterId, PosterView> {
    BTreeMap::new()
}

/// Lets each team read what was left for it; called when a round of posters ends. Does nothing the second time.
pub(crate) fn share(_m: &mut Meeting, _cx: &Context, _fx: &mut Effects) {}
