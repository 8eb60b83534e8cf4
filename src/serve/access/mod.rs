//! Who may see and do what, where the workbench has accounts: signing in, accounts, tokens and the log.
//!
//! As long as the store has no account, the workbench asks nobody who they are, and is served on loopback only. From the
//! first account on nobody is let in without one.

mod accounts;
mod admit;
mod attempts;
mod by_hand;
mod cookie;
#[cfg(feature = "oidc")]
mod oidc;
mod own;
mod password;
mod secret;
mod sign_in;
mod who;

#[cfg(feature = "oidc")]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
#[cfg(feature = "oidc")]
use url::Url;

use super::missing::Missing;
use super::{Bench, Of, Part, guard, page, pages};
use crate::store::{Store, StoreError};
use attempts::Attempts;
use password::Passwords;

pub(super) use admit::admit;
pub use by_hand::{Accounts, Refused};
#[cfg(feature = "oidc")]
pub(super) use oidc::Settings;
pub(super) use own::{made, revoked};
pub(super) use secret::random;
pub(super) use who::{Known, carried, who};

/// What decides who is let in.
pub(super) struct Access {
    required: AtomicBool,
    /// Whether a proxy of ours stands in front, whose word on where a request comes from is taken.
    proxied: bool,
    attempts: Attempts,
    passwords: Passwords,
    /// Who signs people in beside this workbench.
    #[cfg(feature = "oidc")]
    provider: Option<oidc::Provider>,
}

impl Access {
    /// As the store has accounts or has none.
    pub(super) async fn of(store: &Store, proxied: bool) -> Result<Self, StoreError> {
        let required = AtomicBool::new(store.has_accounts().await?);
        Ok(Self {
            required,
            proxied,
            attempts: Attempts::default(),
            passwords: Passwords::default(),
            #[cfg(feature = "oidc")]
            provider: None,
        })
    }

    /// Where somebody else signs people in, nobody is let in without an account from the beginning.
    #[cfg(feature = "oidc")]
    pub(super) fn with(self, settings: Settings, public: &Url, folder: &Path) -> Result<Self, String> {
        let provider = Some(oidc::Provider::of(settings, public, folder)?);
        Ok(Self { required: AtomicBool::new(true), provider, ..self })
    }

    /// What the provider is called that signs people in, if there is one.
    #[cfg_attr(not(feature = "oidc"), expect(clippy::unused_self, reason = "such a build knows no provider"))]
    fn elsewhere(&self) -> Option<&str> {
        #[cfg(feature = "oidc")]
        let name = self.provider.as_ref().map(oidc::Provider::name);
        #[cfg(not(feature = "oidc"))]
        let name = None;
        name
    }

    /// Whether nobody is let in without an account.
    pub(super) fn required(&self) -> bool {
        self.required.load(Ordering::Acquire)
    }

    /// Looks whether a first account was made meanwhile.
    pub(super) async fn look(&self, store: &Store) -> Result<(), StoreError> {
        if !self.required() && store.has_accounts().await? {
            self.required.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// Where there are no accounts there are no pages about them either.
    fn of_accounts(&self) -> Result<(), Missing> {
        if self.required() { Ok(()) } else { Err(Missing::NoAccounts) }
    }
}

/// The pages of signing in, and about accounts.
pub(super) fn routes() -> Router<Arc<Bench>> {
    let routes = Router::new();
    #[cfg(feature = "oidc")]
    let routes = routes.route(oidc::BEGIN, get(oidc::begin)).route(oidc::BACK, get(oidc::back));
    routes
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account", get(own::page))
        .route("/account/password", post(own::set_password))
        .route("/account/tokens", post(own::make))
        .route("/account/tokens/revoke", post(own::revoke))
        .route("/accounts", get(accounts::page).post(accounts::add))
        .route("/accounts/role", post(accounts::set_role))
        .route("/accounts/password", post(accounts::set_password))
        .route("/accounts/close", post(accounts::close))
        .route("/log", get(log))
}

async fn log(State(bench): Of, Query(part): Query<Part>) -> Result<Response, Missing> {
    bench.access.of_accounts()?;
    Ok(page(guard::PAGE, pages::log(&bench.store, part.page.max(1)).await?))
}
