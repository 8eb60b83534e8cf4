//! `HOST:PORT:ADDRESS:PORT`, as curl has it: whoever asks for the first is connected to the second.

use std::str::FromStr;

use url::Url;

/// Where to connect for a name and port instead of where the name leads; hosts written as addresses are not led
/// elsewhere. The address may be anywhere: naming it is the operator's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    host: Option<String>,
    port: Option<u16>,
    to_host: Option<String>,
    to_port: Option<u16>,
}

/// Why a `connect-to` cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connect-to {0:?} is not HOST:PORT:ADDRESS:PORT; leave a part empty for any host or port, or to keep it")]
pub struct BadConnectTo(String);

impl FromStr for ConnectTo {
    type Err = BadConnectTo;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let bad = || BadConnectTo(written.to_owned());
        let (host, rest) = host(written).ok_or_else(bad)?;
        let (port, rest) = rest.split_once(':').ok_or_else(bad)?;
        let (to_host, rest) = self::host(rest).ok_or_else(bad)?;
        let number = |text: &str| match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| bad()),
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_ascii_lowercase());
        Ok(Self { host: some(host), port: number(port)?, to_host: some(to_host), to_port: number(rest)? })
    }
}

/// The host at the beginning, and what follows its colon; an IPv6 address stands in brackets.
fn host(text: &str) -> Option<(&str, &str)> {
    match text.strip_prefix('[') {
        Some(text) => text.split_once("]:"),
        None => text.split_once(':'),
    }
}

impl ConnectTo {
    /// Where to connect for `url`, if this entry speaks of it: the host if it is another one, and the port.
    pub(crate) fn target(&self, url: &Url) -> Option<(Option<String>, u16)> {
        // The client never asks a resolver about an address, so only names can be led elsewhere.
        let name = url.domain()?;
        let port = url.port_or_known_default()?;
        let speaks = self.host.as_deref().is_none_or(|host| host == name) && self.port.is_none_or(|own| own == port);
        speaks.then(|| (self.to_host.clone(), self.to_port.unwrap_or(port)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(entry: &str, url: &str) -> Option<(Option<String>, u16)> {
        entry.parse::<ConnectTo>().unwrap().target(&Url::parse(url).unwrap())
    }

    #[test]
    fn empty_parts_stand_for_any_and_keep() {
        let local = Some("127.0.0.1".to_owned());
        assert_eq!(target("data.example.gov:80:127.0.0.1:81", "http://data.example.gov/"), Some((local.clone(), 81)));
        assert_eq!(target(":443:127.0.0.1:", "https://example.org/"), Some((local, 443)));
        assert_eq!(target("::[::1]:8", "http://a.example/"), Some((Some("::1".into()), 8)));
        assert_eq!(target(":::8080", "http://a.example/"), Some((None, 8080)));
        assert_eq!(target("b.example:::8080", "http://a.example/"), None);
        assert_eq!(target("::127.0.0.1:1", "http://10.0.0.1/"), None);
        assert!("example.org".parse::<ConnectTo>().is_err());
        assert!("a:b:c:d".parse::<ConnectTo>().is_err());
    }
}
