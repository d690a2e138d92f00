//! Files out: the record in every form, the vote's file, files for Zoom; as functions, over HTTP and from the command line.

mod files;
mod http;
mod office;
mod scale;
mod stage;
mod vote;

/// The sheets by their titles, as somebody reads them: written here once more, so that a change of a word is seen.
pub(crate) fn titles() -> [&'static str; 17] {
    [
        "概要",
        "進行",
        "経過",
        "部屋",
        "だれがいつどの部屋に",
        "付箋",
        "連絡",
        "ポスター",
        "コメント",
        "順位",
        "投票率",
        "投票の経過",
        "モヤモヤ",
        "ひとこと",
        "アンケート集計",
        "アンケート記述",
        "モヤモヤ（回をまたいで）",
    ]
}
