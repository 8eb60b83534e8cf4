//! What keeps a page of elsewhere out, and what is shown inert: the host asked for, and the headers of every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Of;
use super::missing::Missing;

/// What a page of the workbench may load: its own style, and the frame with the evidence; forms go to
/// itself.
pub(super) const PAGE: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What the page of an audit that is under way may load: also its own script, which asks how far it is.
pub(super) const LIVE: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What a report may load: nothing but what stands in it, and it runs no script here.
pub(super) const REPORT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";
/// What the words of a site may do: nothing.
pub(super) const BODY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/// Whether a request that changes something comes from a page of this host, as far as the browser tells; programs that are
/// no browsers tell nothing.
fn from_here(headers: &HeaderMap, host: &str) -> bool {
    let told = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    // A proxy in front speaks the safe one.
    let of_host = |origin: &str| ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host));
    let origin = told("origin").is_none_or(of_host);
    origin && told("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// Without accounts, answers only who asks for a loopback name, so that no name that was turned to loopback reads anything
/// here; with them, such a name has no session.
pub(super) async fn guard(State(bench): Of, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !bench.access.required() && !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
        return (StatusCode::MISDIRECTED_REQUEST, "this workbench answers to 127.0.0.1, [::1] and localhost only")
            .into_response();
    }
    // No name of ours holds such a character, and PostgreSQL takes none.
    if request.uri().path().contains("%00") {
        return Missing::Nothing.into_response();
    }
    if !request.method().is_safe() && !from_here(request.headers(), host) {
        return Missing::Foreign.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Nothing to other sites; with less, a browser would not tell of its own forms where they come from.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("default-src 'none'; sandbox"));
    response
}
