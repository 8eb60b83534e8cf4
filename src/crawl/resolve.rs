//! Names to addresses, every one of them vetted: the client connects to exactly these.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Guard, NotPublic};

/// A name that has no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {cause}")]
pub(crate) struct Unresolved {
    /// The name.
    pub(crate) host: String,
    /// What the resolver said.
    pub(crate) cause: String,
    /// Whether the name is known not to exist; otherwise the resolver itself failed.
    pub(crate) sure: bool,
}

/// Where the names that a client asks for lead.
#[derive(Clone, Debug)]
pub(crate) enum Resolver {
    /// To their own addresses, all of which must be public; `port` is for URLs that name none (0 keeps the scheme's).
    Guarded { guard: Guard, port: u16 },
    /// To where the operator said, public or not.
    Fixed { host: String, port: u16 },
    /// To their own addresses: only a proxy's name is asked for, and the operator named that.
    Proxy,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let addresses = match resolver {
                Self::Guarded { guard, port } => vetted(&guard, &name, port).await?,
                Self::Fixed { host, port } => {
                    lookup(&host, port).await.map_err(|unresolved| Unresolved { host: name, ..unresolved })?
                }
                Self::Proxy => lookup(&name, 0).await?,
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The addresses of `host`: if any of them is not public, none is used.
pub(crate) async fn vetted(
    guard: &Guard,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let addresses = lookup(host, port).await?;
    vet(guard, host, &addresses)?;
    Ok(addresses)
}

fn vet(guard: &Guard, host: &str, addresses: &[SocketAddr]) -> Result<(), NotPublic> {
    addresses.iter().try_for_each(|address| guard.address(host, address.ip()))
}

async fn lookup(host: &str, port: u16) -> Result<Vec<SocketAddr>, Unresolved> {
    let unresolved = |cause: String, sure| Unresolved { host: host.to_owned(), cause, sure };
    let last_label = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last_label.eq_ignore_ascii_case("invalid") {
        // RFC 6761 6.4: such names never exist, and asking for them is of no use.
        return Err(unresolved("the name is reserved as one that never exists".to_owned(), true));
    }
    let addresses: Vec<_> = match tokio::net::lookup_host((host, port)).await {
        Ok(addresses) => addresses.collect(),
        Err(error) if says_no_such_name(&error) => {
            let (cause, sure) = believed(&error, knows_names().await);
            return Err(unresolved(cause, sure));
        }
        Err(error) => return Err(unresolved(error.to_string(), false)),
    };
    if addresses.is_empty() {
        return Err(unresolved("the name has no address".to_owned(), true));
    }
    Ok(addresses)
}

/// A name that exists for good: IANA keeps it (RFC 2606 3).
const KEPT: &str = "example.com";

/// The cause told where a resolver denies a name, and whether it is believed: one that denies [`KEPT`] too, as where there is no network at all,
/// knows nothing of any name.
fn believed(error: &io::Error, knows_names: bool) -> (String, bool) {
    if knows_names {
        (error.to_string(), true)
    } else {
        (format!("{error}; the resolver here knows no names at all, {KEPT} included"), false)
    }
}

/// Whether the resolver knows any name; once it did, it is not asked again.
async fn knows_names() -> bool {
    static KNOWS: AtomicBool = AtomicBool::new(false);
    if !KNOWS.load(Ordering::Relaxed) {
        let found = tokio::net::lookup_host((KEPT, 80)).await;
        KNOWS.store(found.is_ok_and(|mut addresses| addresses.next().is_some()), Ordering::Relaxed);
    }
    KNOWS.load(Ordering::Relaxed)
}

/// Whether the resolver knows that there is no such name, in distinction to not having been able to ask.
fn says_no_such_name(error: &io::Error) -> bool {
    let words = error.to_string().to_ascii_lowercase();
    // The words of getaddrinfo for EAI_NONAME and EAI_NODATA: glibc, musl, BSD and macOS, Windows.
    ["not known", "no address associated", "does not resolve", "nodename nor servname", "no such host"]
        .iter()
        .any(|known| words.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_that_cannot_ask_is_not_a_name_that_does_not_exist() {
        let says = |words: &str| says_no_such_name(&io::Error::other(words.to_owned()));
        assert!(says("failed to lookup address information: Name or service not known"));
        assert!(says("failed to lookup address information: No address associated with hostname"));
        assert!(!says("failed to lookup address information: Temporary failure in name resolution"));
    }

    #[test]
    fn a_resolver_that_denies_every_name_is_not_believed() {
        let denied = io::Error::other("failed to lookup address information: Name or service not known");
        assert!(believed(&denied, true).1);
        let (cause, sure) = believed(&denied, false);
        assert!(!sure && cause.ends_with("knows no names at all, example.com included"), "{cause}");
    }

    #[test]
    fn one_address_that_is_not_public_is_enough() {
        let both = ["1.1.1.1:80", "10.0.0.1:80"].map(|address| address.parse().unwrap());
        let guard = Guard::new(&[]);
        assert!(vet(&guard, "city.example", &both[..1]).is_ok());
        assert_eq!(vet(&guard, "city.example", &both).unwrap_err().address, both[1].ip());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        assert!(vetted(&Guard::new(&[]), "localhost", 80).await.is_err());
        assert!(vetted(&Guard::new(&["localhost".into()]), "localhost", 80).await.is_ok());
        assert!(lookup("city.invalid", 80).await.unwrap_err().sure);
    }
}
