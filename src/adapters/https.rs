//! Connections to whoever is reached over the network by a client of hyper's: plain, or by TLS with whom the
//! machine trusts. Must not know: what is said over them.

use crate::domain::delivery::NoAnswer;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use thiserror::Error;

/// Why there is no TLS.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no TLS can be set up: {0}")]
pub struct TlsError(String);

/// Connections for `http` and `https`, made by `connector`. Trusted is whom the machine trusts; on a machine that
/// names nobody, the list that browsers use.
///
/// # Errors
/// When TLS cannot be set up.
pub fn over<R>(mut connector: HttpConnector<R>) -> Result<HttpsConnector<HttpConnector<R>>, TlsError> {
    connector.enforce_http(false);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError(error.to_string()))?
        .with_root_certificates(roots())
        .with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
    Ok(builder.wrap_connector(connector))
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // What is wrong with one of the machine's certificates is not our affair: the others count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// An error and what is behind it, the inside of an I/O error too, which is not its source.
pub fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// Why a client's exchange came to nothing. What the client says of its errors may hold the URL: it stays here.
pub fn why(error: &(dyn Error + 'static)) -> NoAnswer {
    let mut is_connect = false;
    for error in chain(error) {
        if let Some(why) = error.downcast_ref::<rustls::Error>() {
            return of_tls(why);
        }
        if let Some(client) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            is_connect |= client.is_connect();
        }
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut) {
            return NoAnswer::TimedOut;
        }
    }
    if is_connect { NoAnswer::NoConnection } else { NoAnswer::Broken }
}

fn of_tls(error: &rustls::Error) -> NoAnswer {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => NoAnswer::NotTrusted,
        _ => NoAnswer::Broken,
    }
}
