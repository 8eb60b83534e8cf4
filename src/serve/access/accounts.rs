//! Everybody's accounts, for admins.

use axum::extract::{Form, State};
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::super::missing::Missing;
use super::super::{Bench, Of, guard, page as answer, pages};
use super::{password, who};
use crate::criteria::decision::not_a_name;
use crate::store::Role;

/// Where each of these forms leads.
const PAGE: &str = "/accounts";

pub(super) async fn page(State(bench): Of) -> Result<Response, Missing> {
    bench.access.of_accounts()?;
    Ok(answer(
        guard::PAGE,
        pages::accounts(&bench.store, &bench.tokens.of("accounts"), &bench.tokens.of("account")).await?,
    ))
}

impl Bench {
    /// Whether a form comes from the page of accounts.
    fn form_of_accounts(&self, token: &str) -> Result<(), Missing> {
        self.access.of_accounts()?;
        self.tokens.accept("accounts", token)
    }
}

/// Why a name cannot be an account's, if so.
pub(super) fn problem(name: &str) -> Option<&'static str> {
    not_a_name(name).or_else(|| name.contains(char::is_control).then_some("a name has no control characters"))
}

/// What the form of a new account brings.
#[derive(Deserialize)]
pub(super) struct Adds {
    token: String,
    name: String,
    role: Role,
    password: String,
}

pub(super) async fn add(
    State(bench): Of,
    Form(Adds { token, name, role, password }): Form<Adds>,
) -> Result<Redirect, Missing> {
    bench.form_of_accounts(&token)?;
    let problem = problem(&name).map(str::to_owned).or_else(|| password::problem(&name, &password));
    if let Some(problem) = problem {
        return Err(Missing::Refused(problem));
    }
    let hash = bench.access.passwords.hash(password).await?;
    if !bench.store.add_account(&name, role, &hash, &who().by()).await? {
        return Err(Missing::Refused("there is an account of this name".to_owned()));
    }
    Ok(Redirect::to(PAGE))
}

/// What the form of a role brings.
#[derive(Deserialize)]
pub(super) struct SetsRole {
    token: String,
    name: String,
    role: Role,
}

pub(super) async fn set_role(
    State(bench): Of,
    Form(SetsRole { token, name, role }): Form<SetsRole>,
) -> Result<Redirect, Missing> {
    bench.form_of_accounts(&token)?;
    if bench.store.set_role(&name, role, &who().by()).await? { Ok(Redirect::to(PAGE)) } else { Err(Missing::LastAdmin) }
}

/// What the form of a password brings.
#[derive(Deserialize)]
pub(super) struct SetsPassword {
    token: String,
    name: String,
    password: String,
}

pub(super) async fn set_password(
    State(bench): Of,
    Form(SetsPassword { token, name, password }): Form<SetsPassword>,
) -> Result<Redirect, Missing> {
    bench.form_of_accounts(&token)?;
    if let Some(problem) = password::problem(&name, &password) {
        return Err(Missing::Refused(problem));
    }
    let hash = bench.access.passwords.hash(password).await?;
    if bench.store.set_password(&name, &hash, &who().by()).await? {
        Ok(Redirect::to(PAGE))
    } else {
        Err(Missing::Nothing)
    }
}

/// What the form of an account's end brings.
#[derive(Deserialize)]
pub(super) struct Closes {
    token: String,
    name: String,
}

pub(super) async fn close(State(bench): Of, Form(Closes { token, name }): Form<Closes>) -> Result<Redirect, Missing> {
    bench.form_of_accounts(&token)?;
    if bench.store.close_account(&name, &who().by()).await? { Ok(Redirect::to(PAGE)) } else { Err(Missing::LastAdmin) }
}
