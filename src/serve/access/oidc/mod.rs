//! Signing in at a provider of `OpenID` Connect: the code flow, with PKCE.
//!
//! Its accounts are the store's like all others, made at the first sign-in of whom the settings give a role. A name that
//! is there already is never handed over, and a closed account stays closed.

mod asked;
mod begun;
mod provider;
mod settings;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::missing::Missing;
use super::super::{Bench, Of};
use super::sign_in::{Wants, form, here};
use super::{accounts, cookie, password, who};
use crate::store::{By, Event, Identity};
use begun::Begun;
pub(super) use provider::Provider;
use provider::{Person, Unknown};
pub(in super::super) use settings::Settings;

/// Where signing in begins.
pub(super) const BEGIN: &str = "/sign-in/oidc";
/// Where the provider sends people back to.
pub(super) const BACK: &str = "/sign-in/oidc/back";
/// How long somebody may take at the provider.
const TAKES: i64 = 900;
/// The longest address that is gone on to: a browser keeps it meanwhile.
const LONGEST: usize = 2000;
/// The most characters of a refusal that the log takes.
const MOST_TOLD: usize = 300;

pub(super) async fn begin(State(bench): Of, Query(Wants { to }): Query<Wants>) -> Result<Response, Missing> {
    let provider = bench.access.provider.as_ref().ok_or(Missing::Nothing)?;
    let by = who().by();
    bench.count_elsewhere(provider, &by).await?;
    let begun = Begun::new(if to.len() <= LONGEST { here(&to) } else { "/" })?;
    match provider.way(&begun).await {
        Ok(way) => {
            let kept = AppendHeaders([(header::SET_COOKIE, cookie::given(cookie::BEGUN, &begun.kept(), TAKES))]);
            Ok((kept, Redirect::to(way.as_str())).into_response())
        }
        Err(unknown) => bench.not_known(provider, &by, &to, &unknown).await,
    }
}

/// What the provider sends back with the browser.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

pub(super) async fn back(State(bench): Of, headers: HeaderMap, Query(back): Query<Back>) -> Result<Response, Missing> {
    let provider = bench.access.provider.as_ref().ok_or(Missing::Nothing)?;
    let by = who().by();
    bench.count_elsewhere(provider, &by).await?;
    let begun = cookie::sent(&headers, cookie::BEGUN).and_then(Begun::read);
    let to = begun.as_ref().map(|begun| begun.to.clone()).unwrap_or_default();
    let mut answer = match bench.comes_back(provider, begun, back, &by).await? {
        Ok(account) => bench.signed_in(account, by, &to).await?,
        Err(unknown) => bench.not_known(provider, &by, &to, &unknown).await?,
    };
    // Once, however it ended.
    if let Ok(taken) = cookie::taken(cookie::BEGUN).parse() {
        answer.headers_mut().append(header::SET_COOKIE, taken);
    }
    Ok(answer)
}

impl Bench {
    /// Counts what has the provider asked: by address, as nobody is known yet.
    async fn count_elsewhere(&self, provider: &Provider, by: &By) -> Result<(), Missing> {
        if let Err(seconds) = self.access.attempts.count(None, &by.address, by.at) {
            self.store.log(by, Event::NotLetIn, &format!("{}: too often", provider.settings.issuer)).await?;
            return Err(Missing::TooOften(seconds));
        }
        Ok(())
    }

    /// Why nobody is let in, in the form to sign in, and in the log.
    async fn not_known(&self, provider: &Provider, by: &By, to: &str, why: &Unknown) -> Result<Response, Missing> {
        let about: String = format!("{}: {why}", provider.settings.issuer).chars().take(MOST_TOLD).collect();
        self.store.log(by, Event::NotLetIn, &about.replace('\0', "\u{FFFD}")).await?;
        let status = match why {
            Unknown::Provider(_) => StatusCode::BAD_GATEWAY,
            _ => StatusCode::UNAUTHORIZED,
        };
        form(self, to, Some(&format!("{why}.")), status)
    }

    /// The name of the account of whoever comes back.
    async fn comes_back(
        &self,
        provider: &Provider,
        begun: Option<Begun>,
        back: Back,
        by: &By,
    ) -> Result<Result<String, Unknown>, Missing> {
        let begun = match begun {
            Some(begun) if begun.state() == back.state => begun,
            _ => return Ok(Err(Unknown::refused("this browser did not begin it, or too long ago: begin again"))),
        };
        if back.iss.is_some_and(|iss| iss != provider.settings.issuer) {
            return Ok(Err(Unknown::refused("another provider answers")));
        }
        let code = match (back.code, back.error) {
            (Some(code), None) => code,
            (_, error) => {
                let said = [error, back.error_description].into_iter().flatten().collect::<Vec<_>>().join(": ");
                return Ok(Err(Unknown::Refused(said)));
            }
        };
        match provider.person(&begun, code).await {
            Ok(person) => self.account_of(provider, person, by).await,
            Err(unknown) => Ok(Err(unknown)),
        }
    }

    /// The name of somebody's account, which has the role that the provider gives them now; made if it is their first time.
    async fn account_of(
        &self,
        provider: &Provider,
        Person { subject, name, role }: Person,
        by: &By,
    ) -> Result<Result<String, Unknown>, Missing> {
        let refused = |why: String| Ok(Err(Unknown::Refused(why)));
        let issuer = provider.settings.issuer.as_str();
        let identity = Identity { issuer, subject: &subject };
        let known = self.store.identified(&identity).await?;
        if let Some(account) = known.as_ref().filter(|account| account.closed.is_some()) {
            return refused(format!("the account {} is closed", account.name));
        }
        let Some(role) = role else {
            return refused(format!("nothing that it says of {name} lets them do anything here"));
        };
        if let Some(account) = known {
            if account.role != role && !self.store.set_role(&account.name, role, by).await? {
                let only = &account.name;
                return refused(format!("{only} would be no admin any more, and is the last: make another first"));
            }
            return Ok(Ok(account.name));
        }
        if let Some(problem) = accounts::problem(&name) {
            return refused(format!("it calls you {name:?}, and {problem}"));
        }
        if !self.store.add_identified(&identity, &name, role, password::NOBODYS, by).await? {
            return refused(format!("there is an account {name} already, which is not of this provider"));
        }
        Ok(Ok(name.trim().to_owned()))
    }
}

impl Unknown {
    fn refused(why: &str) -> Self {
        Self::Refused(why.to_owned())
    }
}
