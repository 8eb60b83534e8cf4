//! Redirects, and the addresses that nothing may lead to.

use probes::capture::Failure;
use tickmark::crawl::Config;

use super::{answer, config, discovered, failure, fetch, submitted};
use crate::hostile::Hostile;

#[test]
fn each_redirect_is_kept() {
    let city = Hostile::start();
    let exchange = fetch(config(&city), &submitted("http://data.example.gov/moved"));
    let seen: Vec<_> = exchange.messages.iter().map(|message| (message.status, message.url.path())).collect();
    assert_eq!(seen, [(301, "/moved"), (200, "/table.csv")]);
    assert_eq!(exchange.messages[0].headers.get("location"), Some("table.csv"));
    assert_eq!(answer(&exchange).remote, Some(city.addr));
    let exchange = fetch(config(&city), &submitted("http://data.example.gov/to-https"));
    assert_eq!(answer(&exchange).url.as_str(), "https://secure.example.gov/table.csv");
    assert_eq!(answer(&exchange).remote, Some(city.tls_addr));
}

#[test]
fn redirects_have_an_end() {
    let city = Hostile::start();
    assert_eq!(answer(&fetch(config(&city), &submitted("http://data.example.gov/chain/10"))).status, 200);
    assert_eq!(failure(config(&city), "http://data.example.gov/chain/11"), Failure::Redirects { most: 10 });
    let exchange = fetch(config(&city), &submitted("http://data.example.gov/loop"));
    assert_eq!(exchange.failure, Some(Failure::Redirects { most: 10 }));
    assert_eq!(exchange.messages.len(), 2);
}

#[test]
fn redirects_lead_only_to_the_web() {
    let city = Hostile::start();
    for (path, location) in [("to-script", "javascript:alert(1)"), ("to-ftp", "ftp://ftp.example.gov/table.csv")] {
        let failure = failure(config(&city), &format!("http://data.example.gov/{path}"));
        assert_eq!(failure, Failure::BadRedirect { location: location.to_owned() });
    }
}

#[test]
fn nothing_leads_to_an_address_that_is_not_public() {
    let city = Hostile::start();
    for (url, host) in [
        ("http://data.example.gov/to-private", "169.254.169.254"),
        ("http://data.example.gov/to-private-by-chain", "169.254.169.254"),
        ("http://data.example.gov/to-mapped", "::ffff:10.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
    ] {
        match failure(config(&city), url) {
            Failure::NotPublic { host: refused, .. } => assert_eq!(refused, host),
            other => panic!("{url} ended as {other:?}"),
        }
    }
    // A name that resolves to this machine; only port 80 of it is led elsewhere.
    let failure = failure(config(&city), "http://data.example.gov/to-localhost");
    assert!(matches!(&failure, Failure::NotPublic { host, .. } if host == "localhost"), "{failure:?}");
}

#[test]
fn the_operator_may_allow_a_host() {
    let city = Hostile::start();
    let at = format!("http://127.0.0.1:{}/page/a", city.addr.port());
    assert!(matches!(failure(config(&city), &at), Failure::NotPublic { .. }));
    let allowed = Config { allow_private: vec!["127.0.0.1".into()], ..config(&city) };
    assert_eq!(answer(&fetch(allowed, &discovered(&at))).status, 200);
    let named = format!("http://localhost:{}/page/a", city.addr.port());
    let allowed = Config { allow_private: vec!["*".into()], ..config(&city) };
    assert_eq!(answer(&fetch(allowed, &discovered(&named))).status, 200);
}
