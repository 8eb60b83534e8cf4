//! Takes a page down once it has come to rest: its document as text, and how it looks.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::browser::WINDOW;
use super::cdp::Trouble;
use super::page::Tab;
use crate::crawl::CrawlError;
use crate::pack::{Payload, Picture};

/// How much of a long page is in its picture, in pixels.
const TALLEST: u32 = 4096;
/// How good the picture is, of 100: words stay readable.
const QUALITY: u8 = 60;

/// A page as it stood.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) html: String,
    pub(super) url: Url,
    /// Whether there was more of it.
    pub(super) cut: bool,
    height: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct World {
    execution_context_id: i64,
}

#[derive(Deserialize)]
struct Evaluated {
    result: Remote,
}

#[derive(Deserialize)]
struct Remote {
    value: Option<Value>,
    /// What was thrown, in words.
    description: Option<String>,
}

#[derive(Deserialize)]
struct Taken {
    data: String,
}

/// A frame and those in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frames {
    frame: Frame,
    #[serde(default)]
    child_frames: Vec<Frames>,
}

#[derive(Deserialize)]
struct Frame {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameTree {
    frame_tree: Frames,
}

/// The most frames that are read.
const MOST_FRAMES: usize = 20;

/// The document in `tab`, at most `most` letters of it; what its frames show stands at the end of its body.
pub(super) async fn read(tab: Tab<'_>, most: u64) -> Result<Document, Trouble> {
    let mut document = of(tab, tab.id, most, true).await?;
    let FrameTree { frame_tree } = tab.ask("Page.getFrameTree", json!({})).await?;
    let mut frames = frame_tree.child_frames;
    let mut at = 0;
    while at < frames.len() && at < MOST_FRAMES {
        let within = std::mem::take(&mut frames[at].child_frames);
        frames.extend(within);
        let left = most.saturating_sub(document.html.len() as u64);
        // One that goes away meanwhile shows nothing.
        if let Ok(frame) = of(tab, &frames[at].frame.id, left, false).await {
            let end = document.html.rfind("</body>").unwrap_or(document.html.len());
            document.html.insert_str(end, &frame.html);
            document.cut |= frame.cut;
        }
        at += 1;
    }
    document.cut |= frames.len() > MOST_FRAMES;
    Ok(document)
}

async fn of(tab: Tab<'_>, frame: &str, most: u64, whole: bool) -> Result<Document, Trouble> {
    // In a world of its own: the page's scripts cannot have changed what reads them.
    let World { execution_context_id } = tab.ask("Page.createIsolatedWorld", json!({ "frameId": frame })).await?;
    let expression = format!("({})({most}, {whole})", include_str!("document.js"));
    let evaluate = json!({ "expression": expression, "contextId": execution_context_id, "returnByValue": true });
    let Evaluated { result } = tab.ask("Runtime.evaluate", evaluate).await?;
    let Remote { value, description } = result;
    let value = value.ok_or_else(|| Trouble::Otherwise(description.unwrap_or_default()))?;
    serde_json::from_value(value).map_err(|error| Trouble::Otherwise(error.to_string()))
}

/// How the page in `tab` looks; none where the browser does not give it.
pub(super) async fn picture(tab: Tab<'_>, document: &Document) -> Result<Option<Picture>, CrawlError> {
    let height = document.height.clamp(f64::from(WINDOW.1), f64::from(TALLEST));
    let picture = json!({
        "format": "jpeg",
        "quality": QUALITY,
        "captureBeyondViewport": true,
        "clip": { "x": 0, "y": 0, "width": WINDOW.0, "height": height, "scale": 1 },
    });
    let Ok(Taken { data }) = tab.ask("Page.captureScreenshot", picture).await else { return Ok(None) };
    let Ok(bytes) = BASE64_STANDARD.decode(data) else { return Ok(None) };
    let mut payload = Payload::new();
    payload.write_all(&bytes).map_err(CrawlError::Keep)?;
    Ok(Some(Picture { media_type: "image/jpeg".to_owned(), payload }))
}
