//! A sign-in that was begun: all that is known of it is with the browser that began it, so that no other can end it.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use probes::capture::hex;
use sha2::{Digest as _, Sha256};

use super::super::secret::secret;

/// A sign-in that was begun.
pub(super) struct Begun {
    secret: String,
    /// Where somebody wanted to go.
    pub(super) to: String,
}

impl Begun {
    /// One that begins now.
    pub(super) fn new(to: &str) -> io::Result<Self> {
        Ok(Self { secret: secret("")?, to: to.to_owned() })
    }

    /// What the browser keeps of it.
    pub(super) fn kept(&self) -> String {
        format!("{}.{}", self.secret, URL_SAFE_NO_PAD.encode(&self.to))
    }

    /// Read from what the browser kept.
    pub(super) fn read(kept: &str) -> Option<Self> {
        let (secret, to) = kept.split_once('.')?;
        let to = String::from_utf8(URL_SAFE_NO_PAD.decode(to).ok()?).ok()?;
        Some(Self { secret: secret.to_owned(), to })
    }

    /// What comes back with the browser, and tells that it is this sign-in that ends.
    pub(super) fn state(&self) -> String {
        self.derived("state")
    }

    /// What the provider signs with the rest, so that no other answer of its can be put in the place.
    pub(super) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// What shows that who brings the code is who asked for it (PKCE).
    pub(super) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// None tells the secret or another.
    fn derived(&self, what: &str) -> String {
        hex(&Sha256::digest(format!("{what}/{}", self.secret)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_keeps_brings_it_all_back_and_each_is_another() {
        let begun = Begun::new("/runs/é?a=b;c").unwrap();
        let read = Begun::read(&begun.kept()).unwrap();
        assert_eq!((read.to.as_str(), read.state()), ("/runs/é?a=b;c", begun.state()));
        assert_eq!((read.nonce(), read.verifier()), (begun.nonce(), begun.verifier()));
        let all = [begun.state(), begun.nonce(), begun.verifier(), begun.secret.clone()];
        assert!(all.iter().enumerate().all(|(at, one)| all[..at].iter().all(|other| other != one)));
        assert_ne!(Begun::new("/").unwrap().state(), begun.state());
        assert!(Begun::read("").is_none() && Begun::read("a.%").is_none());
        assert!(!begun.kept().contains([';', ',', ' ', '"']), "a cookie holds none of these");
    }
}
