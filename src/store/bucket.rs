//! Files in S3-compatible storage, for those who share no folder.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, RetryConfig};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use std::sync::Arc;

/// A place in a bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl Bucket {
    /// The place at `s3://BUCKET/PREFIX`; who asks, and where, is in the environment as for other programs:
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and `AWS_ENDPOINT_URL` for storage elsewhere than at Amazon.
    /// Where it does not answer, it is asked again for as long as `patience` lasts.
    pub(super) fn at(url: &Url, patience: Duration) -> Result<Self, object_store::Error> {
        let bucket = url.host_str().unwrap_or_default();
        let retry = RetryConfig { retry_timeout: patience, ..RetryConfig::default() };
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry).build()?;
        Ok(Self::within(Arc::new(store), url.path()))
    }

    /// A place within a store.
    pub(super) fn within(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { store, prefix: prefix.trim_matches('/').to_owned() }
    }

    fn key(&self, name: &str) -> Key {
        Key::from(format!("{}/{name}", self.prefix))
    }

    /// Writes a file there, in parts where it is large: it is there whole or not at all.
    pub(super) async fn put(&self, name: &str, from: &Path) -> io::Result<()> {
        let mut file = tokio::fs::File::open(from).await?;
        let mut into = BufWriter::new(Arc::clone(&self.store), self.key(name));
        match tokio::io::copy(&mut file, &mut into).await {
            Ok(_) => into.shutdown().await,
            Err(error) => {
                // Parts without an end would be kept, and paid for.
                let _ = into.abort().await;
                Err(error)
            }
        }
    }

    /// Writes what has this name to a file.
    pub(super) async fn get(&self, name: &str, into: &Path) -> io::Result<()> {
        let mut parts = self.store.get(&self.key(name)).await?.into_stream();
        let mut file = tokio::fs::File::create(into).await?;
        while let Some(part) = parts.next().await {
            file.write_all(&part?).await?;
        }
        file.flush().await?;
        file.sync_all().await
    }

    /// So many bytes of what has this name, from the byte `start` on; fewer where it ends before.
    pub(super) async fn read(&self, name: &str, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let key = self.key(name);
        let end = start.saturating_add(length).min(self.store.head(&key).await?.size);
        if end <= start {
            return Ok(Vec::new());
        }
        Ok(self.store.get_range(&key, start..end).await?.to_vec())
    }

    /// The length of each file in this folder and those within it, by the rest of its name.
    pub(super) async fn list(&self, within: &str) -> io::Result<BTreeMap<String, u64>> {
        let folder = self.key(within);
        let mut found = BTreeMap::new();
        let mut listed = self.store.list(Some(&folder));
        while let Some(file) = listed.try_next().await? {
            let rest = file.location.as_ref().strip_prefix(folder.as_ref()).unwrap_or_default();
            found.insert(rest.trim_start_matches('/').to_owned(), file.size);
        }
        Ok(found)
    }

    /// Removes what has this name.
    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        Ok(self.store.delete(&self.key(name)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_back_as_it_was() {
        let bucket = Bucket::within(Arc::new(object_store::memory::InMemory::new()), "/a/place/");
        let folder = tempfile::tempdir().unwrap();
        let (from, into) = (folder.path().join("from"), folder.path().join("into"));
        // Larger than one part.
        let bytes: Vec<u8> = (0..12_000_000_u32).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[2]).collect();
        std::fs::write(&from, &bytes).unwrap();
        bucket.put("cities/aix/pack-1.wacz", &from).await.unwrap();
        bucket.get("cities/aix/pack-1.wacz", &into).await.unwrap();
        assert!(std::fs::read(&into).unwrap() == bytes);
        let listed = bucket.list("cities/aix").await.unwrap();
        assert_eq!(listed, BTreeMap::from([("pack-1.wacz".to_owned(), 12_000_000)]));
        assert!(bucket.list("cities/ai").await.unwrap().is_empty());
        assert!(bucket.read("cities/aix/pack-1.wacz", 11_999_998, 10).await.unwrap() == bytes[11_999_998..]);
        assert!(bucket.read("cities/aix/pack-1.wacz", 12_000_000, 10).await.unwrap().is_empty());
        bucket.remove("cities/aix/pack-1.wacz").await.unwrap();
        let gone = bucket.get("cities/aix/pack-1.wacz", &into).await.unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
