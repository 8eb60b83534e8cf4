//! Who is told what changed, and how: by webhook or by mail, each change once.
//!
//! Who is told stands in a file of whoever runs the workbench, and so does every address that anything is sent to; nothing that
//! a site said leads anywhere.

mod channel;
mod digest;
mod mail;
mod pace;
mod relay;
#[cfg(test)]
mod sample;
mod secret;
mod slack;
mod teams;
mod text;
mod webhook;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use probes::capture::short_hash;
use reqwest::Client;
use url::Url;

pub use channel::Written;
#[cfg(feature = "oidc")]
pub(crate) use channel::is_private;
use channel::{Channel, Way};
pub(crate) use digest::named;
pub use digest::{ChangedClause, Digest, ToDo, Why};
use pace::Next;
pub use pace::Pace;
use relay::Relay;
pub use relay::WrittenRelay;
#[cfg(feature = "oidc")]
pub(crate) use secret::Lies;
pub use webhook::Event;
#[cfg(feature = "oidc")]
pub(crate) use webhook::caused;

use crate::store::{Message, Store, StoreError};

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
    /// What is said of pauses.
    #[error("[delivery]: {0}")]
    Pace(String),
    /// What is said of links.
    #[error("public_url: {0}")]
    Public(String),
    /// Nothing can be posted from here at all.
    #[error("webhooks cannot be sent: {0}")]
    Client(String),
}

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It may the next time.
    Again {
        /// Why.
        why: String,
        /// How long the other side asks to be left alone.
        after: Option<Duration>,
    },
    /// It never will.
    Never(String),
}

impl Failed {
    /// Why.
    pub fn why(&self) -> &str {
        match self {
            Self::Again { why, .. } | Self::Never(why) => why,
        }
    }
}

/// Who is told, and how.
#[derive(Debug, Default)]
pub struct Notify {
    /// Whether a file says so at all; else what waits is another process's to send.
    says: bool,
    /// Where the workbench can be reached.
    public: Option<Url>,
    channels: Vec<Channel>,
    relay: Option<Relay>,
    pace: Pace,
    /// What posts, if anything does.
    client: Option<Client>,
    woken: tokio::sync::Notify,
}

impl Notify {
    /// What a file in `folder` says; secrets are read where it says they are.
    pub fn read(written: &WrittenNotify, folder: &Path) -> Result<Self, Untold> {
        let WrittenNotify { public_url, channels: told, smtp, delivery } = written;
        if let Some(url) = public_url
            && (!["http", "https"].contains(&url.scheme()) || url.query().is_some() || url.fragment().is_some())
        {
            let told = format!("{url} is no address of a page: give one such as https://data.example.gov/");
            return Err(Untold::Public(told));
        }
        delivery.check().map_err(Untold::Pace)?;
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
        let posts = channels.iter().any(|channel| matches!(channel.way, Way::Webhook(_)));
        let client = posts.then(|| webhook::client(delivery.timeout())).transpose().map_err(Untold::Client)?;
        let (public, woken) = (public_url.clone(), tokio::sync::Notify::new());
        Ok(Self { says: true, public, channels, relay, pace: *delivery, client, woken })
    }

    /// Whether messages are sent from here.
    pub fn sends(&self) -> bool {
        self.says
    }

    /// Has whoever sends look at once at what there is to send.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Waits until somebody has it look.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }

    /// Where the workbench can be reached, if that is said.
    pub fn public(&self) -> Option<&Url> {
        self.public.as_ref()
    }

    /// The names of the channels that hear of a city.
    pub fn channels_for(&self, city: &str) -> Vec<String> {
        self.channels.iter().filter(|channel| channel.hears_of(city)).map(|channel| channel.name.clone()).collect()
    }

    /// Each channel's name, and where it leads, as far as that is no secret.
    pub fn channels(&self) -> impl Iterator<Item = (&str, String)> {
        self.channels.iter().map(|channel| (channel.name.as_str(), channel.leads_to()))
    }

    /// Takes the message that is due for longest; none where none is due.
    pub async fn take(&self, store: &Store, now: Timestamp) -> Result<Option<Message>, StoreError> {
        store.take_message(now, self.pace.held_until(now)).await
    }

    /// Sends a message that was taken, and writes down what came of it; why it was given up, where it was.
    pub async fn deliver(
        &self,
        store: &Store,
        message: &Message,
        digest: &Digest,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let event = Event { r#type: "changes.settled", timestamp: message.queued, data: digest };
        let id = message_id(message);
        let Err(failed) = self.send(&message.channel, &id, &event, clock()).await else {
            store.message_sent(message, clock()).await?;
            return Ok(None);
        };
        self.failed(store, message, &failed, clock()).await
    }

    /// Writes down that a message that was taken did not arrive; why it was given up, where it was.
    pub async fn failed(
        &self,
        store: &Store,
        message: &Message,
        failed: &Failed,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        match self.pace.next(message, failed, now) {
            Next::Again(next) => {
                store.put_message_off(message, failed.why(), next).await?;
                Ok(None)
            }
            Next::GivenUp => {
                store.give_message_up(message, failed.why(), now).await?;
                Ok(Some(failed.why().to_owned()))
            }
        }
    }

    /// Sends something to a channel at once, and once.
    pub async fn send(&self, channel: &str, id: &str, event: &Event<'_>, now: Timestamp) -> Result<(), Failed> {
        let Some(channel) = self.channels.iter().find(|known| known.name == channel) else {
            return Err(Failed::Never("no channel of this name is in the file any more".to_owned()));
        };
        match (&channel.way, &self.client, &self.relay) {
            (Way::Webhook(webhook), Some(client), _) => webhook::post(client, webhook, id, event, now).await,
            (Way::Mail(to), _, Some(relay)) => {
                mail::send(relay, to, id, event.timestamp, event.data, self.pace.timeout()).await
            }
            // What is read says how each of its channels is reached.
            _ => Err(Failed::Never("the file does not say how it is reached".to_owned())),
        }
    }
}

/// What a message is known by, at every attempt: one that is known already can be dropped.
fn message_id(message: &Message) -> String {
    format!("msg_{}", short_hash(format!("{}/{}", message.run, message.channel).as_bytes()))
}
