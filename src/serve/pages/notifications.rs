//! What is told to whom, and what did not arrive.

use jiff::Timestamp;
use minijinja::{Value, context};

use super::super::missing::Missing;
use super::city::pager;
use super::fill;
use crate::notify::Notify;
use crate::store::{Message, Store};

/// Messages on one page.
const MESSAGES: usize = 50;

/// A time as people need it.
fn seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// A page of the messages, the latest first; `tried` is a channel that was just tried, and why nothing arrived.
pub(in super::super) async fn notifications(
    store: &Store,
    notify: &Notify,
    page: usize,
    token: &str,
    tried: Option<(String, Option<String>)>,
) -> Result<String, Missing> {
    let (messages, all) = store.messages((page - 1) * MESSAGES, MESSAGES).await?;
    let rows: Vec<Value> = messages
        .iter()
        .map(|Message { run, channel, city_id, city, as_of, state, attempts, not_before, queued, ended, trouble }| {
            context! {
                run, channel, city_id, city, as_of => as_of.to_string(), state => state.name(), attempts,
                not_before => seconds(*not_before).to_string(), queued => queued.to_string(), ended, trouble,
            }
        })
        .collect();
    let channels: Vec<Value> = notify.channels().map(|(name, leads_to)| context! { name, leads_to }).collect();
    let tried = tried.map(|(channel, problem)| context! { channel, problem });
    let says = notify.sends();
    fill("bench/notifications.html", context! { rows, all, channels, says, token, tried, ..pager(page, MESSAGES, all) })
}
