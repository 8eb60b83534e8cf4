//! The cookie of a session: for this host alone, over a safe connection alone, and out of reach of scripts.

use axum::http::{HeaderMap, header};

/// Its name: browsers take a name like this only from the host itself, for all of it, and over a safe connection.
const NAME: &str = "__Host-tickmark";

/// The field that gives a browser its session for so many seconds.
pub(super) fn given(secret: &str, seconds: i64) -> String {
    format!("{NAME}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
}

/// The field that takes it back.
pub(super) fn taken() -> String {
    given("", 0)
}

/// What a browser sends of it.
pub(super) fn sent(headers: &HeaderMap) -> Option<&str> {
    let fields = headers.get_all(header::COOKIE).into_iter().filter_map(|field| field.to_str().ok());
    let mut cookies = fields.flat_map(|field| field.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('=')).filter(|secret| !secret.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_among_others_and_no_name_like_it_is_taken_for_it() {
        let found = |field: &'static str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, field.parse().unwrap())]);
            sent(&headers).map(str::to_owned)
        };
        assert_eq!(found("a=1; __Host-tickmark=abc;b=2"), Some("abc".to_owned()));
        assert_eq!(found("__Host-tickmarks=abc; x__Host-tickmark=abc; __Host-tickmark="), None);
    }
}
