//! Tables of what people said beside the boards: announcements, posters' comments, pulses, the questionnaire.

use engawa_domain::record::MeetingPulses;
use engawa_protocol::PosterId;
use engawa_protocol::view::{PosterView, QuestionKind, QuestionView};

use super::super::told::Told;
use super::{Cell, count};

/// Announcements to all rooms.
pub(super) fn announcements<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |said: &'a engawa_protocol::view::AnnouncementView| {
        let mut row = vec![Cell::Time(said.at), said.text.as_str().into()];
        row.extend(told.is_named().then(|| Cell::from(told.record.name_of(said.by))));
        row
    };
    told.record.announcements.values().map(row).collect()
}

/// A poster's number, region, team and title.
fn poster_head<'a>(told: &Told<'a>, poster: &'a PosterView) -> Vec<Cell<'a>> {
    let (team, region) = told.team_names(Some(poster.team));
    let title = if poster.withdrawn {
        format!("{}（{}）", poster.title, told.words.withdrawn).into()
    } else {
        poster.title.as_str().into()
    };
    vec![poster.id.0.into(), region.into(), team.into(), title]
}

/// Posters and what was left on them, counted.
pub(super) fn posters<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |poster: &'a PosterView| {
        let mut row = poster_head(told, poster);
        row.extend([
            poster.summary.as_str().into(),
            poster.interested_count.map_or(Cell::Empty, Cell::from),
            count(poster.comments.len()),
        ]);
        row
    };
    told.record.posters.values().map(row).collect()
}

/// Comments by poster, or those on one.
pub(super) fn comments<'a>(told: &Told<'a>, only: Option<PosterId>) -> Vec<Vec<Cell<'a>>> {
    let posters = told.record.posters.values().filter(|poster| only.is_none_or(|only| only == poster.id));
    posters
        .flat_map(|poster| poster.comments.values().map(move |comment| (poster, comment)))
        .map(|(poster, comment)| {
            let mut row = poster_head(told, poster);
            row.extend([comment.text.as_str().into(), Cell::Time(comment.at)]);
            let author = match comment.author.name.as_str() {
                "" => told.words.erased_author,
                name => name,
            };
            row.extend(told.is_named().then(|| Cell::from(author)));
            row
        })
        .collect()
}

/// Pulses by round, in the order of the agenda: the line over the rounds is its column of means.
pub(super) fn pulses<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let rounds = told.record.rounds.iter().map(|round| round.round.id);
    rounds
        .filter_map(|round| Some((round, told.record.pulses.get(&round)?)))
        .map(|(round, pulse)| {
            let mut row =
                vec![told.round_name(round).into(), pulse.count.into(), mean(pulse.sum, pulse.count)];
            row.extend(pulse.distribution.iter().map(|count| Cell::from(*count)));
            row
        })
        .collect()
}

/// Pulses over the meetings of the study group, oldest first: of each the whole, then its rounds. The line over the
/// meetings is the column of means of the former.
pub(super) fn series<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |meeting: &'a MeetingPulses, round: &'a str, distribution: &[u32], sum: u32| {
        let people: u32 = distribution.iter().sum();
        let mut row = vec![
            meeting.title.as_str().into(),
            Cell::Time(meeting.held_at),
            round.into(),
            people.into(),
            mean(sum, people),
        ];
        row.extend(distribution.iter().map(|count| Cell::from(*count)));
        row
    };
    let mut rows = Vec::new();
    for meeting in &told.record.series {
        let mut all = [0_u32; 11];
        let mut sum = 0_u32;
        for (_, distribution, of_round) in &meeting.rounds {
            all.iter_mut().zip(distribution).for_each(|(all, some)| *all = all.saturating_add(*some));
            sum = sum.saturating_add(*of_round);
        }
        rows.push(row(meeting, told.words.all_rounds, &all, sum));
        for (title, distribution, sum) in &meeting.rounds {
            rows.push(row(meeting, title, distribution, *sum));
        }
    }
    rows
}

/// The mean to a tenth; nothing where nobody gave one.
fn mean<'a>(sum: u32, people: u32) -> Cell<'a> {
    let mean = (f64::from(sum) / f64::from(people) * 10.0).round() / 10.0;
    if people == 0 { Cell::Empty } else { Cell::Number(mean) }
}

/// Words given with the pulse, most frequent first.
pub(super) fn words<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let rounds = told.record.rounds.iter().map(|round| round.round.id);
    rounds
        .flat_map(|round| {
            let words = told.record.pulses.get(&round).and_then(|pulse| pulse.words.as_ref());
            let mut words: Vec<_> = words.into_iter().flatten().collect();
            words.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), *word));
            words.into_iter().map(move |(word, count)| (round, word, *count))
        })
        .map(|(round, word, count)| vec![told.round_name(round).into(), word.as_str().into(), count.into()])
        .collect()
}

/// Answers to the questionnaire, counted by step or option.
pub(super) fn answers<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let questionnaire = &told.record.questionnaire;
    let questions = (1_usize..).zip(&questionnaire.questions);
    questions
        .flat_map(|(number, question)| {
            let counts = questionnaire.results.as_ref().and_then(|results| results.counts.get(&question.id));
            let counts = counts.map_or(&[][..], Vec::as_slice);
            labels(question)
                .into_iter()
                .zip(counts)
                .map(move |(label, people)| (number, question, label, *people))
                .collect::<Vec<_>>()
        })
        .map(|(number, question, label, people)| {
            vec![count(number), question.text.as_str().into(), label, people.into()]
        })
        .collect()
}

/// What is counted of a question; nothing of a free one, whose answers are in a table of their own.
fn labels(question: &QuestionView) -> Vec<Cell<'_>> {
    match &question.kind {
        QuestionKind::Scale { steps } => (1..=u32::from(*steps)).map(Cell::from).collect(),
        QuestionKind::Choice { options } => options.iter().map(|option| option.as_str().into()).collect(),
        QuestionKind::Text {} => Vec::new(),
    }
}

/// Answers in free words, in the order of their texts.
pub(super) fn texts<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let questions = told.record.questionnaire.questions.iter();
    questions
        .flat_map(|question| {
            let texts = told.record.texts.get(&question.id).map_or(&[][..], Vec::as_slice);
            texts.iter().map(|text| vec![question.text.as_str().into(), text.as_str().into()])
        })
        .collect()
}
