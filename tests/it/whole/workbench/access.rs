//! With accounts, nobody sees or does anything without one, nor more than their role may.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use super::super::program::{Ended, Place, ended};
use super::super::{POLICY, code, json_of, note};
use super::api::MEANT;
use super::review::{audited, field};
use super::{Workbench, linked};

const PASSWORD: &str = "a long passphrase";
const STORE: &str = "sqlite://tickmark.sqlite";

/// Runs a command about accounts with this on standard input.
pub(super) fn account(place: &Place, args: &[&str], typed: &str) -> Ended {
    let mut command = place.command(&[&["account"], args, &["--store", STORE]].concat());
    place.write("typed", typed);
    command.stdin(Stdio::from(std::fs::File::open(place.path("typed")).unwrap()));
    ended(command)
}

/// A place with a run, and an account of each role, whose names are the roles'.
fn with_accounts() -> Place {
    let place = audited();
    for role in ["viewer", "reviewer", "admin"] {
        account(&place, &["add", &format!("{role}-{}", &role[..1]), "--role", role], &format!("{PASSWORD}\n")).with(0);
    }
    place
}

pub(super) fn token(place: &Place, role: &str) -> String {
    let name = format!("{role}-{}", &role[..1]);
    account(place, &["token", &name, "--role", role, "--title", "a test"], "").with(0).out.trim().to_owned()
}

fn status(answer: &[u8]) -> u16 {
    String::from_utf8_lossy(answer).split(' ').nth(1).unwrap().parse().unwrap()
}

/// The answer to a request by a session or a token.
pub(super) fn ask(workbench: &Workbench, method: &str, path: &str, with: (&str, &str), body: &str) -> String {
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    String::from_utf8_lossy(&workbench.raw(method, path, &[with, ("content-type", kind)], body)).into_owned()
}

/// Signs in, and gives the answer.
fn sign_in(workbench: &Workbench, name: &str, password: &str) -> String {
    let form = workbench.page("/sign-in");
    let form =
        format!("token={}&name={name}&password={}&to=/account", field(&form, "token"), password.replace(' ', "+"));
    workbench.post("/sign-in", &[], &form)
}

/// What a browser sends once it is signed in.
fn session(workbench: &Workbench, name: &str, password: &str) -> String {
    let answer = sign_in(workbench, name, password);
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /account\r\n"), "{answer}");
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().split("\r\n").next().unwrap();
    assert!(cookie.starts_with("__Host-tickmark="), "{cookie}");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn other_machines_are_let_in_only_where_there_are_accounts() {
    let place = audited();
    let refused = place.run(&["serve", ".", "--port", "0", "--listen", "0.0.0.0"]).with(2);
    assert!(refused.error.contains("tickmark account add NAME --role admin --store sqlite:///"), "{}", refused.error);
    account(&place, &["add", "Ada", "--role", "viewer"], "short\n").with(2);
    account(&place, &["add", "Ada", "--role", "captain"], PASSWORD).with(2);
    account(&place, &["add", "Ada", "--role", "admin"], PASSWORD).with(0);
    account(&place, &["add", "ADA", "--role", "viewer"], PASSWORD).with(2);
    let last = account(&place, &["close", "ada"], "").with(2);
    assert!(last.error.contains("the last open admin"), "{}", last.error);
    let workbench = Workbench::with(&place, &["--listen", "0.0.0.0"]);
    let local = Workbench::over(&place);
    for workbench in [&workbench, &local] {
        let there = workbench.address.replace("0.0.0.0", "127.0.0.1");
        let named =
            String::from_utf8_lossy(&workbench.raw("GET", "/", &[("host", "audit.example.gov")], "")).into_owned();
        assert!(
            named.starts_with("HTTP/1.1 303") && named.contains("location: /sign-in?to=%2F\r\n"),
            "{there}: {named}"
        );
    }
}

#[test]
fn a_role_may_do_what_those_before_it_may_and_nobody_anything() {
    let place = with_accounts();
    let tokens = ["viewer", "reviewer", "admin"].map(|role| format!("Bearer {}", token(&place, role)));
    let workbench = Workbench::over(&place);
    let admin = ("authorization", tokens[2].as_str());
    let home = ask(&workbench, "GET", "/", admin, "");
    let run = format!("/runs/{}", linked(&home, "/runs/"));
    let criterion = format!("{run}/criteria/what-works-cities/{}", code(POLICY));
    let evidence = linked(&ask(&workbench, "GET", &criterion, admin, ""), &format!("{run}/evidence/")).to_owned();
    let evidence = format!("{run}/evidence/{evidence}");
    let body = format!("{evidence}/body");
    let (pack, report, changes) = (format!("{run}/pack.wacz"), format!("{run}/report"), format!("{run}/changes"));
    let (of_api, decisions) = (format!("/api{run}"), format!("/api{run}/decisions"));
    let signs = format!("{run}/sign-off");
    let mut walked = 0;
    // From which role on something else than "no" is said.
    for (method, path, least) in [
        ("GET", "/", 1),
        ("GET", "/nowhere", 1),
        ("GET", &run, 1),
        ("GET", &criterion, 1),
        ("GET", &evidence, 1),
        ("GET", &body, 1),
        ("GET", &pack, 1),
        ("GET", &report, 1),
        ("GET", &changes, 1),
        ("GET", "/first", 1),
        ("GET", "/accuracy", 1),
        ("GET", "/account", 1),
        ("POST", "/account/tokens", 1),
        ("POST", "/account/password", 1),
        ("POST", "/sign-out", 1),
        ("GET", "/api/openapi.json", 1),
        ("GET", "/api/cities", 1),
        ("GET", &of_api, 1),
        ("GET", "/cities/0/changes.atom", 1),
        ("GET", &decisions, 1),
        ("GET", "/api/tokens", 1),
        ("POST", &criterion, 2),
        ("POST", &signs, 2),
        ("POST", &decisions, 2),
        ("POST", "/cities", 2),
        ("POST", "/cities/0/links", 2),
        ("POST", "/cities/0/links/withdrawn", 2),
        ("POST", "/cities/0/schedule", 2),
        ("POST", "/cities/0/audits", 2),
        ("POST", "/api/cities", 2),
        ("DELETE", "/nowhere", 2),
        ("GET", "/accounts", 3),
        ("POST", "/accounts", 3),
        ("POST", "/accounts/role", 3),
        ("POST", "/accounts/password", 3),
        ("POST", "/accounts/close", 3),
        ("GET", "/log", 3),
        ("GET", "/api/accounts", 3),
        ("GET", "/api/log", 3),
        ("GET", "/notifications", 3),
        ("POST", "/notifications/again", 3),
        ("POST", "/notifications/tried", 3),
        ("GET", "/api/notifications", 3),
        ("POST", "/api/notifications/again", 3),
        ("POST", "/api/notifications/tried", 3),
    ] {
        let nobody = status(&workbench.raw(method, path, &[], ""));
        let sent_away =
            if method == "GET" && !path.starts_with("/api/") && !path.ends_with("/changes.atom") { 303 } else { 401 };
        assert_eq!(nobody, sent_away, "{method} {path} by nobody");
        for (role, token) in (1..).zip(&tokens) {
            let answer = ask(&workbench, method, path, ("authorization", token), "");
            let refused = answer.starts_with("HTTP/1.1 403") && answer.contains("this asks for the role");
            assert_eq!(refused, role < least, "{method} {path} by role {role}: {answer}");
            walked += 1;
        }
    }
    assert_eq!(walked, 135);
    for path in ["/style.css", "/sign-in"] {
        assert_eq!(status(&workbench.raw("GET", path, &[], "")), 200, "{path}");
    }
    for wrong in ["Bearer nothing", "Bearer ", "Basic YTpi", ""] {
        assert_eq!(status(&workbench.raw("GET", "/", &[("authorization", wrong)], "")), 401, "{wrong}");
    }
    let added = ask(&workbench, "POST", "/api/cities", ("authorization", &tokens[1]), r#"{"city": "Elsewhere"}"#);
    assert!(added.starts_with("HTTP/1.1 201"), "{added}");
    let log = json_of(ask(&workbench, "GET", "/api/log", admin, "").split("\r\n\r\n").nth(1).unwrap());
    assert!(log["items"].to_string().contains("\"city-added\""), "{log}");
    assert!(log["items"].to_string().contains("POST /accounts/close"), "{log}");
}

#[test]
fn a_session_begins_with_the_right_password_and_ends_for_good() {
    let place = with_accounts();
    let workbench = Workbench::over(&place);
    for (name, password) in [("reviewer-r", "a wrong passphrase"), ("nobody", PASSWORD), ("%00", PASSWORD), ("", "")] {
        let refused = sign_in(&workbench, name, password);
        assert!(refused.starts_with("HTTP/1.1 401") && !refused.contains("set-cookie"), "{refused}");
        assert!(refused.contains("do not fit an account"), "{refused}");
    }
    let foreign = workbench.post("/sign-in", &[], "token=0&name=viewer-v&password=a+long+passphrase");
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");

    let held = session(&workbench, "Reviewer-R", PASSWORD);
    let with = ("cookie", held.as_str());
    let page = ask(&workbench, "GET", "/account", with, "");
    assert!(page.contains("Signed in as reviewer") && page.contains("<bdi>reviewer-r</bdi>"), "{page}");
    // A form of somebody else's page, or of before signing in, does nothing.
    let other = session(&workbench, "viewer-v", PASSWORD);
    let others = ask(&workbench, "GET", "/account", ("cookie", &other), "");
    let foreign = format!("token={}&title=mine&role=viewer", field(&others, "token"));
    assert!(ask(&workbench, "POST", "/account/tokens", with, &foreign).starts_with("HTTP/1.1 403"));
    // Nor does a session over the interface for programs, which has no forms; it may read.
    assert_eq!(status(&workbench.raw("GET", "/api/cities", &[with], "")), 200);
    assert!(
        ask(&workbench, "POST", "/api/tokens", with, "{\"title\": \"a\", \"role\": \"viewer\"}")
            .starts_with("HTTP/1.1 401")
    );

    let leaves = page.split("action=\"/sign-out\"").nth(1).unwrap();
    let left = ask(&workbench, "POST", "/sign-out", with, &format!("token={}", field(leaves, "token")));
    assert!(left.starts_with("HTTP/1.1 303") && left.contains("__Host-tickmark=; Path=/; Max-Age=0"), "{left}");
    assert_eq!(status(&workbench.raw("GET", "/account", &[with], "")), 303, "it is over");

    let (first, second) = (session(&workbench, "viewer-v", PASSWORD), session(&workbench, "viewer-v", PASSWORD));
    let page = ask(&workbench, "GET", "/account", ("cookie", &first), "");
    let main = page.split("action=\"/account/password\"").nth(1).unwrap();
    let form = format!("token={}&old=wrong&password=another+passphrase", field(main, "token"));
    assert!(ask(&workbench, "POST", "/account/password", ("cookie", &first), &form).starts_with("HTTP/1.1 422"));
    let form = form.replace("wrong", "a+long+passphrase");
    assert!(ask(&workbench, "POST", "/account/password", ("cookie", &first), &form).starts_with("HTTP/1.1 303"));
    for over in [&first, &second] {
        assert_eq!(status(&workbench.raw("GET", "/account", &[("cookie", over)], "")), 303);
    }
    assert!(sign_in(&workbench, "viewer-v", PASSWORD).starts_with("HTTP/1.1 401"));
    session(&workbench, "viewer-v", "another passphrase");
}

#[test]
fn passwords_are_not_tried_without_end() {
    let place = with_accounts();
    let workbench = Workbench::over(&place);
    for name in ["viewer-v", "nobody"] {
        for _ in 0..10 {
            assert!(sign_in(&workbench, name, "a wrong passphrase").starts_with("HTTP/1.1 401"));
        }
        // The right one is not looked at either.
        let often = sign_in(&workbench, name, PASSWORD);
        assert!(often.starts_with("HTTP/1.1 429") && often.contains("retry-after: "), "{often}");
    }
    session(&workbench, "admin-a", PASSWORD);
}

#[test]
fn what_is_decided_bears_the_accounts_name_and_is_logged() {
    let place = with_accounts();
    let workbench = Workbench::over(&place);
    let held = session(&workbench, "reviewer-r", PASSWORD);
    let with = ("cookie", held.as_str());
    let run = linked(&ask(&workbench, "GET", "/", with, ""), "/runs/").to_owned();
    let criterion = format!("/runs/{run}/criteria/what-works-cities/{}", code(POLICY));
    let page = ask(&workbench, "GET", &criterion, with, "");
    assert!(page.contains("your name, <bdi>reviewer-r</bdi>") && !page.contains("name=\"reviewer\""), "{page}");
    let article = page.split("<form method=\"post\" autocomplete").nth(1).unwrap();
    let form =
        format!("token={}&clause={}&standing=not-met&reason=No.", field(article, "token"), field(article, "clause"));
    let other = ask(&workbench, "POST", &criterion, with, &format!("{form}&reviewer=Eve"));
    assert!(other.starts_with("HTTP/1.1 409"), "{other}");
    let viewer = session(&workbench, "viewer-v", PASSWORD);
    let of_viewer = ask(&workbench, "GET", &criterion, ("cookie", &viewer), "");
    assert!(of_viewer.starts_with("HTTP/1.1 200") && !of_viewer.contains("Record the decision"), "{of_viewer}");
    assert!(ask(&workbench, "POST", &criterion, with, &form).starts_with("HTTP/1.1 303"));
    let bearer = format!("Bearer {}", token(&place, "reviewer"));
    let signed = ask(&workbench, "POST", &format!("/api/runs/{run}/sign-off"), ("authorization", &bearer), "{}");
    assert!(signed.starts_with("HTTP/1.1 200"), "{signed}");
    let told = json_of(signed.split("\r\n\r\n").nth(1).unwrap());
    assert_eq!(
        (&told["reviewer"], &told["decisions"][0]["decided"]["reviewer"]),
        (&json!("reviewer-r"), &json!("reviewer-r"))
    );
    place.run(&["verify", "run/pack.wacz"]).with(0);

    let admin = session(&workbench, "admin-a", PASSWORD);
    let log = ask(&workbench, "GET", "/log", ("cookie", &admin), "");
    for line in ["signed off", "decided", "signed in", "token made", "account made"] {
        assert!(log.contains(&format!("<td>{line}</td>")), "{line}: {log}");
    }
}

#[test]
fn a_token_is_shown_once_does_no_more_than_it_may_and_ends_at_once() {
    let place = with_accounts();
    let workbench = Workbench::over(&place);
    let held = session(&workbench, "reviewer-r", PASSWORD);
    let with = ("cookie", held.as_str());
    let page = ask(&workbench, "GET", "/account", with, "");
    let form = |role: &str| {
        let main = page.split("action=\"/account/tokens\"").nth(1).unwrap();
        format!("token={}&title=%3Cb%3Enightly&role={role}", field(main, "token"))
    };
    assert!(ask(&workbench, "POST", "/account/tokens", with, &form("admin")).starts_with("HTTP/1.1 403"));
    let made = ask(&workbench, "POST", "/account/tokens", with, &form("viewer"));
    let token = made.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(token.starts_with("tickmark_") && made.contains("&lt;b&gt;nightly") && made.contains("no-store"), "{made}");
    assert!(!ask(&workbench, "GET", "/account", with, "").contains(&token));
    let bearer = format!("Bearer {token}");
    let by = ("authorization", bearer.as_str());
    assert!(ask(&workbench, "GET", "/api/cities", by, "").starts_with("HTTP/1.1 200"));
    assert!(ask(&workbench, "POST", "/api/runs/none/sign-off", by, "{}").starts_with("HTTP/1.1 403"));
    let more = ask(&workbench, "POST", "/api/tokens", by, "{\"title\": \"more\", \"role\": \"reviewer\"}");
    assert!(more.starts_with("HTTP/1.1 403"), "a token makes none that may do more: {more}");
    let less = ask(&workbench, "POST", "/api/tokens", by, "{\"title\": \"less\", \"role\": \"viewer\"}");
    assert!(less.starts_with("HTTP/1.1 201"), "{less}");

    let all = json_of(ask(&workbench, "GET", "/api/tokens", by, "").split("\r\n\r\n").nth(1).unwrap());
    let first = all.as_array().unwrap().iter().find(|it| it["title"] == "<b>nightly").unwrap();
    let of_another = format!("Bearer {}", self::token(&place, "viewer"));
    let path = format!("/api/tokens/{}", first["id"].as_str().unwrap());
    assert!(ask(&workbench, "DELETE", &path, ("authorization", &of_another), "").starts_with("HTTP/1.1 404"));
    assert!(ask(&workbench, "DELETE", &path, by, "").starts_with("HTTP/1.1 204"));
    assert!(ask(&workbench, "GET", "/api/cities", by, "").starts_with("HTTP/1.1 401"));

    // With the account everything ends that it let in.
    account(&place, &["close", "viewer-v"], "").with(0);
    assert!(ask(&workbench, "GET", "/api/cities", ("authorization", &of_another), "").starts_with("HTTP/1.1 401"));
    assert!(sign_in(&workbench, "viewer-v", PASSWORD).starts_with("HTTP/1.1 401"));

    // Nothing that lets anybody in lies in the store or in its log.
    let secrets = [PASSWORD, &token, held.split('=').nth(1).unwrap(), of_another.trim_start_matches("Bearer ")];
    for file in ["tickmark.sqlite", "tickmark.sqlite-wal"] {
        let bytes = std::fs::read(place.path(file)).unwrap_or_default();
        for secret in secrets {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{file} holds {secret}");
        }
    }
}

#[test]
fn pages_of_accounts_are_accessible_and_fit() {
    let Some(modules) = std::env::var_os("TICKMARK_AXE") else {
        return note("skipped: TICKMARK_AXE names no folder with axe-core and playwright-core");
    };
    let place = with_accounts();
    let workbench = Workbench::over(&place);
    let held = session(&workbench, "admin-a", PASSWORD);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe/run.js");
    for path in ["/sign-in", "/account", "/accounts", "/log", "/"] {
        let mut asked = Command::new("timeout");
        asked
            .args(["120", "node"])
            .arg(&script)
            .arg(format!("http://{}{path}", workbench.address))
            .env("TICKMARK_AXE", &modules);
        if path != "/sign-in" {
            asked.env("TICKMARK_COOKIE", &held);
        }
        let told = String::from_utf8_lossy(&asked.output().unwrap().stdout).into_owned();
        let faults: Vec<&str> = told.lines().filter(|line| !line.ends_with(" faults")).collect();
        assert!(faults.is_empty() && told.contains(" faults"), "{path}: {told}");
    }
}

#[test]
fn with_a_token_the_interface_is_as_it_is_described() {
    let place = with_accounts();
    let bearer = format!("Authorization: Bearer {}", token(&place, "admin"));
    let workbench = Workbench::over(&place);
    let (name, value) = bearer.split_once(": ").unwrap();
    let described = ask(&workbench, "GET", "/api/openapi.json", (name, value), "");
    let described = json_of(described.split("\r\n\r\n").nth(1).unwrap());
    assert_eq!(described["components"]["securitySchemes"]["token"], json!({ "type": "http", "scheme": "bearer" }));
    assert_eq!(described["security"], json!([{ "token": [] }]));
    place.write("openapi.json", described.to_string());
    place.write("schemathesis.toml", MEANT);
    let at = format!("http://{}", workbench.address);
    let args = ["run", "openapi.json", "--url", &at, "-H", &bearer, "-n", "20", "--seed", "1"];
    match Command::new("schemathesis").args(args).current_dir(place.path("")).output() {
        Ok(asked) => assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stdout)),
        Err(_) => note("not asked by schemathesis, which is not on the path: pip install schemathesis"),
    }
}
