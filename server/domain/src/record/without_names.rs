//! The edition without names: everything that leads to a person is taken out. What people have written stays as it is.

use engawa_protocol::PersonId;
use engawa_protocol::view::{AuthorView, HelpState};

use super::{READER, Record};

impl Record {
    /// Takes out everybody's name and number.
    pub(super) fn leave_out_names(&mut self) {
        self.people.clear();
        self.stays.clear();
        for record in self.rooms.values_mut() {
            let room = &mut record.room;
            room.facilitator = None;
            room.members.clear();
            room.visitors.clear();
            room.help = HelpState::Quiet {};
            if let Some(activity) = &mut room.activity {
                activity.speaker = None;
            }
        }
        for note in self.boards.values_mut().flat_map(|board| board.notes.values_mut()) {
            note.author = AuthorView::Hidden {};
            note.edited_by = None;
        }
        for comment in self.posters.values_mut().flat_map(|poster| poster.comments.values_mut()) {
            comment.author.person = READER;
            comment.author.name.clear();
        }
        for announcement in self.announcements.values_mut() {
            announcement.by = READER;
        }
    }

    /// The name of a person; empty where there is none to be told.
    #[must_use]
    pub fn name_of(&self, person: PersonId) -> &str {
        self.people.get(&person).map_or("", |person| &person.name)
    }
}
