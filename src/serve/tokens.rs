//! Tokens that a form must bring back, so that no page of elsewhere can send it: it cannot read one.

use std::fs::File;
use std::io::{self, Read as _};

use probes::capture::hex;
use sha2::{Digest as _, Sha256};

/// What tokens are made from, anew for each process.
pub(super) struct Tokens([u8; 32]);

impl Tokens {
    /// From the system's randomness.
    pub(super) fn new() -> io::Result<Self> {
        let mut secret = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut secret)?;
        Ok(Self(secret))
    }

    /// The token of the forms of one run.
    pub(super) fn of(&self, run: &str) -> String {
        let inner = Sha256::new().chain_update(self.0).chain_update(run).finalize();
        hex(&Sha256::new().chain_update(self.0).chain_update(inner).finalize())
    }

    /// Whether `token` is that of this run; in the same time, whatever it is.
    pub(super) fn holds(&self, run: &str, token: &str) -> bool {
        let right = self.of(run);
        right.len() == token.len() && right.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_run_and_its_process_only() {
        let (tokens, others) = (Tokens([1; 32]), Tokens([2; 32]));
        let token = tokens.of("run");
        assert!(tokens.holds("run", &token));
        assert!(!tokens.holds("other", &token) && !others.holds("run", &token) && !tokens.holds("run", ""));
    }
}
