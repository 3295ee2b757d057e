//! Open challenges: what a person was asked after the password, until it is answered. They live as
//! long as this process; whoever knows the id can go on with one. Must not know: sessions, HTTP.

use super::answer::Refusal;
use super::data::institution::Institution;
use super::data::magic::Quirk;
use super::data::persona::{Ask, Method, Persona};
use serde::Serialize;
use std::collections::VecDeque;
use uuid::Uuid;

/// How long a challenge is open, in milliseconds (contract section 5.4).
pub const CHALLENGE_MS: i64 = 120_000;

/// How many wrong answers a challenge takes; with the last one it is gone.
pub const TRIES_MAX: u32 = 5;

/// How many challenges are open at a time; the oldest is dropped for one more.
pub const CHALLENGES_MAX: usize = 1024;

/// A challenge as its owner gets it.
#[derive(Serialize)]
pub struct Told {
    id: Uuid,
    method: Method,
    description: &'static str,
    input: &'static [&'static str],
    expires_ms: i64,
}

struct Open {
    id: Uuid,
    institution: &'static str,
    persona: Persona,
    expires: i64,
    tries: u32,
}

/// All open challenges, oldest first.
#[derive(Default)]
pub struct Challenges(VecDeque<Open>);

impl Challenges {
    /// Opens one.
    pub fn open(&mut self, id: Uuid, institution: &Institution, persona: Persona, now: i64) -> Told {
        if self.0.len() >= CHALLENGES_MAX {
            self.0.pop_front();
        }
        let expires = now.saturating_add(CHALLENGE_MS);
        self.0.push_back(Open { id, institution: institution.id, persona, expires, tries: 0 });
        let ask = persona.ask();
        Told {
            id,
            method: ask.method(),
            description: ask.description(),
            input: ask.input(),
            expires_ms: CHALLENGE_MS,
        }
    }

    /// Judges answers. The right ones close the challenge, and so does the last wrong try.
    ///
    /// # Errors
    /// The answers are wrong, or there is no such challenge at this institution any more.
    pub fn answer(
        &mut self,
        id: &str,
        institution: &Institution,
        answers: &[String],
        now: i64,
    ) -> Result<Persona, Refusal> {
        self.0.retain(|one| now < one.expires);
        let id = Uuid::try_parse(id).map_err(|_| Refusal::ChallengeGone)?;
        let place = self.0.iter().position(|one| one.id == id && one.institution == institution.id);
        let found = place.and_then(|place| self.0.get_mut(place).map(|one| (place, one)));
        let Some((place, one)) = found else { return Err(Refusal::ChallengeGone) };
        let persona = one.persona;
        let ask: Ask = persona.ask();
        if persona.quirk() == Some(Quirk::Forgets) {
            self.0.remove(place);
            return Err(Refusal::ChallengeGone);
        }
        let is_right = persona.quirk() != Some(Quirk::Disbelieves) && ask.accepts(institution, answers);
        one.tries += 1;
        if is_right || one.tries >= TRIES_MAX {
            self.0.remove(place);
        }
        if is_right { Ok(persona) } else { Err(Refusal::WrongAnswer) }
    }
}
