//! What the file that `serve --config` names says of who signs in elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::notify::{Lies, is_private};
use crate::store::Role;

/// Who signs people in, and what they may do here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super::super) struct Settings {
    /// The provider, letter by letter as its own discovery document names it.
    pub(super) issuer: String,
    pub(super) client_id: String,
    /// Where the secret is, if the provider gave one: a file beside this one, or a variable of the environment.
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    /// What the button says after "Sign in with".
    #[serde(default = "elsewhere")]
    pub(super) name: String,
    /// What is asked for beside `openid`.
    #[serde(default = "scopes")]
    pub(super) scopes: Vec<String>,
    /// The claim that holds groups or roles: its name, or a JSON pointer to it.
    role_claim: Option<String>,
    /// What the values of that claim let somebody do.
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    /// What verified e-mail addresses let somebody do; `*@DOMAIN` stands for all of a domain.
    #[serde(default)]
    emails: BTreeMap<String, Role>,
}

fn elsewhere() -> String {
    "your organisation".to_owned()
}

fn scopes() -> Vec<String> {
    vec!["email".to_owned(), "profile".to_owned()]
}

impl Settings {
    /// Why nobody could sign in by this at a workbench that is reached at `public`, if so.
    pub(in super::super::super) fn problem(&self, public: Option<&Url>) -> Option<String> {
        let issuer = Url::parse(&self.issuer);
        if !issuer.is_ok_and(|url| is_private(&url)) {
            return Some(format!("oidc: issuer is an https:// address: {}", self.issuer));
        }
        if !public.is_some_and(is_private) {
            let why = "the provider sends people back to public_url: give the https:// address that they reach this at";
            return Some(format!("oidc: {why}"));
        }
        if self.role_claim.is_none() != self.roles.is_empty() {
            let why =
                "role_claim names what roles are told by, and roles what each lets somebody do: give both, or neither";
            return Some(format!("oidc: {why}"));
        }
        if self.roles.is_empty() && self.emails.is_empty() {
            return Some("oidc: neither roles nor emails says who may do what, so nobody could sign in".to_owned());
        }
        None
    }

    /// What the provider knows this workbench by, where it gave a secret; what a file names lies in `folder`.
    pub(super) fn secret(&self, folder: &Path) -> Result<Option<String>, String> {
        let (file, variable) = (self.client_secret_file.as_ref(), self.client_secret_env.as_ref());
        Lies { name: "client_secret", file, variable }.read(folder)
    }

    /// Whether the provider may be spoken to in the clear: it is on this machine.
    pub(super) fn in_the_clear(&self) -> bool {
        self.issuer.starts_with("http:")
    }

    /// The most that these claims, with this verified e-mail address, let somebody do.
    pub(super) fn role(&self, claims: &Map<String, Value>, email: Option<&str>) -> Option<Role> {
        let email = email.map(str::to_lowercase);
        let of_email = |written: &str| {
            let written = written.to_lowercase();
            let email = email.as_deref()?;
            // An address has one @ that divides; what comes before may hold others.
            let fits = match written.strip_prefix("*@") {
                Some(domain) => email.rsplit_once('@').is_some_and(|(_, of)| of == domain),
                None => email == written,
            };
            fits.then_some(())
        };
        let by_email = self.emails.iter().filter(|(written, _)| of_email(written).is_some()).map(|(_, role)| *role);
        let held = self.role_claim.as_deref().map(|claim| held(claims, claim)).unwrap_or_default();
        let by_claim = held.iter().filter_map(|value| self.roles.get(*value)).copied();
        by_email.chain(by_claim).max()
    }
}

/// The texts that a claim holds: itself, or those in its list.
fn held<'c>(claims: &'c Map<String, Value>, claim: &str) -> Vec<&'c str> {
    let found = match claim.strip_prefix('/').and_then(|rest| rest.split_once('/')) {
        Some((first, rest)) => claims.get(first).and_then(|value| value.pointer(&format!("/{rest}"))),
        // Namespaced claims are addresses, and begin with no slash.
        None => claims.get(claim.strip_prefix('/').unwrap_or(claim)),
    };
    match found {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(value)) => vec![value],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WHOLE: &str = "issuer = 'https://login.example.gov/city'\nclient_id = 'tickmark'\n\
        role_claim = '/realm/roles'\n\
        roles = { leads = 'admin', auditors = 'reviewer' }\nemails = { '*@Example.gov' = 'viewer', 'Ada@example.gov' = 'reviewer' }";

    fn public() -> Url {
        Url::parse("https://audits.example.gov").unwrap()
    }

    fn role(claims: &Value, email: Option<&str>) -> Option<Role> {
        let settings: Settings = toml::from_str(WHOLE).unwrap();
        assert_eq!(settings.problem(Some(&public())), None);
        settings.role(claims.as_object().unwrap(), email)
    }

    #[test]
    fn the_most_that_fits_is_what_somebody_may_do_and_nothing_is_nobody() {
        assert_eq!(role(&json!({}), None), None);
        assert_eq!(role(&json!({ "realm": { "roles": ["guests"] } }), Some("eve@example.org")), None);
        assert_eq!(role(&json!({ "realm": { "roles": ["auditors", "leads"] } }), None), Some(Role::Admin));
        assert_eq!(role(&json!({ "realm": { "roles": "auditors" } }), Some("bob@example.gov")), Some(Role::Reviewer));
        assert_eq!(role(&json!({ "realm/roles": ["leads"], "roles": ["leads"] }), None), None);
        assert_eq!(role(&json!({}), Some("ADA@EXAMPLE.GOV")), Some(Role::Reviewer));
        assert_eq!(role(&json!({}), Some("bob@example.gov")), Some(Role::Viewer));
        for stranger in ["bob@notexample.gov", "bob@sub.example.gov", "\"bob@example.gov\"@example.org", "example.gov"]
        {
            assert_eq!(role(&json!({}), Some(stranger)), None, "{stranger}");
        }
    }

    #[test]
    fn what_could_let_nobody_in_or_everybody_listen_is_refused() {
        let read = |written: &str| toml::from_str::<Settings>(written).unwrap();
        let problem =
            |from: &str, to: &str| read(&WHOLE.replace(from, to)).problem(Some(&public())).unwrap_or_default();
        assert!(problem("https://login", "http://login").contains("issuer is an https:// address"));
        assert!(problem("https://login.example.gov/city", "nowhere").contains("issuer is an https:// address"));
        assert_eq!(problem("https://login.example.gov/city", "http://127.0.0.1:9/"), "");
        assert!(problem("role_claim = '/realm/roles'", "").contains("role_claim names"));
        let none = read(WHOLE.split("role_claim").next().unwrap());
        assert!(none.problem(Some(&public())).unwrap().contains("nobody could sign in"));
        for public in [None, Some(Url::parse("http://audits.example.gov").unwrap())] {
            assert!(read(WHOLE).problem(public.as_ref()).unwrap().contains("public_url"));
        }
    }
}
