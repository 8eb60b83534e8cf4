//! Signing in and out.

use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::super::missing::Missing;
use super::super::{Bench, Of, guard, page as answer, pages};
use super::{cookie, secret, who};
use crate::store::{By, Event};

/// How long a session lasts: a working day.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// Where somebody wanted to go.
#[derive(Deserialize)]
pub(super) struct Wants {
    #[serde(default)]
    pub(super) to: String,
}

pub(super) async fn page(State(bench): Of, Query(Wants { to }): Query<Wants>) -> Result<Response, Missing> {
    bench.access.of_accounts()?;
    form(&bench, &to, None, StatusCode::OK)
}

pub(super) fn form(bench: &Bench, to: &str, problem: Option<&str>, status: StatusCode) -> Result<Response, Missing> {
    let token = bench.tokens.of("sign-in");
    let filled = pages::sign_in(&token, here(to), problem, bench.access.elsewhere())?;
    Ok((status, answer(guard::PAGE, filled)).into_response())
}

/// What the form brings.
#[derive(Deserialize)]
pub(super) struct SignsIn {
    token: String,
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

pub(super) async fn sign_in(
    State(bench): Of,
    Form(SignsIn { token, name, password, to }): Form<SignsIn>,
) -> Result<Response, Missing> {
    bench.access.of_accounts()?;
    bench.tokens.accept("sign-in", &token)?;
    let by = who().by();
    let Some(account) = bench.let_in(&name, password, &by).await? else {
        let problem = "This name and this password do not fit an account.";
        return form(&bench, &to, Some(problem), StatusCode::UNAUTHORIZED);
    };
    bench.signed_in(account, by, &to).await
}

/// What the form brings.
#[derive(Deserialize)]
pub(super) struct SignsOut {
    token: String,
}

pub(super) async fn sign_out(State(bench): Of, Form(SignsOut { token }): Form<SignsOut>) -> Result<Response, Missing> {
    bench.tokens.accept("sign-out", &token)?;
    let asks = who();
    if let Some(session) = asks.account.as_ref().and_then(|known| known.session.as_deref()) {
        bench.store.end_session(session, &asks.by()).await?;
    }
    Ok((AppendHeaders([(header::SET_COOKIE, cookie::taken(cookie::SESSION))]), Redirect::to("/sign-in"))
        .into_response())
}

impl Bench {
    /// Begins the session of an account, and leads to where somebody wanted to go.
    pub(super) async fn signed_in(&self, account: String, by: By, to: &str) -> Result<Response, Missing> {
        // Whoever was signed in here is not any more: a session is never taken over.
        if let Some(session) = who().account.as_ref().and_then(|known| known.session.clone()) {
            self.store.end_session(&session, &by).await?;
        }
        let session = secret::secret("")?;
        let until: Timestamp = by.at + LASTS;
        self.store.begin_session(&secret::kept(&session), until, &By { who: account, ..by }).await?;
        let given = AppendHeaders([(header::SET_COOKIE, cookie::given(cookie::SESSION, &session, LASTS.as_secs()))]);
        Ok((given, Redirect::to(here(to))).into_response())
    }

    /// The name of the open account that this name and password are those of; none if they are nobody's. Every attempt is
    /// counted, and what does not fit is logged.
    pub(super) async fn let_in(&self, name: &str, password: String, by: &By) -> Result<Option<String>, Missing> {
        let account = self.store.account(name).await?.filter(|account| account.closed.is_none());
        // What is said for a name may be a password by mistake: only names that are there are logged.
        let about = account.as_ref().map_or("a name that is not there", |account| &account.name).to_owned();
        if let Err(seconds) = self.access.attempts.count(Some(name), &by.address, by.at) {
            self.store.log(by, Event::NotLetIn, &format!("{about}: too often")).await?;
            return Err(Missing::TooOften(seconds));
        }
        let (name, hash) = account.map(|account| (account.name, account.password)).unzip();
        if !self.access.passwords.hold(password, hash).await? {
            self.store.log(by, Event::NotLetIn, &about).await?;
            return Ok(None);
        }
        if let Some(name) = &name {
            self.access.attempts.right(name);
        }
        Ok(name)
    }
}

/// An address of this workbench; what leads elsewhere leads home.
pub(super) fn here(to: &str) -> &str {
    let plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && to.starts_with('/') && !to.starts_with("//") { to } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_nowhere_else() {
        assert_eq!(here("/runs/a?page=2#b"), "/runs/a?page=2#b");
        for to in
            ["", "//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/a\r\nset-cookie: b"]
        {
            assert_eq!(here(to), "/", "{to}");
        }
    }
}
