//! HTTP clients, one for each way to the net: directly, to where the operator said, or through a proxy.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use reqwest::{Certificate, Client, Proxy, redirect};
use url::Url;

use super::CrawlError;
use super::config::Config;
use super::guard::Guard;
use super::resolve::Resolver;

/// The way that leads to a URL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Route {
    /// To the host's own public addresses; `port` is another port than the scheme's, or 0.
    Direct { port: u16 },
    /// To where the operator said.
    Fixed { host: String, port: u16 },
    /// Through a proxy.
    Proxy(Url),
}

/// The clients that were needed so far.
pub(crate) struct Clients {
    made: Mutex<BTreeMap<Route, Client>>,
}

impl Clients {
    /// No clients yet, but certificates that the operator gave are known to be good.
    pub(crate) fn new(config: &Config, guard: &Guard) -> Result<Self, CrawlError> {
        let clients = Self { made: Mutex::default() };
        // The platform's own are read at the first request: who checks a file makes none.
        if !config.extra_roots.is_empty() {
            clients.get(&Route::Direct { port: 0 }, config, guard)?;
        }
        Ok(clients)
    }

    /// The client for `route`.
    pub(crate) fn get(&self, route: &Route, config: &Config, guard: &Guard) -> Result<Client, CrawlError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = made.get(route) {
            return Ok(client.clone());
        }
        let client = build(route, config, guard)?;
        made.insert(route.clone(), client.clone());
        Ok(client)
    }
}

/// The way that leads to `url`.
pub(crate) fn route(url: &Url, config: &Config) -> Route {
    let elsewhere = config.connect_to.iter().find_map(|entry| entry.target(url));
    match elsewhere {
        Some((Some(host), port)) => Route::Fixed { host, port },
        Some((None, port)) => Route::Direct { port },
        None => config.proxies.of(url).map_or(Route::Direct { port: 0 }, |proxy| Route::Proxy(proxy.clone())),
    }
}

fn build(route: &Route, config: &Config, guard: &Guard) -> Result<Client, CrawlError> {
    let builder = Client::builder()
        // Each hop is guarded, paced, checked against robots.txt and kept: none may happen inside the client.
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(config.connect_timeout);
    let builder = match route {
        Route::Direct { port } => builder.dns_resolver(Resolver::Guarded { guard: guard.clone(), port: *port }),
        Route::Fixed { host, port } => builder.dns_resolver(Resolver::Fixed { host: host.clone(), port: *port }),
        Route::Proxy(proxy) => builder.dns_resolver(Resolver::Proxy).proxy(Proxy::all(proxy.as_str())?),
    };
    let roots: Result<Vec<_>, _> = config.extra_roots.iter().map(|root| Certificate::from_der(root)).collect();
    let roots = roots?;
    // Only where there are any: the merge takes another path through the platform's verifier.
    let builder = if roots.is_empty() { builder } else { builder.tls_certs_merge(roots) };
    Ok(builder.build()?)
}
