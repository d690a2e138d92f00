//! Boards: templates, colours, and how authors are shown.

wire_value! {
    /// How a board is laid out. Each template has a fixed number of areas; their labels belong to the screens.
    #[serde(rename_all = "snake_case")]
    pub enum BoardTemplate {
        /// Free space: one area.
        Free,
        /// 共有 → 共感 → 共働 → 共創: four areas.
        FourSteps,
        /// Keep, Problem, Try: three areas.
        Kpt,
        /// 現状／ありたい姿／一歩: three areas.
        NowIdealStep,
        /// 9マスシート: nine blocks of nine squares, 81 areas, block by block.
        NineSquares,
        /// グルーピング: one area, notes are grouped into clusters.
        Affinity,
    }

    /// The colour of a note.
    #[serde(rename_all = "snake_case")]
    pub enum NoteColor {
        /// Yellow, the usual one.
        Yellow,
        /// Blue.
        Blue,
        /// Green.
        Green,
        /// Pink.
        Pink,
        /// White.
        White,
    }

    /// Whether a board shows who wrote a note. Fixed when the board is made, because people wrote under it.
    #[serde(rename_all = "snake_case")]
    pub enum AuthorDisplay {
        /// Names are shown.
        Shown,
        /// Nobody but the author learns who wrote a note.
        Hidden,
    }
}

impl BoardTemplate {
    /// How many areas a board of this template has.
    #[must_use]
    pub const fn area_count(self) -> u32 {
        match self {
            Self::Free | Self::Affinity => 1,
            Self::Kpt | Self::NowIdealStep => 3,
            Self::FourSteps => 4,
            Self::NineSquares => 81,
        }
    }
}
