//! The provider: where people are sent, and what it says of who comes back.

use std::path::Path;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use url::Url;

use super::BACK;
use super::asked::Client as Asks;
use super::begun::Begun;
use super::settings::Settings;
use crate::notify::caused;
use crate::store::Role;

/// For how long it is believed what the provider says of itself: its addresses, and the keys that it signs by.
const BELIEVED: Duration = Duration::from_mins(5);

/// Signatures that only the provider can make: none with a secret that is ours too, and not the lack of one.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims that the standard does not name, such as groups.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
struct Further(Map<String, Value>);

impl AdditionalClaims for Further {}

type Fields = IdTokenFields<
    Further,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The workbench as the provider knows it.
type Known = Client<
    Further,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody is known by what a provider says.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unknown {
    /// It does not answer as it should.
    #[error("the provider does not answer as it should: {0}")]
    Provider(String),
    /// It let nobody in.
    #[error("the provider did not sign you in: {0}")]
    Refused(String),
    /// What it signed does not hold here.
    #[error("what the provider says of you does not hold: {0}")]
    Claims(String),
}

/// Somebody whom the provider knows.
#[derive(Debug)]
pub(super) struct Person {
    /// What the provider knows them by, for ever.
    pub(super) subject: String,
    /// What they are called.
    pub(super) name: String,
    /// What they may do here; none lets them in nowhere.
    pub(super) role: Option<Role>,
}

/// Who signs people in.
pub(in super::super) struct Provider {
    pub(super) settings: Settings,
    secret: Option<String>,
    asks: Asks,
    back: RedirectUrl,
    /// What it said of itself of late.
    said: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl Provider {
    /// By these settings, whose file lies in `folder`, for a workbench that is reached at `public`; nothing is asked yet, so that a provider that is down keeps nobody
    /// from serving.
    pub(in super::super) fn of(settings: Settings, public: &Url, folder: &Path) -> Result<Self, String> {
        let secret = settings.secret(folder)?;
        let asks = Asks::new(settings.in_the_clear()).map_err(|error| caused(&error))?;
        let back = RedirectUrl::new(back(public)).map_err(|error| caused(&error))?;
        Ok(Self { settings, secret, asks, back, said: Mutex::default() })
    }

    /// What it is called.
    pub(in super::super) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Where a browser that begins to sign in is sent.
    pub(super) async fn way(&self, begun: &Begun) -> Result<Url, Unknown> {
        let client = self.client().await?;
        let verifier = PkceCodeVerifier::new(begun.verifier());
        let (state, nonce) = (CsrfToken::new(begun.state()), Nonce::new(begun.nonce()));
        let asked = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || state.clone(),
                move || nonce.clone(),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        Ok(asked.url().0)
    }

    /// Who it is that came back with this code.
    pub(super) async fn person(&self, begun: &Begun, code: String) -> Result<Person, Unknown> {
        let client = self.client().await?;
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| Unknown::Provider(caused(&error)))?;
        let asks = |request| self.asks.ask(request);
        let answer = asked.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier())).request_async(&asks).await;
        let answer = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => Unknown::Refused(said.to_string()),
            other => Unknown::Provider(caused(&other)),
        })?;
        let token = answer.id_token().ok_or_else(|| Unknown::Provider("it gave no ID token".to_owned()))?;
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNED_BY);
        let claims = token.claims(&verifier, &Nonce::new(begun.nonce())).map_err(|error| does_not_hold(&error))?;
        let email = claims.email().filter(|_| claims.email_verified() == Some(true)).map(|verified| verified.as_str());
        let called = claims.preferred_username().map(|name| name.as_str());
        let subject = claims.subject().as_str().to_owned();
        let name = email.or(called).unwrap_or(&subject).to_owned();
        let role = self.settings.role(&claims.additional_claims().0, email);
        Ok(Person { subject, name, role })
    }

    async fn client(&self) -> Result<Known, Unknown> {
        let said = self.said().await?;
        // Only where it does not take the header, which is what all must take.
        let only_in_body = said.token_endpoint_auth_methods_supported().is_some_and(|ways| {
            ways.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let (id, secret) = (ClientId::new(self.settings.client_id.clone()), self.secret.clone().map(ClientSecret::new));
        let client = Known::from_provider_metadata(said, id, secret).set_redirect_uri(self.back.clone());
        Ok(if only_in_body { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    /// What the provider says of itself; asked for by one at a time.
    async fn said(&self) -> Result<CoreProviderMetadata, Unknown> {
        let mut said = self.said.lock().await;
        if let Some((at, said)) = said.as_ref()
            && at.elapsed() < BELIEVED
        {
            return Ok(said.clone());
        }
        let broken = |why: String| Unknown::Provider(why);
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| broken(caused(&error)))?;
        let asks = |request| self.asks.ask(request);
        let fresh = CoreProviderMetadata::discover_async(issuer, &asks).await;
        let fresh = fresh.map_err(|error| broken(caused(&error)))?;
        *said = Some((Instant::now(), fresh.clone()));
        Ok(fresh)
    }
}

/// Where the provider sends people back to, who reach this workbench at `public`.
fn back(public: &Url) -> String {
    format!("{}{BACK}", public.as_str().trim_end_matches('/'))
}

/// What is wrong with what was signed, in words for who came back.
fn does_not_hold(error: &ClaimsVerificationError) -> Unknown {
    let meant = match error {
        ClaimsVerificationError::Expired(_) => "it has expired",
        ClaimsVerificationError::InvalidAudience(_) => "it is meant for another client",
        ClaimsVerificationError::InvalidIssuer(_) => "another provider says it",
        ClaimsVerificationError::InvalidNonce(_) => "it answers another sign-in than the one begun here",
        ClaimsVerificationError::SignatureVerification(_) => "the provider did not sign it",
        _ => "it cannot be read",
    };
    Unknown::Claims(format!("{meant} ({})", caused(error)))
}
