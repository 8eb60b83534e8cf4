//! What the operator decides about a crawl.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::connect_to::ConnectTo;
use crate::pack::exchange::Robots;

/// What the operator decides about a crawl; the default is polite.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who asks, with a contact; the part before the first `/` is the name that robots.txt files call it by.
    pub user_agent: String,
    /// Whether robots.txt decides about submitted links and documented APIs too.
    pub robots: Robots,
    /// The shortest time from the end of one request to a host to its next; zero turns it off.
    pub pace: Duration,
    /// The longest a request may take, its body included.
    pub timeout: Duration,
    /// The longest to wait for a connection.
    pub connect_timeout: Duration,
    /// The longest to wait for the answer's header.
    pub first_byte: Duration,
    /// The most bytes of a body that are kept.
    pub most_bytes: u64,
    /// The most redirects that are followed.
    pub most_redirects: usize,
    /// The most requests in the crawler's life.
    pub most_requests: u64,
    /// The longest pause that a host may ask for and still be asked again.
    pub most_wait: Duration,
    /// The first pause before asking again where a host names none; it doubles with each try.
    pub backoff: Duration,
    /// The time that must lie between the first and the second look at the same URL.
    pub second_look: Duration,
    /// Hosts that may be at non-public addresses; `*` for all.
    pub allow_private: Vec<String>,
    /// Hosts to connect to elsewhere; the first entry that speaks of a host and port decides.
    pub connect_to: Vec<ConnectTo>,
    /// The proxies to go through.
    pub proxies: Proxies,
    /// How many hosts are asked at the same time.
    pub hosts_at_once: usize,
    /// The files that were handed in, by their `file:///` URLs.
    pub files: BTreeMap<Url, PathBuf>,
    /// Whether large files stay where they are and are read whole, because what is kept of them is thrown away after one look.
    pub files_stay: bool,
    /// Root certificates to trust beside the system's, in DER.
    pub extra_roots: Vec<Vec<u8>>,
    /// The browser that shows pages which are empty without JavaScript.
    pub browser: Browser,
    /// What each such page may use.
    pub page: PageBounds,
    /// The programs that read pages which are pictures.
    pub recognising: Recognising,
    /// What they may use.
    pub recognition: RecognitionBounds,
}

/// The browser that shows pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Browser {
    /// A Chromium, if one is on the path.
    #[default]
    OnPath,
    /// The one there.
    At(PathBuf),
    /// None: such pages stay unknown.
    None,
}

/// The programs that draw and read pages which are pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recognising {
    /// A `tesseract` and a `pdftoppm`, if both are on the path.
    #[default]
    OnPath,
    /// Those there.
    With {
        /// What reads.
        tesseract: PathBuf,
        /// What draws.
        pdftoppm: PathBuf,
    },
    /// None: such pages stay unknown.
    None,
}

/// What text recognition of one document may use.
#[derive(Clone, Debug)]
pub struct RecognitionBounds {
    /// Time for a page.
    pub page: Duration,
    /// Time for all of them.
    pub all: Duration,
    /// Pages that are read, from the first.
    pub pages: usize,
    /// Address space of each program, in bytes.
    pub memory: u64,
}

impl Default for RecognitionBounds {
    fn default() -> Self {
        Self { page: Duration::from_mins(1), all: Duration::from_mins(5), pages: 100, memory: 2 << 30 }
    }
}

/// What one page in a browser may use.
#[derive(Clone, Debug)]
pub struct PageBounds {
    /// Time by the clock, waiting for the pace of hosts included.
    pub wall: Duration,
    /// Time by the page's own clock, which stands still while the page waits for an answer: as long as nothing has to
    /// happen in a page at rest.
    pub own: Duration,
    /// Things it may ask for.
    pub requests: u64,
    /// Bytes that it may be given, content codings removed.
    pub bytes: u64,
    /// Memory of the browser with all its processes, in bytes.
    pub memory: u64,
    /// Bytes of the document that is taken down.
    pub document: u64,
}

impl Default for PageBounds {
    fn default() -> Self {
        Self {
            wall: Duration::from_mins(4),
            own: Duration::from_secs(10),
            requests: 400,
            bytes: 64 << 20,
            memory: 2 << 30,
            document: 4 << 20,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            user_agent: concat!("Tickmark/", env!("CARGO_PKG_VERSION")).to_owned(),
            robots: Robots::default(),
            pace: Duration::from_secs(1),
            timeout: Duration::from_mins(1),
            connect_timeout: Duration::from_secs(15),
            first_byte: Duration::from_secs(30),
            most_bytes: 256 * 1024 * 1024,
            most_redirects: 10,
            most_requests: 5_000,
            most_wait: Duration::from_mins(2),
            backoff: Duration::from_secs(5),
            second_look: Duration::from_secs(10),
            allow_private: Vec::new(),
            connect_to: Vec::new(),
            proxies: Proxies::default(),
            hosts_at_once: 64,
            files: BTreeMap::new(),
            files_stay: false,
            extra_roots: Vec::new(),
            browser: Browser::default(),
            page: PageBounds::default(),
            recognising: Recognising::default(),
            recognition: RecognitionBounds::default(),
        }
    }
}

/// The proxies to go through, by the scheme of what is asked.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For http.
    pub http: Option<Url>,
    /// For https.
    pub https: Option<Url>,
    /// Hosts that are asked without one: names with all their subdomains, or `*`.
    pub except: Vec<String>,
}

impl Proxies {
    /// As `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, in either case.
    pub fn from_env() -> Self {
        let read = |name: &str| std::env::var(name.to_ascii_lowercase()).or_else(|_| std::env::var(name)).ok();
        let url = |name| {
            let written = read(name).filter(|written| !written.is_empty())?;
            Url::parse(&written).ok().filter(Url::has_host).or_else(|| Url::parse(&format!("http://{written}")).ok())
        };
        let except = read("NO_PROXY").unwrap_or_default();
        let except = except.split(',').map(|host| host.trim().trim_start_matches('.').to_ascii_lowercase());
        Self { http: url("HTTP_PROXY"), https: url("HTTPS_PROXY"), except: except.filter(|h| !h.is_empty()).collect() }
    }

    /// The proxy for `url`.
    pub(crate) fn of(&self, url: &Url) -> Option<&Url> {
        let host = url.host_str()?;
        let excepted = self.except.iter().any(|except| {
            except == "*"
                || host.strip_suffix(except.as_str()).is_some_and(|front| front.is_empty() || front.ends_with('.'))
        });
        if excepted {
            return None;
        }
        if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_hosts_are_asked_without_a_proxy() {
        let proxy = Url::parse("http://proxy.example:3128").unwrap();
        let proxies = Proxies { http: Some(proxy.clone()), https: None, except: vec!["example.gov".into()] };
        let of = |url: &str| proxies.of(&Url::parse(url).unwrap()).cloned();
        assert_eq!(of("http://example.org/"), Some(proxy.clone()));
        assert_eq!(of("http://notexample.gov/"), Some(proxy));
        assert_eq!(of("http://data.example.gov/"), None);
        assert_eq!(of("https://example.org/"), None);
    }
}
