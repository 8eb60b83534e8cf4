//! The crawler against the hostile city.

mod bounds;
mod hops;
mod politeness;
mod states;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::time::Duration;

use probes::capture::{Failure, Request};
use tickmark::crawl::{Config, Crawler};
use tickmark::pack::exchange::{Exchange, Message};
use url::Url;

use crate::hostile::Hostile;

/// A crawler in a hurry, whose every name leads to the city.
pub(crate) fn config(city: &Hostile) -> Config {
    Config {
        user_agent: "Tickmark/0.1 (+https://example.org/contact)".to_owned(),
        pace: Duration::ZERO,
        backoff: Duration::from_millis(50),
        second_look: Duration::from_millis(100),
        first_byte: Duration::from_secs(2),
        timeout: Duration::from_secs(3),
        connect_to: city.connect_to().iter().map(|entry| entry.parse().unwrap()).collect(),
        extra_roots: vec![city.root.clone()],
        ..Config::default()
    }
}

fn url(url: &str) -> Url {
    Url::parse(url).unwrap()
}

fn submitted(at: &str) -> Request {
    Request::submitted(&url(at))
}

fn discovered(at: &str) -> Request {
    Request::discovered(&url(at))
}

/// Every exchange in the order they ended, robots.txt files among them.
fn fetch_all(config: Config, requests: &[Request]) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let requests: BTreeSet<_> = requests.iter().cloned().collect();
    let mut sink = |exchange| {
        exchanges.push(exchange);
        Ok(())
    };
    Crawler::new(config).unwrap().fetch(&requests, &(), &mut sink, &()).unwrap();
    exchanges
}

/// The exchange that answers `request`.
fn fetch(config: Config, request: &Request) -> Exchange {
    let exchanges = fetch_all(config, std::slice::from_ref(request));
    exchanges.into_iter().find(|exchange| exchange.request == *request).expect("each request has its exchange")
}

fn answer(exchange: &Exchange) -> &Message {
    assert_eq!(exchange.failure, None);
    exchange.messages.last().unwrap()
}

fn status(config: Config, at: &str) -> u16 {
    answer(&fetch(config, &submitted(at))).status
}

fn failure(config: Config, at: &str) -> Failure {
    fetch(config, &submitted(at)).failure.expect("nothing should have answered")
}

fn body(exchange: &mut Exchange) -> Vec<u8> {
    let mut body = Vec::new();
    exchange.messages.last_mut().unwrap().payload.reader().unwrap().read_to_end(&mut body).unwrap();
    body
}
