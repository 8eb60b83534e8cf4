//! Tokens that a form must bring back, so that no page of elsewhere can send it: it cannot read one.

use std::io;

use probes::capture::hex;
use sha2::{Digest as _, Sha256};

use super::access::{random, who};
use super::missing::Missing;

/// What tokens are made from, anew for each process.
pub(super) struct Tokens([u8; 32]);

impl Tokens {
    /// A name that no other process has.
    pub(super) fn name(&self) -> String {
        self.of("process")
    }

    /// From the system's randomness.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(random()?))
    }

    /// The token of the forms about something, such as one run, for whoever asks now.
    pub(super) fn of(&self, about: &str) -> String {
        let session = who().account.and_then(|known| known.session.clone());
        self.of_session(about, session.as_deref())
    }

    /// The same, for whose session has this hash.
    pub(super) fn of_session(&self, about: &str, session: Option<&str>) -> String {
        // A hash is in hexadecimal: no other two say the same.
        let about = format!("{}/{about}", session.unwrap_or_default());
        let inner = Sha256::new().chain_update(self.0).chain_update(about).finalize();
        hex(&Sha256::new().chain_update(self.0).chain_update(inner).finalize())
    }

    /// Refuses a form that does not bring the token of what it is about.
    pub(super) fn accept(&self, about: &str, token: &str) -> Result<(), Missing> {
        if self.holds(about, token) { Ok(()) } else { Err(Missing::Foreign) }
    }

    /// Whether `token` is that of forms about this, for whoever asks now; in the same time, whatever it is.
    fn holds(&self, about: &str, token: &str) -> bool {
        let right = self.of(about);
        right.len() == token.len() && right.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_run_its_process_and_its_session_only() {
        let (tokens, others) = (Tokens([1; 32]), Tokens([2; 32]));
        let token = tokens.of("run");
        assert!(tokens.holds("run", &token));
        assert!(!tokens.holds("other", &token) && !others.holds("run", &token) && !tokens.holds("run", ""));
        assert!(tokens.of_session("run", None) == token && tokens.of_session("run", Some("ab")) != token);
    }
}
