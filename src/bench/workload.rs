//! What one run does: every connection asks again as soon as it is answered, until the time is over.

use super::client::Client;
use super::journey::Traveller;
use super::server::Server;
use super::{BenchError, Workload};
use hdrhistogram::Histogram;
use http::Method;
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Connections that make the users before anything is measured.
const PREPARING_CONNECTIONS: usize = 32;

/// The longest latency that is told apart, in microseconds.
const LATENCY_MICROS_MAX: u64 = 60_000_000;

/// One run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What is done.
    pub workload: Workload,
    /// By how many at a time.
    pub connections: usize,
    /// For how long.
    pub seconds: u64,
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    /// Answers as wanted per second.
    pub per_second: f64,
    /// Their latencies in microseconds.
    pub latencies: Histogram<u64>,
    /// Answers that were not as wanted.
    pub refused: u64,
}

/// Where the load goes.
pub struct Target {
    api_url: String,
    authorization: String,
    users: Arc<Vec<String>>,
    traveller: Option<Arc<Traveller>>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

fn histogram() -> Result<Histogram<u64>, BenchError> {
    Histogram::new_with_bounds(1, LATENCY_MICROS_MAX, 3).map_err(|error| BenchError::Http(error.to_string()))
}

impl Target {
    /// Gets a token and makes `users` users, each with a link.
    ///
    /// # Errors
    /// When the server refuses any of it.
    pub async fn prepare(server: &Server, users: usize) -> Result<Self, BenchError> {
        let authorization = token(server).await?;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..PREPARING_CONNECTIONS {
            let share = users / PREPARING_CONNECTIONS + usize::from(number < users % PREPARING_CONNECTIONS);
            let (url, authorization) = (server.api_url.clone(), authorization.clone());
            tasks.spawn(async move { make_users(&url, &authorization, share).await });
        }
        let mut made = Vec::with_capacity(users);
        while let Some(result) = tasks.join_next().await {
            made.extend(result.map_err(|error| BenchError::Server(error.to_string()))??);
        }
        let traveller = Traveller::new(server, &authorization).ok().map(Arc::new);
        Ok(Self { api_url: server.api_url.clone(), authorization, users: Arc::new(made), traveller })
    }
}

async fn token(server: &Server) -> Result<String, BenchError> {
    let mut client = Client::connect(&server.api_url).await?;
    let basic = format!("Basic {}", server.api_key);
    let headers = [
        ("authorization", basic.as_str()),
        ("basiq-version", "3.0"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let answer = client.send(Method::POST, "/token", &headers, "scope=SERVER_ACCESS").await?;
    let token: Token = wanted("a token", 200, &answer)?;
    Ok(format!("Bearer {}", token.access_token))
}

fn wanted<T: serde::de::DeserializeOwned>(
    what: &'static str,
    status: u16,
    answer: &super::client::Answer,
) -> Result<T, BenchError> {
    let refused = || {
        let body = String::from_utf8_lossy(&answer.body).chars().take(200).collect();
        BenchError::Refused { what, status: answer.status, body }
    };
    if answer.status != status {
        return Err(refused());
    }
    serde_json::from_slice(&answer.body).map_err(|_| refused())
}

async fn make_users(url: &str, authorization: &str, count: usize) -> Result<Vec<String>, BenchError> {
    let mut client = Client::connect(url).await?;
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    let mut made = Vec::with_capacity(count);
    for _ in 0..count {
        let answer = client.send(Method::POST, "/users", &headers, r#"{"mobile":"+61400111222"}"#).await?;
        let user: User = wanted("a user", 201, &answer)?;
        let path = format!("/users/{}/auth_link", user.id);
        let answer = client.send(Method::POST, &path, &headers, "{}").await?;
        wanted::<serde::de::IgnoredAny>("a link", 201, &answer)?;
        made.push(path);
    }
    Ok(made)
}

/// Runs one plan.
///
/// # Errors
/// When a connection cannot be made; what is refused within the run is counted.
pub async fn measure(target: &Target, plan: Plan, repeat: u64) -> Result<Run, BenchError> {
    let (started, time) = (Instant::now(), Duration::from_secs(plan.seconds.max(1)));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..plan.connections.max(1) {
        let (url, authorization, users) =
            (target.api_url.clone(), target.authorization.clone(), target.users.clone());
        let seed = repeat.wrapping_mul(1_000_003) + number as u64;
        let traveller = target.traveller.clone();
        tasks.spawn(async move {
            match (plan.workload, traveller) {
                (Workload::Journey, Some(traveller)) => travels(&traveller, time).await,
                (Workload::Journey, None) => {
                    Err(BenchError::Server("a journey wants a server that is started here".into()))
                }
                _ => one_connection(&url, &authorization, &users, plan.workload, seed, time).await,
            }
        });
    }
    let (mut latencies, mut refused) = (histogram()?, 0);
    while let Some(result) = tasks.join_next().await {
        let (seen, no) = result.map_err(|error| BenchError::Server(error.to_string()))??;
        latencies.add(seen).map_err(|error| BenchError::Http(error.to_string()))?;
        refused += no;
    }
    let answered = u32::try_from(latencies.len()).unwrap_or(u32::MAX);
    Ok(Run { per_second: f64::from(answered) / started.elapsed().as_secs_f64(), latencies, refused })
}

/// Journeys one after the other. One that fails ends the measurement: it is no load that was refused.
async fn travels(traveller: &Traveller, time: Duration) -> Result<(Histogram<u64>, u64), BenchError> {
    let mut latencies = histogram()?;
    let started = Instant::now();
    while started.elapsed() < time {
        let began = Instant::now();
        traveller.travel().await?;
        latencies.saturating_record(u64::try_from(began.elapsed().as_micros()).unwrap_or(LATENCY_MICROS_MAX));
    }
    Ok((latencies, 0))
}

async fn one_connection(
    url: &str,
    authorization: &str,
    users: &[String],
    workload: Workload,
    seed: u64,
    time: Duration,
) -> Result<(Histogram<u64>, u64), BenchError> {
    let mut client = Client::connect(url).await?;
    let headers = [("authorization", authorization), ("content-type", "application/json")];
    let (method, body, status) = match workload {
        Workload::Create => (Method::POST, "{}", 201),
        Workload::Read | Workload::Journey => (Method::GET, "", 200),
    };
    let (mut latencies, mut refused, mut random) = (histogram()?, 0, seed);
    let started = Instant::now();
    while started.elapsed() < time {
        let Some(path) = pick(users, &mut random) else { break };
        let asked = Instant::now();
        let answer = client.send(method.clone(), path, &headers, body).await?;
        if answer.status == status {
            let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(LATENCY_MICROS_MAX);
            latencies.saturating_record(micros);
        } else {
            refused += 1;
        }
    }
    Ok((latencies, refused))
}

/// A user out of all, evenly enough (the SplitMix64 mixing step).
fn pick<'a>(users: &'a [String], random: &mut u64) -> Option<&'a String> {
    *random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *random;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    let index = usize::try_from(mixed).unwrap_or(0).checked_rem(users.len())?;
    users.get(index)
}
