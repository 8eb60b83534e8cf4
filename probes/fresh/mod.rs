//! How new is what is there?

mod catalogue;
mod json;
mod page;
mod rows;

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::bytes::Regex;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::Body;
use crate::capture::{Answered, Capture, Captures, Form, Need};
use crate::dates::{self, Dated, Order};
use crate::finding::{Evidence, Finding, Locus, Share};
use crate::kind::{self, Kind};
use crate::probe::{Probe, Target};
use crate::spec::Spec;
use crate::{archive, obstacle, platform, shown, table, workbook};

crate::declare!();

/// Gathers every date there is, and says which to believe.
pub struct Fresh;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Dated {
        newest: Date,
        age_days: i32,
        basis: Basis,
        why: String,
        dates: Vec<BTreeMap<&'static str, String>>,
    },
    Undated {},
    Kept {
        kept: Share,
        #[serde(flatten)]
        looked: catalogue::Held,
    },
    Untold {
        cause: String,
        #[serde(flatten)]
        looked: catalogue::Held,
    },
    Undeclared {
        datasets: u64,
        ages: Vec<BTreeMap<String, String>>,
    },
    Unseen {
        cause: String,
    },
}

/// What a date rests on, the most believable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Basis {
    Rows,
    Platform,
    Metadata,
    Text,
    File,
    Header,
}

impl Basis {
    /// Its name in data.
    fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
    }

    fn why(self) -> &'static str {
        match self {
            Self::Rows => "in the data's own rows",
            Self::Platform => "in what its platform says of the data",
            Self::Metadata => "in its metadata",
            Self::Text => "in the words of the page",
            Self::File => "in the file's own properties",
            Self::Header => "in the server's Last-Modified header, for want of anything better",
        }
    }
}

/// A date that was found.
struct Mention {
    basis: Basis,
    dated: Dated,
    words: String,
    evidence: Evidence,
    /// Whether it is of things to come.
    planned: bool,
}

/// How many dates are reported.
const REPORTED: usize = 20;

impl Probe for Fresh {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
        let mut findings = alone(target, captures)?;
        if platform::evident(target, captures)? {
            findings.extend(catalogue::look(target, captures)?);
        }
        Ok(findings)
    }
}

/// The dates of what the link itself leads to.
fn alone(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let sent = captures.get(&target.request())?;
    let capture = shown::of(captures, sent.clone())?;
    let exchange = Evidence::new(&capture.id, Locus::Exchange, "");
    if let Some(obstacle) = obstacle::of(captures, &capture) {
        let seen = Seen::Unseen { cause: obstacle.to_string() };
        return Ok(vec![SPEC.finding(target, &seen, vec![obstacle.evidence])]);
    }
    let answered = match capture.success() {
        Ok(answered) => answered,
        Err(cause) => return Ok(vec![SPEC.finding(target, &Seen::Unseen { cause }, vec![exchange])]),
    };
    // What a browser made of a page has no header of its own.
    let mut mentions: Vec<Mention> =
        sent.answered().ok().and_then(|sent_as| header(sent_as, &sent)).into_iter().collect();
    let hidden = match captures.body(&capture) {
        Ok(body) => within(captures, &capture, answered, &body, &mut mentions)?,
        Err(cause) => Some(cause),
    };
    if mentions.is_empty()
        && let Some(cause) = hidden
    {
        return Ok(vec![SPEC.finding(target, &Seen::Unseen { cause }, vec![exchange])]);
    }
    Ok(vec![judge(target, captures.as_of(), mentions, exchange)])
}

/// Weighs the dates: the best basis that has one not after `as_of`, and the newest of those.
fn judge(target: &Target, as_of: Date, mut mentions: Vec<Mention>, exchange: Evidence) -> Finding {
    mentions.sort_by(|a, b| (a.basis, b.dated.first, &a.words).cmp(&(b.basis, a.dated.first, &b.words)));
    let believed = mentions.iter().find(|mention| !mention.planned && mention.dated.first <= as_of);
    let Some(believed) = believed else {
        return SPEC.finding(target, &Seen::Undated {}, vec![exchange]);
    };
    // A month is as new as its last day, as far as that has come.
    let newest = believed.dated.last().min(as_of);
    let age_days = as_of.since(newest).map_or(0, |span| span.get_days());
    let future = mentions.iter().filter(|mention| mention.dated.first > as_of || mention.planned).count();
    let mut why = believed.basis.why().to_owned();
    if future > 0 {
        why.push_str("; dates of things to come were left out");
    }
    if believed.dated.otherwise.is_some() {
        why.push_str("; day and month could also be the other way round");
    }
    let row = |mention: &Mention| {
        BTreeMap::from([
            ("date", mention.dated.first.to_string()),
            ("basis", mention.basis.name()),
            ("words", mention.words.clone()),
        ])
    };
    let seen = Seen::Dated {
        newest,
        age_days,
        basis: believed.basis,
        why,
        dates: mentions.iter().take(REPORTED).map(row).collect(),
    };
    SPEC.finding(target, &seen, vec![believed.evidence.clone()])
}

/// What the body itself says; why it could not be read, if so.
fn within(
    captures: &Captures<'_>,
    capture: &Capture,
    answered: &Answered,
    body: &Body,
    into: &mut Vec<Mention>,
) -> Result<Option<String>, Need> {
    let place = Evidence::new(&capture.id, Locus::Exchange, "");
    let whole = answered.body.cut.is_none() && body.cut().is_none();
    let as_of = captures.as_of();
    match kind::of(captures, capture) {
        Kind::Html => return Ok(page::gather(captures, capture, into)),
        Kind::Csv | Kind::Tsv => match &*table::of(captures, capture) {
            Ok(table) => {
                let at = |mark: &table::Mark| Evidence::new(&capture.id, Locus::Row(mark.row), &mark.words);
                rows::gather(&table.grid, as_of, at, into);
            }
            Err(cause) => return Ok(Some(cause.clone())),
        },
        Kind::Json | Kind::Geojson => json::gather(capture, answered, body, as_of, into),
        Kind::Xlsx | Kind::Xls | Kind::Ods | Kind::Zip if !whole => {
            return Ok(Some("only a part of it came in".to_owned()));
        }
        Kind::Xlsx | Kind::Xls | Kind::Ods => {
            match formed::<workbook::Sheets>(&*captures.form(capture, &workbook::Workbook)?) {
                Ok(book) => {
                    for sheet in &book.sheets {
                        rows::gather(&sheet.grid, as_of, |_| place.clone(), into);
                    }
                    into.extend(book.modified.as_deref().and_then(|words| mention(Basis::File, words, place)));
                }
                Err(cause) => return Ok(Some(cause)),
            }
        }
        Kind::Zip => match formed::<archive::Members>(&*captures.form(capture, &archive::Archive)?) {
            Ok(archive) => {
                for member in &archive.members {
                    let Some(grid) = &member.grid else { continue };
                    let locus = Locus::Member(member.name.clone());
                    rows::gather(grid, as_of, |mark| Evidence::new(&capture.id, locus.clone(), &mark.words), into);
                }
            }
            Err(cause) => return Ok(Some(cause)),
        },
        Kind::Pdf => into.extend(pdf(body).and_then(|words| mention(Basis::File, &words, place))),
        _ => {}
    }
    Ok(None)
}

/// What the child process made of a body, or why it could not.
fn formed<T: DeserializeOwned>(form: &Form) -> Result<T, String> {
    let value = form.as_ref().map_err(ToString::to_string)?;
    T::deserialize(value).map_err(|error| error.to_string())
}

/// A date that stands alone in `words`.
fn mention(basis: Basis, words: &str, evidence: Evidence) -> Option<Mention> {
    let dated = dates::parse(words, Order::MonthFirst)?;
    Some(Mention { basis, dated, words: words.to_owned(), evidence, planned: false })
}

/// The `Last-Modified` header, unless the server made the answer up on the spot.
fn header(answered: &Answered, capture: &Capture) -> Option<Mention> {
    let modified = answered.headers.get("last-modified")?;
    let found = dates::find(modified).into_iter().next()?;
    let fetched = jiff::tz::Offset::UTC.to_datetime(capture.fetched_at).date();
    let made_up = answered.headers.get("date") == Some(modified) || found.dated.first > fetched;
    let evidence = Evidence::new(&capture.id, Locus::Header("last-modified".to_owned()), modified);
    let mention =
        Mention { basis: Basis::Header, dated: found.dated, words: modified.to_owned(), evidence, planned: false };
    (!made_up).then_some(mention)
}

/// The `ModDate` of a PDF, where it stands unpacked near either end.
fn pdf(body: &Body) -> Option<String> {
    const NEAR: u64 = 512 * 1024;
    static MODIFIED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"/ModDate\s*\(D:(\d{8})").expect("invariant: the pattern is regular"));
    let mut bytes = body.head(512 * 1024).ok()?.to_vec();
    if body.len() > NEAR {
        let mut stream = body.open().ok()?;
        stream.seek(SeekFrom::Start(body.len() - NEAR)).ok()?;
        stream.take(NEAR).read_to_end(&mut bytes).ok()?;
    }
    let last = MODIFIED.captures_iter(&bytes).last()?;
    Some(String::from_utf8_lossy(last.get(1)?.as_bytes()).into_owned())
}
