//! Agendas to begin with, as real study groups have run them. They lie here as files of the same form that people write.

use engawa_protocol::Language;
use engawa_protocol::preparation::{AgendaReading, AgendaTemplate};

use super::read;

/// Name, title and file, in Japanese and in English.
type Row = (&'static str, [(&'static str, &'static str); 2]);

const TEMPLATES: [Row; 5] = [
    (
        "research_meeting",
        [
            ("研究会の標準", include_str!("templates/research_meeting.ja.toml")),
            ("Study group, the usual way", include_str!("templates/research_meeting.en.toml")),
        ],
    ),
    (
        "dialogue_partners",
        [
            ("対話自治体の回", include_str!("templates/dialogue_partners.ja.toml")),
            ("Dialogue partners", include_str!("templates/dialogue_partners.en.toml")),
        ],
    ),
    (
        "world_cafe",
        [
            ("ワールドカフェ", include_str!("templates/world_cafe.ja.toml")),
            ("World café", include_str!("templates/world_cafe.en.toml")),
        ],
    ),
    (
        "poster_session",
        [
            ("ポスターセッション", include_str!("templates/poster_session.ja.toml")),
            ("Poster session", include_str!("templates/poster_session.en.toml")),
        ],
    ),
    (
        "open_consultation",
        [
            ("よろず相談会", include_str!("templates/open_consultation.ja.toml")),
            ("Open consultation", include_str!("templates/open_consultation.en.toml")),
        ],
    ),
];

/// All templates in a language.
#[must_use]
pub fn templates(language: Language) -> Vec<AgendaTemplate> {
    let template = |(name, [ja, en]): Row| {
        let (title, text) = match language {
            Language::Ja => ja,
            Language::En => en,
        };
        let rounds = match read(text.as_bytes()) {
            AgendaReading::Read { rounds } => rounds,
            // A test reads them all.
            AgendaReading::Refused { .. } => Vec::new(),
        };
        AgendaTemplate { name: name.to_owned(), title: title.to_owned(), rounds }
    };
    TEMPLATES.into_iter().map(template).collect()
}
