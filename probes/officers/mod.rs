//! Who holds the offices for data, performance and security, and what are their duties?

mod offices;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::capture::{Captures, Need};
use crate::document::{Block, Role};
use crate::finding::{Evidence, Finding, Locus};
use crate::paper::{self, At, Paper, Read};
use crate::people;
use crate::probe::{Probe, Target};
use crate::site;
use crate::spec::Spec;

crate::declare!();

/// Finds the holders of offices, and their duties.
pub struct Officers;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Person(Box<Person>),
    Mailbox { office: &'static str, title: String, email: String, public: bool },
    Office { office: &'static str, title: String, public: bool },
    Duties { office: &'static str, title: String, duties: Vec<String>, count: u64 },
    None {},
    NotADocument { kind: String },
    Unseen { cause: String },
}

/// Someone who holds an office.
#[derive(Clone, Serialize)]
#[expect(clippy::struct_field_names, reason = "the fact is named so")]
struct Person {
    office: &'static str,
    title: String,
    name: String,
    email: Option<String>,
    /// Whether the address is made of the name.
    email_of_the_person: Option<bool>,
    email_on_own_domain: Option<bool>,
    phone: Option<String>,
    public: bool,
}

type Said = (Seen, Vec<Evidence>);

/// How many blocks after a title may belong to the same person.
const AFTER: usize = 3;
/// How many duties of an office are reported.
const MOST_DUTIES: usize = 12;
/// Fewer duties than this make no list.
const FEWEST_DUTIES: usize = 2;
/// A line this long tells of an office and is no entry of a directory, in bytes.
const ENTRY: usize = 300;

impl Probe for Officers {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let said = match paper::open(target, captures)? {
            Paper::Read(read) => told(target, &read),
            Paper::Otherwise(kind, evidence) => vec![(Seen::NotADocument { kind: kind.to_string() }, vec![evidence])],
            Paper::Unseen(cause, evidence) => vec![(Seen::Unseen { cause }, vec![evidence])],
        };
        Ok(said.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
    }
}

fn told(target: &Target, read: &Read) -> Vec<Said> {
    let blocks: Vec<(At, &Block)> = read
        .document()
        .pages
        .iter()
        .enumerate()
        .flat_map(|(page, of)| of.blocks.iter().enumerate().map(move |(at, block)| ((page, at), block)))
        .filter(|(_, block)| !matches!(block.role, Role::Running | Role::Contents))
        .collect();
    let mut holders: BTreeMap<&'static str, Said> = BTreeMap::new();
    let mut duties: BTreeMap<&'static str, Said> = BTreeMap::new();
    for (index, (at, block)) in blocks.iter().enumerate() {
        for (office, range) in offices::named(&block.text) {
            let title = block.text[range.clone()].to_owned();
            let said = holder(target, read, &blocks, index, office, &title);
            let better = holders.get(office).is_none_or(|known| rank(&said.0) > rank(&known.0));
            if better {
                holders.insert(office, said);
            }
            let mut list = duties_after(&blocks, index, &block.text[range.end..]);
            if list.len() >= FEWEST_DUTIES && !duties.contains_key(office) {
                let count = list.len() as u64;
                list.truncate(MOST_DUTIES);
                let mut evidence = vec![read.evidence(Some(*at), &title)];
                evidence.extend(list.iter().take(3).map(|(at, line)| read.evidence(Some(*at), line)));
                let duties_told = list.into_iter().map(|(_, line)| line).collect();
                duties.insert(office, (Seen::Duties { office, title, duties: duties_told, count }, evidence));
            }
        }
    }
    if holders.is_empty() {
        return vec![(Seen::None {}, vec![Evidence::new(&read.capture.id, Locus::Exchange, "")])];
    }
    holders.into_values().chain(duties.into_values()).collect()
}

/// A person with an address of their own is worth more than one without, then a mailbox, then the office alone.
fn rank(seen: &Seen) -> u8 {
    match seen {
        Seen::Person(person) if person.email_of_the_person == Some(true) => 4,
        Seen::Person(person) if person.email.is_some() || person.phone.is_some() => 3,
        Seen::Person(_) => 2,
        Seen::Mailbox { .. } => 1,
        _ => 0,
    }
}

/// Who holds the office whose title stands in the block at `index`.
fn holder(
    target: &Target,
    read: &Read,
    blocks: &[(At, &Block)],
    index: usize,
    office: &'static str,
    title: &str,
) -> Said {
    let public = !target.is_file();
    let (at, block) = &blocks[index];
    let of_title = read.evidence(Some(*at), title);
    let alone = |evidence| (Seen::Office { office, title: title.to_owned(), public }, vec![evidence]);
    if block.text.len() > ENTRY {
        return alone(of_title);
    }
    let card = card(blocks, index);
    let email = |block: &Block| people::emails(&block.text).into_iter().next();
    let named = card.iter().find_map(|(at, block)| Some((*at, people::names(&block.text).into_iter().next()?)));
    // An address made of the name first, wherever in the card it stands.
    let addresses = || card.iter().filter_map(|(at, block)| Some((*at, email(block)?)));
    let Some((name_at, name)) = named else {
        return match addresses().next() {
            Some((mail_at, email)) => {
                let evidence = vec![of_title, read.evidence(Some(mail_at), &email)];
                (Seen::Mailbox { office, title: title.to_owned(), email, public }, evidence)
            }
            None => alone(of_title),
        };
    };
    let theirs = addresses().find(|(_, email)| people::belongs(email, &name)).or_else(|| addresses().next());
    let phone = card.iter().find_map(|(_, block)| Some(people::PHONE.find(&block.text)?.as_str().to_owned()));
    let own = target.url.host_str().map(site::of);
    let on_own =
        |email: &str| Some(email.rsplit_once('@').map(|(_, domain)| site::of(domain)) == own).filter(|_| public);
    let mut evidence = vec![of_title, read.evidence(Some(name_at), &name)];
    evidence.extend(theirs.as_ref().map(|(at, email)| written(read, blocks, *at, email)));
    let email = theirs.map(|(_, email)| email);
    let person = Person {
        office,
        title: title.to_owned(),
        email_of_the_person: email.as_deref().map(|email| people::belongs(email, &name)),
        email_on_own_domain: email.as_deref().and_then(on_own),
        email,
        name,
        phone,
        public,
    };
    (Seen::Person(Box::new(person)), evidence)
}

/// An address as it is written in its block, which may be in capitals or veiled.
fn written(read: &Read, blocks: &[(At, &Block)], at: At, email: &str) -> Evidence {
    let block = blocks.iter().find(|(there, _)| *there == at).map_or("", |(_, block)| block.text.as_str());
    let start = block.to_lowercase().find(email).filter(|_| block.is_ascii());
    read.evidence(Some(at), start.map_or(block, |start| &block[start..start + email.len()]))
}

/// The blocks of one entry: the one with the title, the one before it where that is short, and those after it, up to
/// the next title or heading.
fn card<'b>(blocks: &[(At, &'b Block)], index: usize) -> Vec<(At, &'b Block)> {
    let mut card = vec![blocks[index]];
    let short = |block: &Block| block.text.len() <= ENTRY;
    let other = |block: &Block| !offices::named(&block.text).is_empty();
    if blocks[index].1.role == Role::Row {
        return card;
    }
    // A name stands above its title, unless it belongs to the title above.
    let before = index.checked_sub(1).map(|before| blocks[before]).filter(|(_, block)| short(block) && !other(block));
    let taken = index.checked_sub(2).is_some_and(|above| other(blocks[above].1));
    if people::names(&blocks[index].1.text).is_empty() && !taken {
        card.extend(before);
    }
    for (at, block) in blocks.iter().skip(index + 1).take(AFTER) {
        if !short(block) || other(block) || matches!(block.role, Role::Heading(_) | Role::Row) {
            break;
        }
        // The next person's name ends this one's entry.
        let known = card.iter().any(|(_, block)| !people::names(&block.text).is_empty());
        if known && !people::names(&block.text).is_empty() && people::emails(&block.text).is_empty() {
            break;
        }
        card.push((*at, block));
    }
    card
}

/// The duties that follow a title: those in the same sentence, and the list below it.
fn duties_after(blocks: &[(At, &Block)], index: usize, rest: &str) -> Vec<(At, String)> {
    let (at, block) = &blocks[index];
    let heading = matches!(block.role, Role::Heading(_)) || block.text.len() < 80;
    if !heading && !offices::begins_duties(rest) {
        return Vec::new();
    }
    let mut duties = Vec::new();
    if offices::is_duty(rest) && rest.split_whitespace().count() > 4 {
        duties.push((*at, block.text.clone()));
    }
    for (at, block) in blocks.iter().skip(index + 1).take(MOST_DUTIES * 2) {
        let more = matches!(block.role, Role::Item | Role::Paragraph) && offices::is_duty(&block.text);
        let heading = matches!(block.role, Role::Heading(_)) && !offices::begins_duties(&block.text);
        if heading || (!more && block.role != Role::Item && !offices::begins_duties(&block.text)) {
            break;
        }
        if more {
            duties.push((*at, block.text.clone()));
        }
    }
    duties
}
