//! The one accept loop under all listeners: connections, their number and their limits. What happens
//! to a request on its way in and out is in [`super::edge`]. Must not know: routes.

use super::Response;
use super::activity::{Activity, Taken, UnderWay};
use super::edge::{Edge, PeerAddr};
pub use super::edge::{RequestId, Surface};
use super::patience::{Patient, Share, Shares};
use crate::engine::Engine;
use crate::metrics::Metrics;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warp::filters::BoxedFilter;

/// The limits of one listener, each with its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenLimits {
    /// Connections at a time; more wait in the backlog of the operating system (1 to 65,536).
    pub connections_max: usize,
    /// Connections of one address at a time; one more is closed at once (1 to 65,536).
    pub connections_per_address: usize,
    /// Whose connections are those of many: no address's share bounds them.
    pub proxies: Vec<IpNet>,
    /// How long a connection may take to send the head of a request, also before its first. One that asks
    /// for nothing is closed between once and twice as long after its last request.
    pub head_time_max: Duration,
    /// How long a request may take from its head to its answer's head.
    pub request_time_max: Duration,
    /// How long a connection may leave what is sent to it untaken; between once and twice as long where that
    /// is told by what it asks for.
    pub write_time_max: Duration,
    /// How long open requests may go on after the stop.
    pub drain_time_max: Duration,
}

impl Default for ListenLimits {
    fn default() -> Self {
        Self {
            connections_max: 8192,
            connections_per_address: 1024,
            proxies: Vec::new(),
            head_time_max: Duration::from_secs(15),
            request_time_max: Duration::from_secs(30),
            write_time_max: Duration::from_secs(30),
            drain_time_max: Duration::from_secs(10),
        }
    }
}

/// Streams of one HTTP/2 connection at a time.
const STREAMS_MAX: u32 = 128;

/// The longest head of a request, in bytes.
const HEAD_BYTES_MAX: u32 = 32 * 1024;

/// How long the loop rests when the operating system gives no connection.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Serves `listener` until `stop`, then lets open requests end, within `limits.drain_time_max`.
/// The stop ends no connection that is in the middle of an answer before that time.
pub async fn serve(
    listener: TcpListener,
    routes: BoxedFilter<(Response,)>,
    surface: Surface,
    engine: Engine,
    limits: ListenLimits,
    stop: CancellationToken,
) {
    let edge = Edge::new(surface, engine, routes, limits.request_time_max);
    let shares = Shares::new(limits.connections_per_address, &limits.proxies);
    let times = Times::of(&limits);
    let connections = Arc::new(Semaphore::new(limits.connections_max.clamp(1, 65_536)));
    let (open, kill) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &connections, edge.metrics()) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let Some(share) = shares.take(peer.ip()) else {
            edge.metrics().refuse("connections_per_address");
            continue;
        };
        let place = Open::count(edge.metrics().clone(), permit, share);
        let connection = Connection { edge: edge.clone(), peer, times, stop: stop.clone(), open: place };
        let kill = kill.clone();
        open.spawn(async move { kill.run_until_cancelled(connection.run(stream)).await });
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(limits.drain_time_max, open.wait()).await.is_err() {
        tracing::warn!(connections = open.len(), "connections were still open when the patience ended");
        kill.cancel();
        open.wait().await;
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    metrics: &Metrics,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let free = connections.clone().try_acquire_owned();
    let permit = if let Ok(permit) = free {
        permit
    } else {
        metrics.refuse("connections");
        connections.clone().acquire_owned().await.ok()?
    };
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            // A client that was gone already, or no file handles: neither is helped by hurry.
            tracing::debug!(%error, "no connection was accepted");
            tokio::time::sleep(ACCEPT_REST).await;
            None
        }
    }
}

/// Counts an open connection for as long as it is there.
struct Open {
    metrics: Arc<Metrics>,
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

impl Open {
    fn count(metrics: Arc<Metrics>, permit: OwnedSemaphorePermit, share: Share) -> Self {
        metrics.connections_open.inc();
        Self { metrics, _permit: permit, _share: share }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.connections_open.dec();
    }
}

/// The times of one connection.
#[derive(Clone, Copy)]
struct Times {
    head: Duration,
    write: Duration,
    drain: Duration,
}

impl Times {
    const fn of(limits: &ListenLimits) -> Self {
        Self { head: limits.head_time_max, write: limits.write_time_max, drain: limits.drain_time_max }
    }
}

struct Connection {
    edge: Edge,
    peer: SocketAddr,
    times: Times,
    stop: CancellationToken,
    open: Open,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let Self { edge, peer, times, stop, open } = self;
        // Answers are small and whole: waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, times.write, edge.metrics().clone());
        let activity = Arc::new(Activity::default());
        let watch = Watch { activity: activity.clone(), times, metrics: edge.metrics().clone() };
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            let under_way = UnderWay::begin(activity.clone());
            request.extensions_mut().insert(PeerAddr(peer));
            let edge = edge.clone();
            async move {
                let answer = edge.answer(request).await;
                Ok::<_, std::convert::Infallible>(answer.map(|body| Taken::new(body, under_way)))
            }
        });
        let builder = builder(times.head);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let ending = async {
            tokio::select! {
                ending = watch.is_used() => ending,
                () = stop.cancelled() => Ending::InOrder,
            }
        };
        let ended = tokio::select! {
            result = connection.as_mut() => Err(result),
            ending = ending => Ok(ending),
        };
        let result = match ended {
            Err(result) => result,
            Ok(Ending::AtOnce) => Ok(()),
            Ok(Ending::InOrder) => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    result = connection => result,
                    () = watch.is_over() => Ok(()),
                }
            }
        };
        if let Err(error) = result {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(open);
    }
}

/// How a connection ends that nobody uses.
enum Ending {
    /// It told us nothing, or takes nothing.
    AtOnce,
    /// What is on its way is told first.
    InOrder,
}

/// Looks after what no timer of the library does: a connection that has not told its protocol, one of HTTP/2
/// that asks for nothing and answers pings, and one that leaves its answer where it is would hold their
/// place for ever.
struct Watch {
    activity: Arc<Activity>,
    times: Times,
    metrics: Arc<Metrics>,
}

impl Watch {
    /// Returns when it is used no more.
    async fn is_used(&self) -> Ending {
        tokio::select! {
            ending = self.asks() => ending,
            () = self.takes() => Ending::AtOnce,
        }
    }

    /// Returns when it asks for nothing.
    async fn asks(&self) -> Ending {
        let mut heard_before = 0;
        loop {
            tokio::time::sleep(self.times.head).await;
            let heard = self.activity.requests();
            if heard == 0 {
                return Ending::AtOnce;
            }
            if heard == heard_before && !self.activity.is_busy() {
                return Ending::InOrder;
            }
            heard_before = heard;
        }
    }

    /// Returns when it takes nothing of what there is for it.
    async fn takes(&self) {
        let mut before = None;
        loop {
            tokio::time::sleep(self.times.write).await;
            let now = self.activity.taking();
            if now.is_some() && now == before {
                self.metrics.refuse("write_time");
                return;
            }
            before = now;
        }
    }

    /// Returns when a connection that was told to end had its time.
    async fn is_over(&self) {
        let drained = async {
            tokio::time::sleep(self.times.drain).await;
            // What still goes on, on a connection that was silent, came with the last word; the stop of the
            // server has a limit of its own.
            while self.activity.is_busy() {
                tokio::time::sleep(self.times.head).await;
            }
        };
        tokio::select! {
            () = drained => (),
            () = self.takes() => (),
        }
    }
}

fn builder(head_time_max: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time_max)
        .max_buf_size(HEAD_BYTES_MAX as usize * 2);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(head_time_max)
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_BYTES_MAX);
    builder
}
