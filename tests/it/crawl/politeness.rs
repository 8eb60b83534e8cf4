//! Pace, robots.txt, pauses, and what is said about oneself.

use std::time::Duration;

use probes::capture::Failure;
use tickmark::crawl::Config;
use tickmark::pack::exchange::Robots;

use super::{answer, config, discovered, failure, fetch, fetch_all, status, submitted};
use crate::hostile::Hostile;

#[test]
fn a_host_is_asked_once_at_a_time_at_its_pace_and_hosts_side_by_side() {
    let city = Hostile::start();
    let pace = Duration::from_millis(200);
    let hosts = ["a.example.gov", "b.example.gov", "c.example.gov"];
    let requests: Vec<_> = hosts
        .iter()
        .flat_map(|host| (0..4).map(move |page| submitted(&format!("http://{host}/page/{page}"))))
        // Where redirects lead, that host's pace counts.
        .chain([submitted("http://b.example.gov/to-other-host"), submitted("http://other.example.gov/slow")])
        .chain([submitted("http://a.example.gov/to-other-host"), submitted("http://c.example.gov/to-other-host")])
        .collect();
    let exchanges = fetch_all(Config { pace, ..config(&city) }, &requests);
    let asked: Vec<String> = city.log.all().into_iter().map(|asked| asked.host).collect();
    let (first, last) = hosts.iter().fold((0, asked.len()), |(first, last), host| {
        let at = |found: Option<usize>| found.expect("each host was asked");
        let (one, other) = (asked.iter().position(|a| a == host), asked.iter().rposition(|a| a == host));
        (first.max(at(one)), last.min(at(other)))
    });
    assert!(first < last, "hosts waited for each other: {asked:?}");
    // Each host's robots.txt was handed on too.
    assert_eq!(exchanges.len(), requests.len() + 4);
    for host in hosts.into_iter().chain(["other.example.gov"]) {
        city.log.never_two_at_once(host);
        city.log.never_faster_than(host, pace);
    }
    let paths = city.log.paths("a.example.gov");
    assert_eq!(paths, ["/robots.txt", "/page/0", "/page/1", "/page/2", "/page/3", "/to-other-host"]);
    assert_eq!(city.log.methods(), ["GET"]);
}

#[test]
fn who_asks_says_so_and_keeps_no_cookies() {
    let city = Hostile::start();
    let cookie_wall = failure(config(&city), "http://user:secret@data.example.gov/cookie-wall");
    assert_eq!(cookie_wall, Failure::Redirects { most: 10 });
    for asked in city.log.all() {
        assert_eq!(asked.header("user-agent"), Some("Tickmark/0.1 (+https://example.org/contact)"));
        assert_eq!(asked.header("cookie"), None);
        assert_eq!(asked.header("authorization"), None);
        assert_eq!(asked.header("referer"), None);
        assert_eq!(asked.host, "data.example.gov");
    }
}

#[test]
fn robots_txt_decides_about_what_was_discovered() {
    let city = Hostile::start();
    let refused = |at: &str| fetch(config(&city), &discovered(at)).failure;
    let rule = |rule: &str| Some(Failure::Robots { rule: rule.to_owned() });
    assert_eq!(refused("http://strict.example.gov/private/a"), rule("Disallow: /private/"));
    assert_eq!(refused("http://strict.example.gov/page/a"), None);
    assert_eq!(refused("http://forbids.example.gov/page/a"), rule("Disallow: /"));
    assert_eq!(refused("http://down.example.gov/page/a"), rule("it answered with status 503"));
    assert_eq!(refused("http://robots-moved.example.gov/private/a"), rule("Disallow: /private/"));
    assert_eq!(refused("http://robots-loop.example.gov/page/a"), None);
    assert_eq!(refused("http://robots-endless.example.gov/private/a"), rule("Disallow: /private/"));
    assert_eq!(refused("http://strict.example.gov/to-private-page"), rule("Disallow: /private/"));
    assert!(!city.log.all().iter().any(|asked| asked.path.starts_with("/private")));
}

#[test]
fn what_a_city_submits_is_asked_at_its_own_request_unless_strict() {
    let city = Hostile::start();
    assert_eq!(status(config(&city), "http://strict.example.gov/private/a"), 200);
    assert_eq!(status(config(&city), "http://down.example.gov/page/a"), 200);
    let strict = Config { robots: Robots::Strict, ..config(&city) };
    assert!(matches!(failure(strict, "http://strict.example.gov/private/a"), Failure::Robots { .. }));
}

#[test]
fn a_robots_txt_is_fetched_once_even_if_a_probe_asks_for_it() {
    let city = Hostile::start();
    let requests =
        ["page/a", "page/b", "robots.txt"].map(|path| discovered(&format!("http://strict.example.gov/{path}")));
    assert_eq!(fetch_all(config(&city), &requests).len(), 3);
    assert_eq!(city.log.paths("strict.example.gov"), ["/robots.txt", "/page/a", "/page/b"]);
}

#[test]
fn a_crawl_delay_slows_every_request_down() {
    let city = Hostile::start();
    let requests = ["a", "b"].map(|page| submitted(&format!("http://delays.example.gov/page/{page}")));
    fetch_all(config(&city), &requests);
    city.log.never_faster_than("delays.example.gov", Duration::from_millis(300));
}

#[test]
fn a_throttling_host_gets_its_pause() {
    let city = Hostile::start();
    let host = "data.example.gov";
    for (path, pause) in [("throttled-once", 1000), ("throttled-until", 1000), ("throttled-unsaid", 50)] {
        assert_eq!(status(config(&city), &format!("http://{host}/{path}")), 200);
        let asked: Vec<_> = city.log.of(host).into_iter().filter(|asked| asked.path.ends_with(path)).collect();
        for pair in asked.windows(2) {
            assert!(pair[1].start - pair[0].start >= Duration::from_millis(pause), "{path} was asked too soon");
        }
    }
}

#[test]
fn a_host_that_goes_on_throttling_is_taken_at_its_word() {
    let city = Hostile::start();
    let hurry = Config { most_wait: Duration::from_millis(50), ..config(&city) };
    assert_eq!(status(hurry.clone(), "http://data.example.gov/throttled"), 429);
    assert_eq!(status(hurry, "http://data.example.gov/throttled-for-long"), 429);
    let count = |path: &str| city.log.paths("data.example.gov").iter().filter(|asked| *asked == path).count();
    assert_eq!((count("/throttled"), count("/throttled-for-long")), (3, 1));
}

#[test]
fn a_host_that_never_stops_throttling_is_left_alone() {
    let city = Hostile::start();
    let hurry = Config { most_wait: Duration::from_millis(50), ..config(&city) };
    let requests: Vec<_> =
        (0..6).map(|n| submitted(&format!("http://data.example.gov/throttled-for-long?{n}"))).collect();
    let exchanges = fetch_all(hurry, &requests);
    let left_alone = exchanges.iter().filter(|ended| matches!(ended.failure, Some(Failure::Connect { .. }))).count();
    assert_eq!((left_alone, city.log.paths("data.example.gov").len()), (3, 4));
}

#[test]
fn passing_trouble_is_given_one_more_chance() {
    let city = Hostile::start();
    assert_eq!(status(config(&city), "http://data.example.gov/bad-gateway-once"), 200);
    assert_eq!(status(config(&city), "http://data.example.gov/reset-once"), 200);
    assert_eq!(status(config(&city), "http://data.example.gov/hangs-up-once"), 200);
    assert_eq!(status(config(&city), "http://data.example.gov/error"), 500);
    assert_eq!(status(config(&city), "http://data.example.gov/unavailable"), 503);
    let count = |path: &str| city.log.paths("data.example.gov").iter().filter(|asked| *asked == path).count();
    assert_eq!((count("/error"), count("/unavailable")), (1, 2));
}

#[test]
fn a_second_look_comes_later() {
    let city = Hostile::start();
    let first = submitted("http://data.example.gov/gone");
    let exchanges = fetch_all(config(&city), &[first.clone(), first.again()]);
    assert!(
        exchanges.iter().filter(|ended| ended.request.url.path() == "/gone").all(|ended| answer(ended).status == 410)
    );
    let asked: Vec<_> = city.log.of("data.example.gov").into_iter().filter(|asked| asked.path == "/gone").collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].start - asked[0].start >= Duration::from_millis(80));
}
