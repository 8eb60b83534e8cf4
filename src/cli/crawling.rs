//! What an operator may say of a crawl.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::Trouble;
use crate::crawl::{Browser, Config, ConnectTo, Proxies, Recognising};
use crate::pack::exchange::Robots;

/// How to crawl; the default is polite.
#[derive(Debug, Args)]
#[command(next_help_heading = "Crawl")]
pub(crate) struct Crawling {
    /// Whose robots.txt rules hold for submitted links and documented APIs
    #[arg(long, value_enum, default_value_t = Rules::AtTheCitysRequest)]
    pub(crate) robots: Rules,
    /// How a host's people can reach you: an address or a page, sent with every request [also: `TICKMARK_CONTACT`]
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Shortest time from the end of one request to a host to the next; 0 only for servers of your own
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pace: Duration,
    /// Longest a request may take, its body included
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,
    /// Longest to wait for the beginning of an answer
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    first_byte: Duration,
    /// Longest pause that a host may ask for and still be asked again
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    most_wait: Duration,
    /// First pause before a throttled or failing host is asked again, where it names none
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    backoff: Duration,
    /// Shortest time between the first and the second look at a link that seems gone
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    second_look: Duration,
    /// Most bytes of one body that are kept, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 256)]
    most_megabytes: u64,
    /// Most redirects followed
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    most_redirects: usize,
    /// Most requests of the whole audit
    #[arg(long, value_name = "COUNT", default_value_t = 5_000)]
    most_requests: u64,
    /// Hosts asked at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 64)]
    hosts_at_once: usize,
    /// Hosts that may be at addresses that are not public; all, when none is named
    #[arg(long, value_name = "HOST,…", value_delimiter = ',', num_args = 0.., require_equals = true, default_missing_value = "*")]
    allow_private: Vec<String>,
    /// Connect elsewhere for a host, as curl's: `HOST:PORT:ADDRESS:PORT`
    #[arg(long, value_name = "H:P:A:P")]
    connect_to: Vec<ConnectTo>,
    /// Certificates to trust beside the system's, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// The Chromium that shows pages which are empty without JavaScript [default: the one on the path; also:
    /// `TICKMARK_CHROMIUM`]
    #[arg(long, value_name = "PATH")]
    chromium: Option<PathBuf>,
    /// Show no page in a browser: those that are empty without JavaScript stay unknown
    #[arg(long, conflicts_with = "chromium")]
    no_render: bool,
    /// Recognise no text in pictures of pages, which `tesseract` and `pdftoppm` do where both are on the path
    #[arg(long)]
    no_recognition: bool,
}

/// Whose robots.txt rules hold for what the city submitted.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Rules {
    /// Submitted links and the documented API of a submitted portal are asked at the city's own request
    AtTheCitysRequest,
    /// robots.txt decides everywhere
    Strict,
}

impl From<Rules> for Robots {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::AtTheCitysRequest => Self::AtTheCitysRequest,
            Rules::Strict => Self::Strict,
        }
    }
}

/// A number of seconds as it is typed.
pub(crate) fn seconds(written: &str) -> Result<Duration, String> {
    let seconds: f64 = written.parse().map_err(|_| "write a number of seconds, such as 1 or 0.5".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "write a number of seconds from 0".to_owned())
}

impl Crawling {
    /// The crawler's configuration, without the files that were handed in.
    pub(crate) fn config(&self) -> Result<Config, Trouble> {
        let mut extra_roots = Vec::new();
        for path in &self.ca {
            let unreadable = |error| Trouble::asked(format!("{}: no PEM certificates: {error}", path.display()));
            for root in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                extra_roots.push(root.map_err(unreadable)?.to_vec());
            }
        }
        let defaults = Config::default();
        let contact = self.contact.clone().or_else(|| std::env::var("TICKMARK_CONTACT").ok());
        let user_agent = match contact.filter(|contact| !contact.trim().is_empty()) {
            Some(contact) if contact.chars().any(|c| !(' '..='~').contains(&c) || "()".contains(c)) => {
                return Err(Trouble::asked(format!("the contact {contact:?} must be plain letters without brackets")));
            }
            Some(contact) => format!("{} (+{})", defaults.user_agent, contact.trim()),
            None => defaults.user_agent,
        };
        Ok(Config {
            user_agent,
            robots: self.robots.into(),
            pace: self.pace,
            timeout: self.timeout,
            first_byte: self.first_byte,
            most_bytes: self.most_megabytes.saturating_mul(1_000_000),
            most_redirects: self.most_redirects,
            most_requests: self.most_requests,
            most_wait: self.most_wait,
            backoff: self.backoff,
            second_look: self.second_look,
            allow_private: self.allow_private.clone(),
            connect_to: self.connect_to.clone(),
            proxies: Proxies::from_env(),
            hosts_at_once: self.hosts_at_once,
            extra_roots,
            browser: self.browser(),
            recognising: if self.no_recognition { Recognising::None } else { Recognising::OnPath },
            ..defaults
        })
    }

    fn browser(&self) -> Browser {
        let named = || std::env::var_os("TICKMARK_CHROMIUM").filter(|path| !path.is_empty()).map(PathBuf::from);
        match (self.no_render, self.chromium.clone().or_else(named)) {
            (true, _) => Browser::None,
            (false, Some(path)) => Browser::At(path),
            (false, None) => Browser::OnPath,
        }
    }
}
