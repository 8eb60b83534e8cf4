//! What is told to whom: a message for each channel that a settled run concerns.
//!
//! Whoever sends a message takes it first: it is put off for as long as that may take, so that no other process sends it
//! meanwhile, and one whose process was killed is sent by another.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row as _, Transaction};
use utoipa::ToSchema;

use super::access::log;
use super::{By, Event, Store, StoreError, count, counted, parsed};

/// How many are looked at to take one: others may take them at the same moment.
const LOOKED_AT: usize = 8;

/// The columns that a [`Message`] is read from.
macro_rules! messages {
    () => {
        "SELECT run, channel, outbox.city_id, city, as_of, state, attempts, not_before, queued, ended, trouble \
         FROM outbox JOIN runs ON runs.id = run"
    };
}

/// As long as it waits, and nobody has taken it since it was read.
macro_rules! still {
    () => {
        " WHERE run = $1 AND channel = $2 AND state = 'waiting' AND attempts = $3 AND not_before = $4"
    };
}

/// The message to a channel of what a run changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Message {
    /// The run.
    pub run: String,
    /// The channel's name.
    pub channel: String,
    /// The city's id.
    pub city_id: String,
    /// The city's name.
    pub city: String,
    /// The date that the run speaks of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// How far it is.
    pub state: Delivery,
    /// How often it was tried since it was queued.
    pub attempts: usize,
    /// While it waits, it is not tried before.
    #[schema(value_type = String, format = DateTime)]
    pub not_before: Timestamp,
    /// When it was queued, at last.
    #[schema(value_type = String, format = DateTime)]
    pub queued: Timestamp,
    /// When it was sent, or given up.
    pub ended: Option<String>,
    /// Why the last attempt failed.
    pub trouble: Option<String>,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// It is to be sent.
    Waiting,
    /// The other side took it.
    Sent,
    /// It is not tried any more.
    GivenUp,
}

impl Delivery {
    /// Its name, as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given-up",
        }
    }
}

impl std::str::FromStr for Delivery {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Waiting, Self::Sent, Self::GivenUp].into_iter().find(|it| it.name() == name).ok_or(())
    }
}

/// Queues what a settled run changed for these channels, each once; within the transaction that settles it.
pub(super) async fn enqueue(
    transaction: &mut Transaction<'_, Any>,
    run: &str,
    city_id: &str,
    channels: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    for channel in channels {
        sqlx::query(
            "INSERT INTO outbox (run, channel, city_id, state, attempts, not_before, queued) \
             VALUES ($1, $2, $3, 'waiting', 0, $4, $5) ON CONFLICT (run, channel) DO NOTHING",
        )
        .bind(run.to_owned())
        .bind(channel.clone())
        .bind(city_id.to_owned())
        .bind(now.as_millisecond())
        .bind(now.to_string())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

impl Store {
    /// Takes the message that is due for longest, for whoever will have sent it `until` then; none where none is due.
    pub async fn take_message(&self, now: Timestamp, until: Timestamp) -> Result<Option<Message>, StoreError> {
        let due = concat!(
            messages!(),
            " WHERE state = 'waiting' AND not_before <= $1 ORDER BY not_before, queued, run, channel LIMIT $2"
        );
        let rows = sqlx::query(due).bind(now.as_millisecond()).bind(count(LOOKED_AT)).fetch_all(&self.pool).await?;
        for row in &rows {
            let found = read(row)?;
            let taken = still(&found, concat!("UPDATE outbox SET attempts = attempts + 1, not_before = $5", still!()));
            let taken = taken.bind(until.as_millisecond()).execute(&self.pool).await?;
            if taken.rows_affected() > 0 {
                return Ok(Some(Message { attempts: found.attempts + 1, not_before: until, ..found }));
            }
        }
        Ok(None)
    }

    /// When the next message is due; none where none waits.
    pub async fn next_message(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query("SELECT min(not_before) AS next FROM outbox WHERE state = 'waiting'")
            .fetch_one(&self.pool)
            .await?;
        row.try_get::<Option<i64>, _>("next")?.map(moment).transpose()
    }

    /// A message that was taken arrived; false where somebody else took it since.
    pub async fn message_sent(&self, message: &Message, now: Timestamp) -> Result<bool, StoreError> {
        self.end_message(message, Delivery::Sent, None, now).await
    }

    /// A message that was taken is not tried any more, and why.
    pub async fn give_message_up(&self, message: &Message, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.end_message(message, Delivery::GivenUp, Some(why), now).await
    }

    async fn end_message(
        &self,
        message: &Message,
        state: Delivery,
        why: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = still(message, concat!("UPDATE outbox SET state = $5, ended = $6, trouble = $7", still!()));
        let why = why.map(ToOwned::to_owned);
        let ended = ended.bind(state.name()).bind(now.to_string()).bind(why).execute(&self.pool).await?;
        Ok(ended.rows_affected() > 0)
    }

    /// A message that was taken did not arrive: why, and from when on it is tried again.
    pub async fn put_message_off(&self, message: &Message, why: &str, till: Timestamp) -> Result<bool, StoreError> {
        let put_off = still(message, concat!("UPDATE outbox SET not_before = $5, trouble = $6", still!()));
        let put_off = put_off.bind(till.as_millisecond()).bind(why.to_owned()).execute(&self.pool).await?;
        Ok(put_off.rows_affected() > 0)
    }

    /// Queues a message that was given up once more; false where there is none.
    pub async fn send_again(&self, run: &str, channel: &str, by: &By) -> Result<bool, StoreError> {
        // PostgreSQL takes no NUL, and no message has one.
        if [run, channel].iter().any(|name| name.contains('\0')) {
            return Ok(false);
        }
        let mut transaction = self.writing().await?;
        let queued = sqlx::query(
            "UPDATE outbox SET state = 'waiting', attempts = 0, not_before = $3, queued = $4, ended = NULL \
             WHERE run = $1 AND channel = $2 AND state = 'given-up'",
        )
        .bind(run.to_owned())
        .bind(channel.to_owned())
        .bind(by.at.as_millisecond())
        .bind(by.at.to_string())
        .execute(&mut *transaction)
        .await?;
        if queued.rows_affected() == 0 {
            return Ok(false);
        }
        log::write(&mut transaction, by, Event::SentAgain, &format!("run {run} to {channel}")).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The messages, the latest first: at most `most`, after leaving out `skip`; and how many there are.
    pub async fn messages(&self, skip: usize, most: usize) -> Result<(Vec<Message>, usize), StoreError> {
        let rows = sqlx::query(concat!(messages!(), " ORDER BY queued DESC, run, channel LIMIT $1 OFFSET $2"))
            .bind(count(most))
            .bind(count(skip))
            .fetch_all(&self.pool)
            .await?;
        let all = sqlx::query("SELECT count(*) AS n FROM outbox").fetch_one(&self.pool).await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, counted(&all, "n")?))
    }
}

/// A statement on a message that ends with [`still`]; what it sets comes from the fifth place on.
fn still(message: &Message, statement: &'static str) -> Query<'static, Any, AnyArguments> {
    sqlx::query(statement)
        .bind(message.run.clone())
        .bind(message.channel.clone())
        .bind(count(message.attempts))
        .bind(message.not_before.as_millisecond())
}

fn read(row: &AnyRow) -> Result<Message, StoreError> {
    Ok(Message {
        run: row.try_get("run")?,
        channel: row.try_get("channel")?,
        city_id: row.try_get("city_id")?,
        city: row.try_get("city")?,
        as_of: parsed(row, "as_of")?,
        state: parsed(row, "state")?,
        attempts: counted(row, "attempts")?,
        not_before: moment(row.try_get("not_before")?)?,
        queued: parsed(row, "queued")?,
        ended: row.try_get("ended")?,
        trouble: row.try_get("trouble")?,
    })
}

fn moment(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Unknown(format!("not_before {milliseconds}")))
}
