//! Taking one person's data out of a meeting: has it decided, waits until the log has forgotten it too, and writes the
//! certificate. Owns the order of these; must not know what is taken out, nor who may ask for it.

use std::time::Duration;

use engawa_domain::{Grant, Meeting, SystemInput, check_erasable};
use engawa_protocol::command::{ErasePerson, ErasedTexts};
use engawa_protocol::http::CommandReply;
use engawa_protocol::keeping::ErasureCertificate;
use engawa_protocol::{ClientSeq, Command, DeviceId, MeetingId, PersonId, Position, Rejection, Seq};
use tokio::time::Instant;

use super::{Hub, HubError, bytes_of};
use crate::certificates::erasure_certificate;
use crate::hub::handle::Request;
use crate::store::StoreError;

/// How long whoever asks waits for the log to have forgotten. Afterwards it goes on by itself, and asking again answers
/// once it has.
const ERASURE_TIMEOUT: Duration = Duration::from_secs(30);
/// How often it is looked whether it has.
const ERASURE_LOOK_EVERY: Duration = Duration::from_millis(20);

/// In whose name a person's data are taken out.
#[derive(Debug, Clone, Copy)]
pub enum ErasureAsker {
    /// Somebody whose link grants this.
    Person(Grant),
    /// The operator.
    Operator,
}

impl Hub {
    /// Takes a person's data out of a meeting, its log included, and answers once they are gone from the store: with the
    /// certificate, or with the meeting's no. Asked again, it answers the same, whatever is asked for with the texts.
    ///
    /// # Errors
    /// A [`HubError`]. Trying again is safe.
    pub async fn erase_person(
        &self,
        meeting: MeetingId,
        person: PersonId,
        texts: ErasedTexts,
        asker: ErasureAsker,
    ) -> Result<Result<ErasureCertificate, Rejection>, HubError> {
        if self.erased(meeting, person).await?.is_none()
            && let Some(rejection) = self.ask_to_erase(meeting, ErasePerson { person, texts }, asker).await?
            // Somebody else may have asked for the same.
            && self.erased(meeting, person).await?.is_none()
        {
            return Ok(Err(rejection));
        }
        let deadline = Instant::now() + ERASURE_TIMEOUT;
        loop {
            if let Some((certificate, position)) = self.erased(meeting, person).await?
                && self.is_forgotten(meeting, position).await?
            {
                return Ok(Ok(certificate));
            }
            if Instant::now() >= deadline {
                return Err(HubError::Unavailable("the log has not forgotten yet"));
            }
            tokio::time::sleep(ERASURE_LOOK_EVERY).await;
        }
    }

    /// Has it decided. A rejection, if there is one that comes at once.
    async fn ask_to_erase(
        &self,
        meeting: MeetingId,
        command: ErasePerson,
        asker: ErasureAsker,
    ) -> Result<Option<Rejection>, HubError> {
        let ErasePerson { person, texts } = command;
        match asker {
            ErasureAsker::Person(grant) => {
                // A device that asks for this and nothing else.
                let [high, low] = self.0.around.chance.draw()?;
                let device = DeviceId(uuid::Builder::from_random_bytes(bytes_of(high, low)).into_uuid());
                let asked = (device, ClientSeq(1), Command::from(command));
                match self.call(meeting, grant, asked).await? {
                    CommandReply::Accepted { .. } => Ok(None),
                    CommandReply::Rejected { rejection } => Ok(Some(rejection)),
                }
            }
            ErasureAsker::Operator => {
                let check = move |state: &Meeting, _: Position| check_erasable(state, person);
                if let Err(rejection) = self.read(meeting, check).await? {
                    return Ok(Some(rejection));
                }
                let propose = Request::Propose(SystemInput::ErasePerson { person, texts });
                self.0.handle(meeting).send(propose).await;
                Ok(None)
            }
        }
    }

    /// The certificate of somebody whose data have been taken out of the state, and up to where the log must forget.
    async fn erased(
        &self,
        meeting: MeetingId,
        person: PersonId,
    ) -> Result<Option<(ErasureCertificate, Position)>, HubError> {
        let look = move |state: &Meeting, position: Position| {
            let certificate = erasure_certificate(meeting, state.erasure_of(person)?);
            let seq = state.erased_up_to().unwrap_or(Seq(0));
            Some(certificate.map(|certificate| (certificate, Position { seq, ..position })))
        };
        Ok(self.read(meeting, look).await?.transpose()?)
    }

    /// The certificates of all people whose data have been taken out of a meeting, oldest first.
    ///
    /// # Errors
    /// A [`HubError`].
    pub async fn erasures(&self, meeting: MeetingId) -> Result<Vec<ErasureCertificate>, HubError> {
        let look = move |state: &Meeting, _: Position| {
            state.erasures().iter().map(|erasure| erasure_certificate(meeting, erasure)).collect()
        };
        let certificates: Result<Vec<_>, _> = self.read(meeting, look).await?;
        Ok(certificates?)
    }

    /// Whether the store holds no entry up to this one any more, nor a snapshot from before it. The meeting's actor writes
    /// the snapshot that stands for them; to purge behind it is everybody's.
    async fn is_forgotten(&self, meeting: MeetingId, up_to: Position) -> Result<bool, HubError> {
        match self.0.store.purge(meeting, up_to).await {
            Ok(_) => Ok(true),
            Err(StoreError::NotCovered { .. } | StoreError::EpochChanged { .. }) => Ok(false),
            Err(error) if error.is_retryable() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
