//! Made-up users and links for tests and benches: the same seed makes the same users. A plain function
//! over the engine, for the admin route and the command line alike. Must not know: HTTP requests.

use super::operations::{self, NewApplication};
use crate::domain::command::{Caller, Command, Failure};
use crate::domain::entropy::Entropy;
use crate::domain::id::{ApplicationId, UserId};
use crate::domain::profile::ProfileChanges;
use crate::engine::Engine;
use crate::engine::user::core::{Refusal, Trouble};
use crate::http::error::{ApiError, Code};
use futures_util::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Users in one request at most; a caller that wants more asks again, from where it stopped.
pub const USERS_MAX: u64 = 1000;

/// Commands under way at a time.
const CONCURRENCY: usize = 32;

/// The name of the application that owns made-up data.
pub const APPLICATION_NAME: &str = "Quill Lending";

const FIRST_NAMES: [&str; 8] = ["Ada", "Bo", "Cleo", "Dev", "Edie", "Finn", "Gia", "Hugo"];
const LAST_NAMES: [&str; 7] = ["Arbor", "Brook", "Cedar", "Dale", "Ember", "Fern", "Grove"];

/// What is to be made: `count` users from number `from` on, out of `users` in all, with their share of
/// `links`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeedRequest {
    /// Users in all.
    pub users: u64,
    /// Links in all, spread evenly; of a user's links the last is the living one.
    #[serde(default)]
    pub links: u64,
    /// The same seed makes the same users.
    #[serde(default)]
    pub seed: u64,
    /// The application that gets them; the sandbox one named [`APPLICATION_NAME`] when absent, made when
    /// there is none.
    #[serde(default)]
    pub application: Option<String>,
    /// The first user of this request.
    #[serde(default)]
    pub from: u64,
    /// How many users this request is about, 1 to [`USERS_MAX`]; all that are left when absent.
    #[serde(default)]
    pub count: Option<u64>,
}

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedReport {
    /// Whose users they are.
    pub application: String,
    /// Users made.
    pub users_made: u64,
    /// Users that were there already.
    pub users_found: u64,
    /// Links made.
    pub links_made: u64,
}

/// Makes them.
///
/// # Errors
/// Why not all of them were made; a repeat finds again what was.
pub async fn run(engine: &Engine, request: &SeedRequest) -> Result<SeedReport, ApiError> {
    let left = request.users.saturating_sub(request.from);
    let count = request.count.unwrap_or(left).min(left);
    if count > USERS_MAX {
        let sentence = format!("one request makes at most {USERS_MAX} users: say from and count");
        return Err(ApiError::not_valid(sentence, "count"));
    }
    let application = owner(engine, request.application.as_deref()).await?;
    let users = request.from..request.from + count;
    let made = futures_util::stream::iter(users)
        .map(|number| one(engine, application, request, number))
        .buffer_unordered(CONCURRENCY)
        .try_fold(SeedReport::default(), |report, one| async move { Ok(report.plus(&one)) });
    Ok(SeedReport { application: application.to_string(), ..made.await? })
}

impl SeedReport {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            application: self.application,
            users_made: self.users_made + other.users_made,
            users_found: self.users_found + other.users_found,
            links_made: self.links_made + other.links_made,
        }
    }
}

/// The application that is named, or the one of made-up data, which is made when there is none.
pub(super) async fn owner(engine: &Engine, given: Option<&str>) -> Result<ApplicationId, ApiError> {
    let applications = engine.house().applications();
    if let Some(text) = given {
        let found = applications.iter().find(|one| one.id.to_string() == text);
        return found.map(|one| one.id).ok_or_else(|| ApiError::not_found().detailed("no such application"));
    }
    if let Some(found) = applications.iter().find(|one| one.name == APPLICATION_NAME) {
        return Ok(found.id);
    }
    let new = NewApplication { name: APPLICATION_NAME.into(), mode: None, redirect_url: None };
    let made = operations::create(engine, new).await?;
    ApplicationId::parse(&made.application.id).ok_or_else(|| ApiError::from(Trouble::Defect))
}

async fn one(
    engine: &Engine,
    application: ApplicationId,
    request: &SeedRequest,
    number: u64,
) -> Result<SeedReport, ApiError> {
    let mut entropy = entropy_of(application, request.seed, number);
    let user = UserId(entropy.uuid());
    let ask = |command| async {
        let request_id = engine.draw()?.uuid();
        engine.ask(user, Caller::Server(application), command, request_id).await
    };
    let mut report = SeedReport::default();
    match ask(Command::CreateUser(Box::new(person(&mut entropy, number)), None)).await {
        Ok(_) => report.users_made = 1,
        Err(Refusal::Rule(Failure::UserExists)) => report.users_found = 1,
        Err(refusal) => return Err(explained(refusal)),
    }
    let share =
        request.links / request.users.max(1) + u64::from(number < request.links % request.users.max(1));
    for _ in 0..share {
        ask(Command::CreateLink { mobile: None }).await.map_err(explained)?;
        report.links_made += 1;
    }
    Ok(report)
}

fn explained(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Trouble(trouble) => trouble.into(),
        // The rules let made-up users and their links through: a no is a defect of the seed.
        Refusal::Rule(failure) => ApiError::new(Code::NotPossibleNow).detailed(failure.to_string()),
    }
}

/// Users of another application or seed are other users.
fn entropy_of(application: ApplicationId, seed: u64, number: u64) -> Entropy {
    let mut hash = Sha256::new();
    hash.update(b"authlink seed 1");
    hash.update(application.bytes());
    hash.update(seed.to_be_bytes());
    hash.update(number.to_be_bytes());
    Entropy::new(hash.finalize().into())
}

/// A made-up person. The numbers lie in a range that no carrier gives to people (+61 491 57x xxx).
fn person(entropy: &mut Entropy, number: u64) -> ProfileChanges {
    let pick = |names: &[&str], at: u64| {
        let at = usize::try_from(at).unwrap_or(0);
        names.get(at).copied().unwrap_or_default().to_owned()
    };
    let first_name = pick(&FIRST_NAMES, entropy.below(FIRST_NAMES.len() as u64));
    let last_name = pick(&LAST_NAMES, entropy.below(LAST_NAMES.len() as u64));
    ProfileChanges {
        email: Some(format!("{}.{number}@example.test", first_name.to_lowercase())),
        mobile: Some(format!("+6149157{:04}", number % 10_000)),
        first_name: Some(first_name),
        last_name: Some(last_name),
        ..ProfileChanges::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::Profile;
    use uuid::Uuid;

    #[test]
    fn the_same_seed_makes_the_same_people_and_another_does_not() {
        let application = ApplicationId(Uuid::from_u128(1));
        let ids = |seed| -> Vec<Uuid> {
            (0..50).map(|number| entropy_of(application, seed, number).uuid()).collect()
        };
        assert_eq!(ids(7), ids(7));
        assert!(ids(7).iter().all(|id| !ids(8).contains(id)));
    }

    #[test]
    fn every_made_up_person_passes_the_checks_of_a_profile() {
        for number in (0..10_000).step_by(37) {
            let mut entropy = entropy_of(ApplicationId(Uuid::from_u128(1)), 7, number);
            let changes = person(&mut entropy, number);
            assert!(Profile::default().with(changes).is_ok(), "{number}");
        }
    }
}
