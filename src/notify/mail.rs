//! Mail: a digest as plain text and as HTML, to a relay.

use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::response::{Category, Code, Detail, Severity};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::Failed;
use super::digest::Digest;
use super::relay::{Cover, Relay};
use super::webhook::caused;

/// Hands a message over to the relay; its id is the same at every attempt.
pub(super) async fn send(
    relay: &Relay,
    to: &[Mailbox],
    id: &str,
    queued: Timestamp,
    digest: &Digest,
    timeout: Duration,
) -> Result<(), Failed> {
    let message = message(relay, to, id, queued, digest).map_err(Failed::Never)?;
    let transport = transport(relay, timeout).map_err(Failed::Never)?;
    match tokio::time::timeout(timeout, transport.send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            let why = caused(&error);
            let forever = error.is_permanent() && !error.status().is_some_and(is_about_who_sends);
            Err(if forever { Failed::Never(why) } else { Failed::Again { why, after: None } })
        }
        Err(_) => Err(Failed::Again { why: format!("the relay was not through within {timeout:?}"), after: None }),
    }
}

/// Whether a refusal is mended by whoever keeps the password.
fn is_about_who_sends(code: Code) -> bool {
    let asks = [Detail::Zero, Detail::Four, Detail::Five];
    code.severity == Severity::PermanentNegativeCompletion
        && code.category == Category::Unspecified3
        && asks.contains(&code.detail)
}

fn message(relay: &Relay, to: &[Mailbox], id: &str, queued: Timestamp, digest: &Digest) -> Result<Message, String> {
    let domain = relay.from.email.domain();
    let raw = |name: &str, value: String| {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| error.to_string())?;
        Ok::<_, String>(HeaderValue::new(name, value))
    };
    let since = Duration::from_secs(u64::try_from(queued.as_second()).unwrap_or_default());
    let mut message = Message::builder()
        .from(relay.from.clone())
        .subject(digest.subject())
        .date(UNIX_EPOCH + since)
        .message_id(Some(format!("<{id}@{domain}>")))
        .raw_header(raw("List-Id", format!("<changes.tickmark.{domain}>"))?)
        .raw_header(raw("Auto-Submitted", "auto-generated".to_owned())?);
    for mailbox in to {
        message = message.to(mailbox.clone());
    }
    let parts = MultiPart::alternative_plain_html(digest.text(), digest.html()?);
    message.multipart(parts).map_err(|error| error.to_string())
}

fn transport(relay: &Relay, timeout: Duration) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let safe = || TlsParameters::new(relay.host.clone()).map_err(|error| caused(&error));
    let tls = match relay.cover {
        Cover::Starttls => Tls::Required(safe()?),
        Cover::Tls => Tls::Wrapper(safe()?),
        Cover::None => Tls::None,
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host.clone())
        .port(relay.port)
        .tls(tls)
        .timeout(Some(timeout));
    if let Some((user, password)) = &relay.user {
        let password = String::from_utf8_lossy(password.bytes()).into_owned();
        transport = transport.credentials(Credentials::new(user.clone(), password));
    }
    Ok(transport.build())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn relay() -> Relay {
        Relay {
            host: "127.0.0.1".to_owned(),
            port: 25,
            cover: Cover::None,
            user: None,
            from: "Tickmark <tickmark@example.gov>".parse().unwrap(),
        }
    }

    #[test]
    fn what_a_site_said_makes_no_field_of_its_own() {
        let to = ["Ada <ada@example.gov>".parse().unwrap(), "bob@example.gov".parse().unwrap()];
        let queued = "2026-11-02T08:00:00Z".parse().unwrap();
        let message = message(&relay(), &to, "msg_ab", queued, &sample::digest(2)).unwrap();
        let whole = String::from_utf8(message.formatted()).unwrap();
        let (fields, _) = whole.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = fields
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        for name in ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Type"] {
            assert!(names.contains(&name), "{name}: {names:?}");
        }
        assert!(!names.contains(&"Bcc") && names.len() == 9, "{names:?}");
        assert!(fields.contains("Message-ID: <msg_ab@example.gov>"), "{fields}");
        assert!(fields.contains("Date: Mon, 02 Nov 2026 08:00:00 +0000"), "{fields}");
        assert_eq!(message.envelope().to().len(), 2);
    }

    #[test]
    fn a_wrong_password_may_be_mended() {
        let code = |detail| Code::new(Severity::PermanentNegativeCompletion, Category::Unspecified3, detail);
        assert!(is_about_who_sends(code(Detail::Five)) && is_about_who_sends(code(Detail::Zero)));
        let unknown = Code::new(Severity::PermanentNegativeCompletion, Category::MailSystem, Detail::Zero);
        assert!(!is_about_who_sends(unknown));
    }
}
