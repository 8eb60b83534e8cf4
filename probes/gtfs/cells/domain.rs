//! Names of hosts, and the codes of currencies: what is on the lists.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

/// The top level domains, by the IANA's list.
static TOP: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names: Vec<&str> = include_str!("tlds.txt").split_whitespace().collect();
    names.sort_unstable();
    names
});

/// ISO 4217's currencies, those of the past included, with their decimals: each line begins with them.
static CURRENCIES: LazyLock<BTreeMap<&'static str, i64>> = LazyLock::new(|| {
    let lines = include_str!("currencies.txt").lines().filter_map(|line| line.split_once(' '));
    let lines = lines.filter_map(|(digits, codes)| Some((digits.parse().ok()?, codes)));
    lines.flat_map(|(digits, codes)| codes.split(' ').map(move |code| (code, digits))).collect()
});

/// How many decimals amounts in a currency have.
pub(crate) fn currency_digits(code: &str) -> Option<i64> {
    CURRENCIES.get(code).copied()
}

/// Whether it can be the name or address of a host.
pub(super) fn is_host(host: &str) -> bool {
    is_domain(host) || is_ipv4(host)
}

/// Whether it is an IPv4 address.
pub(super) fn is_ipv4(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok()
}

/// Whether it is a domain below a known top level domain.
pub(super) fn is_domain(host: &str) -> bool {
    let ascii = ascii(host);
    if ascii.len() > 253 {
        return false;
    }
    let mut labels: Vec<&str> = ascii.strip_suffix('.').unwrap_or(&ascii).split('.').collect();
    let Some(top) = labels.pop() else { return false };
    !labels.is_empty()
        && labels.iter().all(|label| is_label(label))
        && TOP.binary_search(&top.to_ascii_lowercase().as_str()).is_ok()
}

/// A host's name as it goes over the wire.
pub(super) fn ascii(host: &str) -> String {
    if host.is_ascii() {
        return host.to_owned();
    }
    // The url crate knows international names; what it refuses stays as it is, and is refused as no label.
    url::Host::parse(host).map_or_else(|_| host.to_owned(), |host| host.to_string())
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
