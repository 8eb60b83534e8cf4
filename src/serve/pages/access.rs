//! Signing in, accounts, tokens, and the log.

use minijinja::{Value, context};
use url::form_urlencoded;

use super::super::access::Known;
use super::super::missing::Missing;
use super::city::pager;
use super::fill;
use crate::store::{Account, ApiToken, Entry, Role, Store};

/// Lines of the log on one page.
const LINES: usize = 100;

/// Where somebody signs in, here or with who is called `elsewhere`, to go on to `to`.
pub(in super::super) fn sign_in(
    token: &str,
    to: &str,
    problem: Option<&str>,
    elsewhere: Option<&str>,
) -> Result<String, Missing> {
    let to_in_a_query: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
    fill("bench/sign-in.html", context! { token, to, to_in_a_query, problem, elsewhere })
}

/// One's own account; `made` is a token that is shown this once.
pub(in super::super) async fn account(
    store: &Store,
    known: &Known,
    form: &str,
    made: Option<&str>,
) -> Result<String, Missing> {
    let tokens: Vec<Value> = store.api_tokens(Some(&known.name)).await?.iter().map(token).collect();
    let roles: Vec<&str> = Role::ALL.iter().filter(|role| **role <= known.role).map(|role| role.name()).collect();
    fill("bench/account.html", context! { form, made, tokens, roles, name => &known.name, role => known.role.name() })
}

/// Everybody's accounts and tokens.
pub(in super::super) async fn accounts(store: &Store, form: &str, own: &str) -> Result<String, Missing> {
    let accounts: Vec<Value> = store
        .accounts()
        .await?
        .iter()
        .map(|Account { name, role, made, closed, .. }| context! { name, role => role.name(), made, closed })
        .collect();
    let tokens: Vec<Value> = store.api_tokens(None).await?.iter().map(token).collect();
    fill("bench/accounts.html", context! { form, own, accounts, tokens, roles => Role::ALL.map(Role::name) })
}

/// What was done, the latest first.
pub(in super::super) async fn log(store: &Store, page: usize) -> Result<String, Missing> {
    let all = store.how_many_logged().await?;
    let rows: Vec<Value> = store
        .logged((page - 1) * LINES, LINES)
        .await?
        .iter()
        .map(|Entry { number, at, who, address, what, about }| {
            context! { number, at, who, address, about, what => what.name() }
        })
        .collect();
    fill("bench/log.html", context! { rows, all, ..pager(page, LINES, all) })
}

fn token(ApiToken { id, account, title, role, made, revoked }: &ApiToken) -> Value {
    context! { id, account, title, role => role.name(), made, revoked }
}
