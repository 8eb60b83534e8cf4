//! What is settled is told once: signed, again until it is taken, by mail and as a feed; and what did not arrive is shown.

mod relay;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use quick_xml::events::Event;
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::Connection as _;
use tickmark::store::Store;

use super::super::program::{Place, flags};
use super::super::{POLICY, all, offering};
use super::api::{ask, get, post};
use super::audits::open;
use super::review::field;
use super::{PAGE, Workbench, linked, policy_of};
use crate::hostile::{Call, Hostile, Piece, whole};
use relay::Relay;

/// Whose every word does its worst.
const CITY: &str = "<b>Example</b> <!channel> & [a](https://evil.example)";
const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A message as it came in.
#[derive(Clone, Debug)]
struct Got {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is signed with the key, as Standard Webhooks says.
    fn is_signed(&self) -> bool {
        let key = STANDARD.decode(KEY).unwrap();
        let signed = format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(signed);
        self.header("webhook-signature") == format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// Who receives webhooks, and how they answer: by path, and how often that was asked before.
struct Receiver {
    server: Hostile,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    fn answering(answer: impl Fn(&str, usize) -> (Vec<Piece>, bool) + Send + Sync + 'static) -> Self {
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let kept = Arc::clone(&got);
        let server = Hostile::serving(move |call: &Call| {
            let body = String::from_utf8(call.body.clone()).unwrap();
            kept.lock().unwrap().push(Got { path: call.path.clone(), headers: call.headers.clone(), body });
            answer(&call.path, call.nth)
        });
        Self { server, got }
    }

    fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addr)
    }

    fn got(&self, path: &str) -> Vec<Got> {
        self.got.lock().unwrap().iter().filter(|got| got.path == path).cloned().collect()
    }
}

fn ok() -> (Vec<Piece>, bool) {
    whole("200 OK", &[], b"ok")
}

/// Waits until something holds.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The run of a day, of a city whose page on its policy is this.
fn audit(place: &Place, day: &str, page: &'static str) {
    let city = Hostile::serving(move |call: &Call| policy_of(page, call));
    place.write("links.csv", offering(&[(POLICY, "http://a.example.gov/policy")]));
    let more = place.leading_to(&city);
    let args = ["audit", "links.csv", "--city", CITY, "--pace", "0.02", "--as-of", day, "--out"];
    place.run(&flags(&[&args[..], &[&format!("runs/{day}")]].concat(), &more)).with(0);
}

/// A place with a run, whose store says that its city was known before, and whose config file names these channels.
fn with_channels(channels: &str) -> Place {
    let place = Place::new();
    audit(&place, "2026-11-02", PAGE);
    place.write("key", format!("whsec_{KEY}\n"));
    place.write("serve.toml", config(channels));
    place
}

fn config(channels: &str) -> String {
    format!(
        "public_url = 'https://bench.example.gov/audits'\n{channels}\n\
         [delivery]\nretry_seconds = 0.2\ntimeout_seconds = 2\ngive_up_hours = 1\n"
    )
}

fn webhook(name: &str, at: &str, format: &str) -> String {
    format!("[[notify]]\nname = '{name}'\nwebhook = '{at}'\nformat = '{format}'\nsecret_file = 'key'\n")
}

fn serve(place: &Place) -> Workbench {
    open(place, &["--config".to_owned(), "serve.toml".to_owned()])
}

/// Does something in the store's database, as no interface does.
fn in_store(place: &Place, statements: &[String]) {
    sqlx::any::install_default_drivers();
    let address = Store::in_file(&place.path("tickmark.sqlite")).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut database = sqlx::AnyConnection::connect(&address).await.unwrap();
        for statement in statements {
            sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&mut database).await.unwrap();
        }
    });
}

/// Has the run be told of on these channels.
fn queue(place: &Place, channels: &[&str]) {
    let change = json!([{
        "scheme": "what-works-cities", "clause": "none.1", "was": "met", "now": "not-met", "led": null, "leads": null,
        "causes": [{ "cause": "date", "was": "2026-10-02", "now": "2026-11-02" }],
    }]);
    let mut statements = vec![format!("UPDATE settled SET changes = '{change}'")];
    statements.extend(channels.iter().map(|channel| {
        format!(
            "INSERT INTO outbox (run, channel, city_id, state, attempts, not_before, queued) \
             SELECT run, '{channel}', city_id, 'waiting', 0, 0, '2026-11-02T08:00:00Z' FROM settled"
        )
    }));
    // Long ago it was queued only for the order: it is not given up for that.
    statements.push(format!("UPDATE outbox SET queued = '{}'", jiff::Timestamp::now()));
    in_store(place, &statements);
}

/// Waits until the first run is settled.
fn settled(workbench: &Workbench) {
    until("the run is not settled", || {
        let run = linked(&workbench.page("/"), "/runs/").to_owned();
        ask(workbench, "GET", &format!("/api/runs/{run}/digest"), &[], "").status == 200
    });
}

fn messages(workbench: &Workbench) -> Vec<Value> {
    all(&get(workbench, "/api/notifications")["items"]).to_vec()
}

#[test]
fn a_settled_change_is_told_once_signed_and_again_until_it_is_taken() {
    // The program's own trouble, then ours, then it is taken.
    let receiver = Receiver::answering(|path, nth| match (path, nth) {
        ("/hook", 0) => whole("500 Internal Server Error", &[], b"<b>out of order</b>\x1b[31m"),
        ("/hook", 1) => whole("429 Too Many Requests", &["retry-after: 1"], b""),
        _ => ok(),
    });
    let others =
        "[[notify]]\nname = 'others'\ncities = ['Elsewhere']\nwebhook = 'http://127.0.0.1:1/'\nsecret_file = 'key'\n";
    let place = with_channels(
        &[
            webhook("program", &receiver.at("/hook"), "standard"),
            webhook("chat", &receiver.at("/slack"), "slack"),
            webhook("team", &receiver.at("/teams"), "teams"),
            others.to_owned(),
        ]
        .concat(),
    );
    let workbench = serve(&place);
    settled(&workbench);
    assert_eq!(messages(&workbench), Vec::<Value>::new(), "a first run changes nothing");
    audit(&place, "2026-11-09", "<!doctype html><title>Moved</title><p>Nothing is here.</p>");
    until("it is not told", || messages(&workbench).iter().filter(|it| it["state"] == "sent").count() == 3);

    let got = receiver.got("/hook");
    assert_eq!(got.len(), 3, "{got:?}");
    assert!(got.iter().all(Got::is_signed), "{got:?}");
    assert!(got.iter().all(|it| it.header("webhook-id") == got[0].header("webhook-id") && it.body == got[0].body));
    assert_eq!(got[0].header("content-type"), "application/json");
    let told = got[2].json();
    assert_eq!(told["type"], "changes.settled");
    let run = told["data"]["run"].as_str().unwrap().to_owned();
    assert_eq!(told["data"], get(&workbench, &format!("/api/runs/{run}/digest")));
    assert_eq!(told["data"]["link"], format!("https://bench.example.gov/audits/runs/{run}/changes"));
    let changes = all(&told["data"]["changes"]);
    let site = changes.iter().find(|change| change["causes"][0]["cause"] == "site").unwrap();
    assert_eq!(site["causes"][0]["captures"][0]["now"]["sha256"].as_str().unwrap().len(), 64, "{site}");
    assert!(site["says"].is_string() && site["criterion"].is_string(), "{site}");
    assert!(site["why"][0]["cause"].as_str().unwrap().starts_with("site: it serves something else"), "{site}");
    assert!(!all(&told["data"]["first"]).is_empty(), "{told}");

    let slack = &receiver.got("/slack")[0];
    assert!(slack.is_signed());
    let posted = slack.json();
    assert!(posted["text"].as_str().unwrap().contains("&lt;!channel&gt;"), "{posted}");
    assert!(all(&posted["blocks"]).len() <= 50 && !posted.to_string().contains("<!channel"), "{posted}");
    let card = receiver.got("/teams")[0].json();
    assert_eq!(card["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(card["attachments"][0]["content"]["body"][0]["type"], "RichTextBlock");

    is_a_feed(&workbench, &told["data"]);
    // Killed and started again, nothing is told twice.
    let sent = receiver.got.lock().unwrap().len();
    drop(workbench);
    let workbench = serve(&place);
    settled(&workbench);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((receiver.got.lock().unwrap().len(), messages(&workbench).len()), (sent, 3));
}

/// The feed of the city that a digest tells of has it, well formed, and is not sent again to who has it.
fn is_a_feed(workbench: &Workbench, digest: &Value) {
    let path = format!("/cities/{}/changes.atom", digest["city_id"].as_str().unwrap());
    assert!(
        workbench.page(&format!("/cities/{}", digest["city_id"].as_str().unwrap())).contains("application/atom+xml")
    );
    let answer = String::from_utf8(workbench.raw("GET", &path, &[], "")).unwrap();
    let (head, feed) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("application/atom+xml"), "{head}");
    let mut reader = quick_xml::Reader::from_str(feed);
    reader.config_mut().check_end_names = true;
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(tag.name().as_ref().to_owned()),
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => found.push((open.join("/"), text.to_string())),
            Event::GeneralRef(name) => {
                let name = name.to_string();
                found.push((open.join("/"), format!("&{name};")));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let text =
        |place: &str| -> String { found.iter().filter(|(at, _)| at == place).map(|(_, text)| text.as_str()).collect() };
    assert!(text("feed/id").starts_with("urn:uuid:") && text("feed/entry/id").starts_with("urn:uuid:"));
    assert!(text("feed/title").contains("&lt;b&gt;Example"), "{}", text("feed/title"));
    assert!(text("feed/updated").parse::<jiff::Timestamp>().is_ok(), "{}", text("feed/updated"));
    assert_eq!(text("feed/updated"), text("feed/entry/updated"));
    let content = text("feed/entry/content");
    assert!(content.contains("&lt;h1&gt;") && content.contains("What to do first"), "{content}");
    assert!(content.contains("&amp;lt;b&amp;gt;Example") && !content.contains("&lt;b&gt;"), "{content}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = workbench.raw("GET", &path, &[("if-none-match", tag)], "");
    assert!(String::from_utf8_lossy(&again).starts_with("HTTP/1.1 304"));
    assert!(workbench.get("/cities/none/changes.atom", &workbench.address).starts_with("HTTP/1.1 404"));
}

#[test]
fn what_is_not_taken_is_given_up_with_its_cause_and_sent_again_by_hand() {
    let receiver = Receiver::answering(|path, nth| match (path, nth) {
        ("/gone/s3cret", 0) => whole("410 Gone", &[], &b"<i>no more</i>".repeat(100)),
        ("/away", _) => whole("302 Found", &["location: http://127.0.0.1/stolen"], b""),
        _ => ok(),
    });
    let away = webhook("away", &receiver.at("/away"), "standard");
    let place = with_channels(&[webhook("gone", &receiver.at("/gone/s3cret"), "standard"), away].concat());
    settled(&serve(&place));
    queue(&place, &["gone", "away", "removed"]);
    let workbench = serve(&place);
    until("they are not given up", || messages(&workbench).iter().all(|it| it["state"] == "given-up"));
    let all = messages(&workbench);
    let trouble =
        |channel: &str| all.iter().find(|it| it["channel"] == channel).unwrap()["trouble"].as_str().unwrap().to_owned();
    assert!(trouble("gone").starts_with("it answered 410 Gone: <i>no more") && trouble("gone").len() < 400);
    assert!(trouble("away").contains("redirects are not followed"), "{}", trouble("away"));
    assert!(trouble("removed").contains("in the file any more"), "{}", trouble("removed"));
    assert!(receiver.got("/stolen").is_empty() && receiver.got("/away").len() == 1);

    let page = workbench.page("/notifications");
    assert!(page.contains("given up") && page.contains("&lt;i&gt;no more") && !page.contains("<i>no"), "{page}");
    assert!(page.contains("a webhook at 127.0.0.1") && !page.contains("s3cret") && !page.contains(KEY), "{page}");
    let run = all[0]["run"].as_str().unwrap();
    let form = format!("run={run}&channel=gone&token=");
    assert!(workbench.post("/notifications/again", &[], &form).starts_with("HTTP/1.1 403"));
    let sent = workbench.post("/notifications/again", &[], &(form + field(&page, "token")));
    assert!(sent.starts_with("HTTP/1.1 303"), "{sent}");
    until("it is not sent again", || messages(&workbench).iter().any(|it| it["state"] == "sent"));
    let got = receiver.got("/gone/s3cret");
    assert!(got.len() == 2 && got[0].header("webhook-id") == got[1].header("webhook-id"), "{got:?}");
    let again =
        |channel: &str| post(&workbench, "/api/notifications/again", &json!({ "run": run, "channel": channel })).status;
    assert_eq!((again("gone"), again("nobody"), again("away")), (409, 409, 204));

    assert_eq!(get(&workbench, "/api/notifications/channels")[1]["name"], "away");
    let tried = |channel: &str| post(&workbench, "/api/notifications/tried", &json!({ "channel": channel }));
    assert_eq!((tried("gone").body, tried("nobody").status), (json!({ "problem": null }), 404));
    assert!(tried("away").body["problem"].as_str().unwrap().contains("302 Found"));
    let form = format!("channel=gone&token={}", field(&page, "token"));
    assert!(workbench.post("/notifications/tried", &[], &form).contains("It arrived"));
    assert_eq!(receiver.got("/gone/s3cret")[2].json()["type"], "channel.tried");
}

#[test]
fn two_processes_on_one_store_send_a_message_once_and_one_killed_over_it_is_made_up() {
    // One takes so long that its sender is killed over it.
    let receiver = Receiver::answering(|path, nth| match (path, nth) {
        ("/slow", 0) => (vec![Piece::Pause(Duration::from_secs(30))], false),
        _ => ok(),
    });
    let names: Vec<String> = (0..30).map(|n| format!("c{n}")).collect();
    let mut channels: String =
        names.iter().map(|name| webhook(name, &receiver.at(&format!("/{name}")), "standard")).collect();
    channels += &webhook("slow", &receiver.at("/slow"), "standard");
    let place = with_channels(&channels);
    settled(&serve(&place));
    queue(&place, &["slow"]);
    let killed = serve(&place);
    until("it is not taken", || receiver.got("/slow").len() == 1);
    drop(killed);

    queue(&place, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let both = [serve(&place), serve(&place)];
    until("they are not sent", || messages(&both[0]).iter().all(|it| it["state"] == "sent"));
    std::thread::sleep(Duration::from_millis(500));
    for name in &names {
        assert_eq!(receiver.got(&format!("/{name}")).len(), 1, "{name}");
    }
    let slow = receiver.got("/slow");
    assert!(slow.len() == 2 && slow[0].header("webhook-id") == slow[1].header("webhook-id"), "{slow:?}");
}

#[test]
fn a_mail_arrives_in_two_parts_under_one_id_however_often_it_is_tried() {
    // The first time the relay is busy.
    let relay = Relay::busy(1);
    let smtp = format!(
        "[smtp]\nhost = '127.0.0.1'\nport = {}\ntls = 'none'\nuser = 'tickmark'\npassword_file = 'password'\n\
         from = 'Tickmark <tickmark@example.gov>'\n",
        relay.port
    );
    let place = with_channels(&format!(
        "{smtp}[[notify]]\nname = 'mayor'\nmail = ['Ada <ada@example.gov>', 'bob@example.gov']\n"
    ));
    place.write("password", "s3cret\n");
    settled(&serve(&place));
    queue(&place, &["mayor"]);
    let workbench = serve(&place);
    until("it is not sent", || messages(&workbench).iter().all(|it| it["state"] == "sent"));
    let mails = relay.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("tickmark@example.gov", &["ada@example.gov".to_owned(), "bob@example.gov".to_owned()][..])
    );
    assert_eq!(mail.user.as_deref(), Some("\0tickmark\0s3cret"));
    let run = messages(&workbench)[0]["run"].as_str().unwrap().to_owned();
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("List-Id", "<changes.tickmark.example.gov>"),
        ("From", "Tickmark <tickmark@example.gov>"),
        ("To", "Ada <ada@example.gov>, bob@example.gov"),
    ] {
        assert_eq!(mail.header(name), value, "{name}");
    }
    assert!(mail.header("Message-ID").starts_with("<msg_") && mail.header("Bcc").is_empty());
    assert!(mail.header("Subject").contains("1 clause stands otherwise (1 not met)"), "{}", mail.header("Subject"));
    let parts = mail.parts();
    assert_eq!(
        parts.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["text/plain; charset=utf-8", "text/html; charset=utf-8"]
    );
    let (text, html) = (&parts[0].1, &parts[1].1);
    assert!(
        text.contains("none.1  met → not met") && text.contains("date: the same bytes mean something else"),
        "{text}"
    );
    assert!(text.contains(&format!("https://bench.example.gov/audits/runs/{run}/changes")), "{text}");
    assert!(html.contains("&lt;b&gt;Example") && !html.contains("<b>Example"), "{html}");
    assert!(!workbench.page("/notifications").contains("s3cret"));
}

#[test]
fn nothing_is_said_to_a_relay_that_cannot_keep_it_from_others() {
    let relay = Relay::busy(0);
    let smtp = format!("[smtp]\nhost = '127.0.0.1'\nport = {}\nuser = 'a'\npassword_file = 'key'\n", relay.port);
    let from = "from = 'tickmark@example.gov'\n[[notify]]\nname = 'mayor'\nmail = ['ada@example.gov']\n";
    let place = with_channels(&(smtp + from));
    settled(&serve(&place));
    queue(&place, &["mayor"]);
    let workbench = serve(&place);
    until("it is not tried", || messages(&workbench)[0]["trouble"].is_string());
    let message = &messages(&workbench)[0];
    assert!(message["state"] == "waiting" && message["trouble"].to_string().contains("STARTTLS"), "{message}");
    assert!(relay.mails().is_empty());
}

#[test]
fn a_relay_is_told_only_what_nobody_else_hears_and_if_its_name_is_vouched_for() {
    for (tls, once_asked) in [("starttls", true), ("tls", false)] {
        let (relay, certificate) = Relay::safe(once_asked);
        let smtp = format!("[smtp]\nhost = 'localhost'\nport = {}\ntls = '{tls}'\nuser = 'a'\n", relay.port);
        let from = "password_file = 'key'\nfrom = 'tickmark@example.gov'\n[[notify]]\nname = 'mayor'\nmail = ['ada@example.gov']\n";
        let place = with_channels(&(smtp + from));
        place.write("relay.pem", certificate);
        settled(&serve(&place));
        queue(&place, &["mayor"]);
        let doubtful = serve(&place);
        until("it is not tried", || messages(&doubtful)[0]["trouble"].is_string());
        assert_eq!((&messages(&doubtful)[0]["state"], relay.mails().len()), (&json!("waiting"), 0), "{tls}");
        drop(doubtful);
        let mut command = place.command(&["serve", ".", "--port", "0", "--config", "serve.toml"]);
        command.env("SSL_CERT_FILE", place.path("relay.pem"));
        let workbench = Workbench::started(&mut command);
        until("it is not sent", || messages(&workbench)[0]["state"] == "sent");
        assert!(relay.mails()[0].user.as_ref().unwrap().ends_with(KEY), "{tls}");
    }
}

#[test]
fn a_file_that_says_what_cannot_be_done_is_refused_with_its_place() {
    let place = Place::new();
    place.write("key", format!("whsec_{KEY}"));
    place.write("short", "whsec_c2hvcnQ=");
    let hook = "webhook = 'https://hooks.example.gov/x'\n";
    for (said, told) in [
        (format!("[[notify]]\nname = 'a'\n{hook}"), "[[notify]] \"a\": say with what it is signed"),
        (format!("[[notify]]\nname = 'a'\n{hook}secret_file = 'short'\n"), "24 to 64 random bytes"),
        (format!("[[notify]]\nname = 'a'\n{hook}secret_env = 'NO_SUCH_SECRET'\n"), "no variable NO_SUCH_SECRET"),
        (format!("[[notify]]\nname = 'a'\n{hook}mail = ['a@example.gov']\n"), "webhook or mail, not both"),
        ("[[notify]]\nname = 'a'\nmail = ['a@example.gov']\n".to_owned(), "mail needs a relay"),
        ("[[notify]]\nname = 'a'\n".to_owned(), "say where"),
        ("[[notify]]\nname = 'a'\nwebhook = 'http://hooks.example.gov/'\nsecret_file = 'key'\n".to_owned(), "https://"),
        (format!("[[notify]]\nname = 'a'\n{hook}colour = 'red'\n"), "unknown field `colour`"),
        ("[smtp]\nhost = 'mail.example.gov'\ntls = 'none'\nfrom = 'a@example.gov'\n".to_owned(), "on this machine"),
        ("[smtp]\nhost = 'mail.example.gov'\nuser = 'a'\nfrom = 'a@example.gov'\n".to_owned(), "password_file"),
        ("[delivery]\nretry_seconds = 0\n".to_owned(), "[delivery]: retry_seconds"),
        ("public_url = 'mailto:a@example.gov'\n".to_owned(), "public_url: "),
    ] {
        place.write("serve.toml", said);
        let ended = place.run(&["serve", ".", "--port", "0", "--config", "serve.toml"]).with(2);
        assert!(ended.error.contains("serve.toml") && ended.error.contains(told), "{told}: {}", ended.error);
    }
}
