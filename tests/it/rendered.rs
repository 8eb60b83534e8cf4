//! Pages as a browser shows them, on apps of our own: what they show, what they cannot do, and how it is kept.

#![expect(clippy::print_stderr, reason = "what was measured, and why a test is skipped")]

mod apps;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use probes::capture::{Capture, Captures, Failure, Memo, Outcome, Rendering, Request, Store as _};
use probes::html::Page;
use probes::probe::Target;
use tickmark::audit::{Live, Question, ask};
use tickmark::crawl::{Browser, Config, Crawler, PageBounds};
use tickmark::pack::exchange::Robots;
use tickmark::pack::{Identity, Pack};
use url::Url;

use crate::crawl::config;
use crate::hostile::Hostile;

/// The Chromium to try it with; none is said, once for each test.
fn chromium() -> Option<Browser> {
    let named = std::env::var_os("TICKMARK_CHROMIUM").map(Into::into);
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join("chromium")).find(|program| program.is_file())
    };
    let found = named.or_else(on_path).filter(|_| cfg!(feature = "browser"));
    if found.is_none() {
        eprintln!("skipped: no Chromium is on the path, nor named by TICKMARK_CHROMIUM");
    }
    found.map(Browser::At)
}

struct Shown {
    capture: Arc<Capture>,
    page: Page,
    took: Duration,
}

impl Shown {
    fn rendering(&self) -> &Rendering {
        self.capture.answered().unwrap().rendering.as_ref().unwrap()
    }

    fn text(&self) -> String {
        self.page.text()
    }
}

fn pack(at: &Path) -> Pack {
    let as_of = "2026-11-02".parse().unwrap();
    let identity =
        Identity { submission: String::new(), scheme: String::new(), as_of, robots: Robots::AtTheCitysRequest };
    Pack::create_or_resume(at, &identity, None).unwrap()
}

/// What a browser shows at `at`, kept in `pack`.
fn render(config: Config, pack: &Pack, at: &str) -> Shown {
    let request = Request::submitted(&Url::parse(at).unwrap());
    let crawler = Crawler::new(config).unwrap();
    let mut sink = |exchange| pack.add(exchange).map(drop).map_err(io::Error::other);
    let begun = Instant::now();
    crawler.render(&BTreeSet::from([request.rendered()]), pack, &(), &mut sink, &()).unwrap();
    let took = begun.elapsed();
    let capture = pack.find(&request.rendered()).expect("each request has its capture");
    let memo = Memo::default();
    let captures = Captures::new(pack, &memo, "2026-11-02".parse().unwrap());
    let page = match &capture.outcome {
        Outcome::Answered(_) => Page::of(&captures, &capture).as_ref().clone(),
        Outcome::Failed(_) => Page::parse(&request.url, ""),
    };
    Shown { capture, page, took }
}

/// A city of apps, and how it is crawled.
fn city() -> Option<(Hostile, Config)> {
    let browser = chromium()?;
    let city = Hostile::serving(apps::answer);
    let config = Config { browser, ..config(&city) };
    Some((city, config))
}

#[test]
fn apps_of_every_kind_show_their_data() {
    let Some((city, config)) = city() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&folder.path().join("pack"));
    for at in [
        "https://hub.example.gov/",
        "https://tableau.example.gov/",
        "https://powerbi.example.gov/view",
        "https://looker.example.gov/reporting/1",
        "https://clearpoint.example.gov/",
        "https://performance.example.gov/",
        "https://spa.example.gov/",
    ] {
        let shown = render(config.clone(), &pack, at);
        assert!(shown.capture.answered().is_ok(), "{at}: {:?}", shown.capture.outcome);
        let rendering = shown.rendering();
        eprintln!("{at}: {:?}, {} requests, {:?}", shown.took, rendering.requests, rendering.gap);
        assert_eq!(rendering.gap, None, "{at}: {}", shown.text());
        assert_eq!(shown.page.shell(), None, "{at}");
        let table = shown.page.tables.first().unwrap_or_else(|| panic!("{at} shows no table: {}", shown.text()));
        assert_eq!(table.rows.last().unwrap(), &["Parks", "7"], "{at}");
        assert!(shown.page.links.iter().any(|link| link.href.path() == "/export/rows.csv"), "{at}");
        assert!(!shown.text().contains("Nobody sees this"), "{at}");
        let picture = pack.picture(&shown.capture, "image/jpeg").unwrap_or_else(|| panic!("{at} has no picture"));
        assert!(picture.starts_with(&[0xff, 0xd8]) && picture.len() > 2000, "{at}");
    }
    for asked in city.log.all() {
        assert_eq!(asked.header("user-agent"), Some("Tickmark/0.1 (+https://example.org/contact)"), "{asked:?}");
        assert_eq!(asked.header("cookie"), None, "{asked:?}");
    }
    // Once as a page of its own, once as it is found.
    assert_eq!(city.log.paths("spa.example.gov"), ["/robots.txt", "/", "/old.js", "/new.js", "/rows.json"]);
    city.log.never_two_at_once("looker.example.gov");
}

#[test]
fn a_rendered_page_is_kept_and_replays_as_it_was() {
    let Some((_city, config)) = city() else { return };
    let folder = tempfile::tempdir().unwrap();
    let work = pack(&folder.path().join("pack"));
    let shown = render(config.clone(), &work, "https://powerbi.example.gov/view");
    let sealed = folder.path().join("pack.wacz");
    work.seal(&sealed, &std::collections::BTreeMap::new()).unwrap();
    let opened = Pack::open(&sealed).unwrap();
    assert_eq!(opened.damage(), []);
    let again = opened.capture(&shown.capture.id).unwrap();
    assert_eq!(again, shown.capture);
    let body = |pack: &Pack| pack.body(&again).unwrap().head(1 << 20).unwrap();
    assert_eq!(body(&opened), body(&work));
    assert_eq!(opened.picture(&again, "image/jpeg"), work.picture(&again, "image/jpeg"));
    let sent = opened.capture(&shown.rendering().of).unwrap();
    assert_eq!(sent.request, shown.capture.request.sent());
    assert!(opened.place(&again.id).is_some_and(|place| place.length > 0));
}

#[test]
fn probes_read_what_a_browser_shows_and_nothing_else_changes_without_one() {
    let Some((_city, config)) = city() else { return };
    let probe = probes::ALL.iter().find(|probe| probe.spec().id == "fresh").unwrap();
    let target = Target::new(&Url::parse("https://spa.example.gov/").unwrap());
    let found = |browser: Browser| {
        let folder = tempfile::tempdir().unwrap();
        let pack = pack(&folder.path().join("pack"));
        let crawler = Crawler::new(Config { browser, ..config.clone() }).unwrap();
        let live = Live { crawler: &crawler, previous: &(), progress: &() };
        let question = Question { target: target.clone(), probe: *probe };
        let readers = tickmark::audit::reading::Readers {
            program: env!("CARGO_BIN_EXE_tickmark").into(),
            limits: tickmark::audit::reading::Limits::default(),
            told: None,
        };
        let answers = ask(&[question], "2026-11-05".parse().unwrap(), &pack, Some(&live), &readers).unwrap();
        let finding = answers.findings.into_iter().next().unwrap();
        for evidence in &finding.evidence {
            let capture = pack.capture(&evidence.capture).unwrap();
            probes::quote::holds(evidence, &capture, &pack).unwrap();
        }
        (finding.code.clone(), finding.sentence(probe.spec()))
    };
    let (code, sentence) = found(config.browser.clone());
    assert_eq!(code, "dated", "{sentence}");
    let (code, sentence) = found(Browser::None);
    assert_eq!(code, "unseen");
    assert!(sentence.contains("needs a browser"), "{sentence}");
}

#[test]
fn what_cannot_be_had_is_said_and_robots_decide_for_pages_too() {
    let Some((city, config)) = city() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&folder.path().join("pack"));
    let shown = render(config, &pack, "https://closed.example.gov/");
    let gap = shown.rendering().gap.clone().unwrap();
    assert!(gap.contains("/private/rows.json: robots.txt does not allow it"), "{gap}");
    assert!(shown.page.shell().unwrap().contains("not whole"));
    assert_eq!(city.log.paths("closed.example.gov"), ["/robots.txt", "/"]);
}

#[test]
fn a_page_that_never_ends_is_ended() {
    let Some((city, config)) = city() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&folder.path().join("pack"));
    let bounds = PageBounds { wall: Duration::from_secs(45), requests: 50, memory: 700 << 20, ..PageBounds::default() };
    let config = Config { page: bounds, ..config };

    let polls = render(config.clone(), &pack, "https://polls.example.gov/");
    assert!(polls.text().contains("Parks"), "{:?}", polls.capture.outcome);
    assert_eq!(polls.rendering().gap, None);
    assert_eq!(city.log.paths("polls.example.gov"), ["/robots.txt", "/", "/rows.json"]);

    let chain = render(config.clone(), &pack, "https://chain.example.gov/");
    assert!(chain.rendering().gap.as_ref().unwrap().contains("more than 50 things"), "{:?}", chain.rendering().gap);
    assert!(chain.text().contains("It begins") && chain.page.shell().is_some());
    assert!(city.log.paths("chain.example.gov").len() < 55);

    for at in ["https://busy.example.gov/", "https://greedy.example.gov/"] {
        let ended = render(config.clone(), &pack, at);
        assert!(
            matches!(&ended.capture.outcome, Outcome::Failed(Failure::NoBrowser { .. })),
            "{at}: {:?}",
            ended.capture.outcome
        );
        eprintln!("{at}: {:?}, {:?}", ended.took, ended.capture.outcome);
        assert!(ended.took < Duration::from_mins(2), "{at}: {:?}", ended.took);
    }
}

#[test]
fn a_rude_page_gets_nowhere() {
    let Some((city, config)) = city() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&folder.path().join("pack"));
    let shown = render(config, &pack, "http://rude.example.gov/");
    let text = shown.text();
    assert!(shown.capture.answered().is_ok(), "{:?}", shown.capture.outcome);
    for what in ["metadata", "localhost", "decimal", "file", "tracker", "socket", "worker", "put"] {
        assert!(text.contains(&format!("{what}\nout")), "{what} got out: {text}");
    }
    assert!(text.contains("Parks") && !text.contains("service worker"), "{text}");
    let paths = city.log.paths("rude.example.gov");
    let known = ["/robots.txt", "/", "/worker.js", "/rows.json", "/service.js"];
    assert!(paths.iter().all(|path| known.contains(&path.as_str())), "{paths:?}");
    let hosts: BTreeSet<String> = city.log.all().into_iter().map(|asked| asked.host).collect();
    assert_eq!(hosts, BTreeSet::from(["rude.example.gov".to_owned()]));
    for asked in city.log.all() {
        assert_eq!(asked.header("user-agent"), Some("Tickmark/0.1 (+https://example.org/contact)"), "{asked:?}");
    }
    for capture in pack.captures() {
        let url = &capture.request.url;
        let private = matches!(url.host_str(), Some("169.254.169.254" | "localhost" | "127.0.0.1"));
        assert!(!private || matches!(capture.outcome, Outcome::Failed(Failure::NotPublic { .. })), "{url}");
    }
}

#[test]
fn without_a_browser_the_page_stays_unknown_with_its_cause() {
    let city = Hostile::serving(apps::answer);
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&folder.path().join("pack"));
    for (browser, words) in [
        (Browser::None, "none is to be used"),
        (Browser::At(folder.path().join("chromium")), "there is no program at"),
        (Browser::At("/bin/false".into()), "does not start"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let pack = self::pack(&folder.path().join("pack"));
        let shown = render(Config { browser, ..config(&city) }, &pack, "https://spa.example.gov/");
        let Outcome::Failed(Failure::NoBrowser { cause }) = &shown.capture.outcome else { panic!("it was shown") };
        assert!(cause.contains(words) || !cfg!(feature = "browser"), "{cause}");
    }
    drop(pack);
}
