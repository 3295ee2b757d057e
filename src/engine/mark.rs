//! Requests that are done once: a partner names one, and asking again under the name gives the same answer,
//! also after a crash (decisions section 4). The mark is a condition of the batch that does what was asked, and
//! the answer stands in it. A refusal does nothing and leaves no mark. Must not know: what an answer says.

use super::Engine;
use super::application::core::{Command as ApplicationCommand, Done, Refusal as ApplicationRefusal};
use super::committer::{Commit, CommitError, Condition, Expect, Write};
use super::read::{Keys, ReadError};
use super::records::RecordError;
use super::records::mark::{MarkDueV1, MarkV1, decode_part, encode_part};
use super::user::core::{Refusal, Trouble};
use crate::crypto::{DataKey, Keyring};
use crate::domain::command::{Caller, Command, Reply};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::time::{Span, UnixMillis};
use crate::engine::user::load::Library;
use crate::store::{codec, key};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How long an answer is kept, unless the operator says otherwise.
pub const LIFETIME: Span = Span::days(1);

/// Bytes of an answer in one record.
const PART_BYTES_MAX: usize = 3072;

/// Parts of an answer at most: some 190 KiB.
const PARTS_MAX: usize = 64;

/// What was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The status.
    pub status: u16,
    /// The body, as it was sent.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Rendered({}, ..)", self.status)
    }
}

/// Writes an answer.
pub type Render<T> = Arc<dyn Fn(&T) -> Option<Rendered> + Send + Sync>;

/// A request that is done once. `T` is what its answer is made of.
pub struct Mark<T> {
    /// Names it: a keyed hash of the application, the place and the partner's own name for it.
    pub id: [u8; 32],
    /// A keyed hash of what was sent.
    pub body: [u8; 32],
    /// How long it counts.
    pub lifetime: Span,
    /// Writes the answer before what was asked is done, so that both are done at once. Nothing, where what
    /// came is no answer to this question: a defect.
    pub render: Render<T>,
}

impl<T> Clone for Mark<T> {
    fn clone(&self) -> Self {
        Self { render: self.render.clone(), ..*self }
    }
}

impl<T> std::fmt::Debug for Mark<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Mark(..)")
    }
}

/// Whose key seals an answer.
pub enum Sealing<'a> {
    /// The user's: with the user, it goes.
    User(UserId, &'a DataKey),
    /// The house's.
    House(&'a Keyring),
}

/// Adds a mark with its answer to a commit, which then holds only where there is no such mark yet.
///
/// # Errors
/// When the answer cannot be written down.
pub fn add<T>(
    commit: &mut Commit,
    mark: &Mark<T>,
    made_of: &T,
    sealing: &Sealing<'_>,
    now: UnixMillis,
    entropy: &mut Entropy,
) -> Result<(), RecordError> {
    let rendered = (mark.render)(made_of).ok_or(RecordError::Answer)?;
    commit.conditions.push(Condition { key: key::mark(&mark.id), expect: Expect::Absent });
    let forgotten = now.plus(mark.lifetime);
    let value = Some(codec::encode(0, &MarkDueV1)?);
    commit.writes.push(Write { key: key::mark_due(forgotten, &mark.id), value });
    commit.writes.extend(written(mark.id, mark.body, &rendered, forgotten, sealing, entropy)?);
    Ok(())
}

fn written(
    id: [u8; 32],
    body: [u8; 32],
    rendered: &Rendered,
    forgotten: UnixMillis,
    sealing: &Sealing<'_>,
    entropy: &mut Entropy,
) -> Result<Vec<Write>, RecordError> {
    let (user, key) = match sealing {
        Sealing::User(user, key) => (Some(*user.bytes()), *key),
        Sealing::House(keyring) => (None, keyring.system_key()),
    };
    let parts: Vec<&[u8]> = rendered.body.chunks(PART_BYTES_MAX).collect();
    let count = u8::try_from(parts.len()).ok().filter(|count| usize::from(*count) <= PARTS_MAX);
    let count = count.ok_or(RecordError::Answer)?;
    let head = MarkV1 { body, user, status: rendered.status, parts: count, forgotten: forgotten.0 };
    let mut writes = vec![Write { key: key::mark(&id), value: Some(codec::encode(0, &head)?) }];
    for (number, part) in (0..count).zip(parts) {
        let value = encode_part(&id, number, part, key, entropy.nonce())?;
        writes.push(Write { key: key::mark_part(&id, number), value: Some(value) });
    }
    Ok(writes)
}

/// The requests that are under way: as many as callers that are let in.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<BTreeSet<[u8; 32]>>>);

impl Turns {
    /// Takes the turn of a request; nothing, while another one of that name has it.
    pub fn take(&self, id: [u8; 32]) -> Option<Turn> {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        is_first.then(|| Turn { id, turns: self.clone() })
    }
}

/// A request has its turn until this is dropped.
#[derive(Debug)]
pub struct Turn {
    id: [u8; 32],
    turns: Turns,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// What is known of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// A keyed hash of what was sent.
    pub body: [u8; 32],
    /// What was answered; nothing, where whom it was about is gone.
    pub answer: Option<Rendered>,
}

/// How a mark is found.
#[derive(Debug)]
pub enum Found {
    /// There is none.
    Nothing,
    /// Its time is over: it is forgotten by this commit, and then there is none.
    Over(Commit),
    /// It counts.
    Kept(Kept),
}

/// Looks for a mark.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn find(
    library: &Library,
    keyring: &Keyring,
    id: &[u8; 32],
    now: UnixMillis,
) -> Result<Found, ReadError> {
    let Some(head) = head(library, id)? else { return Ok(Found::Nothing) };
    if head.forgotten() <= now {
        let writes = removal(id, head.forgotten(), head.parts);
        let condition = Condition { key: key::mark(id), expect: Expect::Present };
        return Ok(Found::Over(Commit { conditions: vec![condition], writes, ..Commit::default() }));
    }
    let answer = answer(library, keyring, id, &head)?;
    Ok(Found::Kept(Kept { body: head.body, answer }))
}

fn head(library: &Library, id: &[u8; 32]) -> Result<Option<MarkV1>, ReadError> {
    let Some(value) = library.store.get(&key::mark(id))? else { return Ok(None) };
    let (_, head) = codec::decode::<MarkV1>(&value).map_err(RecordError::from)?;
    Ok(Some(head))
}

fn answer(
    library: &Library,
    keyring: &Keyring,
    id: &[u8; 32],
    head: &MarkV1,
) -> Result<Option<Rendered>, ReadError> {
    let user = match &head.user {
        Some(user) => Keys::new(library).of(user)?,
        None => None,
    };
    let sealing = match (&head.user, &user) {
        (Some(_), None) => return Ok(None),
        (_, Some(key)) => key.as_ref(),
        (None, None) => keyring.system_key(),
    };
    let mut body = Vec::new();
    for part in 0..head.parts {
        let Some(value) = library.store.get(&key::mark_part(id, part))? else { return Ok(None) };
        body.extend(decode_part(id, part, &value, sealing)?);
    }
    Ok(Some(Rendered { status: head.status, body }))
}

/// What goes with a mark that is forgotten.
///
/// # Errors
/// When the store does not answer or a record is damaged.
pub fn forget(library: &Library, id: &[u8; 32], forgotten: UnixMillis) -> Result<Vec<Write>, ReadError> {
    Ok(removal(id, forgotten, head(library, id)?.map_or(0, |head| head.parts)))
}

fn removal(id: &[u8; 32], forgotten: UnixMillis, parts: u8) -> Vec<Write> {
    let parts = (0..parts).map(|part| key::mark_part(id, part));
    let rows = [key::mark_due(forgotten, id), key::mark(id)].into_iter().chain(parts);
    rows.map(|key| Write { key, value: None }).collect()
}

impl Engine {
    /// Asks a user something that is done once.
    ///
    /// # Errors
    /// A rule's no, or what is wrong with the machinery; `Conflict` also where the mark is there already.
    pub async fn ask_once(
        &self,
        user: UserId,
        caller: Caller,
        command: Command,
        mark: Mark<Reply>,
        request_id: Uuid,
    ) -> Result<Reply, Refusal> {
        self.send(user, caller, command, Some(Box::new(mark)), request_id).await
    }

    /// Asks an application something that is done once.
    ///
    /// # Errors
    /// Why nothing was done; `Conflict` also where the mark is there already.
    pub async fn ask_application_once(
        &self,
        id: ApplicationId,
        command: ApplicationCommand,
        mark: Mark<Done>,
    ) -> Result<Done, ApplicationRefusal> {
        self.send_to_application(id, command, Some(mark)).await
    }

    /// How long an answer is kept.
    pub fn mark_lifetime(&self) -> Span {
        self.shared.mark_lifetime
    }

    /// Takes the turn of a request that is done once; nothing, while another one of that name has it.
    pub fn turn(&self, id: [u8; 32]) -> Option<Turn> {
        self.shared.turns.take(id)
    }

    /// What is known of a mark, once it is durable. One whose time is over is forgotten first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn mark(&self, id: &[u8; 32]) -> Result<Option<Kept>, Trouble> {
        let found = find(&self.shared.library, &self.shared.house.keyring, id, self.now());
        let kept = match super::readable(found)? {
            Found::Nothing => return Ok(None),
            Found::Over(commit) => {
                return match self.shared.committer.commit(commit).await {
                    Ok(_) | Err(CommitError::Conflict { .. }) => Ok(None),
                    Err(error) => Err(error.into()),
                };
            }
            Found::Kept(kept) => kept,
        };
        match self.settle().await {
            Ok(()) | Err(Trouble::Full) => Ok(Some(kept)),
            Err(trouble) => Err(trouble),
        }
    }

    /// Leaves a mark of what was done in another commit. Where the server ends between the two, asking again
    /// does it again.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn leave_mark(&self, id: [u8; 32], body: [u8; 32], rendered: Rendered) -> Result<(), Trouble> {
        let mut commit = Commit::default();
        let (lifetime, render) = (self.mark_lifetime(), Arc::new(move |(): &()| Some(rendered.clone())));
        let mark = Mark { id, body, lifetime, render };
        let sealing = Sealing::House(&self.shared.house.keyring);
        add(&mut commit, &mark, &(), &sealing, self.now(), &mut self.draw()?).map_err(|_| Trouble::Defect)?;
        Ok(self.shared.committer.commit(commit).await.map(drop)?)
    }

    /// Another answer takes the place of the one that a mark was made with: what was asked went on, and came
    /// to this.
    ///
    /// # Errors
    /// When it cannot be written down: then the first one stands.
    pub async fn amend_mark(&self, id: &[u8; 32], rendered: &Rendered) -> Result<(), Trouble> {
        let library = &self.shared.library;
        let Some(head) = super::readable(head(library, id))? else { return Ok(()) };
        let mut entropy = self.draw()?;
        let key = match &head.user {
            Some(user) => super::readable(Keys::new(library).of(user).map_err(ReadError::from))?,
            None => None,
        };
        let sealing = match (&head.user, &key) {
            (Some(user), Some(key)) => Sealing::User(UserId(Uuid::from_bytes(*user)), key),
            (Some(_), None) => return Ok(()),
            (None, _) => Sealing::House(&self.shared.house.keyring),
        };
        let written = written(*id, head.body, rendered, head.forgotten(), &sealing, &mut entropy);
        let mut writes: Vec<Write> =
            (0..head.parts).map(|part| Write { key: key::mark_part(id, part), value: None }).collect();
        writes.extend(written.map_err(|_| Trouble::Defect)?);
        let condition = Condition { key: key::mark(id), expect: Expect::Present };
        let commit = Commit { conditions: vec![condition], writes, ..Commit::default() };
        Ok(self.shared.committer.commit(commit).await.map(drop)?)
    }
}
