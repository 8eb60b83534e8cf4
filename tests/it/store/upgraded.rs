//! A store that an earlier version made, with rows in it, opens under this one and keeps them.

use std::collections::BTreeMap;
use std::path::Path;

use probes::capture::hex;
use sha2::{Digest as _, Sha256};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, SqlSafeStr as _};
use tickmark::criteria::verdict::Standing::{self, Met};
use tickmark::store::{Event, Identity, Role, Store};

use super::{Postgres, decided, sqlite, wait};

/// What is published is never edited: stores hold the hash of what made them. By file, the beginning of its SHA-256.
const PUBLISHED: &[(&str, &str)] = &[
    ("1-runs.sql", "d75fa1009c718416"),
    ("2-decisions.sql", "68cff4cd789c16bd"),
    ("3-append-only.sqlite.sql", "6c66f653c380749e"),
    ("3-append-only.postgres.sql", "562cc4a8a09697db"),
    ("4-lists.sqlite.sql", "cdb801691f0f5999"),
    ("4-lists.postgres.sql", "e808904dc22d47d9"),
    ("5-differences.sql", "da3a56d13e33c46e"),
    ("8-accounts.sql", "bf7a26ff8061139d"),
    ("9-log.sqlite.sql", "8b8faec60169c012"),
    ("12-runs-in-order.sql", "a7bea05ee905d07c"),
    ("9-log.postgres.sql", "446fdb91b12f34d3"),
    ("14-identities.sql", "596a741f70fc1fd2"),
    ("15-fixes.sql", "bd86156903cd0048"),
];

/// The statements of each level, by its number.
fn levels(engine: &str) -> BTreeMap<i64, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let of_it = names.filter(|name| name.matches('.').count() == 1 || name.contains(&format!(".{engine}.")));
    let level = |name: String| {
        let number = name.split('-').next().unwrap().parse().unwrap();
        (number, std::fs::read_to_string(folder.join(name)).unwrap())
    };
    of_it.map(level).collect()
}

/// What a version of that level wrote for a run of two criteria, and for one decision on it.
fn rows(level: i64) -> Vec<String> {
    let whole = serde_json::to_string(&decided("B2.1", Met, Met).chained(1, "r1")).unwrap();
    let mut rows = vec![
        "INSERT INTO editions VALUES ('e1', 'made-up', 'Made up')".to_owned(),
        "INSERT INTO criteria VALUES ('e1', 0, 'B2', 'Made up', 'The B2 of it'), ('e1', 1, 'A1', 'Made up', 'The A1')".to_owned(),
        "INSERT INTO runs VALUES ('r1', 'c1', 'Ødby', '2026-11-02', '0.1.0', NULL, NULL), \
         ('r2', 'c1', 'Ødby', '2026-11-09', '0.1.0', NULL, NULL)"
            .to_owned(),
        "INSERT INTO results (run, place, edition, criteria, met, not_met, needs_review, nothing_offered, points_sure, \
         points_possible) VALUES ('r1', 0, 'e1', 2, 1, 1, 0, 0, 1.5, 2), ('r2', 0, 'e1', 2, 2, 0, 0, 0, 2, 2)"
            .to_owned(),
        "INSERT INTO verdicts VALUES ('r1', 'e1', 'B2', 'met', '[]'), ('r1', 'e1', 'A1', 'not-met', '[]'), \
         ('r2', 'e1', 'B2', 'met', '[]'), ('r2', 'e1', 'A1', 'met', '[]')"
            .to_owned(),
        "INSERT INTO packs VALUES ('/runs/pack.wacz', 7, 8, 'r1')".to_owned(),
    ];
    if level >= 2 {
        rows.push(format!(
            "INSERT INTO decisions VALUES ('r1', 1, 'made-up', 'B2.1', 'met', 'met', 'Ada', '1970-01-01T00:00:00Z', '{whole}', 'h')"
        ));
        rows.push("INSERT INTO weighed VALUES ('r1', 1, 'seen')".to_owned());
        rows.push("INSERT INTO signatures VALUES ('r1', 'Ada', '1970-01-01T00:00:00Z', 'h')".to_owned());
    }
    if level >= 4 {
        rows.push("INSERT INTO cities (id, city, runs, latest) VALUES ('c1', 'Ødby', 2, 'r2')".to_owned());
        rows.push(r#"UPDATE results SET standings = '{"B2":"met","A1":"not-met"}' WHERE run = 'r1'"#.to_owned());
        rows.push(r#"UPDATE results SET standings = '{"B2":"met","A1":"met"}' WHERE run = 'r2'"#.to_owned());
    }
    if level >= 5 {
        rows.push("INSERT INTO differences VALUES ('r1', 'r2', '0.1.0', '{}')".to_owned());
    }
    if level >= 8 {
        rows.push(
            "INSERT INTO accounts VALUES ('ada', 'Ada', 'admin', 'hash', '2026-11-02T00:00:00Z', NULL)".to_owned(),
        );
        rows.push(
            "INSERT INTO api_tokens VALUES ('t1', 'h1', 'ada', 'nightly', 'viewer', '2026-11-02T00:00:00Z', NULL)"
                .to_owned(),
        );
    }
    if level >= 9 {
        rows.push(
            "INSERT INTO log (at, who, address, what, about) VALUES ('2026-11-02T00:00:00Z', 'Ada', '', 'signed-in', '')"
                .to_owned(),
        );
    }
    if level >= 14 {
        rows.push(
            "INSERT INTO identities VALUES ('https://login.example', 's1', 'ada', '2026-11-02T00:00:00Z')".to_owned(),
        );
    }
    rows
}

/// Makes a store as a version of that level had it.
async fn made(address: &str, levels: &BTreeMap<i64, String>, level: i64) {
    sqlx::any::install_default_drivers();
    let address = if address.contains('?') { address.to_owned() } else { format!("{address}?mode=rwc") };
    let mut database = AnyConnection::connect(&address).await.unwrap();
    let migrations = levels.range(..=level).map(|(number, sql)| {
        let sql = AssertSqlSafe(sql.clone()).into_sql_str();
        Migration::new(*number, "a level".into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(&mut database).await.unwrap();
    for row in rows(level) {
        sqlx::query(AssertSqlSafe(row.clone()))
            .execute(&mut database)
            .await
            .unwrap_or_else(|error| panic!("{row}: {error}"));
    }
    database.close().await.unwrap();
}

async fn keeps_its_rows(address: &str, level: i64) {
    let store = Store::open(address).await.unwrap();
    let cities = store.cities(0, 9).await.unwrap();
    assert_eq!((cities.len(), cities[0].runs, cities[0].latest.run.id.as_str()), (1, 2, "r2"), "level {level}");
    let matrix = store.matrix("c1", 0, 9).await.unwrap();
    let standings: Vec<Vec<Standing>> =
        matrix.lines.iter().map(|line| line.cells.iter().flatten().map(|cell| cell.standing).collect()).collect();
    assert_eq!(standings, [[Met, Met], [Met, Standing::NotMet]], "level {level}");
    assert_eq!(store.packs_of("r1").await.unwrap().len(), 1);
    let decided = usize::from(level >= 2);
    assert_eq!(store.decisions("r1").await.unwrap().len(), decided, "level {level}");
    assert_eq!(store.signed("r1").await.unwrap().is_some(), level >= 2);
    assert_eq!(store.agreement().await.unwrap().len(), decided);
    assert_eq!(store.has_accounts().await.unwrap(), level >= 8);
    if level >= 8 {
        assert_eq!(store.api_token("h1").await.unwrap().unwrap().1, Role::Viewer);
    }
    if level >= 9 {
        assert_eq!(store.logged(0, 9).await.unwrap()[0].what, Event::SignedIn);
    }
    // What is to be done first by its latest run is in its pack alone, until that is read again.
    assert_eq!(store.without_fixes().await.unwrap(), ["r2"]);
    if level >= 14 {
        let known = Identity { issuer: "https://login.example", subject: "s1" };
        assert_eq!(store.identified(&known).await.unwrap().unwrap().name, "Ada");
    }
    store.close().await;
    // It is a store of this version now, and opens again.
    Store::open(address).await.unwrap().close().await;
}

#[test]
fn what_is_published_is_never_edited() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    for (name, hash) in PUBLISHED {
        let now = hex(&Sha256::digest(std::fs::read(folder.join(name)).unwrap()));
        assert_eq!(&now[..16], *hash, "{name}");
    }
}

#[test]
fn sqlite_stores_of_every_level_keep_their_rows() {
    let levels = levels("sqlite");
    for level in levels.keys() {
        let (_folder, address) = sqlite();
        wait(async {
            made(&address, &levels, *level).await;
            keeps_its_rows(&address, *level).await;
        });
    }
}

#[test]
fn postgresql_stores_of_every_level_keep_their_rows() {
    let Some(server) = Postgres::start() else { return };
    let levels = levels("postgres");
    for level in levels.keys() {
        let address = server.address.replace("/postgres?", &format!("/level{level}?"));
        wait(async {
            sqlx::any::install_default_drivers();
            let mut database = AnyConnection::connect(&server.address).await.unwrap();
            let create = format!("CREATE DATABASE level{level}");
            sqlx::query(AssertSqlSafe(create)).execute(&mut database).await.unwrap();
            made(&address, &levels, *level).await;
            keeps_its_rows(&address, *level).await;
        });
    }
}
