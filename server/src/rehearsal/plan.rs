//! What is in the rehearsal's meeting. The municipalities are real ones, from the public record of the study group's
//! years and the national list of local governments; people are named by their part, none is a real person.

use engawa_protocol::command::RosterRow;
use engawa_protocol::limits::COUNTDOWN_MS_DEFAULT;
use engawa_protocol::{AuthorDisplay, BoardTemplate, GroupingRule, Role, RoundKind, RoundPlan};

pub(super) const TITLE: &str = "人材マネジメント部会 第5回研究会（リハーサル）";
pub(super) const FIRST_COORDINATOR: &str = "進行 1";

const MUNICIPALITIES: &str = include_str!("municipalities.csv");
const MINUTE_MS: u64 = 60_000;

/// 97 teams of three, and fifteen people who run the meeting.
pub(super) fn roster() -> Vec<RosterRow> {
    let staff = [
        ("進行", Role::Coordinator, 2..=2),
        ("幹事", Role::Facilitator, 1..=8),
        ("集計", Role::Secretariat, 1..=3),
        ("オブザーバー", Role::Observer, 1..=2),
    ];
    let staff = staff.into_iter().flat_map(|(part, role, numbers)| {
        numbers.map(move |number| row(String::new(), None, format!("{part} {number}"), role))
    });
    let teams =
        MUNICIPALITIES.lines().skip(1).filter_map(|line| line.split_once(',')).flat_map(|(region, name)| {
            ["担当A", "担当B", "担当C"].map(|part| {
                row(name.to_owned(), Some(region.to_owned()), format!("{name} {part}"), Role::Participant)
            })
        });
    staff.chain(teams).collect()
}

fn row(team: String, region: Option<String>, name: String, role: Role) -> RosterRow {
    RosterRow { team, region, name, role, email: None }
}

/// A day as the study group holds it.
pub(super) fn agenda() -> Vec<RoundPlan> {
    let base = RoundPlan {
        kind: RoundKind::Plenary,
        title: String::new(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Manual {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: COUNTDOWN_MS_DEFAULT,
    };
    let dialogue = |title: &str, question: &str, minutes: u64, grouping, template| RoundPlan {
        kind: RoundKind::Dialogue,
        title: title.into(),
        question: question.into(),
        duration_ms: Some(minutes * MINUTE_MS),
        grouping,
        turn_ms: Some(MINUTE_MS),
        template,
        ..base.clone()
    };
    let plain = |kind, title: &str, minutes: Option<u64>| RoundPlan {
        kind,
        title: title.into(),
        duration_ms: minutes.map(|minutes| minutes * MINUTE_MS),
        ..base.clone()
    };
    vec![
        plain(RoundKind::Plenary, "開会・幹事講話", Some(20)),
        dialogue(
            "対話1　自治体チームで",
            "自自治体の基本方針の活用状況と、策定に向けた進捗・課題は？",
            15,
            GroupingRule::Team {},
            BoardTemplate::NowIdealStep,
        ),
        dialogue(
            "対話2　対話自治体で",
            "今回の基本方針の見直しを、何のために行う？何をゴールに進めますか？",
            30,
            GroupingRule::Partners { teams_per_room: 3 },
            BoardTemplate::FourSteps,
        ),
        plain(RoundKind::Break, "休憩", Some(10)),
        dialogue(
            "対話3　混ざって",
            "立ち位置を変えて見ると、自分の組織の何が見えてきますか？",
            25,
            GroupingRule::Mixed { room_size: 5 },
            BoardTemplate::Affinity,
        ),
        dialogue(
            "ワールドカフェ",
            "一人称で捉え、明日からの一歩として何を始めますか？",
            20,
            GroupingRule::WorldCafe { table_size: 5 },
            BoardTemplate::Free,
        ),
        plain(RoundKind::Plenary, "全体共有", Some(15)),
        plain(RoundKind::Posters, "ポスターセッション・投票", Some(40)),
        plain(RoundKind::Plenary, "結果発表・閉会", None),
    ]
}

/// A team's poster: its title and summary.
pub(super) fn poster(index: usize, municipality: &str) -> (String, String) {
    const THEMES: [(&str, &str); 6] = [
        ("対話が生まれる職場へ", "部署を越えた対話の場を毎月ひらき、出てきた声を方針の見直しに返しました。"),
        ("基本方針を自分の言葉に", "基本方針を職員が一人称で語り直す取り組みを、係の朝会から始めました。"),
        ("管理職が聴く日", "管理職が話さずに聴く時間を設け、若手の提案が動き出すまでを追いました。"),
        ("異動とともに学ぶ", "異動を学びの機会にするため、引き継ぎを対話に変えてみました。"),
        ("採用から始める人づくり", "採用の面接官を公募し、どんな仲間と働きたいかを職員が語り合いました。"),
        ("価値前提で考える会議", "会議の初めに「何のために」を置き、決め方がどう変わったかを記録しました。"),
    ];
    let (title, summary) = THEMES[index % THEMES.len()];
    (format!("{municipality}　{title}"), summary.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_is_as_large_as_a_real_year() {
        let rows = roster();
        let teams: BTreeSet<_> =
            rows.iter().filter(|row| !row.team.is_empty()).map(|row| (&row.team, &row.region)).collect();
        assert_eq!(teams.len(), 97);
        assert_eq!(rows.iter().filter(|row| row.role == Role::Participant).count(), 291);
        // With the first coordinator, who is there from the beginning: fifteen in all.
        assert_eq!(rows.iter().filter(|row| row.role != Role::Participant).count() + 1, 15);
    }
}
