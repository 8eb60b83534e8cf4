//! What nobody may see, from where a file says it is: another file, or the environment.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a signing secret begins with.
const PREFIX: &str = "whsec_";
/// How many bytes of one there are, at least and at most.
const LONG: std::ops::RangeInclusive<usize> = 24..=64;

/// Something that nobody may see; it is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key of a signing secret, as Standard Webhooks writes it.
    pub(super) fn key(written: &str) -> Result<Self, String> {
        let key = written.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
        let key = key.filter(|key| LONG.contains(&key.len()));
        key.map(Self).ok_or_else(|| {
            format!("the secret must be {PREFIX} and 24 to 64 random bytes in base64: printf '{PREFIX}%s' $(head -c 32 /dev/urandom | base64) makes one")
        })
    }

    /// A text.
    pub(super) fn text(written: String) -> Self {
        Self(written.into_bytes())
    }
}

/// Where a secret is: in a file beside the one that names it, or in a variable of the environment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lies<'a> {
    /// What it is called in the file: `secret` for `secret_file` and `secret_env`.
    pub(crate) name: &'a str,
    pub(crate) file: Option<&'a PathBuf>,
    pub(crate) variable: Option<&'a String>,
}

impl Lies<'_> {
    /// The secret, without what is blank around it; none where nothing is said of one.
    pub(crate) fn read(self, folder: &Path) -> Result<Option<String>, String> {
        let Self { name, file, variable } = self;
        let found = match (file, variable) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(format!("{name}_file or {name}_env, not both")),
            (Some(file), None) => std::fs::read_to_string(folder.join(file))
                .map_err(|error| format!("{name}_file {}: {error}", file.display()))?,
            (None, Some(variable)) => std::env::var(variable).map_err(|_| {
                format!("{name}_env: there is no variable {variable} in the environment: set it, or name another")
            })?,
        };
        match found.trim() {
            "" => Err(format!("the {name} is empty")),
            found => Ok(Some(found.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signing_secret_is_long_enough_and_shown_nowhere() {
        let key = Secret::key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(key.bytes().len(), 24);
        assert_eq!(format!("{key:?}"), "Secret");
        for other in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            assert!(Secret::key(other).unwrap_err().contains("random bytes"), "{other}");
        }
    }

    #[test]
    fn a_secret_is_read_from_one_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), " hush\n").unwrap();
        std::fs::write(folder.path().join("none"), "\n").unwrap();
        let (key, none, path) = (PathBuf::from("key"), PathBuf::from("none"), "PATH".to_owned());
        let read = |file, variable| Lies { name: "secret", file, variable }.read(folder.path());
        assert_eq!(read(Some(&key), None), Ok(Some("hush".to_owned())));
        assert_eq!(read(None, None), Ok(None));
        assert!(read(None, Some(&path)).unwrap().is_some());
        assert!(read(Some(&key), Some(&path)).is_err() && read(Some(&none), None).is_err());
        let unset = "TICKMARK_NO_SUCH_VARIABLE".to_owned();
        assert!(read(None, Some(&unset)).unwrap_err().contains(&unset));
    }
}
