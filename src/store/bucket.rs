//! Files in S3-compatible storage: a survey's packs, where workers share no folder.

use std::io;
use std::path::Path;

use futures_util::StreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use std::sync::Arc;

/// A place in a bucket.
#[derive(Debug)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

impl Bucket {
    /// The place at `s3://BUCKET/PREFIX`; who asks, and where, is in the environment as for other programs:
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and `AWS_ENDPOINT_URL` for storage elsewhere than at Amazon.
    pub fn at(url: &Url) -> Result<Self, object_store::Error> {
        let bucket = url.host_str().unwrap_or_default();
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
        Ok(Self::within(Arc::new(store), url.path()))
    }

    /// A place within a store.
    fn within(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self { store, prefix: prefix.trim_matches('/').to_owned() }
    }

    fn key(&self, name: &str) -> Key {
        Key::from(format!("{}/{name}", self.prefix))
    }

    /// Writes a file there, in parts where it is large: it is there whole or not at all.
    pub async fn put(&self, name: &str, from: &Path) -> io::Result<()> {
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
    pub async fn get(&self, name: &str, into: &Path) -> io::Result<()> {
        let mut parts = self.store.get(&self.key(name)).await?.into_stream();
        let mut file = tokio::fs::File::create(into).await?;
        while let Some(part) = parts.next().await {
            file.write_all(&part?).await?;
        }
        file.flush().await?;
        file.sync_all().await
    }

    /// Removes what has this name.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
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
        bucket.remove("cities/aix/pack-1.wacz").await.unwrap();
        let gone = bucket.get("cities/aix/pack-1.wacz", &into).await.unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
