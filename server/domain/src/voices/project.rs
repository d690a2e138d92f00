//! Announcements, pulses and the questionnaire as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::view::{AnnouncementView, PulseView, QuestionnairePhase, QuestionnaireView};
use engawa_protocol::{AnnouncementId, RoundId};

use crate::audience::ViewerClass;
use crate::meeting::Meeting;

/// Announcements.
pub(crate) fn announcement_views(
    _m: &Meeting,
    _class: &ViewerClass,
) -> BTreeMap<AnnouncementId, AnnouncementView> {
    BTreeMap::new()
}

/// Pulses by round.
pub(crate) fn pulse_views(_m: &Meeting, _class: &ViewerClass) -> BTreeMap<RoundId, PulseView> {
    BTreeMap::new()
}

/// The questionnaire.
pub(crate) fn questionnaire_view(_m: &Meeting, _class: &ViewerClass) -> QuestionnaireView {
    QuestionnaireView {
        questions: Default::default(),
        phase: QuestionnairePhase::Drafted,
        own: BTreeMap::new(),
        results: None,
    }
}
