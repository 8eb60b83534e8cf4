//! What reqwest, hyper, rustls and the resolver say, as a [`Failure`] that a person can read.

use std::error::Error;
use std::io;

use probes::capture::Failure;

use super::guard::NotPublic;
use super::resolve::Unresolved;

const CLOSED: &str = "the connection was closed before an answer";
const RESET: &str = "the connection was reset";

/// Why a request got no answer.
pub(crate) fn of(error: &(dyn Error + 'static), seconds: u64) -> Failure {
    let chain: Vec<&(dyn Error + 'static)> = chain(error);
    for cause in &chain {
        if let Some(refused) = cause.downcast_ref::<NotPublic>() {
            return Failure::NotPublic { host: refused.host.clone(), address: refused.address.to_string() };
        }
        if let Some(Unresolved { host, cause, sure }) = cause.downcast_ref::<Unresolved>() {
            return if *sure {
                Failure::Dns { host: host.clone(), cause: cause.clone() }
            } else {
                Failure::Connect { cause: format!("the name {host} could not be looked up: {cause}") }
            };
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Failure::Tls { cause: tls_words(tls) };
        }
    }
    for cause in &chain {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_parse() {
                return Failure::Protocol { cause: hyper.to_string() };
            }
            if hyper.is_incomplete_message() {
                return Failure::Connect { cause: CLOSED.to_owned() };
            }
        }
        if let Some(reqwest) = cause.downcast_ref::<reqwest::Error>()
            && reqwest.is_timeout()
        {
            return Failure::Timeout { seconds };
        }
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && io.get_ref().is_none()
        {
            return from_io(io, seconds);
        }
    }
    Failure::Connect { cause: chain.last().map_or_else(|| error.to_string(), ToString::to_string) }
}

/// Whether the same request may well be answered a moment later.
pub(crate) fn is_passing(failure: &Failure) -> bool {
    matches!(failure, Failure::Connect { cause } if cause == CLOSED || cause == RESET)
}

fn from_io(error: &io::Error, seconds: u64) -> Failure {
    match error.kind() {
        io::ErrorKind::TimedOut => Failure::Timeout { seconds },
        io::ErrorKind::ConnectionRefused => Failure::Connect { cause: "the connection was refused".to_owned() },
        io::ErrorKind::ConnectionReset => Failure::Connect { cause: RESET.to_owned() },
        _ => Failure::Connect { cause: error.to_string() },
    }
}

/// The error and all that caused it; an I/O error that only wraps another gives way to it.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut chain = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        chain.push(cause);
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => cause.source(),
        };
    }
    chain
}

fn tls_words(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "the certificate has expired".to_owned(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => "the certificate is not valid yet".to_owned(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "the certificate is for another name".to_owned()
            }
            Bad::UnknownIssuer => {
                "the certificate's issuer is not known: it is self-signed, or the server does not send the whole chain"
                    .to_owned()
            }
            Bad::Revoked => "the certificate was revoked".to_owned(),
            other => format!("the certificate is not accepted: {other}"),
        },
        rustls::Error::InvalidMessage(_) => "what answered does not speak TLS".to_owned(),
        rustls::Error::AlertReceived(alert) => format!("the server broke off with the alert {alert:?}"),
        other => other.to_string(),
    }
}
