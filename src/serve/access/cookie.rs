//! Cookies: for this host alone, over a safe connection alone, and out of reach of scripts.

use axum::http::{HeaderMap, header};

/// A cookie's name: browsers take a name like these only from the host itself, for all of it, and over a safe connection.
#[derive(Clone, Copy)]
pub(super) struct Name(&'static str);

/// That of a session.
pub(super) const SESSION: Name = Name("__Host-tickmark");
/// That of a sign-in that was begun, and ends elsewhere.
#[cfg(feature = "oidc")]
pub(super) const BEGUN: Name = Name("__Host-tickmark-begun");

/// The field that gives a browser something to keep for so many seconds.
pub(super) fn given(Name(name): Name, kept: &str, seconds: i64) -> String {
    format!("{name}={kept}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// The field that takes it back.
pub(super) fn taken(name: Name) -> String {
    given(name, "", 0)
}

/// What a browser sends of it.
pub(super) fn sent(headers: &HeaderMap, Name(name): Name) -> Option<&str> {
    let fields = headers.get_all(header::COOKIE).into_iter().filter_map(|field| field.to_str().ok());
    let mut cookies = fields.flat_map(|field| field.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('=')).filter(|kept| !kept.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_among_others_and_no_name_like_it_is_taken_for_it() {
        let found = |field: &'static str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, field.parse().unwrap())]);
            sent(&headers, SESSION).map(str::to_owned)
        };
        assert_eq!(found("a=1; __Host-tickmark=abc;b=2"), Some("abc".to_owned()));
        assert_eq!(found("__Host-tickmarks=abc; x__Host-tickmark=abc; __Host-tickmark="), None);
    }
}
