//! Commands about posters.

use alloc::string::String;

use crate::ids::{CommentId, PosterId, TeamId};
use crate::view::PosterFile;

wire! {
    /// Adds a team's poster; a team has one.
    pub struct AddPoster {
        /// The team.
        pub team: TeamId,
        /// The title.
        pub title: String,
        /// The summary; may be empty.
        pub summary: String,
        /// The picture or PDF, once it has been stored.
        #[serde(default)]
        pub file: Option<PosterFile>,
    }

    /// Changes a poster.
    pub struct EditPoster {
        /// The poster.
        pub poster: PosterId,
        /// The title.
        pub title: String,
        /// The summary.
        pub summary: String,
        /// The picture or PDF.
        #[serde(default)]
        pub file: Option<PosterFile>,
    }

    /// Takes a poster out of the gallery.
    pub struct WithdrawPoster {
        /// The poster.
        pub poster: PosterId,
    }

    /// Puts a withdrawn poster back.
    pub struct RestorePoster {
        /// The poster.
        pub poster: PosterId,
    }

    /// 「持ち帰りたい」: marks a poster as interesting, or takes the mark back.
    pub struct SetInterest {
        /// The poster.
        pub poster: PosterId,
        /// Whether it is of interest.
        pub interested: bool,
    }

    /// Leaves a comment for the team.
    pub struct AddComment {
        /// The poster.
        pub poster: PosterId,
        /// The text, 1 to `COMMENT_GRAPHEMES_MAX`.
        pub text: String,
    }

    /// Deletes a comment of one's own; coordinators and the secretariat may delete any.
    pub struct DeleteComment {
        /// The poster.
        pub poster: PosterId,
        /// The comment.
        pub comment: CommentId,
    }

    /// Lets each team read its own comments and marks. Happens by itself when a round of posters ends.
    pub struct ShareFeedback {}
}
