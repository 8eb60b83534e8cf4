//! Hashes of what passes by.

use std::io::{self, BufRead, Read, Write};

use data_encoding::{BASE32_NOPAD_NOCASE, HEXLOWER_PERMISSIVE};
use probes::capture::hex;
use sha1::Sha1;
use sha2::Sha256;
use sha2::digest::{Digest as _, DynDigest};

/// A digest that a record was stored with.
pub(crate) struct Declared {
    pub(crate) algorithm: Algorithm,
    /// In lower-case hexadecimal, however it is written.
    pub(crate) value: String,
}

/// What records are hashed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
}

impl Declared {
    /// Reads `sha1:…` or `sha256:…`, in hexadecimal or base32; none for what cannot be checked.
    pub(crate) fn parse(digest: &str) -> Option<Self> {
        let (name, value) = digest.split_once(':')?;
        let (algorithm, length) = match name.to_ascii_lowercase().replace('-', "").as_str() {
            "sha1" => (Algorithm::Sha1, 20),
            "sha256" => (Algorithm::Sha256, 32),
            _ => return None,
        };
        let encoding = if value.len() == 2 * length { HEXLOWER_PERMISSIVE } else { BASE32_NOPAD_NOCASE };
        let value = encoding.decode(value.trim_end_matches('=').as_bytes()).ok()?;
        (value.len() == length).then(|| Self { algorithm, value: hex(&value) })
    }
}

/// Hashes and counts what is read through it, or written to it.
pub(crate) struct Hashing<T> {
    inner: T,
    hash: Box<dyn DynDigest>,
    bytes: u64,
}

impl<T> Hashing<T> {
    /// Hashes with SHA-256.
    pub(crate) fn new(inner: T) -> Self {
        Self::with(Algorithm::Sha256, inner)
    }

    pub(crate) fn with(algorithm: Algorithm, inner: T) -> Self {
        let hash: Box<dyn DynDigest> = match algorithm {
            Algorithm::Sha1 => Box::new(Sha1::new()),
            Algorithm::Sha256 => Box::new(Sha256::new()),
        };
        Self { inner, hash, bytes: 0 }
    }

    /// The hash in hexadecimal, and how many bytes.
    pub(crate) fn finish(self) -> (String, u64) {
        (hex(&self.hash.finalize()), self.bytes)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed was just filled.
        if let Ok(buffer) = self.inner.fill_buf() {
            self.hash.update(&buffer[..amount]);
        }
        self.bytes += amount as u64;
        self.inner.consume(amount);
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// SHA-256 and length of all that `from` gives.
pub(crate) fn drain(from: &mut dyn Read) -> io::Result<(String, u64)> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(from, &mut hashing)?;
    Ok(hashing.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_however_they_are_written() {
        let of = |algorithm| {
            let mut hashing = Hashing::with(algorithm, io::sink());
            hashing.write_all(b"abc").unwrap();
            hashing.finish().0
        };
        for (written, algorithm) in [
            ("sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", Algorithm::Sha1),
            ("SHA-1:A9993E364706816ABA3E25717850C26C9CD0D89D", Algorithm::Sha1),
            ("sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====", Algorithm::Sha256),
        ] {
            let declared = Declared::parse(written).unwrap();
            assert_eq!((declared.value, declared.algorithm), (of(algorithm), algorithm), "{written}");
        }
        for written in ["", "sha1", "sha1:", "md5:kAFQmDzST7DWlj99KOF/cg==", "sha1:VGMT", "sha256:\u{e9}"] {
            assert!(Declared::parse(written).is_none(), "{written}");
        }
    }
}
