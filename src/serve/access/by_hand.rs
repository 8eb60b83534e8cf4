//! Accounts and tokens by commands, without the workbench: the first account is made so.

use std::io;

use tokio::runtime::Runtime;

use super::super::decide::now;
use super::super::missing::Missing;
use super::{accounts, own, password};
use crate::store::{Account, ApiToken, By, Role, Store, StoreError};

/// What the log calls whoever types commands on this machine.
const COMMAND: &str = "a command";

/// Why a command about accounts was not carried out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Missing> for Refused {
    fn from(problem: Missing) -> Self {
        Self(problem.to_string())
    }
}

/// The accounts of a store.
pub struct Accounts {
    runtime: Runtime,
    store: Store,
}

impl Accounts {
    /// Those of the store at this address, as [`Store::open`] takes it.
    pub fn of(store: &str) -> Result<Self, Refused> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let store = runtime.block_on(Store::open(store))?;
        Ok(Self { runtime, store })
    }

    /// Every account, by name.
    pub fn all(&self) -> Result<Vec<Account>, Refused> {
        Ok(self.runtime.block_on(self.store.accounts())?)
    }

    /// Every token, the latest first.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, Refused> {
        Ok(self.runtime.block_on(self.store.api_tokens(None))?)
    }

    /// Makes an account.
    pub fn add(&self, name: &str, role: Role, password: &str) -> Result<(), Refused> {
        if let Some(problem) = accounts::problem(name) {
            return Err(Refused(problem.to_owned()));
        }
        let hash = hashed(name, password)?;
        let added = self.runtime.block_on(self.store.add_account(name, role, &hash, &by()))?;
        done(added, || format!("there is an account {name:?} already"))
    }

    /// Gives an account another role.
    pub fn set_role(&self, name: &str, role: Role) -> Result<(), Refused> {
        let set = self.runtime.block_on(self.store.set_role(name, role, &by()))?;
        done(set, || no_account_or_last(name))
    }

    /// Gives an account another password, and ends its sessions.
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), Refused> {
        let hash = hashed(name, password)?;
        let set = self.runtime.block_on(self.store.set_password(name, &hash, &by()))?;
        done(set, || format!("there is no account {name:?}"))
    }

    /// Closes an account for good.
    pub fn close(&self, name: &str) -> Result<(), Refused> {
        let closed = self.runtime.block_on(self.store.close_account(name, &by()))?;
        done(closed, || no_account_or_last(name))
    }

    /// Makes a token of an account, and gives it.
    pub fn make_token(&self, name: &str, role: Role, title: &str) -> Result<String, Refused> {
        self.runtime.block_on(async {
            let account = self.store.account(name).await?.filter(|account| account.closed.is_none());
            let account = account.ok_or_else(|| Refused(format!("there is no open account {name:?}")))?;
            if role > account.role {
                return Err(Refused(format!("{name:?} is a {}: its tokens may do no more", account.role)));
            }
            Ok(own::made(&self.store, &account.name, title, role, &by()).await?.1)
        })
    }

    /// Revokes a token.
    pub fn revoke_token(&self, id: &str) -> Result<(), Refused> {
        let revoked = self.runtime.block_on(self.store.revoke_api_token(id, None, &by()))?;
        done(revoked, || format!("there is no token {id:?} that lets anybody in"))
    }
}

fn hashed(name: &str, password: &str) -> Result<String, Refused> {
    match password::problem(name, password) {
        Some(problem) => Err(Refused(problem)),
        None => Ok(password::hashed(password)?),
    }
}

fn by() -> By {
    By { who: COMMAND.to_owned(), address: String::new(), at: now() }
}

fn done(done: bool, otherwise: impl FnOnce() -> String) -> Result<(), Refused> {
    if done { Ok(()) } else { Err(Refused(otherwise())) }
}

fn no_account_or_last(name: &str) -> String {
    format!("there is no open account {name:?}, or it is the last open admin's")
}
