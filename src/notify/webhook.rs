//! Webhooks: a digest by POST, signed as Standard Webhooks says, so that its receiver knows whose it is and drops doubles.

use std::error::Error;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use reqwest::{Client, Response, redirect};
use serde::Serialize;
use sha2::Sha256;
use utoipa::ToSchema;

use super::Failed;
use super::channel::{Format, Webhook};
use super::digest::{Digest, short};
use super::secret::Secret;
use super::{slack, teams};
use crate::crawl::retry_after;

/// The most characters of an answer that are kept as the cause of a failure.
const MOST_KEPT: usize = 300;
/// The most bytes of an answer that are read for them.
const MOST_READ: usize = 2048;

/// What a program is sent.
#[derive(Serialize, ToSchema)]
pub struct Event<'a> {
    /// `changes.settled`, or `channel.tried` where somebody tries whether messages arrive.
    pub r#type: &'static str,
    /// When it was queued: the same at every attempt.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// What changed, why, and what to do first.
    pub data: &'a Digest,
}

/// What posts: it follows no redirect, and asks nobody but the address in the file.
pub(super) fn client(timeout: Duration) -> Result<Client, String> {
    let builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(concat!("tickmark/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout);
    builder.build().map_err(|error| caused(&error))
}

/// Posts a message under its id, and signed with the time now if there is a key.
pub(super) async fn post(
    client: &Client,
    webhook: &Webhook,
    id: &str,
    event: &Event<'_>,
    now: Timestamp,
) -> Result<(), Failed> {
    let body = match webhook.format {
        Format::Standard => serde_json::to_string(event),
        Format::Slack => serde_json::to_string(&slack::message(event.data)),
        Format::Teams => serde_json::to_string(&teams::message(event.data)),
    };
    let body = body.map_err(|error| Failed::Never(error.to_string()))?;
    let mut request = client.post(webhook.url.clone()).header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = &webhook.key {
        let at = now.as_second();
        request = request
            .header("webhook-id", id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature(key, id, at, &body));
    }
    // The address may be a secret, and is in no message.
    let again = |error: reqwest::Error| Failed::Again { why: caused(&error.without_url()), after: None };
    let answer = request.body(body).send().await.map_err(again)?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let after = asked_pause(answer.headers());
    let why = told(status, answer).await;
    Err(if passes(status) { Failed::Again { why, after } } else { Failed::Never(why) })
}

/// Whether a failure may pass by itself.
fn passes(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS)
}

/// What a message is signed with: `v1` is HMAC with SHA-256.
fn signature(key: &Secret, id: &str, at: i64, body: &str) -> String {
    // HMAC takes keys of any length.
    let mac = Hmac::<Sha256>::new_from_slice(key.bytes()).map(|mac| mac.chain_update(format!("{id}.{at}.{body}")));
    mac.map_or_else(|_| String::new(), |mac| format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(header::RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}

/// What an answer says of its failure, no more than a line.
async fn told(status: StatusCode, mut answer: Response) -> String {
    let mut read = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        read.extend_from_slice(&piece);
        if read.len() >= MOST_READ {
            read.truncate(MOST_READ);
            break;
        }
    }
    let hint = if status.is_redirection() { ": it leads elsewhere, and redirects are not followed" } else { "" };
    let said = short(&String::from_utf8_lossy(&read), MOST_KEPT);
    let said = if said.is_empty() { said } else { format!(": {said}") };
    format!("it answered {status}{hint}{said}")
}

/// An error with what caused it.
pub(crate) fn caused(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Some tell their cause themselves.
        let said = cause.to_string();
        if !told.ends_with(&said) {
            told = format!("{told}: {said}");
        }
        source = cause.source();
    }
    short(&told, MOST_KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = Secret::key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let again: Vec<u16> = (300..600).filter(|code| passes(StatusCode::from_u16(*code).unwrap())).collect();
        assert_eq!(again[..3], [408, 425, 429]);
        assert_eq!(again[3..], (500..600).collect::<Vec<u16>>());
    }
}
