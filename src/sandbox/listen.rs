//! The accept loop of the bank: connections, their number and their limits. Must not know: routes.

use super::answer::Response;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use warp::filters::BoxedFilter;

/// Connections at a time; more wait in the backlog of the operating system.
const CONNECTIONS_MAX: usize = 1024;

/// The longest head of a request, in bytes: as small as the parser allows.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// How long a connection may be silent before or within the head of a request.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);

/// How long open requests may go on after the stop.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(2);

/// How long the loop rests when the operating system gives no connection.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Serves until `stop`.
pub async fn serve(listener: TcpListener, routes: BoxedFilter<(Response,)>, stop: CancellationToken) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (open, kill) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let next = tokio::select! {
            () = stop.cancelled() => break,
            next = accept(&listener, &permits) => next,
        };
        let Some((stream, permit)) = next else { continue };
        let (routes, stop, kill) = (routes.clone(), stop.clone(), kill.clone());
        open.spawn(async move {
            kill.run_until_cancelled(connection(stream, routes, stop)).await;
            drop(permit);
        });
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(DRAIN_TIME_MAX, open.wait()).await.is_err() {
        kill.cancel();
        open.wait().await;
    }
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.ok()?;
    if let Ok((stream, _)) = listener.accept().await {
        return Some((stream, permit));
    }
    tokio::time::sleep(ACCEPT_REST).await;
    None
}

async fn connection(stream: TcpStream, routes: BoxedFilter<(Response,)>, stop: CancellationToken) {
    // Answers are small and whole: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let routes = warp::service(routes);
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        routes.clone().oneshot(request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).max_buf_size(HEAD_BYTES_MAX);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // Whoever went away needs no answer.
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
