//! The crawler feeds a pack, and the pack of the last run tells it what need not be fetched again.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use probes::capture::{Request, Store as _};
use tickmark::crawl::{Crawler, Previous};
use tickmark::pack::Pack;

use super::{Place, body, extras, identity, open, url};
use crate::hostile::{Hostile, table};

/// Fetches what `work` lacks, as an audit does.
fn audit(city: &Hostile, work: &Path, requests: &[Request], previous: Option<&Arc<Pack>>) -> Pack {
    let pack = Pack::create_or_resume(work, &identity(), previous.cloned()).unwrap();
    let lacking: BTreeSet<Request> = requests.iter().filter(|request| pack.find(request).is_none()).cloned().collect();
    let previous: &dyn Previous = previous.map_or(&(), |previous| &**previous as &dyn Previous);
    let mut sink = |exchange| pack.add(exchange).map(drop).map_err(io::Error::other);
    Crawler::new(crate::crawl::config(city)).unwrap().fetch(&lacking, previous, &mut sink, &()).unwrap();
    pack
}

#[test]
fn a_crawl_is_kept_gone_on_with_and_followed_up() {
    let city = Hostile::start();
    let at = |path: &str| Request::submitted(&url(&format!("http://data.example.gov{path}")));
    let requests = [at("/cached"), at("/moved"), at("/gone"), at("/never-there"), at("/to-private"), at("/reset")];
    let (first, second) = (Place::new(), Place::new());

    drop(audit(&city, &first.work(), &requests[..3], None));
    let pack = audit(&city, &first.work(), &requests, None);
    let asked = city.log.paths("data.example.gov");
    assert_eq!(asked.iter().filter(|path| *path == "/moved").count(), 1, "{asked:?}");
    let captures = pack.captures();
    assert_eq!(captures.len(), requests.len() + 1, "each request and robots.txt");
    assert_eq!(body(&pack, &pack.find(&at("/moved")).unwrap()), table());
    pack.seal(&first.sealed(), &extras()).unwrap();
    drop(pack);

    let previous = Arc::new(open(&first.sealed()));
    assert_eq!((previous.captures(), previous.damage()), (captures, &[][..]));
    let pack = audit(&city, &second.work(), &requests[..1], Some(&previous));
    let asked = city.log.of("data.example.gov");
    assert_eq!(asked.last().unwrap().header("if-none-match"), Some("\"v1\""));
    let cached = pack.find(&at("/cached")).unwrap();
    assert_eq!((cached.answered().unwrap().status, body(&pack, &cached)), (200, b"v1".to_vec()));
    pack.seal(&second.sealed(), &extras()).unwrap();
    assert_eq!(open(&second.sealed()).damage(), []);
}
