//! Making decided changes: alters the state and says who learns what.

use super::{Change, earlier_views};
use crate::audience::Audience;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

pub(crate) fn evolve(m: &mut Meeting, _cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Keep(series) => {
            let seen = earlier_views(m);
            m.series = series;
            // Rare, and before anything begins: everyone looks anew. Who sat with whom is in no view.
            if earlier_views(m) != seen {
                fx.refresh(Audience::EVERYONE);
            }
        }
    }
}
