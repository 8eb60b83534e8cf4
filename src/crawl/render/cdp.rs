//! The browser's own protocol over a pipe: JSON messages, each ended by a zero byte.
//!
//! A pipe and not a port: nobody else on the machine can speak to the browser, and it ends when we do.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// The longest that a command may take.
const COMMAND: Duration = Duration::from_secs(20);
/// The longest message that is read, in bytes: beyond any document and picture that are taken down.
const MOST: u64 = 64 << 20;

/// Why a command has no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// It did not answer in time.
    #[error("it did not answer within {} s", COMMAND.as_secs())]
    Silent,
    /// It is gone.
    #[error("it ended by itself")]
    Gone,
    /// It would not do it.
    #[error("it refused: {0}")]
    Refused(String),
    /// It answered with something else than was asked for.
    #[error("it answered otherwise than expected: {0}")]
    Otherwise(String),
}

/// Something that happened in the browser.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// Commands that wait for their results; none once nobody listens any more, so that no command waits in vain.
type Waiting = Arc<Mutex<Option<BTreeMap<u64, oneshot::Sender<Result<Value, String>>>>>>;

/// Our end of the pipe.
pub(super) struct Cdp {
    out: mpsc::UnboundedSender<Vec<u8>>,
    next: AtomicU64,
    waiting: Waiting,
}

#[derive(Deserialize)]
struct Message {
    id: Option<u64>,
    result: Option<Value>,
    error: Option<Refusal>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl Cdp {
    /// Speaks through `to` and `from`; what happens comes out of the receiver, which ends with the browser.
    pub(super) fn new(
        mut to: impl AsyncWrite + Unpin + Send + 'static,
        from: impl AsyncBufRead + Unpin + Send + 'static,
    ) -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (out, mut messages) = mpsc::unbounded_channel::<Vec<u8>>();
        // Written by one task: a command that is given up half-way must not leave half a message.
        tokio::spawn(async move {
            while let Some(message) = messages.recv().await {
                if to.write_all(&message).await.is_err() || to.flush().await.is_err() {
                    return;
                }
            }
        });
        let waiting = Waiting::new(Mutex::new(Some(BTreeMap::new())));
        let (happened, events) = mpsc::unbounded_channel();
        tokio::spawn(listen(from, waiting.clone(), happened));
        (Self { out, next: AtomicU64::new(1), waiting }, events)
    }

    /// Has `session`, or else the browser, carry out a command; its result.
    pub(super) async fn send(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, Trouble> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let (answer, answered) = oneshot::channel();
        match lock(&self.waiting).as_mut() {
            Some(waiting) => waiting.insert(id, answer),
            None => return Err(Trouble::Gone),
        };
        let answered = match self.out.send(bytes) {
            Ok(()) => timeout(COMMAND, answered).await,
            Err(_) => return Err(Trouble::Gone),
        };
        match answered {
            Ok(Ok(Ok(result))) => Ok(result),
            Ok(Ok(Err(refusal))) => Err(Trouble::Refused(refusal)),
            Ok(Err(_)) => Err(Trouble::Gone),
            Err(_) => {
                take(&self.waiting, id);
                Err(Trouble::Silent)
            }
        }
    }

    /// The same, its result read as what is expected.
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<T, Trouble> {
        let result = self.send(session, method, params).await?;
        serde_json::from_value(result).map_err(|error| Trouble::Otherwise(error.to_string()))
    }
}

async fn listen(mut from: impl AsyncBufRead + Unpin, waiting: Waiting, happened: mpsc::UnboundedSender<Event>) {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match (&mut from).take(MOST).read_until(0, &mut bytes).await {
            Ok(read) if read > 0 && bytes.last() == Some(&0) => {}
            // It ended, or says more than can be meant.
            _ => break,
        }
        bytes.pop();
        let Ok(message) = serde_json::from_slice::<Message>(&bytes) else { continue };
        if let Some(answer) = message.id.and_then(|id| take(&waiting, id)) {
            let result =
                message.error.map_or_else(|| Ok(message.result.unwrap_or_default()), |error| Err(error.message));
            // Whoever asked may have given up.
            let _ = answer.send(result);
        } else if let Some(method) = message.method
            && happened.send(Event { method, params: message.params }).is_err()
        {
            break;
        }
    }
    *lock(&waiting) = None;
}

/// Whoever waits for the result of the command numbered so, who then waits no more.
fn take(waiting: &Waiting, id: u64) -> Option<oneshot::Sender<Result<Value, String>>> {
    lock(waiting).as_mut()?.remove(&id)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::io::{BufReader, duplex, split};

    use super::*;

    #[tokio::test]
    async fn commands_get_their_results_and_events_come_out() {
        let (ours, theirs) = duplex(1024);
        let (from, to) = split(ours);
        let (cdp, mut events) = Cdp::new(to, BufReader::new(from));
        let (their_from, mut their_to) = split(theirs);
        let browser = tokio::spawn(async move {
            let mut their_from = BufReader::new(their_from);
            let mut asked = Vec::new();
            for _ in 0..2 {
                let mut message = Vec::new();
                their_from.read_until(0, &mut message).await.unwrap();
                asked.push(serde_json::from_slice::<Value>(&message[..message.len() - 1]).unwrap());
            }
            let answers = br#"{"method":"A.b","params":{"c":1}}_no json_{"id":2,"error":{"message":"no"}}_{"id":1,"result":{"d":2}}_"#;
            let answers: Vec<u8> = answers.iter().map(|byte| if *byte == b'_' { 0 } else { *byte }).collect();
            their_to.write_all(&answers).await.unwrap();
            asked
        });
        let (one, two) =
            tokio::join!(cdp.send(None, "X.y", json!({})), cdp.send(Some("s"), "X.z", json!({ "e": "\0" })));
        assert_eq!(one.unwrap(), json!({ "d": 2 }));
        assert!(matches!(two, Err(Trouble::Refused(words)) if words == "no"));
        let asked = browser.await.unwrap();
        assert_eq!(asked[1], json!({ "id": 2, "method": "X.z", "params": { "e": "\0" }, "sessionId": "s" }));
        let event = events.recv().await.unwrap();
        assert_eq!((event.method.as_str(), event.params), ("A.b", json!({ "c": 1 })));
        assert!(matches!(cdp.send(None, "X.y", json!({})).await, Err(Trouble::Gone)));
        assert!(events.recv().await.is_none());
    }
}
