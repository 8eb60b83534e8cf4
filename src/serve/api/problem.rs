//! Exact answers: what goes wrong as problem details (RFC 9457), and what is right with an `ETag`, so that who has it
//! already is told so.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use probes::capture::hex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::super::missing::Told;

/// The most bytes of an answer: a matrix of many runs has some hundred kilobytes.
const MOST: usize = 64 * 1024 * 1024;

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// `about:blank`: the status says it all.
    r#type: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What to do about it.
    detail: String,
}

/// Makes an answer of the interface exact; pages pass.
pub(in super::super) async fn exact(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        return problem(response).await;
    }
    if reads && response.status() == StatusCode::OK { tagged(response, known.as_ref()).await } else { response }
}

async fn problem(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let detail = match head.extensions.get::<Told>() {
        Some(Told(told)) => told.clone(),
        // What could not be read at all is told by whoever tried.
        None => match to_bytes(body, MOST).await {
            Ok(told) => String::from_utf8_lossy(&told).into_owned(),
            Err(_) => String::new(),
        },
    };
    let title = head.status.canonical_reason().unwrap_or_default().to_owned();
    let told = Json(Problem { r#type: "about:blank", title, status: head.status.as_u16(), detail });
    let body = told.into_response().into_body();
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, body)
}

/// An answer with its tag, or that who asks has it already.
pub(in super::super) async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)[..16]));
    let same = known.and_then(|known| known.to_str().ok()).is_some_and(|known| names(known, &tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, tag);
    }
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if same {
        head.status = StatusCode::NOT_MODIFIED;
        // What tells of the body that is not sent.
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

/// Whether a list of tags names this one; weakly, as reading compares.
fn names(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_not() {
        assert!(names("\"a\", W/\"b\"", "\"b\"") && names("*", "\"b\"") && names("\"b\"", "\"b\""));
        assert!(!names("\"a\"", "\"b\"") && !names("", "\"b\""));
    }
}
