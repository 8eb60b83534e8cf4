//! A channel: who hears of which cities, and where.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use serde::Deserialize;
use url::{Host, Url};

use super::secret::{Lies, Secret};

/// The most characters of a channel's name.
const MOST_NAMED: usize = 100;

/// A channel as a file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    pub(super) name: String,
    webhook: Option<Url>,
    /// An address that lets whoever has it write, as those of chats do, is a secret itself.
    webhook_file: Option<PathBuf>,
    webhook_env: Option<String>,
    format: Option<Format>,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    mail: Vec<String>,
    cities: Option<BTreeSet<String>>,
}

/// What a webhook's receiver reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    /// A program: the digest as it is, signed.
    #[default]
    Standard,
    /// Slack.
    Slack,
    /// Microsoft Teams.
    Teams,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Standard => "a webhook",
            Self::Slack => "Slack",
            Self::Teams => "Teams",
        }
    }
}

/// Who hears of which cities, and where.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) name: String,
    /// None hears of all.
    cities: Option<BTreeSet<String>>,
    pub(super) way: Way,
}

/// How a channel is reached.
#[derive(Debug)]
pub(super) enum Way {
    Webhook(Webhook),
    Mail(Vec<Mailbox>),
}

/// Where a webhook is, and what it is sent.
#[derive(Debug)]
pub(super) struct Webhook {
    pub(super) url: Url,
    pub(super) format: Format,
    /// What messages to it are signed with.
    pub(super) key: Option<Secret>,
}

impl Channel {
    /// What a file in `folder` says of a channel; `mails` is whether there is a relay.
    pub(super) fn read(written: &Written, mails: bool, folder: &Path) -> Result<Self, String> {
        let name = written.name.trim();
        if name.is_empty() || name.chars().count() > MOST_NAMED || name.chars().any(char::is_control) {
            return Err(format!("a name has 1 to {MOST_NAMED} letters"));
        }
        let address = written.address(folder)?;
        let way = match (address, written.mail.as_slice()) {
            (Some(url), []) => Way::Webhook(written.webhook(url, folder)?),
            (None, []) => return Err("say where: webhook = \"https://…\", or mail = [\"…\"]".to_owned()),
            (Some(_), _) => return Err("webhook or mail, not both: make two channels of them".to_owned()),
            (None, _) if !mails => return Err("mail needs a relay: [smtp] with host and from".to_owned()),
            (None, _) if written.format.is_some() || written.secret_file.is_some() || written.secret_env.is_some() => {
                return Err("format and secret are for webhooks: leave them out".to_owned());
            }
            (None, addresses) => Way::Mail(addresses.iter().map(|address| mailbox(address)).collect::<Result<_, _>>()?),
        };
        Ok(Self { name: name.to_owned(), cities: written.cities.clone(), way })
    }

    /// Where it leads, without what may be a secret.
    pub(super) fn leads_to(&self) -> String {
        match &self.way {
            Way::Webhook(webhook) => {
                format!("{} at {}", webhook.format.name(), webhook.url.host_str().unwrap_or_default())
            }
            Way::Mail(to) => to.iter().map(|to| to.email.to_string()).collect::<Vec<_>>().join(", "),
        }
    }

    /// Whether it hears of a city.
    pub(super) fn hears_of(&self, city: &str) -> bool {
        self.cities.as_ref().is_none_or(|cities| cities.contains(city))
    }
}

impl Written {
    /// The webhook's address, wherever it is written.
    fn address(&self, folder: &Path) -> Result<Option<Url>, String> {
        let lies = Lies { name: "webhook", file: self.webhook_file.as_ref(), variable: self.webhook_env.as_ref() };
        let hidden = lies.read(folder)?;
        let url = match (&self.webhook, hidden) {
            (Some(_), Some(_)) => return Err("webhook, webhook_file or webhook_env: one of them".to_owned()),
            (Some(url), None) => url.clone(),
            // It is not shown: it may be a secret.
            (None, Some(hidden)) => Url::parse(&hidden).map_err(|error| format!("the webhook's address: {error}"))?,
            (None, None) => return Ok(None),
        };
        if !is_private(&url) {
            return Err("a webhook's address begins with https://, or with http:// on this machine only".to_owned());
        }
        Ok(Some(url))
    }

    fn webhook(&self, url: Url, folder: &Path) -> Result<Webhook, String> {
        let lies = Lies { name: "secret", file: self.secret_file.as_ref(), variable: self.secret_env.as_ref() };
        let key = lies.read(folder)?.map(|written| Secret::key(&written)).transpose()?;
        let format = self.format.unwrap_or_default();
        if format == Format::Standard && key.is_none() {
            return Err(
                "say with what it is signed, so that its receiver knows it from others': secret_file or secret_env"
                    .to_owned(),
            );
        }
        Ok(Webhook { url, format, key })
    }
}

fn mailbox(address: &str) -> Result<Mailbox, String> {
    address.parse().map_err(|_| format!("{address:?} is no mail address: write name@example.gov"))
}

/// Whether nobody on the way reads or changes what is sent there: it is https, or leads to this machine.
pub(crate) fn is_private(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && here
}
