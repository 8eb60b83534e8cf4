//! Which addresses are public: nothing else is connected to, unless the operator names it.
//!
//! Asked before DNS for literal hosts, after DNS for every resolved address, and again at each redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The hosts that may be at non-public addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    allowed: Vec<String>,
}

/// A host that is not at a public address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} is at {address}, which is not a public address")]
pub(crate) struct NotPublic {
    /// The host asked for.
    pub(crate) host: String,
    /// Where it is.
    pub(crate) address: IpAddr,
}

impl Guard {
    /// A guard that lets `allowed` hosts be anywhere; `*` stands for every host.
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().map(|host| plain(host)).collect() }
    }

    /// Whether the operator allows `host` to be anywhere.
    pub(crate) fn allows(&self, host: &str) -> bool {
        let host = plain(host);
        self.allowed.iter().any(|allowed| allowed == "*" || *allowed == host)
    }

    /// Refuses a URL whose host is written as an address that is not public.
    pub(crate) fn literal(&self, url: &Url) -> Result<(), NotPublic> {
        match url.host() {
            Some(Host::Ipv4(address)) => self.address(&address.to_string(), address.into()),
            Some(Host::Ipv6(address)) => self.address(&address.to_string(), address.into()),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    /// Refuses `host` if `address` is not public.
    pub(crate) fn address(&self, host: &str, address: IpAddr) -> Result<(), NotPublic> {
        if is_public(address) || self.allows(host) { Ok(()) } else { Err(NotPublic { host: host.to_owned(), address }) }
    }
}

fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Blocks of the IANA IPv4 special-purpose registry that are no one's public server.
const NOT_PUBLIC_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !NOT_PUBLIC_V4.iter().any(|(block, length)| (bits ^ Ipv4Addr::from(*block).to_bits()) >> (32 - length) == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match s {
        // Mapped, translated (both prefixes), and compatible addresses are what they embed, :: and ::1 among the
        // last; so are 6to4 ones.
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Local NAT64, discard, Teredo and other protocol assignments, documentation, segment routing.
        [0x64, 0xff9b, ..]
        | [0x100, 0, 0, 0, ..]
        | [0x2001, 0..=0x01ff | 0xdb8, ..]
        | [0x3fff, 0..=0x0fff, ..]
        | [0x5f00, ..] => false,
        // Unique local, link local, site local, multicast.
        [first, ..] => first & 0xfe00 != 0xfc00 && first & 0xff80 != 0xfe80 && first & 0xff00 != 0xff00,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        for refused in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.19.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:0:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(refused.parse().unwrap()), "{refused} passed");
        }
        for passed in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2a00:1450::1",
        ] {
            assert!(is_public(passed.parse().unwrap()), "{passed} was refused");
        }
    }

    #[test]
    fn every_spelling_of_a_literal_address_is_seen() {
        let guard = Guard::new(&[]);
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0/",
            "http://[::ffff:7f00:1]/",
            "http://127.1/",
            "http://①②⑦.0.0.1/",
        ] {
            assert!(guard.literal(&Url::parse(url).unwrap()).is_err(), "{url} passed");
        }
        assert!(guard.literal(&Url::parse("http://example.org/").unwrap()).is_ok());
    }

    #[test]
    fn the_operator_may_name_hosts() {
        let local = "127.0.0.1".parse().unwrap();
        assert!(Guard::new(&["Intranet.example.gov".into()]).address("intranet.example.gov.", local).is_ok());
        assert!(Guard::new(&["intranet.example.gov".into()]).address("other.example.gov", local).is_err());
        assert!(Guard::new(&["*".into()]).address("other.example.gov", local).is_ok());
    }
}
