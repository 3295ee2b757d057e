//! The one accept loop under all listeners: connections, their number and their limits. What happens
//! to a request on its way in and out is in [`super::edge`]. Must not know: routes.

use super::Response;
use super::edge::{Edge, PeerAddr};
pub use super::edge::{RequestId, Surface};
use crate::engine::Engine;
use crate::metrics::Metrics;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warp::filters::BoxedFilter;

/// The limits of one listener, each with its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenLimits {
    /// Connections at a time; more wait in the backlog of the operating system (1 to 65,536).
    pub connections_max: usize,
    /// How long a connection may take to send the head of a request, also before its first. One that asks
    /// for nothing is closed between once and twice as long after its last request.
    pub head_time_max: Duration,
    /// How long a request may take from its head to its answer's head.
    pub request_time_max: Duration,
    /// How long open requests may go on after the stop.
    pub drain_time_max: Duration,
}

impl Default for ListenLimits {
    fn default() -> Self {
        Self {
            connections_max: 8192,
            head_time_max: Duration::from_secs(15),
            request_time_max: Duration::from_secs(30),
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
    let edge = Edge::new(surface, engine, routes, limits);
    let connections = Arc::new(Semaphore::new(limits.connections_max.clamp(1, 65_536)));
    let (open, kill) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &connections, edge.metrics()) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let connection = Connection {
            edge: edge.clone(),
            peer,
            limits,
            stop: stop.clone(),
            open: Open::count(edge.metrics().clone(), permit),
        };
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
}

impl Open {
    fn count(metrics: Arc<Metrics>, permit: OwnedSemaphorePermit) -> Self {
        metrics.connections_open.inc();
        Self { metrics, _permit: permit }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.connections_open.dec();
    }
}

/// What was asked on a connection.
#[derive(Default)]
struct Activity {
    /// Requests since it began.
    requests: AtomicU64,
    /// Requests that wait for their answer.
    under_way: AtomicU64,
}

/// Counts a request as under way for as long as it is there, also when its connection ends first.
struct UnderWay(Arc<Activity>);

impl Activity {
    fn begin(activity: Arc<Self>) -> UnderWay {
        activity.requests.fetch_add(1, Ordering::Relaxed);
        activity.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(activity)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Connection {
    edge: Edge,
    peer: SocketAddr,
    limits: ListenLimits,
    stop: CancellationToken,
    open: Open,
}

impl Connection {
    async fn run(self, stream: TcpStream) {
        let Self { edge, peer, limits, stop, open } = self;
        // Answers are small and whole: waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let activity = Arc::new(Activity::default());
        let heard = activity.clone();
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            let under_way = Activity::begin(heard.clone());
            request.extensions_mut().insert(PeerAddr(peer));
            let edge = edge.clone();
            async move {
                let answer = edge.answer(request).await;
                drop(under_way);
                Ok::<_, std::convert::Infallible>(answer)
            }
        });
        let builder = builder(limits);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let mut stopping = false;
        let mut silence = Box::pin(tokio::time::sleep(limits.head_time_max));
        let mut heard_before = 0;
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    break;
                }
                // No timer of the library watches a connection that has not told its protocol, nor one of
                // HTTP/2 that asks for nothing and answers pings: both would hold their place for ever.
                () = silence.as_mut(), if !stopping => {
                    let heard = activity.requests.load(Ordering::Relaxed);
                    if heard == 0 {
                        break;
                    }
                    if heard == heard_before && activity.under_way.load(Ordering::Relaxed) == 0 {
                        stopping = true;
                        connection.as_mut().graceful_shutdown();
                    }
                    heard_before = heard;
                    silence.set(tokio::time::sleep(limits.head_time_max));
                }
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        drop(open);
    }
}

fn builder(limits: ListenLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time_max)
        .max_buf_size(HEAD_BYTES_MAX as usize * 2);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.head_time_max)
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_BYTES_MAX);
    builder
}
