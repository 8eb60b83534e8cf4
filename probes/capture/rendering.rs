//! What a browser made of a page that scripts write.

use serde::{Deserialize, Serialize};

use super::{CaptureId, Stored};

/// Where the body of a rendered capture comes from: the document as it stood once its scripts had run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rendering {
    /// The capture of the page as it was sent.
    pub of: CaptureId,
    /// The browser, by its own words.
    pub browser: String,
    /// A picture of the page as it looked, if one could be taken.
    pub screenshot: Option<Stored>,
    /// The media type of that picture.
    pub picture: Option<String>,
    /// How many things the page asked for.
    pub requests: u64,
    /// Why the page may not be whole: it never came to rest, or something it asked for could not be had.
    pub gap: Option<String>,
}
