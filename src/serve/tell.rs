//! Sends what is to be told of settled changes.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::access::who;
use super::audits::day;
use super::latest::Latest;
use super::missing::Missing;
use super::{BETWEEN_LOOKS, Bench};
use crate::notify::{Digest, Event as Told, Failed};
use crate::store::{Event, KeptRun, Message};

/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_millis(50);
/// Messages that are sent at the same time: one whose receiver does not answer must not keep the others.
const AT_ONCE: usize = 8;
/// The digests that were asked for last.
pub(super) type Digests = Latest<Digest, 100>;

/// Sends whatever comes to be sent, for ever.
pub(super) async fn keep_on(bench: Arc<Bench>, aside: fn(&str)) {
    if !bench.notify.sends() {
        return;
    }
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        if let Err(problem) = bench.send_what_is_due(&at_once, aside).await {
            aside(&format!("what is to be sent is not known: {problem}"));
        }
        let _ = tokio::time::timeout(bench.until_next().await, bench.notify.woken()).await;
    }
}

impl Bench {
    async fn send_what_is_due(self: &Arc<Self>, at_once: &Arc<Semaphore>, aside: fn(&str)) -> Result<(), Missing> {
        while let Ok(permit) = Arc::clone(at_once).acquire_owned().await {
            let Some(message) = self.notify.take(&self.store, Timestamp::now()).await? else { break };
            let bench = Arc::clone(self);
            tokio::spawn(async move {
                match bench.tell(&message).await {
                    Ok(None) => {}
                    Ok(Some(why)) => aside(&format!("{}: {} is told no more: {why}", message.channel, message.city)),
                    // It is taken up again, by whoever looks first, when it is nobody's any more.
                    Err(problem) => aside(&format!("{}: {} is not told yet: {problem}", message.channel, message.city)),
                }
                drop(permit);
                bench.notify.wake();
            });
        }
        Ok(())
    }

    async fn tell(self: &Arc<Self>, message: &Message) -> Result<Option<String>, Missing> {
        let told = match self.digest(&message.run).await.and_then(|digest| digest.ok_or(Missing::Nothing)) {
            Ok(digest) => self.notify.deliver(&self.store, message, &digest, Timestamp::now).await?,
            Err(problem) => {
                let failed = Failed::Again { why: problem.to_string(), after: None };
                self.notify.failed(&self.store, message, &failed, Timestamp::now()).await?
            }
        };
        Ok(told)
    }

    async fn until_next(&self) -> Duration {
        let next = self.store.next_message().await.ok().flatten();
        let left = next.and_then(|next| Duration::try_from(next.duration_since(Timestamp::now())).ok());
        // What is due already, and could not be taken, is somebody else's.
        left.filter(|_| next.is_some()).map_or(BETWEEN_LOOKS, |left| left.clamp(SHORTEST, BETWEEN_LOOKS))
    }

    /// What a run changed, why, and what to do first; none while it is not settled.
    pub(super) async fn digest(self: &Arc<Self>, run: &str) -> Result<Option<Arc<Digest>>, Missing> {
        if let Some(known) = self.digests.get(|digest| digest.run == run) {
            return Ok(Some(known));
        }
        let known = self.store.run(run).await?.ok_or(Missing::Nothing)?;
        let Some(settled) = self.store.settled(run).await? else { return Ok(None) };
        // Without its pack, it is told in fewer words.
        let opened = Arc::clone(self).open(run.to_owned()).await.ok();
        let report = opened.as_deref().map(|opened| &opened.report);
        let digest = Arc::new(Digest::of(&known, &settled.changes, report, self.notify.public()));
        if report.is_some() {
            self.digests.keep(Arc::clone(&digest));
        }
        Ok(Some(digest))
    }

    /// Queues a message that was given up once more.
    pub(super) async fn send_again(&self, run: &str, channel: &str) -> Result<(), Missing> {
        if !self.store.send_again(run, channel, &who().by()).await? {
            return Err(Missing::Meanwhile("no such message was given up: load the page again"));
        }
        self.notify.wake();
        Ok(())
    }

    /// Sends a channel a message at once that tells of nothing, to see whether it arrives; why not, where it did not.
    pub(super) async fn try_channel(&self, channel: &str) -> Result<Option<String>, Missing> {
        if !self.notify.channels().any(|(name, _)| name == channel) {
            return Err(Missing::Nothing);
        }
        let now = super::decide::now();
        self.store.log(&who().by(), Event::ChannelTried, channel).await?;
        let made_up = KeptRun {
            id: "none".to_owned(),
            city_id: "none".to_owned(),
            city: "Nowhere (this only tries whether messages arrive)".to_owned(),
            as_of: day(now),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            started: None,
            finished: None,
        };
        let digest = Digest::of(&made_up, &[], None, None);
        let told = Told { r#type: "channel.tried", timestamp: now, data: &digest };
        let id = format!("msg_{}", self.tokens.of(&format!("{channel}/{now}")).get(..16).unwrap_or_default());
        Ok(self.notify.send(channel, &id, &told, now).await.err().map(|failed| failed.why().to_owned()))
    }
}
