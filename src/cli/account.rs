//! `tickmark account`: who may use a workbench, before anybody is signed in to it.

use std::io::{self, Write as _};

use clap::Subcommand;

use super::{Ended, Trouble, password};
use crate::serve::{Accounts, Refused};
use crate::store::Role;

/// What is done with the accounts of a store.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    then: Then,
    /// The workbench's store
    #[arg(long, global = true, value_name = "sqlite://PATH|postgres://USER@HOST/DATABASE", required = false)]
    store: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Then {
    /// Make an account; its password is asked for, or read from standard input
    Add {
        /// The name, which decisions bear
        name: String,
        /// viewer, reviewer or admin; each may do what those before it may
        #[arg(long)]
        role: Role,
    },
    /// Give an account another role
    Role {
        /// The account's name
        name: String,
        /// viewer, reviewer or admin
        role: Role,
    },
    /// Give an account another password, which is asked for or read from standard input, and end its sessions
    Password {
        /// The account's name
        name: String,
    },
    /// Close an account for good
    Close {
        /// The account's name
        name: String,
    },
    /// List the accounts and the tokens
    List,
    /// Make a token for a program, and print it this once
    Token {
        /// The name of the account that it stands for
        name: String,
        /// The most that it may do: viewer, reviewer or admin
        #[arg(long)]
        role: Role,
        /// What it is for
        #[arg(long)]
        title: String,
    },
    /// Revoke a token
    Revoke {
        /// The token's id, as list shows it
        id: String,
    },
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::asked(refused)
    }
}

/// Changes or lists the accounts.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let store = args.store.as_deref().ok_or_else(|| Trouble::asked("which store: give its address with --store"))?;
    let accounts = Accounts::of(store)?;
    match &args.then {
        Then::Add { name, role } => accounts.add(name, *role, &password::read()?)?,
        Then::Role { name, role } => accounts.set_role(name, *role)?,
        Then::Password { name } => accounts.set_password(name, &password::read()?)?,
        Then::Close { name } => accounts.close(name)?,
        Then::List => list(&accounts)?,
        Then::Token { name, role, title } => {
            let token = accounts.make_token(name, *role, title)?;
            writeln!(io::stdout().lock(), "{token}")?;
        }
        Then::Revoke { id } => accounts.revoke_token(id)?,
    }
    Ok(Ended::Well)
}

fn list(accounts: &Accounts) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    for it in accounts.all()? {
        let closed = it.closed.map(|closed| format!(", closed {closed}")).unwrap_or_default();
        writeln!(out, "{}: {}, made {}{closed}", it.name, it.role, it.made)?;
    }
    for it in accounts.tokens()? {
        let revoked = it.revoked.map(|revoked| format!(", revoked {revoked}")).unwrap_or_default();
        writeln!(out, "token {} of {}: {}, {}, made {}{revoked}", it.id, it.account, it.title, it.role, it.made)?;
    }
    Ok(())
}
