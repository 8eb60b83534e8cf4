//! Signing in at a provider: who it says somebody is holds only if it says so of this sign-in, to this client, and signs it.

mod provider;

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::super::program::Place;
use super::Workbench;
use super::access::{account, ask, token};
use super::review::audited;
use provider::{Provider, SECRET, Says, Signed};

const PASSWORD: &str = "a long passphrase";

/// A place whose workbench has its people signed in by this provider.
fn place_of(provider: &Provider) -> Place {
    let place = audited();
    place.write("secret", format!("{SECRET}\n"));
    place.write(
        "serve.toml",
        format!(
            "public_url = 'https://audits.example.gov/'\n[oidc]\nissuer = '{}'\nclient_id = 'tickmark'\nclient_secret_file = 'secret'\n\
             name = 'the City'\nrole_claim = 'groups'\n\
             roles = {{ leads = 'admin', auditors = 'reviewer' }}\nemails = {{ '*@example.gov' = 'viewer' }}\n",
            provider.issuer
        ),
    );
    place
}

/// A browser on its way to the provider.
struct Trip {
    cookie: String,
    state: String,
    nonce: String,
}

/// Begins to sign in.
fn begin(workbench: &Workbench, provider: &Provider) -> Trip {
    let answer = workbench.get("/sign-in/oidc?to=%2Faccount", &workbench.address);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let way = Url::parse(answer.split("location: ").nth(1).unwrap().split("\r\n").next().unwrap()).unwrap();
    assert_eq!(
        format!("{}{}", way.origin().ascii_serialization(), way.path()),
        format!("{}/authorize", provider.issuer)
    );
    let of = |name: &str| way.query_pairs().find(|(field, _)| field == name).unwrap().1.into_owned();
    assert_eq!(
        (of("client_id"), of("response_type"), of("scope")),
        ("tickmark".into(), "code".into(), "openid email profile".into())
    );
    assert_eq!(of("redirect_uri"), "https://audits.example.gov/sign-in/oidc/back");
    assert_eq!(of("code_challenge_method"), "S256");
    provider.says.lock().unwrap().challenge = of("code_challenge");
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().split("\r\n").next().unwrap();
    assert!(
        cookie.starts_with("__Host-tickmark-begun=") && cookie.contains("; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    Trip { cookie: cookie.split(';').next().unwrap().to_owned(), state: of("state"), nonce: of("nonce") }
}

/// Comes back with these fields.
fn back(workbench: &Workbench, trip: &Trip, fields: &str) -> String {
    let path = format!("/sign-in/oidc/back?{fields}");
    String::from_utf8_lossy(&workbench.raw("GET", &path, &[("cookie", &trip.cookie)], "")).into_owned()
}

/// What a well-behaved provider says of somebody.
fn claims(provider: &Provider, trip: &Trip, more: &Value) -> Value {
    let now = Timestamp::now().as_second();
    let mut claims = json!({
        "iss": provider.issuer, "aud": "tickmark", "sub": "248289", "nonce": trip.nonce, "iat": now, "exp": now + 60,
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

/// Signs in as whom the provider says so of, and gives the answer.
fn sign_in(workbench: &Workbench, provider: &Provider, more: &Value, signed: Signed) -> String {
    let trip = begin(workbench, provider);
    let claims = claims(provider, &trip, more);
    {
        let mut says = provider.says.lock().unwrap();
        *says = Says { claims, signed, challenge: says.challenge.clone() };
    }
    back(workbench, &trip, &format!("code=a+code&state={}", trip.state))
}

fn session(answer: &str) -> String {
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /account\r\n"), "{answer}");
    let cookies: Vec<&str> =
        answer.split("set-cookie: ").skip(1).map(|rest| rest.split("\r\n").next().unwrap()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("__Host-tickmark-begun=;") && cookie.contains("Max-Age=0")));
    cookies.iter().find(|cookie| cookie.starts_with("__Host-tickmark=")).unwrap().split(';').next().unwrap().to_owned()
}

fn refused(answer: &str, why: &str) {
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains(why), "{why}: {answer}");
    assert!(!answer.contains("__Host-tickmark="), "{answer}");
}

#[test]
fn whom_the_provider_knows_is_let_in_as_what_it_says_they_are() {
    let provider = Provider::start();
    let place = place_of(&provider);
    let workbench = Workbench::with(&place, &["--config", "serve.toml"]);
    let home = workbench.get("/", &workbench.address);
    assert!(home.contains("location: /sign-in?to=%2F\r\n"), "nobody is let in, though there is no account yet: {home}");
    let form = workbench.page("/sign-in?to=%2Fagreement");
    assert!(form.contains("href=\"/sign-in/oidc?to=%2Fagreement\">Sign in with the City</a>"), "{form}");

    let ada = json!({ "email": "Ada@example.gov", "email_verified": true, "groups": ["staff", "auditors"] });
    let cookie = session(&sign_in(&workbench, &provider, &ada, Signed::Well));
    let page = ask(&workbench, "GET", "/account", ("cookie", &cookie), "");
    assert!(page.contains("Ada@example.gov") && page.contains("reviewer"), "{page}");
    assert!(ask(&workbench, "GET", "/log", ("cookie", &cookie), "").starts_with("HTTP/1.1 403"));

    // The same person by another name, and with another role: the same account.
    let renamed = json!({ "email": "ada@new.example", "email_verified": true, "groups": "leads" });
    let cookie = session(&sign_in(&workbench, &provider, &renamed, Signed::Well));
    let log = ask(&workbench, "GET", "/log", ("cookie", &cookie), "");
    assert!(log.contains("Ada@example.gov, reviewer") && log.contains("Ada@example.gov, admin"), "{log}");
    assert!(!log.contains("ada@new.example"), "{log}");
    // The last admin stays one, but is not let in as less than that.
    refused(&sign_in(&workbench, &provider, &ada, Signed::Well), "the last");
    // Nobody has a password who signs in elsewhere.
    let form = workbench.page("/sign-in");
    let token = super::review::field(&form, "token");
    let tried = workbench.post("/sign-in", &[], &format!("token={token}&name=ada@example.gov&password="));
    assert!(tried.starts_with("HTTP/1.1 401"), "{tried}");
}

#[test]
fn whom_nothing_lets_in_stays_out_and_no_account_is_taken_over() {
    let provider = Provider::start();
    let place = place_of(&provider);
    account(&place, &["add", "admin-a", "--role", "admin"], PASSWORD).with(0);
    account(&place, &["add", "bob@example.gov", "--role", "admin"], PASSWORD).with(0);
    let workbench = Workbench::with(&place, &["--config", "serve.toml"]);
    let bearer = format!("Bearer {}", token(&place, "admin"));
    let accounts = || ask(&workbench, "GET", "/accounts", ("authorization", &bearer), "");

    let none = json!({ "email": "eve@example.org", "email_verified": true, "groups": ["staff"] });
    refused(&sign_in(&workbench, &provider, &none, Signed::Well), "lets them do anything here");
    let unverified = json!({ "email": "eve@example.gov" });
    refused(&sign_in(&workbench, &provider, &unverified, Signed::Well), "lets them do anything here");
    let bob = json!({ "email": "BOB@example.gov", "email_verified": true });
    refused(&sign_in(&workbench, &provider, &bob, Signed::Well), "there is an account BOB@example.gov already");
    let called = json!({ "preferred_username": " Admin-A ", "groups": ["leads"] });
    refused(&sign_in(&workbench, &provider, &called, Signed::Well), "already, which is not of this provider");
    assert!(!accounts().contains("eve@") && !accounts().contains("BOB@"));

    let cid = json!({ "sub": "c", "email": "cid@example.gov", "email_verified": true });
    let cookie = session(&sign_in(&workbench, &provider, &cid, Signed::Well));
    assert!(ask(&workbench, "GET", "/", ("cookie", &cookie), "").starts_with("HTTP/1.1 200"));
    account(&place, &["close", "cid@example.gov"], "").with(0);
    assert!(ask(&workbench, "GET", "/", ("cookie", &cookie), "").starts_with("HTTP/1.1 303"), "its session is over");
    refused(&sign_in(&workbench, &provider, &cid, Signed::Well), "the account cid@example.gov is closed");
    let log = ask(&workbench, "GET", "/log", ("authorization", &bearer), "");
    for told in ["is closed", "BOB@example.gov already", "lets them do anything here"] {
        assert!(log.contains(told), "{told}: {log}");
    }
}

#[test]
fn what_the_provider_did_not_say_of_this_sign_in_is_refused_and_logged() {
    let provider = Provider::start();
    let place = place_of(&provider);
    account(&place, &["add", "admin-a", "--role", "admin"], PASSWORD).with(0);
    let workbench = Workbench::with(&place, &["--config", "serve.toml"]);
    let good = json!({ "groups": ["leads"], "preferred_username": "mallory" });
    let with = |more: Value| {
        let mut all = good.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let past = Timestamp::now().as_second() - 1;
    for (claims, signed, why) in [
        (with(json!({ "nonce": "another" })), Signed::Well, "it answers another sign-in"),
        (with(json!({ "nonce": null })), Signed::Well, "it answers another sign-in"),
        (with(json!({ "aud": "another" })), Signed::Well, "it is meant for another client"),
        (with(json!({ "aud": ["tickmark", "another"] })), Signed::Well, "it is meant for another client"),
        (with(json!({ "iss": "https://login.example.org" })), Signed::Well, "another provider says it"),
        (with(json!({ "exp": past })), Signed::Well, "it has expired"),
        (good.clone(), Signed::ByAnother, "the provider did not sign it"),
        (good.clone(), Signed::NotAtAll, "the provider did not sign it"),
        (good.clone(), Signed::WithTheSecret, "the provider did not sign it"),
    ] {
        refused(&sign_in(&workbench, &provider, &claims, signed), why);
    }

    let trip = begin(&workbench, &provider);
    let mut fits = provider.says.lock().unwrap();
    *fits = Says { claims: claims(&provider, &trip, &good), challenge: fits.challenge.clone(), ..Says::default() };
    let challenge = fits.challenge.clone();
    drop(fits);
    let right = format!("code=a+code&state={}", trip.state);
    let other = begin(&workbench, &provider);
    provider.says.lock().unwrap().challenge = challenge;
    let begun = "this browser did not begin it";
    refused(&back(&workbench, &trip, "code=a+code&state=wrong"), begun);
    refused(&back(&workbench, &trip, "code=a+code"), begun);
    refused(&back(&workbench, &other, &right), begun);
    refused(
        &back(&workbench, &Trip { cookie: String::new(), state: String::new(), nonce: String::new() }, &right),
        begun,
    );
    refused(&back(&workbench, &trip, &format!("{right}&iss=https://login.example.org")), "another provider answers");
    assert!(back(&workbench, &trip, &format!("{right}&code=b")).starts_with("HTTP/1.1 400"), "one code, or none");
    refused(&back(&workbench, &trip, &format!("code=stolen&state={}", trip.state)), "invalid_grant");
    let error = format!("error=access_denied&error_description=%3Cb%3Eno&state={}", trip.state);
    refused(&back(&workbench, &trip, &error), "access_denied: &lt;b&gt;no");
    // Whose code it is cannot be told by who intercepted it: it needs what only the browser that began has.
    let own = format!("code=a+code&state={}", other.state);
    refused(&back(&workbench, &other, &own), "invalid_grant");

    let bearer = format!("Bearer {}", token(&place, "admin"));
    let log = ask(&workbench, "GET", "/log", ("authorization", &bearer), "");
    let whys =
        ["another sign-in", "another client", "another provider says", "expired", "did not sign it", "did not begin"];
    for why in whys.into_iter().chain(["access_denied", "invalid_grant"]) {
        assert!(log.contains(why), "{why}: {log}");
    }
    assert!(!ask(&workbench, "GET", "/accounts", ("authorization", &bearer), "").contains("mallory"));
    // All the while it was right that was changed.
    assert!(back(&workbench, &trip, &right).starts_with("HTTP/1.1 303"));
    assert!(ask(&workbench, "GET", "/accounts", ("authorization", &bearer), "").contains("mallory"));
}

#[test]
fn a_provider_that_is_down_is_told_of_and_whoever_tries_too_often_waits() {
    let provider = Provider { issuer: "http://127.0.0.1:9".to_owned(), says: std::sync::Arc::default() };
    let place = place_of(&provider);
    let workbench = Workbench::with(&place, &["--config", "serve.toml"]);
    let answer = workbench.get("/sign-in/oidc", &workbench.address);
    assert!(answer.starts_with("HTTP/1.1 502") && answer.contains("does not answer as it should"), "{answer}");
    let tried = (0..60).map(|_| workbench.get("/sign-in/oidc/back?state=a&code=b", &workbench.address));
    let late = tried.filter(|answer| answer.starts_with("HTTP/1.1 429")).count();
    assert_eq!(late, 11);
    place.write("serve.toml", "[oidc]\nissuer = 'http://login.example.gov'\nclient_id = 'a'\n");
    let refused = place.run(&["serve", ".", "--port", "0", "--config", "serve.toml"]).with(2);
    assert!(refused.error.contains("issuer is an https:// address"), "{}", refused.error);
}
