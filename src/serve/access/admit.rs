//! Who is let in to what.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use url::form_urlencoded;

use super::super::decide::now;
use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::who::{self, Known, Who};
use super::{cookie, secret};
use crate::store::{Event, Role};

/// What a program sends before its token.
const BEARER: &str = "Bearer ";

/// The most characters of an address that the log takes.
const MOST_TOLD: usize = 200;

/// What only admins see and do.
const ADMINS: [&str; 6] = ["/accounts", "/log", "/notifications", "/api/accounts", "/api/log", "/api/notifications"];

/// The least role that a request needs; none for what anybody may see. What is not named here needs a viewer to read, and
/// a reviewer to do.
fn needed(method: &Method, path: &str) -> Option<Role> {
    let under = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if path == "/style.css" || under("/sign-in") {
        None
    } else if ADMINS.into_iter().any(under) {
        Some(Role::Admin)
    } else if method.is_safe() || ["/account", "/sign-out", "/api/tokens"].into_iter().any(under) {
        Some(Role::Viewer)
    } else {
        Some(Role::Reviewer)
    }
}

/// Lets in who may be, where the workbench has accounts, and tells the rest of the way who it is.
pub(in super::super) async fn admit(
    State(bench): Of,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let address = address(peer, request.headers(), bench.access.proxied);
    let anyone = Who { address, account: None };
    if !bench.access.required() {
        return who::of(anyone, next.run(request)).await;
    }
    match known(&bench, request.method(), request.uri().path(), request.headers()).await {
        Err(problem) => who::of(anyone, async { problem.into_response() }).await,
        Ok(account) => {
            let asks = Who { account: account.map(Arc::new), ..anyone };
            who::of(asks.clone(), answered(&bench, &asks, request, next)).await
        }
    }
}

async fn answered(bench: &Bench, asks: &Who, request: Request, next: Next) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    match (needed(method, path), &asks.account) {
        // Neither programs nor readers of feeds fill in forms.
        (Some(_), None) if method.is_safe() && !path.starts_with("/api/") && !path.ends_with("/changes.atom") => {
            let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
            let to: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
            return Redirect::to(&format!("/sign-in?to={to}")).into_response();
        }
        (Some(_), None) => return Missing::NotLetIn.into_response(),
        (Some(role), Some(known)) if known.role < role => {
            let about: String = format!("{method} {path}").chars().take(MOST_TOLD).collect();
            if let Err(problem) = bench.store.log(&asks.by(), Event::NotAllowed, &about).await {
                return Missing::from(problem).into_response();
            }
            return Missing::NotAllowed(role).into_response();
        }
        _ => {}
    }
    next.run(request).await
}

/// Whose token or session is sent. A session does nothing over the interface for programs, where no form tells that it was
/// a page of ours that sent it.
async fn known(bench: &Bench, method: &Method, path: &str, headers: &HeaderMap) -> Result<Option<Known>, Missing> {
    if let Some(sent) = headers.get(header::AUTHORIZATION) {
        let token = sent.to_str().ok().and_then(|sent| {
            let (scheme, token) = sent.split_at_checked(BEARER.len())?;
            scheme.eq_ignore_ascii_case(BEARER).then(|| token.trim())
        });
        let found = match token {
            Some(token) => bench.store.api_token(&secret::kept(token)).await?,
            None => None,
        };
        let (account, role) = found.ok_or(Missing::NotLetIn)?;
        return Ok(Some(Known { name: account.name, role, session: None, leaves: None }));
    }
    let session = cookie::sent(headers, cookie::SESSION).filter(|_| method.is_safe() || !path.starts_with("/api/"));
    let Some(session) = session.map(secret::kept) else { return Ok(None) };
    let account = bench.store.session(&session, now()).await?;
    Ok(account.map(|account| {
        let leaves = Some(bench.tokens.of_session("sign-out", Some(&session)));
        Known { name: account.name, role: account.role, session: Some(session), leaves }
    }))
}

/// Where a request comes from: as the proxy in front says, if there is one; what is said before its own word is anybody's.
fn address(peer: SocketAddr, headers: &HeaderMap, proxied: bool) -> String {
    let last = headers.get_all("x-forwarded-for").into_iter().next_back().and_then(|field| field.to_str().ok());
    let told = last.and_then(|field| field.rsplit(',').next()).map(str::trim);
    match told.and_then(|told| told.parse::<std::net::IpAddr>().ok()) {
        Some(told) if proxied => told.to_canonical().to_string(),
        _ => peer.ip().to_canonical().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_needs_a_viewer_to_read_and_a_reviewer_to_do() {
        let least = |method: Method, path| needed(&method, path);
        assert_eq!(least(Method::GET, "/sign-in"), None);
        assert_eq!(least(Method::POST, "/sign-in"), None);
        assert_eq!(least(Method::GET, "/sign-in/oidc/back"), None);
        for path in ["/", "/runs/a/pack.wacz", "/runs/a/evidence/f/0/body", "/api/cities", "/nowhere", "/accountsx"] {
            assert_eq!(least(Method::GET, path), Some(Role::Viewer), "{path}");
        }
        assert_eq!(least(Method::POST, "/runs/a/sign-off"), Some(Role::Reviewer));
        assert_eq!(least(Method::DELETE, "/nowhere"), Some(Role::Reviewer));
        assert_eq!(least(Method::POST, "/account/tokens"), Some(Role::Viewer));
        for path in ["/accounts", "/accounts/close", "/log", "/api/log", "/notifications", "/api/notifications/again"] {
            assert_eq!(least(Method::GET, path), Some(Role::Admin), "{path}");
        }
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_its_own_word() {
        let peer = "198.51.100.7:4000".parse().unwrap();
        let mut headers = HeaderMap::new();
        for told in ["203.0.113.9", "10.0.0.1, 192.0.2.4"] {
            headers.append("x-forwarded-for", told.parse().unwrap());
        }
        assert_eq!(address(peer, &headers, true), "192.0.2.4");
        assert_eq!(address(peer, &headers, false), "198.51.100.7");
        assert_eq!(address(peer, &HeaderMap::new(), true), "198.51.100.7");
        assert_eq!(address("[::ffff:198.51.100.7]:1".parse().unwrap(), &HeaderMap::new(), true), "198.51.100.7");
    }
}
