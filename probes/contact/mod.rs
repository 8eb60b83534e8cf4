//! Is a person named who can be asked about the data?

mod datasets;

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request};
use crate::finding::{Evidence, Finding, Locus};
use crate::html::{Link, Page};
use crate::missing::{self, Told};
use crate::obstacle::{self, Hidden};
use crate::people;
use crate::platform::{self, Keeps};
use crate::probe::{Probe, Target};
use crate::shown;
use crate::site;
use crate::spec::Spec;

crate::declare!();

/// Finds a named person with an address or a telephone number.
pub struct Contact;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Person(Person),
    Mailbox { address: String },
    Telephone { phone: String },
    Blank {},
    None {},
    NeedsBrowser { sign: String },
    NotAPage { kind: String },
    Unseen { cause: String },
}

#[derive(Serialize)]
struct Person {
    name: String,
    email: Option<String>,
    phone: Option<String>,
    title: Option<String>,
    email_on_own_domain: Option<bool>,
}

/// Most pages of the site that are looked at beyond the target.
const MOST_FURTHER: usize = 2;

static FURTHER: LazyLock<Regex> = LazyLock::new(|| words(r"\b(contact|about|staff|team)\b"));
static FURTHER_PATH: LazyLock<Regex> =
    LazyLock::new(|| words(r"/(pages/)?(contact|about|staff|team)([-_/]?us)?(\.\w+)?/?$"));

fn words(pattern: &str) -> Regex {
    match Regex::new(&format!("(?i){pattern}")) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of words is well formed: {error}"),
    }
}

impl Probe for Contact {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let (seen, evidence) = seen(target, captures)?;
        let mut findings = vec![SPEC.finding(target, &seen, evidence)];
        for (seen, evidence) in datasets::seen(target, captures)? {
            findings.push(SPEC.finding(target, &seen, evidence));
        }
        Ok(findings)
    }
}

type Said = (Seen, Vec<Evidence>);

/// What pages say of a contact, the best first.
#[derive(Default)]
struct Contacts {
    person: Option<Said>,
    mailbox: Option<Said>,
    telephone: Option<Said>,
    blank: Option<Said>,
}

fn seen(target: &Target, captures: &Captures<'_>) -> Result<Said, Need> {
    let capture = shown::get(captures, &target.request())?;
    let exchange = || vec![Evidence::new(&capture.id, Locus::Exchange, "")];
    let page = match obstacle::page(captures, &capture) {
        Ok(page) => page,
        Err(Hidden::Otherwise(kind)) if kind.is_data() => {
            return Ok((Seen::NotAPage { kind: kind.to_string() }, exchange()));
        }
        Err(Hidden::Behind(cause, evidence)) => return Ok((Seen::Unseen { cause }, vec![evidence])),
        Err(hidden) => return Ok((Seen::Unseen { cause: hidden.to_string() }, exchange())),
    };
    let at = capture.answered().map_or(&target.url, |answered| &answered.url);
    let mut contacts = Contacts::default();
    contacts.read(&capture, at, &page);
    let mut gap = page.refused.clone().or_else(|| page.cut.clone());
    let mut shell = page.shell();
    if contacts.person.is_none() {
        let mut urls = further(&page, at);
        let left = urls.len().saturating_sub(MOST_FURTHER);
        urls.truncate(MOST_FURTHER);
        let requests: Vec<_> = urls.iter().map(Request::discovered).collect();
        for next in shown::all(captures, &requests)? {
            match obstacle::page(captures, &next) {
                Ok(html) => {
                    let at = next.answered().map_or(&next.request.url, |answered| &answered.url);
                    contacts.read(&next, at, &html);
                    gap = gap.or_else(|| html.refused.clone()).or_else(|| html.cut.clone());
                    shell = shell.or_else(|| html.shell());
                }
                Err(hidden) => gap = gap.or(Some(format!("{}: {hidden}", next.request.url))),
            }
        }
        if left > 0 {
            gap = gap.or(Some(format!("of the pages that may name one, {left} more were not opened")));
        }
    }
    if contacts.person.is_none() && contacts.mailbox.is_none() {
        for place in platform::in_places(target, captures, Keeps::Asking)? {
            if let Ok(html) = obstacle::page(captures, &place) {
                let at = place.answered().map_or(&place.request.url, |answered| &answered.url);
                contacts.read(&place, at, &html);
            }
        }
    }
    Ok(if let Some(said) = contacts.person.or(contacts.mailbox).or(contacts.telephone) {
        said
    } else if let Some(sign) = shell {
        (Seen::NeedsBrowser { sign }, exchange())
    } else if let Some(cause) = gap {
        (Seen::Unseen { cause }, exchange())
    } else if let Told::Missing { basis, evidence } = missing::compare(captures, &capture)? {
        (Seen::Unseen { cause: format!("the server shows this page for what is not there: {basis}") }, evidence)
    } else {
        contacts.blank.unwrap_or((Seen::None {}, exchange()))
    })
}

/// Pages of the same site that may name someone.
fn further(page: &Page, at: &Url) -> Vec<Url> {
    let mut urls: Vec<Url> = Vec::new();
    let speaks = |link: &&Link| FURTHER.is_match(&link.text) || FURTHER_PATH.is_match(link.href.path());
    let mut links: Vec<_> = page.links.iter().filter(speaks).collect();
    links.sort_by_key(|link| !link.text.to_lowercase().contains("contact") && !link.href.path().contains("contact"));
    for link in links {
        let mut url = link.href.clone();
        url.set_fragment(None);
        let here = url.path() == at.path() && url.query() == at.query();
        if site::same(&url, at) && !here && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

impl Contacts {
    fn read(&mut self, capture: &Capture, at: &Url, page: &Page) {
        let own = at.host_str().map(site::of);
        let owned = |address: &str| address.rsplit_once('@').map(|(_, domain)| Some(site::of(domain)) == own);
        // Addresses, each with where it stands: the link or the block.
        let mut addresses: Vec<(String, Evidence)> = Vec::new();
        for link in &page.links {
            let evidence = || Evidence::new(&capture.id, Locus::Selector(link.selector.clone()), &link.written);
            if link.href.scheme() == "mailto" {
                let address = link.href.path().trim().to_ascii_lowercase();
                if people::EMAIL.is_match(&address) {
                    addresses.push((address, evidence()));
                } else if address.is_empty() && !link.href.query().unwrap_or_default().contains("to=") {
                    self.blank.get_or_insert_with(|| (Seen::Blank {}, vec![evidence()]));
                }
            } else if link.href.path().ends_with("/cdn-cgi/l/email-protection")
                && let Some(address) = link.href.fragment().and_then(people::unmask)
            {
                addresses.push((address, evidence()));
            }
        }
        for block in &page.blocks {
            for address in people::emails(&block.text) {
                let evidence = Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), &block.text);
                addresses.push((address, evidence));
            }
        }
        for (index, block) in page.blocks.iter().enumerate() {
            if self.person.is_some() {
                break;
            }
            for name in people::names(&block.text) {
                let near = &page.blocks[index.saturating_sub(1)..(index + 4).min(page.blocks.len())];
                let title = near
                    .iter()
                    .find_map(|block| people::TITLE.find(&block.text))
                    .map(|found| found.as_str().to_owned());
                let phone = near
                    .iter()
                    .find_map(|block| people::PHONE.find(&block.text))
                    .map(|found| found.as_str().to_owned());
                let theirs = addresses.iter().find(|(address, _)| people::belongs(address, &name));
                // Somebody else's address nearby must not be taken for theirs.
                let nearby = || {
                    addresses.iter().find(|(address, _)| {
                        near.iter().any(|block| block.text.to_ascii_lowercase().contains(address.as_str()))
                    })
                };
                let mail = theirs.or_else(|| nearby().filter(|_| title.is_some()));
                if theirs.is_none() && (title.is_none() || (mail.is_none() && phone.is_none())) {
                    continue;
                }
                let mut evidence = vec![Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), &name)];
                evidence.extend(mail.map(|(_, evidence)| evidence.clone()));
                let email = mail.map(|(address, _)| address.clone());
                let email_on_own_domain = email.as_deref().and_then(owned);
                let person = Person { name, email, phone, title, email_on_own_domain };
                self.person = Some((Seen::Person(person), evidence));
                break;
            }
        }
        let called = page.blocks.iter().find_map(|block| Some((block, people::PHONE.find(&block.text)?.as_str())));
        if let Some((block, phone)) = called {
            let evidence = Evidence::new(&capture.id, Locus::Selector(block.selector.clone()), phone);
            self.telephone.get_or_insert((Seen::Telephone { phone: phone.to_owned() }, vec![evidence]));
        }
        if let Some((address, evidence)) = addresses.into_iter().next() {
            self.mailbox.get_or_insert((Seen::Mailbox { address }, vec![evidence]));
        }
    }
}
