//! Events about posters.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{CommentId, PosterId};
use crate::view::{CommentView, PosterFile, PosterView};

wire! {
    /// A poster was added, or a withdrawn one came back. Fold: into `posters`.
    pub struct PosterAdded {
        /// The poster.
        pub poster: PosterView,
    }

    /// A poster was changed. Fold: those fields.
    pub struct PosterEdited {
        /// The poster.
        pub poster: PosterId,
        /// The title.
        pub title: String,
        /// The summary.
        pub summary: String,
        /// The file.
        pub file: Option<PosterFile>,
    }

    /// A poster was withdrawn. Fold: for coordinators and the secretariat `withdrawn`; for others out of `posters`.
    pub struct PosterWithdrawn {
        /// The poster.
        pub poster: PosterId,
    }

    /// The viewer marked a poster as interesting or took the mark back. Fold: `interested`.
    pub struct InterestSet {
        /// The poster.
        pub poster: PosterId,
        /// Whether it is marked.
        pub interested: bool,
    }

    /// The marks of a poster were counted. Fold: `interested_count`.
    pub struct InterestCounted {
        /// The poster.
        pub poster: PosterId,
        /// How many.
        pub count: u32,
    }

    /// A comment was left. Fold: into its poster's `comments`.
    pub struct CommentAdded {
        /// The poster.
        pub poster: PosterId,
        /// The comment.
        pub comment: CommentView,
    }

    /// A comment was deleted. Fold: out of its poster's `comments`.
    pub struct CommentDeleted {
        /// The poster.
        pub poster: PosterId,
        /// The comment.
        pub comment: CommentId,
    }

    /// The viewer's team can read what was left for it. Fold: the poster's `comments` are replaced and
    /// `interested_count` is set.
    pub struct FeedbackShared {
        /// The team's poster.
        pub poster: PosterId,
        /// All comments.
        pub comments: Vec<CommentView>,
        /// How many marked it as interesting.
        pub interested_count: u32,
    }
}
