//! The list that goes with a folder or archive of posters: which file is which team's, with title and summary.

use std::collections::BTreeMap;

use engawa_protocol::limits::{BYTES_PER_GRAPHEME_MAX, SUMMARY_GRAPHEMES_MAX, TITLE_GRAPHEMES_MAX};
use engawa_protocol::preparation::{
    FileColumn, FileProblem, Finding, FindingGrade, FindingKind, PosterListEntry, PosterListReading,
};
use engawa_protocol::text::graphemes;

use super::clean::clean;
use super::columns::{Columns, by_names};
use super::municipality::read_code;
use super::roster::Known;
use super::table;

/// Reads a list.
#[must_use]
pub fn read(bytes: &[u8], known: &Known) -> PosterListReading {
    match try_read(bytes, known) {
        Ok((entries, findings)) => PosterListReading::Read { entries, findings },
        Err(problem) => PosterListReading::Refused { problem },
    }
}

fn try_read(bytes: &[u8], known: &Known) -> Result<(Vec<PosterListEntry>, Vec<Finding>), FileProblem> {
    let table = table::read(bytes)?;
    let tells_something = |columns: &Columns| {
        let kinds = [FileColumn::FileName, FileColumn::Title, FileColumn::Summary];
        columns.has(FileColumn::Team) && kinds.into_iter().any(|kind| columns.has(kind))
    };
    // Without names of columns nobody could tell a title from a file's name.
    let columns = by_names(&table, tells_something).ok_or(FileProblem::FileNoNames {})?;
    let (mut entries, mut findings) = (Vec::new(), Vec::new());
    let mut seen = BTreeMap::new();
    for row in columns.body(&table) {
        let line = row.line;
        let mut cell = |column| clean(columns.cell(row, column), column, line, &mut findings);
        let (name, mut region) = (cell(FileColumn::Team), cell(FileColumn::Region));
        let (title, summary) = (cell(FileColumn::Title), cell(FileColumn::Summary));
        let file_name = cell(FileColumn::FileName);
        if region.is_empty() {
            let code = read_code(columns.cell(row, FileColumn::MunicipalityCode), None);
            region = code.and_then(|code| code.prefecture()).unwrap_or_default().to_owned();
        }
        let mut left_out = |what| findings.push(Finding { line, grade: FindingGrade::LeftOut, what });
        let Some(team) = known.team(&name, &region) else {
            left_out(FindingKind::TeamUnknown { team: name });
            continue;
        };
        if let Some(first) = seen.get(&team) {
            left_out(FindingKind::TeamTwice { line: *first });
            continue;
        }
        let too_long = [
            (FileColumn::Title, &title, TITLE_GRAPHEMES_MAX),
            (FileColumn::Summary, &summary, SUMMARY_GRAPHEMES_MAX),
        ]
        .into_iter()
        .find(|(_, text, max)| {
            graphemes(text) as u64 > *max || text.len() as u64 > max * BYTES_PER_GRAPHEME_MAX
        });
        if let Some((column, _, max)) = too_long {
            left_out(FindingKind::TooLong { column, max });
            continue;
        }
        seen.insert(team, line);
        entries.push(PosterListEntry { line, team, title, summary, file_name });
    }
    Ok((entries, findings))
}

#[cfg(test)]
mod tests {
    use engawa_protocol::{Role, TeamId};

    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        known.add_team(TeamId(1), "弘前市", Some("青森県"));
        known.add_team(TeamId(2), "府中市", Some("東京都"));
        known.add_team(TeamId(3), "府中市", Some("広島県"));
        known.add_person("担当A", Some(TeamId(1)), Role::Participant, None, false);
        known
    }

    #[test]
    fn files_find_their_teams() {
        let text = "ファイル名,自治体,団体コード,タイトル,概要\n\
                    01.png,弘前市,,対話でつくる方針,\"一年の歩み\n二年目へ\"\n\
                    02.pdf,府中市,342084,,\n03.pdf,府中市,,x,\n04.pdf,弘前市,,y,\n05.pdf,なし市,,z,\n";
        let PosterListReading::Read { entries, findings } = read(text.as_bytes(), &known()) else { panic!() };
        let found: Vec<_> =
            entries.iter().map(|one| (one.line, one.team.0, one.file_name.as_str())).collect();
        assert_eq!(found, [(2, 1, "01.png"), (4, 3, "02.pdf")]);
        assert_eq!(entries[0].summary, "一年の歩み\n二年目へ");
        let whats: Vec<_> = findings.iter().map(|finding| (finding.line, &finding.what)).collect();
        assert_eq!(
            whats,
            [
                (5, &FindingKind::TeamUnknown { team: "府中市".into() }),
                (6, &FindingKind::TeamTwice { line: 2 }),
                (7, &FindingKind::TeamUnknown { team: "なし市".into() }),
            ]
        );
    }

    #[test]
    fn a_list_without_names_of_columns_is_refused() {
        let reading = read("弘前市,01.png\n".as_bytes(), &known());
        assert_eq!(reading, PosterListReading::Refused { problem: FileProblem::FileNoNames {} });
    }
}
