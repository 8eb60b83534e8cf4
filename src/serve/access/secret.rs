//! What nobody can guess, and what is kept of it.

use std::fs::File;
use std::io::{self, Read as _};

use probes::capture::hex;
use sha2::{Digest as _, Sha256};

/// So many bytes of the system's randomness.
pub(in super::super) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A text of 256 bits that nobody can guess, after `prefix`, which tells what it is wherever it turns up.
pub(super) fn secret(prefix: &str) -> io::Result<String> {
    Ok(format!("{prefix}{}", hex(&random::<32>()?)))
}

/// What is kept of a secret. It needs no salt and no slowness: nobody can try 2^256 of them.
pub(super) fn kept(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_not_what_is_kept_of_them() {
        let (one, other) = (secret("t_").unwrap(), secret("t_").unwrap());
        assert!(one != other && one.len() == 66 && one.starts_with("t_"));
        assert!(kept(&one) == kept(&one) && kept(&one) != kept(&other) && kept(&one) != one);
    }
}
