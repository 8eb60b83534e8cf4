//! Passwords: kept as argon2id, and compared in the same time whether or not there is such an account.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::super::missing::Missing;
use super::secret::random;

/// The fewest characters of a password.
const SHORTEST: usize = 12;
/// The most bytes of one.
const LONGEST: usize = 1024;
/// How many are hashed at once, of 19 MiB each: a flood of names must not take the machine's memory.
const AT_ONCE: usize = 2;
/// The hash of no password, made as those of accounts are: what is said for a name that is not there is held against it, and
/// for one that signs in elsewhere.
pub(super) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password cannot be an account's, if so.
pub(super) fn problem(name: &str, password: &str) -> Option<String> {
    if password.chars().count() < SHORTEST {
        Some(format!("a password has {SHORTEST} characters at least"))
    } else if password.len() > LONGEST {
        Some(format!("a password has {LONGEST} bytes at most"))
    } else if password.to_lowercase().contains(&name.trim().to_lowercase()) {
        Some("a password does not hold the account's name".to_owned())
    } else {
        None
    }
}

/// What is kept of a password: argon2id with a salt of its own, as a PHC string.
pub(super) fn hashed(password: &str) -> Result<String, Missing> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &random::<16>()?);
    hash.map(|hash| hash.to_string()).map_err(|error| Missing::Unhashed(error.to_string()))
}

/// Whether this is the password with that hash; of no account where there is none.
fn holds(password: &str, hash: Option<&str>) -> bool {
    let fits = Argon2::default().verify_password(password.as_bytes(), hash.unwrap_or(NOBODYS)).is_ok();
    fits && hash.is_some()
}

/// Where passwords are hashed, a few at a time.
pub(super) struct Passwords(Semaphore);

impl Default for Passwords {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Passwords {
    /// Whether this is the password with that hash, in the same time where there is none.
    pub(super) async fn hold(&self, password: String, hash: Option<String>) -> Result<bool, Missing> {
        let _turn = self.0.acquire().await;
        // Nothing as long as this was ever taken, and hashing it would take time.
        if password.len() > LONGEST {
            return Ok(false);
        }
        Ok(spawn_blocking(move || holds(&password, hash.as_deref())).await?)
    }

    /// What is kept of a password.
    pub(super) async fn hash(&self, password: String) -> Result<String, Missing> {
        let _turn = self.0.acquire().await;
        spawn_blocking(move || hashed(&password)).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_holds_against_its_own_hash_only_and_nobodys_takes_as_long() {
        let hash = hashed("correct horse battery").unwrap();
        assert!(holds("correct horse battery", Some(&hash)) && !holds("correct horse batterz", Some(&hash)));
        assert!(!holds("correct horse battery", None) && !holds("", None));
        assert_ne!(hash, hashed("correct horse battery").unwrap(), "each has a salt of its own");
        // The same algorithm, version, memory and rounds, and as long a hash.
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(cost(&hash), cost(NOBODYS));
        assert_eq!(hash.len(), NOBODYS.len());
        let nobodys = Argon2::default().verify_password(b"any", NOBODYS).unwrap_err();
        assert_eq!(nobodys, argon2::password_hash::Error::PasswordInvalid, "it is computed, and does not fit");
    }

    #[test]
    fn short_long_and_telling_passwords_are_refused_with_what_is_asked() {
        assert_eq!(problem("ada", "a long passphrase"), None);
        assert!(problem("ada", "elevenchars").unwrap().contains("12 characters"));
        assert!(problem("Ada Review", "so ada review it is").unwrap().contains("name"));
        assert!(problem("ada", &"x".repeat(1025)).unwrap().contains("1024 bytes"));
    }
}
