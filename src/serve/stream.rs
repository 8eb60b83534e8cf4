//! A pack as an answer, piece by piece: it may be larger than memory.

use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::task::spawn_blocking;

use super::missing::Missing;
use crate::pack::Pack;

/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;

/// The file at `path` as one of `media_type`, to be kept under `name`.
pub(super) async fn file(path: &Path, media_type: &'static str, name: &str) -> Result<Response, Missing> {
    let path = path.to_owned();
    let file = File::from_std(spawn_blocking(move || Pack::bytes(&path)).await??);
    let length = file.metadata().await?.len();
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let fields = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((fields, Body::from_stream(pieces)).into_response())
}
