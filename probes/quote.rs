//! Finds the words of evidence again at the place where they are said to stand.

use std::io::{self, BufRead as _, Read as _};

use scraper::{ElementRef, Html, Node, Selector};

use crate::body::Body;
use crate::capture::{Answered, Capture, Outcome, Store};
use crate::document;
use crate::finding::{Evidence, Locus};
use crate::html::Page;
use crate::{kind, table, text};

/// The most of a body, or of one line of it, that is held to find a quote again, in bytes.
const MOST: usize = 256 * 1024 * 1024;
/// How much of a table is read to tell its delimiter, in bytes.
const HEAD: usize = 64 * 1024;
/// The most of a page that is parsed, in bytes: as much as pages are read for.
const PAGE: usize = 4 * 1024 * 1024;
/// The most of an archive's member that is read, in bytes.
const MEMBER: u64 = 16 * 1024 * 1024;

/// Whether the quote of `evidence` stands at its locus in `capture`, whose body and forms are in `store`; if not, what
/// stands there instead or why it cannot be told.
pub fn holds(evidence: &Evidence, capture: &Capture, store: &dyn Store) -> Result<(), String> {
    if evidence.capture != capture.id {
        return Err(format!("the evidence is of capture {}, not {}", evidence.capture, capture.id));
    }
    let quote = &evidence.quote;
    let answered = match (&evidence.locus, &capture.outcome) {
        (Locus::Url, _) => return at_url(quote, capture),
        (Locus::Exchange, _) if quote.is_empty() => return Ok(()),
        (Locus::Exchange, Outcome::Failed(failure)) => return stands(quote, &failure.to_string(), "the failure"),
        (Locus::Exchange, Outcome::Answered(answered)) => {
            return stands(quote, &answered.status.to_string(), "the status");
        }
        (_, Outcome::Failed(failure)) => return Err(format!("nothing answered: {failure}")),
        (_, Outcome::Answered(answered)) => answered,
    };
    if let Locus::Header(name) = &evidence.locus {
        let fields: Vec<&str> = answered.headers.all(name).collect();
        return match fields.as_slice() {
            [] => Err(format!("there is no header field {name}")),
            fields => stands(quote, &fields.join("\n"), &format!("the header field {name}")),
        };
    }
    let body = &store.body(capture).map_err(|error| error.to_string())?;
    match &evidence.locus {
        Locus::Line(line) => at_line(quote, *line, answered, body),
        Locus::Row(row) => at_row(quote, *row, answered, body),
        Locus::Pointer(pointer) => at_pointer(quote, pointer, &whole_text(answered, body)?),
        Locus::Selector(selector) => at_selector(quote, selector, &page(answered, body)?),
        Locus::Text => in_text(quote, &page(answered, body)?),
        Locus::Member(name) => in_member(quote, name, body),
        Locus::Passage { page, line } => match document::again(capture, answered, body, store) {
            Ok(document) => document.says(quote, *page, *line).map_err(|there| missing(quote, &there, "the passage")),
            Err(refused) => Err(refused.to_string()),
        },
        Locus::Exchange | Locus::Url | Locus::Header(_) => Ok(()),
    }
}

fn at_url(quote: &str, capture: &Capture) -> Result<(), String> {
    let asked = capture.request.url.as_str();
    let hops = capture.hops.iter().flat_map(|hop| [hop.url.as_str(), hop.location.as_str()]);
    let answered = capture.answered().ok().map(|answered| answered.url.as_str());
    let mut urls = hops.chain(answered).chain([asked]);
    if quote.is_empty() || urls.any(|url| words(url).starts_with(quote)) {
        Ok(())
    } else {
        Err(format!("{quote:?} is none of the addresses asked"))
    }
}

/// The whole decoded text of a body, within bounds.
fn whole_text(answered: &Answered, body: &Body) -> Result<String, String> {
    if body.len() > MOST as u64 {
        return Err(format!("the body is larger than {MOST} bytes"));
    }
    let bytes = body.head(MOST).map_err(|error| error.to_string())?;
    Ok(text::decode(&bytes, answered.headers.charset()).text)
}

fn page(answered: &Answered, body: &Body) -> Result<Html, String> {
    let bytes = body.head(PAGE).map_err(|error| error.to_string())?;
    let markup = text::decode(&bytes, answered.headers.charset()).text;
    // Markup that pages are not read from is not parsed here either.
    match Page::parse(&answered.url, &markup).refused {
        Some(cause) => Err(cause),
        None => Ok(Html::parse_document(&markup)),
    }
}

/// A line of a text, found in a stream: tables are larger than memory.
fn at_line(quote: &str, line: u64, answered: &Answered, body: &Body) -> Result<(), String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let mut text = io::BufReader::new(table::utf8(body, stream, answered.headers.charset()));
    let before = line.checked_sub(1).ok_or("lines are counted from 1")?;
    for _ in 0..before {
        if text.skip_until(b'\n').map_err(|error| error.to_string())? == 0 {
            return Err("there is no such line".to_owned());
        }
    }
    let mut found = Vec::new();
    text.take(MOST as u64).read_until(b'\n', &mut found).map_err(|error| error.to_string())?;
    if found.is_empty() {
        return Err("there is no such line".to_owned());
    }
    stands(quote, &String::from_utf8_lossy(&found), "the line")
}

/// A record of a table; its fields may be quoted with the delimiter, a comma or a blank between them.
fn at_row(quote: &str, row: u64, answered: &Answered, body: &Body) -> Result<(), String> {
    let charset = answered.headers.charset();
    let head = body.head(HEAD).map_err(|error| error.to_string())?;
    let delimiter = kind::delimiter(&text::decode(&head, charset).text).unwrap_or(b',');
    let stream = body.open().map_err(|error| error.to_string())?;
    let (text, room) = table::bounded(table::utf8(body, stream, charset));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    let mut record = csv::StringRecord::new();
    for _ in 0..row {
        room.renew();
        if !reader.read_record(&mut record).map_err(|error| error.to_string())? {
            return Err("there is no such row".to_owned());
        }
    }
    if row == 0 {
        return Err("rows are counted from 1".to_owned());
    }
    let fields: Vec<&str> = record.iter().collect();
    let between = [char::from(delimiter).to_string(), ", ".to_owned(), " ".to_owned(), " | ".to_owned()];
    if between.iter().any(|between| words(&fields.join(between)).contains(quote)) {
        return Ok(());
    }
    stands(quote, &fields.join(", "), "the row")
}

fn at_pointer(quote: &str, pointer: &str, text: &str) -> Result<(), String> {
    let whole: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let value = whole.pointer(pointer).ok_or_else(|| format!("nothing is at {pointer}"))?;
    match value.as_str() {
        Some(value) => stands(quote, value, pointer),
        None => stands(quote, &value.to_string(), pointer),
    }
}

fn at_selector(quote: &str, selector: &str, page: &Html) -> Result<(), String> {
    let parsed = Selector::parse(selector).map_err(|error| error.to_string())?;
    let element = page.select(&parsed).next().ok_or_else(|| format!("nothing is at {selector}"))?;
    if close_up(&text_of(element)).contains(&close_up(quote)) {
        return Ok(());
    }
    let within = element.descendants().filter_map(ElementRef::wrap);
    let attributes = within.flat_map(|element| element.value().attrs().map(|(_, value)| value).collect::<Vec<_>>());
    if attributes.into_iter().any(|value| words(value).contains(quote)) {
        return Ok(());
    }
    Err(missing(quote, &text_of(element), selector))
}

fn in_text(quote: &str, page: &Html) -> Result<(), String> {
    let text = text_of(page.root_element());
    if close_up(&text).contains(&close_up(quote)) { Ok(()) } else { Err(missing(quote, &text, "the page's text")) }
}

/// The text in an element, scripts and styles left out.
fn text_of(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        let Node::Text(words) = node.value() else { continue };
        let hidden = node
            .ancestors()
            .take_while(|ancestor| ancestor.id() != element.id())
            .filter_map(|ancestor| ancestor.value().as_element())
            .any(|ancestor| matches!(ancestor.name(), "script" | "style" | "template"));
        if !hidden {
            text.push_str(words);
        }
    }
    text
}

fn in_member(quote: &str, name: &str, body: &Body) -> Result<(), String> {
    let stream = body.open().map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(stream).map_err(|error| error.to_string())?;
    let member = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
    if quote.is_empty() || quote == name {
        return Ok(());
    }
    let mut bytes = Vec::new();
    member.take(MEMBER).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    stands(quote, &text::decode(&bytes, None).text, name)
}

fn stands(quote: &str, text: &str, place: &str) -> Result<(), String> {
    if words(text).contains(quote) { Ok(()) } else { Err(missing(quote, text, place)) }
}

fn missing(quote: &str, text: &str, place: &str) -> String {
    let text: String = words(text).chars().take(200).collect();
    format!("{quote:?} does not stand in {place}, which reads {text:?}")
}

/// White space folded as in quotes, but nothing cut.
fn words(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}

/// Without any white space: markup may break words' lines where readers see none, and the other way round.
fn close_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use url::Url;

    use super::*;
    use crate::capture::{Form, Headers, Hop, Reading, Request, Stored};

    struct Only(Body);

    impl Store for Only {
        fn find(&self, _: &Request) -> Option<Arc<Capture>> {
            None
        }

        fn body(&self, _: &Capture) -> io::Result<Body> {
            Ok(self.0.clone())
        }

        fn form(&self, _: &Reading) -> Option<Arc<Form>> {
            None
        }
    }

    fn check(locus: Locus, quote: &str, body: &str) -> Result<(), String> {
        let url = Url::parse("https://example.org/a").unwrap();
        let request = Request::submitted(&url);
        let capture = Capture {
            id: request.id(),
            request,
            fetched_at: Timestamp::UNIX_EPOCH,
            hops: vec![Hop { url: url.clone(), status: 301, location: "/b".into() }],
            outcome: Outcome::Answered(Answered {
                url: Url::parse("https://example.org/b").unwrap(),
                status: 200,
                headers: Headers(vec![("Server".into(), "cloudflare".into())]),
                body: Stored { sha256: String::new(), bytes: 0, cut: None },
                rendering: None,
            }),
        };
        holds(&Evidence::new(&capture.id, locus, quote), &capture, &Only(Body::in_memory(body.as_bytes())))
    }

    #[test]
    fn quotes_are_found_again_where_they_stand() {
        let page = "<html><title>Open  data</title><body><p id=a>Ask <b>us</b>\n now</p><a href='mailto:x@y'>m</a><script>no</script>";
        assert_eq!(check(Locus::Exchange, "", ""), Ok(()));
        assert_eq!(check(Locus::Header("server".into()), "cloudflare", ""), Ok(()));
        assert_eq!(check(Locus::Url, "https://example.org/b", ""), Ok(()));
        assert_eq!(check(Locus::Line(2), "two words", "one\r\ntwo  words\r\n"), Ok(()));
        assert!(check(Locus::Row(2), "1,x y", "a;b\n1;\"x\ny\"\n").is_err());
        assert_eq!(check(Locus::Row(2), "1;x y", "a;b\n1;\"x\ny\"\n"), Ok(()));
        assert_eq!(check(Locus::Pointer("/a/0".into()), "7", "{\"a\":[7]}"), Ok(()));
        assert_eq!(check(Locus::Selector("#a".into()), "Ask us now", page), Ok(()));
        assert_eq!(check(Locus::Selector("a".into()), "mailto:x@y", page), Ok(()));
        assert_eq!(check(Locus::Selector("title".into()), "Open data", page), Ok(()));
        assert_eq!(check(Locus::Text, "Ask us now", page), Ok(()));
        let passage = |page, line| Locus::Passage { page, line };
        assert_eq!(check(passage(None, None), "Ask us now", page), Ok(()));
        let pages = "Policy\n\nThe city shall pub-\nlish. Always.\n\u{c}Then\nagain.\n";
        assert_eq!(check(passage(Some(1), Some(3)), "shall publish. Always.", pages), Ok(()));
        assert_eq!(check(passage(Some(2), None), "Then again.", pages), Ok(()));
    }

    #[test]
    fn quotes_that_do_not_stand_there_are_told() {
        assert!(check(Locus::Header("server".into()), "nginx", "").unwrap_err().contains("cloudflare"));
        assert!(check(Locus::Line(3), "x", "x\n").is_err());
        assert!(check(Locus::Line(0), "x", "x\n").is_err());
        assert!(check(Locus::Row(0), "x", "x\n").is_err());
        assert!(check(Locus::Url, "https://example.org/c", "").is_err());
        assert!(check(Locus::Text, "no", "<p>yes</p><script>no</script>").is_err());
        assert!(check(Locus::Pointer("/b".into()), "1", "{\"a\":1}").is_err());
        let passage = |page, line| check(Locus::Passage { page, line }, "Then again.", "One.\n\u{c}Then\nagain.\n");
        assert!(passage(Some(1), None).unwrap_err().contains("One."));
        assert!(passage(Some(3), None).is_err());
        assert!(passage(None, Some(1)).is_err());
    }
}
