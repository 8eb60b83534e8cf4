//! What takes mail: a relay over SMTP.

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use serde::Deserialize;

use super::secret::{Lies, Secret};

/// A relay as a file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRelay {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Cover,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    from: String,
}

/// How the talk with a relay is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cover {
    /// It begins in the open, and nothing is said before it is kept from others.
    #[default]
    Starttls,
    /// From the first byte on.
    Tls,
    /// Not at all; on this machine only.
    None,
}

/// A relay that takes mail.
#[derive(Debug)]
pub(super) struct Relay {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) cover: Cover,
    /// Who sends, and their password.
    pub(super) user: Option<(String, Secret)>,
    pub(super) from: Mailbox,
}

impl Relay {
    /// What a file in `folder` says of the relay.
    pub(super) fn read(written: &WrittenRelay, folder: &Path) -> Result<Self, String> {
        let WrittenRelay { host, port, tls, user, password_file, password_env, from } = written;
        let lies = Lies { name: "password", file: password_file.as_ref(), variable: password_env.as_ref() };
        let user = match (user, lies.read(folder)?) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user.clone(), Secret::text(password))),
            (Some(_), None) => return Err("a user has a password: password_file or password_env".to_owned()),
            (None, Some(_)) => return Err("a password has a user: user = \"…\"".to_owned()),
        };
        if *tls == Cover::None && !["localhost", "127.0.0.1", "::1"].contains(&host.as_str()) {
            return Err("tls = \"none\" is for a relay on this machine: \"starttls\" or \"tls\"".to_owned());
        }
        let port = port.unwrap_or(match tls {
            Cover::Starttls => 587,
            Cover::Tls => 465,
            Cover::None => 25,
        });
        let from =
            from.parse().map_err(|_| format!("from: {from:?} is no mail address: write tickmark@example.gov"))?;
        Ok(Self { host: host.clone(), port, cover: *tls, user, from })
    }
}
