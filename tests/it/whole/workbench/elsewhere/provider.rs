//! A small provider of `OpenID` Connect on this machine, which also lies when it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

/// What the workbench shows the provider.
pub(super) const SECRET: &str = "the client's secret";

/// How the next ID token is signed.
#[derive(Clone, Copy, Default)]
pub(super) enum Signed {
    /// By the key that the provider publishes.
    #[default]
    Well,
    /// By a key that says it is the same.
    ByAnother,
    /// Not at all: `alg` is `none`.
    NotAtAll,
    /// With the secret that the workbench knows too.
    WithTheSecret,
}

/// What it says at the next request for tokens.
#[derive(Clone, Default)]
pub(super) struct Says {
    /// What the browser was sent with, by which the request for tokens must fit.
    pub(super) challenge: String,
    pub(super) claims: Value,
    pub(super) signed: Signed,
}

/// The running provider; its thread ends with the tests.
pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) says: Arc<Mutex<Says>>,
}

struct Keys {
    own: EcdsaKeyPair,
    another: EcdsaKeyPair,
}

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::<Mutex<Says>>::default();
        let (shared, own) = (says.clone(), issuer.clone());
        std::thread::spawn(move || {
            let keys = Keys { own: key(), another: key() };
            for stream in listener.incoming().flatten() {
                answer(stream, &own, &keys, &shared);
            }
        });
        Self { issuer, says }
    }
}

fn answer(mut stream: TcpStream, issuer: &str, keys: &Keys, says: &Mutex<Says>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length, mut shown) = (String::new(), 0, String::new());
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => value.clone_into(&mut shown),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (status, told) = match first.split(' ').nth(1).unwrap() {
        "/.well-known/openid-configuration" => (200, said(issuer)),
        "/keys" => (200, json!({ "keys": [jwk(&keys.own)] })),
        "/token" => tokens(&body, &shown, keys, &says.lock().unwrap()),
        _ => (404, json!({})),
    };
    let told = told.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{told}",
        told.len()
    );
}

fn said(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It allows itself what nobody should believe.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    })
}

fn jwk(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..]].map(|half| URL_SAFE_NO_PAD.encode(half));
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one", "x": x, "y": y })
}

/// The answer to a code: only who shows the secret, and asked for the code, gets tokens.
fn tokens(body: &[u8], shown: &str, keys: &Keys, says: &Says) -> (u16, Value) {
    let of = |name: &str| form_urlencoded::parse(body).find(|(field, _)| field == name).unwrap().1.into_owned();
    let secret = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>();
    let known = shown == format!("Basic {}", STANDARD.encode(format!("tickmark:{secret}")));
    let asked = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier"))) == says.challenge;
    if !known || !asked || of("code") != "a code" {
        return (400, json!({ "error": "invalid_grant", "error_description": "it does not fit" }));
    }
    let token = token(&says.claims, says.signed, keys);
    (200, json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token }))
}

fn token(claims: &Value, signed: Signed, keys: &Keys) -> String {
    let alg = match signed {
        Signed::Well | Signed::ByAnother => "ES256",
        Signed::NotAtAll => "none",
        Signed::WithTheSecret => "HS256",
    };
    let head = json!({ "alg": alg, "kid": "one", "typ": "JWT" });
    let [head, claims] = [&head, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{head}.{claims}");
    let by = |key: &EcdsaKeyPair| key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match signed {
        Signed::Well => by(&keys.own),
        Signed::ByAnother => by(&keys.another),
        Signed::NotAtAll => Vec::new(),
        Signed::WithTheSecret => {
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
            aws_lc_rs::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}
