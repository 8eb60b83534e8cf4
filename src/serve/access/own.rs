//! One's own account: its password, and the tokens of the programs that stand for it.

use axum::extract::{Form, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use probes::capture::hex;
use serde::Deserialize;

use super::super::missing::Missing;
use super::super::{Bench, Of, guard, page as answer, pages};
use super::who::Known;
use super::{password, random, secret, who};
use crate::criteria::decision::not_a_name;
use crate::store::{By, NewApiToken, Role, Store};

/// What every token begins with, so that it is known for one wherever it turns up.
const TOKEN: &str = "tickmark_";

/// The account that asks.
fn own(bench: &Bench) -> Result<std::sync::Arc<Known>, Missing> {
    bench.access.of_accounts()?;
    who().account.ok_or(Missing::NotLetIn)
}

pub(super) async fn page(State(bench): Of) -> Result<Response, Missing> {
    let known = own(&bench)?;
    let form = bench.tokens.of("account");
    Ok(answer(guard::PAGE, pages::account(&bench.store, &known, &form, None).await?))
}

/// What the form of a password brings.
#[derive(Deserialize)]
pub(super) struct Sets {
    token: String,
    old: String,
    password: String,
}

pub(super) async fn set_password(
    State(bench): Of,
    Form(Sets { token, old, password }): Form<Sets>,
) -> Result<Response, Missing> {
    let known = own(&bench)?;
    bench.tokens.accept("account", &token)?;
    if let Some(problem) = password::problem(&known.name, &password) {
        return Err(Missing::Refused(problem));
    }
    let by = who().by();
    if bench.let_in(&known.name, old, &by).await?.is_none() {
        return Err(Missing::Refused("the password of until now is another".to_owned()));
    }
    let hash = bench.access.passwords.hash(password).await?;
    bench.store.set_password(&known.name, &hash, &by).await?;
    // Every session of the account is over, this one too.
    Ok(Redirect::to("/sign-in?to=/account").into_response())
}

/// What the form of a new token brings.
#[derive(Deserialize)]
pub(super) struct Makes {
    token: String,
    title: String,
    role: Role,
}

pub(super) async fn make(
    State(bench): Of,
    Form(Makes { token, title, role }): Form<Makes>,
) -> Result<Response, Missing> {
    let known = own(&bench)?;
    bench.tokens.accept("account", &token)?;
    if role > known.role {
        return Err(Missing::NotAllowed(role));
    }
    let made = made(&bench.store, &known.name, &title, role, &who().by()).await?;
    let form = bench.tokens.of("account");
    Ok(answer(guard::PAGE, pages::account(&bench.store, &known, &form, Some(&made.1)).await?))
}

/// What the form of a token's end brings.
#[derive(Deserialize)]
pub(super) struct Revokes {
    token: String,
    id: String,
}

pub(super) async fn revoke(State(bench): Of, Form(Revokes { token, id }): Form<Revokes>) -> Result<Redirect, Missing> {
    let known = own(&bench)?;
    bench.tokens.accept("account", &token)?;
    revoked(&bench.store, &known, &id, &who().by()).await?;
    Ok(Redirect::to("/account#tokens"))
}

/// Makes a token of an account: what it is spoken of by, and itself, which is told this once.
pub(in super::super) async fn made(
    store: &Store,
    account: &str,
    title: &str,
    role: Role,
    by: &By,
) -> Result<(String, String), Missing> {
    if not_a_name(title).is_some() {
        return Err(Missing::Refused("what the token is for is told in 1 to 100 characters".to_owned()));
    }
    let (id, whole) = (hex(&random::<6>()?), secret::secret(TOKEN)?);
    let title = title.trim().replace('\0', "\u{FFFD}");
    let token = NewApiToken { id: &id, sha256: &secret::kept(&whole), account, title: &title, role };
    store.add_api_token(&token, by).await?;
    Ok((id, whole))
}

/// Revokes a token of an account, or for an admin any.
pub(in super::super) async fn revoked(store: &Store, known: &Known, id: &str, by: &By) -> Result<(), Missing> {
    let of = (known.role < Role::Admin).then_some(known.name.as_str());
    if store.revoke_api_token(id, of, by).await? { Ok(()) } else { Err(Missing::Nothing) }
}
