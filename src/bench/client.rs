//! One connection that is kept open: a request at a time, as fast as the answers come.

use super::BenchError;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// An open connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
}

/// A whole answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

fn failed(error: &hyper::Error) -> BenchError {
    BenchError::Http(error.to_string())
}

impl Client {
    /// Connects to `http://host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(base_url: &str) -> Result<Self, BenchError> {
        let authority = base_url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let stream = TcpStream::connect(&authority).await?;
        stream.set_nodelay(true)?;
        let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = connected.map_err(|error| failed(&error))?;
        // The connection ends with its sender; its last error is the sender's too.
        drop(tokio::spawn(connection));
        Ok(Self { sender, authority })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &'static str,
    ) -> Result<Answer, BenchError> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.authority);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body)).map_err(|error| BenchError::Http(error.to_string()))?;
        let answer = self.sender.send_request(request).await.map_err(|error| failed(&error))?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(|error| failed(&error))?.to_bytes();
        Ok(Answer { status, body })
    }
}
