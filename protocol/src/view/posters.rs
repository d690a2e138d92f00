//! Posters as seen.

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::boards::AuthorName;
use crate::ids::{CommentId, PersonId, PosterId, TeamId};
use crate::time::Timestamp;

wire! {
    /// A poster.
    pub struct PosterView {
        /// Which.
        pub id: PosterId,
        /// Whose.
        pub team: TeamId,
        /// The title.
        pub title: String,
        /// The summary.
        pub summary: String,
        /// The picture or PDF.
        pub file: Option<PosterFile>,
        /// Taken out of the gallery.
        pub withdrawn: bool,
        /// Whether the viewer marked it as interesting.
        pub interested: bool,
        /// How many did; coordinators and the secretariat always, its own team once feedback is shared.
        pub interested_count: Option<u32>,
        /// The comments the viewer may read: their own; all of them for coordinators and the secretariat, and for
        /// its own team once feedback is shared.
        pub comments: BTreeMap<CommentId, CommentView>,
    }

    /// A stored file, named by its content.
    pub struct PosterFile {
        /// Lower-case hex SHA-256 of its bytes: 64 characters.
        pub hash: String,
        /// What it is.
        pub kind: PosterFileKind,
        /// Width in pixels, 0 when unknown.
        pub width: u32,
        /// Height in pixels, 0 when unknown.
        pub height: u32,
    }

    /// A comment on a poster.
    pub struct CommentView {
        /// Which.
        pub id: CommentId,
        /// Who wrote it.
        pub author: AuthorName,
        /// The text.
        pub text: String,
        /// When.
        pub at: Timestamp,
    }
}

wire_value! {
    /// What a poster's file is.
    #[serde(rename_all = "snake_case")]
    pub enum PosterFileKind {
        /// PNG.
        Png,
        /// JPEG.
        Jpeg,
        /// WebP.
        Webp,
        /// PDF.
        Pdf,
    }
}

/// The order of a viewer's own gallery: posters ascending by this key, then by id. It differs from person to
/// person so that no poster gains from standing first. 32-bit arithmetic only, so that every client can follow:
/// the finaliser of MurmurHash3 (Austin Appleby, public domain) over `person * 0x9E3779B1 ^ poster * 0x85EBCA77`.
#[must_use]
pub const fn gallery_key(person: PersonId, poster: PosterId) -> u32 {
    let mut h = person.0.wrapping_mul(0x9E37_79B1) ^ poster.0.wrapping_mul(0x85EB_CA77);
    h ^= h >> 16;
    h = h.wrapping_mul(0x85EB_CA6B);
    h ^= h >> 13;
    h = h.wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}
