//! Changes of this area: decided, complete, and such that making them cannot fail.

use alloc::string::String;

use engawa_protocol::view::PosterFile;
use engawa_protocol::{CommentId, PersonId, PosterId, TeamId};

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// A poster is added to the gallery.
    Add { team: TeamId, title: String, summary: String, file: Option<PosterFile> },
    /// A poster's fields are set.
    Edit { poster: PosterId, title: String, summary: String, file: Option<PosterFile> },
    /// A poster is taken out of the gallery.
    Withdraw { poster: PosterId },
    /// A withdrawn poster is put back.
    Restore { poster: PosterId },
    /// A mark is set or taken back; nothing happens when it is so already.
    SetInterest { poster: PosterId, person: PersonId, interested: bool },
    /// A comment is left.
    AddComment { poster: PosterId, author: PersonId, text: String },
    /// A comment is deleted.
    DeleteComment { poster: PosterId, comment: CommentId },
    /// Teams may read what was left for them.
    ShareFeedback,
}
