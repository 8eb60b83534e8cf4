//! Accounts, sessions, tokens and the log, the same on both databases.

use jiff::Timestamp;
use sqlx::Connection as _;
use tickmark::store::{By, Event, Identity, NewApiToken, Role, Store};

use super::{Postgres, sqlite, wait};

fn by(who: &str, second: i64) -> By {
    By { who: who.to_owned(), address: "192.0.2.1".to_owned(), at: at(second) }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn accounts_let_in_whom_they_should(address: &str) {
    let store = Store::open(address).await.unwrap();
    assert!(!store.has_accounts().await.unwrap());
    let first = by("a command", 10);
    assert!(store.add_account(" Ada ", Role::Admin, "hash", &first).await.unwrap());
    assert!(!store.add_account("ADA", Role::Viewer, "other", &first).await.unwrap(), "no two by case alone");
    assert!(store.add_account("Bob", Role::Reviewer, "hash", &first).await.unwrap());
    assert_eq!(store.account("ada").await.unwrap().unwrap().name, "Ada");
    assert_eq!(store.account("a\0da").await.unwrap(), None);
    assert!(!store.set_role("Ada", Role::Viewer, &first).await.unwrap(), "nobody could make accounts any more");
    assert!(!store.close_account("Ada", &first).await.unwrap());
    assert!(store.set_role("Bob", Role::Admin, &first).await.unwrap());
    assert!(store.set_role("Ada", Role::Reviewer, &first).await.unwrap());

    let session = by("Ada", 20);
    store.begin_session("s1", at(30), &session).await.unwrap();
    store.begin_session("s2", at(3000), &session).await.unwrap();
    assert_eq!(store.session("s1", at(29)).await.unwrap().unwrap().role, Role::Reviewer);
    assert_eq!(store.session("s1", at(30)).await.unwrap(), None, "it is over");
    assert_eq!(store.session("none", at(29)).await.unwrap(), None);
    store.end_session("s1", &session).await.unwrap();
    assert_eq!(store.session("s1", at(21)).await.unwrap(), None);

    let token = NewApiToken { id: "t1", sha256: "h1", account: "Ada", title: "nightly", role: Role::Reviewer };
    store.add_api_token(&token, &session).await.unwrap();
    assert_eq!(store.api_token("h1").await.unwrap().unwrap().1, Role::Reviewer);
    assert!(store.set_role("Ada", Role::Viewer, &first).await.unwrap());
    assert_eq!(store.api_token("h1").await.unwrap().unwrap().1, Role::Viewer, "never more than its account");
    assert_eq!(store.api_tokens(Some("ada")).await.unwrap(), store.api_tokens(None).await.unwrap());
    assert!(store.api_tokens(Some("Bob")).await.unwrap().is_empty());
    assert!(!store.revoke_api_token("t1", Some("Bob"), &session).await.unwrap(), "it is not his");
    assert!(store.revoke_api_token("t1", Some("Ada"), &session).await.unwrap());
    assert!(!store.revoke_api_token("t1", None, &session).await.unwrap(), "once");
    assert_eq!(store.api_token("h1").await.unwrap(), None);

    let token = NewApiToken { id: "t2", sha256: "h2", account: "Ada", title: "weekly", role: Role::Viewer };
    store.add_api_token(&token, &session).await.unwrap();
    store.set_password("Ada", "new", &session).await.unwrap();
    assert_eq!(store.session("s2", at(21)).await.unwrap(), None, "another password ends what the old one began");
    store.begin_session("s3", at(3000), &session).await.unwrap();
    assert!(store.close_account("Ada", &first).await.unwrap());
    assert_eq!((store.session("s3", at(21)).await.unwrap(), store.api_token("h2").await.unwrap()), (None, None));
    assert!(store.has_accounts().await.unwrap());

    let known = Identity { issuer: "https://login.example", subject: "s1\0" };
    assert_eq!(store.identified(&known).await.unwrap(), None);
    assert!(
        !store.add_identified(&known, " aDa ", Role::Admin, "none", &first).await.unwrap(),
        "closed, and not theirs"
    );
    assert_eq!(store.identified(&known).await.unwrap(), None);
    assert!(store.add_identified(&known, "Cid", Role::Viewer, "none", &first).await.unwrap());
    assert!(!store.add_identified(&known, "Dee", Role::Viewer, "none", &first).await.unwrap(), "they have one");
    assert_eq!(store.account("Dee").await.unwrap(), None);
    assert_eq!(store.identified(&known).await.unwrap().unwrap().name, "Cid");
    let other = Identity { issuer: "https://login.elsewhere", ..known };
    assert_eq!(store.identified(&other).await.unwrap(), None, "each provider knows its own");

    store.log(&by("", 40), Event::NotLetIn, "Ada").await.unwrap();
    let lines = store.logged(0, 3).await.unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.who.as_str(), line.what, line.about.as_str())).collect();
    assert_eq!(
        told,
        [
            ("", Event::NotLetIn, "Ada"),
            ("a command", Event::AccountMade, "Cid, viewer"),
            ("a command", Event::AccountClosed, "Ada")
        ]
    );
    assert_eq!(store.how_many_logged().await.unwrap(), lines[0].number);
    assert_eq!(store.logged(2, 1).await.unwrap(), lines[2..]);
    store.close().await;

    let mut database = sqlx::AnyConnection::connect(address).await.unwrap();
    for change in ["UPDATE log SET who = 'Eve'", "DELETE FROM log", "DELETE FROM log WHERE number = 1"] {
        assert!(sqlx::query(change).execute(&mut database).await.is_err(), "{change}");
    }
}

#[test]
fn accounts_in_sqlite_let_in_whom_they_should() {
    let (_folder, address) = sqlite();
    wait(accounts_let_in_whom_they_should(&address));
}

#[test]
fn accounts_in_postgresql_let_in_whom_they_should() {
    let Some(server) = Postgres::start() else { return };
    wait(accounts_let_in_whom_they_should(&server.address));
}
