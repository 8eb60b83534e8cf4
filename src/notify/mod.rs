//! Who is told what changed, and how: by webhook or by mail, each change once.
//!
//! Who is told stands in a file of whoever runs the workbench, and so does every address that anything is sent to; nothing that
//! a site said leads anywhere.

#[expect(dead_code, reason = "nothing is sent yet")]
mod channel;
#[expect(dead_code, reason = "nothing is sent yet")]
mod relay;
#[cfg_attr(not(test), expect(dead_code, reason = "nothing is sent yet"))]
mod secret;

use std::path::Path;

use serde::Deserialize;
use url::Url;

use channel::Channel;
pub use channel::Written;
use relay::Relay;
pub use relay::WrittenRelay;

/// What a file says of who is told.
#[derive(Debug, Default)]
pub struct WrittenNotify {
    /// Where the workbench can be reached, for links into it.
    pub public_url: Option<Url>,
    /// Who is told, and where.
    pub channels: Vec<Written>,
    /// What takes mail.
    pub smtp: Option<WrittenRelay>,
    /// How often it is tried.
    pub delivery: Pace,
}

/// Why nobody can be told as a file says it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    /// What is said of a channel.
    #[error("[[notify]] {0:?}: {1}")]
    Channel(String, String),
    /// What is said of the relay.
    #[error("[smtp]: {0}")]
    Relay(String),
    /// What is said of links.
    #[error("public_url: {0}")]
    Public(String),
}

/// How often a message is tried, and how long that may take.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// Seconds from the first attempt to the second; each pause after is twice as long as the one before.
    pub retry_seconds: f64,
    /// Hours after which a message is given up.
    pub give_up_hours: f64,
    /// The longest that an attempt may take, in seconds.
    pub timeout_seconds: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { retry_seconds: 30.0, give_up_hours: 24.0, timeout_seconds: 20.0 }
    }
}

/// Who is told, and how.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "nothing is sent yet")]
pub struct Notify {
    /// Where the workbench can be reached.
    public: Option<Url>,
    channels: Vec<Channel>,
    relay: Option<Relay>,
    pace: Pace,
    woken: tokio::sync::Notify,
}

impl Notify {
    /// What a file in `folder` says; secrets are read where it says they are.
    pub fn read(written: &WrittenNotify, folder: &Path) -> Result<Self, Untold> {
        let WrittenNotify { public_url, channels: told, smtp, delivery } = written;
        if let Some(url) = public_url
            && (!["http", "https"].contains(&url.scheme()) || url.query().is_some() || url.fragment().is_some())
        {
            return Err(Untold::Public(format!(
                "{url} is no address of a page: give one such as https://data.example.gov/"
            )));
        }
        let relay = smtp.as_ref().map(|relay| Relay::read(relay, folder)).transpose().map_err(Untold::Relay)?;
        let mut channels: Vec<Channel> = Vec::new();
        for written in told {
            let refused = |why: String| Untold::Channel(written.name.clone(), why);
            let channel = Channel::read(written, relay.is_some(), folder).map_err(refused)?;
            if channels.iter().any(|other| other.name == channel.name) {
                return Err(refused("two channels have this name: give each its own".to_owned()));
            }
            channels.push(channel);
        }
        Ok(Self { public: public_url.clone(), channels, relay, pace: *delivery, woken: tokio::sync::Notify::new() })
    }

    /// The names of the channels that hear of a city.
    pub fn channels_for(&self, city: &str) -> Vec<String> {
        self.channels.iter().filter(|channel| channel.hears_of(city)).map(|channel| channel.name.clone()).collect()
    }

    /// Has whoever sends look at what is to be sent.
    pub fn wake(&self) {
        self.woken.notify_one();
    }
}
