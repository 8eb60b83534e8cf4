//! A city's changes as an Atom feed (RFC 4287): an entry for each run that changed something, once that was settled.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use minijinja::{Value, context};
use sha2::{Digest as _, Sha256};

use super::missing::Missing;
use super::{Bench, Of, api, pages};
use crate::notify::named;
use crate::store::KeptRun;

/// The most entries: readers ask often enough not to miss one.
const MOST: usize = 30;

/// The feed of a city.
pub(super) async fn feed(State(bench): Of, Path(city): Path<String>, asked: HeaderMap) -> Result<Response, Missing> {
    let fields = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    let answer = (fields, bench.feed(&city).await?).into_response();
    Ok(api::tagged(answer, asked.get(header::IF_NONE_MATCH)).await)
}

impl Bench {
    async fn feed(self: &Arc<Self>, city: &str) -> Result<String, Missing> {
        let latest = self.store.history(city, 0, 1).await?.into_iter().next();
        let watched = self.store.watched(city).await?;
        let (name, since) = match (latest, watched) {
            (Some(latest), _) => (latest.run.city.clone(), moment(&latest.run)),
            (None, Some(watched)) => (watched.submission.city, watched.since),
            (None, None) => return Err(Missing::Nothing),
        };
        // Without it, addresses hold where the feed was read.
        let base = self.notify.public().map_or("", |public| public.as_str().trim_end_matches('/'));
        let mut entries = Vec::new();
        let mut updated = None;
        for run in self.store.news(city, MOST).await? {
            let Some(digest) = self.digest(&run.id).await? else { continue };
            let at = moment(&run);
            updated = updated.max(Some(at));
            let html = digest.html().map_err(Missing::Template)?;
            let link = format!("{base}/runs/{}/changes", run.id);
            entries.push(
                context! { id => uuid(&run.id), title => digest.subject(), updated => at.to_string(), link, html },
            );
        }
        let updated = updated.unwrap_or(since).to_string();
        let id = uuid(&format!("changes of {city}"));
        let own = format!("{base}/cities/{city}");
        let version = env!("CARGO_PKG_VERSION");
        let name = named(&name);
        pages::feed(context! { id, name, updated, own, version, entries => Value::from(entries) })
    }
}

/// When a run was made: its last capture, or the day that it speaks of.
fn moment(run: &KeptRun) -> Timestamp {
    let finished = run.finished.as_deref().and_then(|finished| finished.parse().ok());
    let day = || format!("{}T00:00:00Z", run.as_of).parse().unwrap_or_default();
    finished.unwrap_or_else(day)
}

/// A name for ever, wherever the feed is read: a UUID of one's own making (RFC 9562, version 8).
fn uuid(about: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(about)[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = probes::capture::hex(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_always_the_same_and_of_version_8() {
        let name = uuid("a run");
        assert_eq!(name, uuid("a run"));
        assert_ne!(name, uuid("another"));
        let parts: Vec<&str> = name.trim_start_matches("urn:uuid:").split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('8') && parts[3].starts_with(['8', '9', 'a', 'b']), "{name}");
    }
}
