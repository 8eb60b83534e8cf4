//! What to do first over all cities leads to the criterion of each, in the browser and over the interface.

use std::time::Duration;

use serde_json::json;
use sqlx::Connection as _;
use tickmark::store::Store;

use super::super::program::{Place, flags};
use super::super::{POLICY, PORTAL, all, offering};
use super::api::{ask, get};
use super::audits::POLICY_AT;
use super::{PAGE, Workbench, linked, policy_of};
use crate::hostile::{Call, Hostile};

/// Forgets what is to be done, as a store of an earlier version never knew it.
fn forget(address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut database = sqlx::AnyConnection::connect(address).await.unwrap();
        for change in ["DELETE FROM fixes", "UPDATE cities SET fixes_of = NULL"] {
            assert!(sqlx::query(change).execute(&mut database).await.unwrap().rows_affected() > 0, "{change}");
        }
    });
}

#[test]
fn what_to_do_first_leads_to_the_criterion_of_each_city() {
    let city = Hostile::serving(|call: &Call| policy_of(PAGE, call));
    let place = Place::new();
    place.write("links.csv", offering(&[(POLICY, POLICY_AT), (PORTAL, "http://a.example.gov/none")]));
    for (name, out) in [("Example", "run"), ("Sample", "other")] {
        let args = ["audit", "links.csv", "--city", name, "--as-of", "2026-11-02", "--pace", "0.02", "--out", out];
        place.run(&flags(&args, &place.leading_to(&city))).with(0);
    }
    let workbench = Workbench::over(&place);
    let page = workbench.page("/first");
    assert!(page.contains("<svg class=\"bars\" role=\"img\"") && page.contains("Criteria at stake"), "{page}");
    let fixes = get(&workbench, "/api/first?per_page=200");
    let items = all(&fixes["items"]);
    assert!(items.len() > 1 && fixes["total"] == items.len(), "{fixes}");
    for fix in items {
        assert_eq!((&fix["scheme"], &fix["cities"]), (&json!("what-works-cities"), &json!(2)), "{fix}");
        let id = fix["fix"].as_str().unwrap();
        assert!(page.contains(&format!("href=\"/first/{id}\"")), "{id}: {page}");
    }
    let fix = linked(&page, "/first/").to_owned();
    let one = workbench.page(&format!("/first/{fix}"));
    let cities = get(&workbench, &format!("/api/first/{fix}/cities"));
    let city = &cities["items"][0];
    let [run, code] = ["run", "code"].map(|field| city[field].as_str().unwrap());
    let criterion = format!("/runs/{run}/criteria/what-works-cities/{code}");
    assert!(one.contains(&format!("href=\"{criterion}\"")) && one.contains("<bdi>Example</bdi>"), "{one}");
    assert!(workbench.page(&criterion).contains(code));
    for nowhere in ["/first/none", "/api/first/none/cities"] {
        assert!(workbench.get(nowhere, &workbench.address).starts_with("HTTP/1.1 404"), "{nowhere}");
    }
    assert_eq!(get(&workbench, "/api/first?scheme=none")["total"], 0);
    assert!(workbench.page("/first?scheme=%3Cb%3E").contains("name nothing to do"));
    assert_eq!(ask(&workbench, "GET", "/api/first?page=0", &[], "").status, 422);
    drop(workbench);

    // A store that an earlier version filled learns it from the packs.
    forget(&Store::in_file(&place.path("tickmark.sqlite")).unwrap());
    let workbench = Workbench::over(&place);
    let again = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        get(&workbench, "/api/first?per_page=200") == fixes
    });
    assert!(again, "{}", workbench.page("/first"));
}
