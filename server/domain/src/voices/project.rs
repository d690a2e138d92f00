//! Announcements, pulses and the questionnaire as a viewer may see them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use engawa_protocol::view::{AnnouncementView, PulseView, QuestionnairePhase, QuestionnaireView};
use engawa_protocol::{AnnouncementId, PersonId, Role, RoundId};

use super::announcements::Announcement;
use super::pulse::Pulse;
use crate::audience::{RoleSet, ViewerClass};
use crate::meeting::Meeting;

/// Announcements that have not been withdrawn.
pub(crate) fn announcement_views(
    m: &Meeting,
    class: &ViewerClass,
) -> BTreeMap<AnnouncementId, AnnouncementView> {
    m.announcements
        .announcements
        .iter()
        .filter(|(_, announcement)| !announcement.withdrawn)
        .map(|(id, announcement)| {
            (*id, announcement_view(*id, announcement, class.person, class.role.guides()))
        })
        .collect()
}

pub(super) fn announcement_view(
    id: AnnouncementId,
    announcement: &Announcement,
    viewer: Option<PersonId>,
    guides: bool,
) -> AnnouncementView {
    AnnouncementView {
        id,
        by: announcement.by,
        text: announcement.text.clone(),
        at: announcement.at,
        read: viewer.is_some_and(|person| announcement.readers.contains(&person)),
        readers: guides.then(|| announcement.reader_count()),
    }
}

/// Pulses by round.
pub(crate) fn pulse_views(m: &Meeting, class: &ViewerClass) -> BTreeMap<RoundId, PulseView> {
    m.pulses.rounds.iter().map(|(round, pulse)| (*round, pulse_view(pulse, class))).collect()
}

fn pulse_view(pulse: &Pulse, class: &ViewerClass) -> PulseView {
    PulseView {
        distribution: pulse.distribution.to_vec(),
        count: pulse.count(),
        sum: pulse.sum,
        own: class.person.and_then(|person| pulse.answers.get(&person).cloned()),
        words: class.role.guides().then(|| pulse.words.clone()),
    }
}

/// The questionnaire: its questions are the coordinators' until it has been opened.
pub(crate) fn questionnaire_view(m: &Meeting, class: &ViewerClass) -> QuestionnaireView {
    let questionnaire = &m.questionnaire;
    let coordinates = class.role == Role::Coordinator;
    let shown = match questionnaire.phase {
        QuestionnairePhase::Drafted => coordinates,
        QuestionnairePhase::Open | QuestionnairePhase::Closed => true,
    };
    QuestionnaireView {
        questions: if shown { questionnaire.questions.clone() } else { Vec::new() },
        phase: questionnaire.phase,
        own: class.person.and_then(|person| questionnaire.answers.get(&person).cloned()).unwrap_or_default(),
        results: RoleSet::OFFICE.contains(class.role).then(|| questionnaire.results.clone()),
    }
}
