//! Earlier meetings as everyone may see them: the title, the day, and what the pulse came to.

use alloc::vec::Vec;

use engawa_protocol::view::EarlierMeetingView;

use super::carry::held_at;
use crate::meeting::Meeting;
use crate::record::MeetingPulses;

/// The earlier meetings, oldest first; none if this one follows none.
pub(crate) fn earlier_views(m: &Meeting) -> Option<Vec<EarlierMeetingView>> {
    let view = |earlier: &super::Earlier| EarlierMeetingView {
        title: earlier.title.clone(),
        held_at: earlier.held_at,
        count: earlier.pulses.iter().fold(0, |all: u32, pulse| all.saturating_add(pulse.count())),
        sum: earlier.pulses.iter().fold(0, |all: u32, pulse| all.saturating_add(pulse.sum)),
    };
    (!m.series.is_empty()).then(|| m.series.meetings.iter().map(view).collect())
}

/// The pulses of the whole series for the record: the earlier meetings, then this one. Nothing if it follows none.
pub(crate) fn pulses_of_all(m: &Meeting) -> Vec<MeetingPulses> {
    if m.series.is_empty() {
        return Vec::new();
    }
    let earlier = m.series.meetings.iter().map(|earlier| MeetingPulses {
        title: earlier.title.clone(),
        held_at: earlier.held_at,
        rounds: earlier
            .pulses
            .iter()
            .map(|pulse| (pulse.title.clone(), pulse.distribution.clone(), pulse.sum))
            .collect(),
    });
    let rounds = m.agenda.rounds.iter().filter_map(|round| {
        let pulse = m.pulses.rounds.get(&round.id).filter(|pulse| pulse.count() > 0)?;
        Some((round.plan.title.clone(), pulse.distribution.to_vec(), pulse.sum))
    });
    let this = MeetingPulses { title: m.info.title.clone(), held_at: held_at(m), rounds: rounds.collect() };
    earlier.chain([this]).collect()
}
