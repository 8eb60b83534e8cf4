//! `tickmark init`: a first submission, from a city's page or portal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args as Flags;
use probes::Probe;
use probes::capture::{Captures, Memo, Request, Store as _};
use probes::finding::Answer;
use probes::html::Page;
use probes::kind::{self, Kind};
use probes::probe::Target;
use url::Url;

use super::crawling::Crawling;
use super::problem::tell;
use super::progress::Told;
use super::{Ended, Trouble, setting};
use crate::audit::{Fetch as _, Live, Question, ask};
use crate::crawl::Crawler;
use crate::pack::{Identity, Pack};
use crate::submission::DEFAULT_SCHEME;
use crate::submission::draft::{About, Met, Proposal, propose, write};

/// The most pages that are opened beside the first.
const MOST_PAGES: usize = 8;
/// Probes that need more requests than this do not look at the first page: a draft is worth only so many.
const MOST_REQUESTS: u64 = 10;

/// From where, to where.
#[derive(Debug, Flags)]
pub(crate) struct Args {
    /// The city's home page, its page about open data, or its portal
    url: String,
    /// Write here instead of standard output; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The criteria to find links for: a bundled scheme's name or a folder
    #[arg(long, value_name = "NAME|DIR", default_value = DEFAULT_SCHEME)]
    criteria: String,
    #[command(flatten)]
    crawling: Crawling,
}

/// Looks, and writes a draft.
pub(crate) fn run(args: &Args) -> Result<Ended, Trouble> {
    let url = address(&args.url)?;
    let scheme = setting::scheme(&args.criteria, &[])?;
    if let Some(path) = args.out.as_ref().filter(|path| path.exists()) {
        return Err(Trouble::asked(format!("{}: is there already; name another file", path.display())));
    }
    let folder = tempfile::tempdir().map_err(Trouble::at(&std::env::temp_dir()))?;
    let as_of = setting::today();
    let robots = args.crawling.robots.into();
    let identity = Identity { submission: String::new(), scheme: String::new(), as_of, robots };
    let pack = Pack::passing(&folder.path().join("pack"), &identity)?;
    let crawler = Crawler::new(args.crawling.config()?)?;
    let told = Told::new();
    let live = Live { crawler: &crawler, previous: &(), progress: &told };
    let site = Site { pack: &pack, live: &live, memo: Memo::default(), as_of };

    let first = site.page(&Request::submitted(&url))?;
    let first = first.map_err(|why| {
        Trouble::asked(format!("{url}: {why}: name a page that opens, or write the submission by hand"))
    })?;
    let mut looked_at = vec![format!("Looked at on {as_of}: {url}")];
    let mut met = vec![Met { url: url.clone(), text: first.title.clone(), on: url.clone() }];
    met.extend(links(&first, &url));
    if first.shell().is_some() {
        tell("the page is empty until a browser runs its scripts: few links can be seen");
        looked_at
            .push("The page is empty until a browser runs its scripts, so few of its links could be seen.".to_owned());
    }
    let mut trouble = BTreeMap::new();
    for next in further(&propose(&scheme, &met), &url) {
        match site.page(&Request::discovered(&next))? {
            Ok(page) => {
                looked_at.push(format!("and at: {next}"));
                met.extend(links(&page, &next));
            }
            Err(why) => {
                trouble.insert(next, why);
            }
        }
    }
    looked_at.extend(site.said_of(&url)?);
    told.end();
    let about = About { city: city(&first, &url), looked_at, trouble };
    let text = write(&scheme, &about, &propose(&scheme, &met));
    match &args.out {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => {
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Trouble::at(path))?;
            tell(&format!("wrote {}: read it, correct it, then audit it", path.display()));
        }
    }
    Ok(Ended::Well)
}

fn address(written: &str) -> Result<Url, Trouble> {
    let url = Url::parse(written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| {
        let hint =
            if written.contains("://") { String::new() } else { format!("; did you mean \"https://{written}\"?") };
        Trouble::asked(format!("{written:?} is no link to a page{hint}"))
    })
}

/// The city's name: what its page is titled, up to the first dash or bar.
fn city(page: &Page, url: &Url) -> String {
    let name = page.title.split(['|', '–', '—', '-', '·']).next().unwrap_or_default().trim();
    if name.is_empty() { url.host_str().unwrap_or_default().to_owned() } else { name.to_owned() }
}

fn links(page: &Page, on: &Url) -> Vec<Met> {
    let met = page.links.iter().filter(|link| matches!(link.href.scheme(), "http" | "https"));
    met.map(|link| {
        let mut url = link.href.clone();
        url.set_fragment(None);
        Met { url, text: link.text.clone(), on: on.clone() }
    })
    .collect()
}

/// The pages that are worth opening: each criterion's best proposal in turn, as far as the bound lets.
fn further(proposals: &[Proposal], first: &Url) -> BTreeSet<Url> {
    let mut pages = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for proposal in proposals {
        let url = &proposal.met.url;
        if pages.len() < MOST_PAGES
            && url != first
            && seen.insert(&proposal.criterion)
            && kind::extension(url).is_none()
        {
            pages.insert(url.clone());
        }
    }
    pages
}

/// The pages opened so far, and the way to more.
struct Site<'a> {
    pack: &'a Pack,
    live: &'a Live<'a>,
    memo: Memo,
    as_of: jiff::civil::Date,
}

impl Site<'_> {
    /// The page that answers, or in words why there is none.
    fn page(&self, request: &Request) -> Result<Result<std::sync::Arc<Page>, String>, Trouble> {
        let mut sink = |exchange| self.pack.add(exchange).map(drop).map_err(io::Error::other);
        self.live.fetch(&BTreeSet::from([request.clone()]), &mut sink)?;
        let Some(capture) = self.pack.find(request) else {
            panic!("invariant: every request ends in a capture");
        };
        if let Err(why) = capture.success() {
            return Ok(Err(why));
        }
        let captures = Captures::new(self.pack, &self.memo, self.as_of);
        let kind = kind::of(&captures, &capture);
        if kind != Kind::Html {
            return Ok(Err(format!("it leads to {kind}, not to a page")));
        }
        Ok(Ok(Page::of(&captures, &capture)))
    }

    /// What probes say of the first page, as far as they say anything.
    fn said_of(&self, url: &Url) -> Result<Vec<String>, Trouble> {
        let target = Target::new(url);
        let modest = |probe: &&&'static dyn Probe| probe.spec().most_requests <= MOST_REQUESTS;
        let questions: Vec<Question> =
            probes::ALL.iter().filter(modest).map(|probe| Question { target: target.clone(), probe: *probe }).collect();
        let answers = ask(&questions, self.as_of, self.pack, Some(self.live), &setting::readers()?)?;
        let specs = setting::specs();
        let said = answers.findings.iter().filter(|finding| finding.answer == Answer::Yes).filter_map(|finding| {
            let spec = specs.iter().find(|spec| spec.id == finding.probe)?;
            Some(format!("{}: {}", spec.question, finding.sentence(spec)))
        });
        Ok(said.collect())
    }
}
