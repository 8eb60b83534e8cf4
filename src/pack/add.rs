//! Writes an exchange down as WARC records, the capture itself last.

mod rendered;

use std::io::{self, Read as _};

use probes::capture::{Answered, Capture, Failure, Form, Hop, Outcome, Reading, Request, Stored, Unreadable};

use super::answer::{Answer, Original, Role};
use super::contents::{Contents, Line};
use super::digest::{Hashing, drain};
use super::exchange::{Exchange, Message};
use super::message::{hop, refreshed, request_block, response_head, truncated};
use super::record::{AUDIT, At, BELONGS_TO, CAPTURE, FORM, Kept, KeptForm, Kind, METHOD, MOST_JSON, Record};
use super::write::{Fields, Writer, id, push};
use super::{Identity, Pack};

const SAME_BODY: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// The one segment of a pack that is being written.
pub(crate) const SEGMENT: usize = 0;

/// Records that were written and are not yet part of the contents.
pub(crate) type Written = Vec<(At, Record)>;

/// Writes the record that every pack begins with.
pub(crate) fn audit(writer: &mut Writer, identity: &Identity) -> io::Result<Written> {
    let audit = serde_json::to_string(identity)?;
    let id = id(&["warcinfo", &audit]);
    let mut block = String::new();
    push(&mut block, "software", concat!("Tickmark/", env!("CARGO_PKG_VERSION")));
    push(&mut block, "format", "WARC File Format 1.1");
    push(&mut block, "conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/");
    push(
        &mut block,
        "description",
        "header fields of HTTP/2 and of HTTP/1 are in lower case, as the client gives them",
    );
    push(&mut block, AUDIT, &audit);
    // The audit's date and not the clock: the same audit begins with the same bytes.
    let date = identity.begins();
    let fields = Fields::new("warcinfo", &id, date).with("Content-Type", "application/warc-fields");
    let at = append(writer, fields, block.as_bytes())?;
    Ok(vec![(at, Record { id, belongs_to: None, kind: Kind::Audit(identity.clone()), damage: None })])
}

/// Writes what a reader made of a body.
pub(crate) fn form(writer: &mut Writer, reading: &Reading, form: &Form, of: &Line) -> io::Result<Written> {
    let mut kept = KeptForm { reader: reading.reader.to_owned(), sha256: reading.sha256.clone(), form: form.clone() };
    let mut block = serde_json::to_vec(&kept)?;
    if block.len() as u64 > MOST_JSON {
        kept.form = Err(Unreadable::Broke(format!("what it holds is larger than {MOST_JSON} bytes")));
        block = serde_json::to_vec(&kept)?;
    }
    let id = id(&["form", reading.reader, &reading.sha256]);
    let fields = Fields::new("conversion", &id, of.answer.date)
        .with("WARC-Target-URI", of.answer.url.as_str())
        .with("WARC-Refers-To", &format!("<{}>", of.id))
        .with("Content-Type", FORM);
    let at = append(writer, fields, &block)?;
    Ok(vec![(at, Record { id, belongs_to: None, kind: Kind::Form(kept.reader, kept.sha256), damage: None })])
}

/// Writes an exchange; nothing of it counts before the last of these records is whole.
pub(crate) fn exchange(
    writer: &mut Writer,
    contents: &Contents,
    exchange: Exchange,
    previous: Option<&Pack>,
) -> io::Result<Written> {
    let Exchange { request, fetched_at, mut messages, failure, rendered } = exchange;
    let mut written = Written::new();
    let mut records = Vec::new();
    let last = if rendered.is_some() { None } else { messages.pop() };
    // What a page's scripts asked for beside it leads nowhere.
    let mut hops: Vec<Hop> = if rendered.is_some() { Vec::new() } else { messages.iter().filter_map(hop).collect() };
    let mut adding = Adding { writer, contents, request: &request, written: &mut written, records: &mut records };
    for message in messages {
        adding.message(message)?;
    }
    let outcome = match (failure, last) {
        (None, None) if let Some(rendered) = rendered => Outcome::Answered(adding.rendered(*rendered)?),
        (None, Some(last)) => Outcome::Answered(adding.last(last, previous)?),
        (failure, last) => {
            hops.extend(last.as_ref().and_then(hop));
            if let Some(last) = last {
                adding.message(last)?;
            }
            let nothing = || Failure::Protocol { cause: "nothing was received".to_owned() };
            Outcome::Failed(failure.unwrap_or_else(nothing))
        }
    };
    let capture = Capture { id: request.id(), request, fetched_at, hops, outcome };
    let id = id(&["capture", &capture.id.0, &fetched_at.to_string()]);
    let mut fields = Fields::new("metadata", &id, fetched_at)
        .with("WARC-Target-URI", capture.request.url.as_str())
        .with("Content-Type", CAPTURE);
    if let Some(last) = records.last() {
        fields = fields.with("WARC-Concurrent-To", &format!("<{last}>"));
    }
    let kept = Kept { capture, records };
    let at = append(writer, fields, &serde_json::to_vec(&kept)?)?;
    written.push((at, Record { id, belongs_to: None, kind: Kind::Capture(Box::new(kept)), damage: None }));
    Ok(written)
}

struct Adding<'a> {
    writer: &'a mut Writer,
    contents: &'a Contents,
    request: &'a Request,
    written: &'a mut Written,
    records: &'a mut Vec<String>,
}

impl Adding<'_> {
    /// Writes the final answer; "not modified" becomes what the last run knows.
    fn last(&mut self, mut message: Message, previous: Option<&Pack>) -> io::Result<Answered> {
        if message.status == 304
            && let Some(previous) = previous
            && let Some((old, line)) = previous.unchanged(self.request)
            && old.url == message.url
        {
            let line = match self.contents.bodies.get(&old.body.sha256) {
                Some(here) => &self.contents.lines[*here],
                None => self.copy(&line, previous)?,
            };
            let headers = refreshed(&old.headers, &message.headers);
            // What came with it, if anything, says nothing.
            message.payload = super::Payload::new();
            self.write(message, Some((NOT_MODIFIED, line)), &old.body.sha256)?;
            return Ok(Answered { headers, ..old });
        }
        let body =
            Stored { sha256: message.payload.sha256(), bytes: message.payload.bytes(), cut: message.payload.cut };
        let answered = Answered {
            url: message.url.clone(),
            status: message.status,
            headers: message.headers.clone(),
            body,
            rendering: None,
        };
        self.message(message)?;
        Ok(answered)
    }

    fn message(&mut self, message: Message) -> io::Result<()> {
        let sha256 = message.payload.sha256();
        let same = self.contents.bodies.get(&sha256).map(|line| &self.contents.lines[*line]);
        // An empty body is shorter than where to find it.
        let same = same.filter(|_| message.payload.bytes() > 0 && !message.version.is_empty());
        self.write(message, same.map(|line| (SAME_BODY, line)), &sha256)
    }

    /// Takes over a record of the last run with its id and date.
    fn copy<'l>(&mut self, line: &'l Line, previous: &Pack) -> io::Result<&'l Line> {
        self.records.push(line.id.clone());
        let place = self.writer.append_member(&mut previous.member(line.at))?;
        let kind = Kind::Answer(line.answer.clone());
        let record = Record { id: line.id.clone(), belongs_to: None, kind, damage: None };
        self.written.push((At::new(SEGMENT, place), record));
        Ok(line)
    }

    fn write(&mut self, mut message: Message, same: Option<(&str, &Line)>, sha256: &str) -> io::Result<()> {
        let capture = self.request.id();
        let sent_at = message.sent_at.to_string();
        let name = |kind| id(&[kind, &capture.0, &self.records.len().to_string(), &sent_at, sha256]);
        let is_file = message.version.is_empty();
        let kind = match same {
            _ if is_file => "resource",
            Some(_) => "revisit",
            None => "response",
        };
        let (request_id, response_id) = (name("request"), name(kind));
        if !is_file {
            let block = request_block(&message);
            let fields = Fields::new("request", &request_id, message.sent_at)
                .with("WARC-Target-URI", message.url.as_str())
                .with("WARC-Concurrent-To", &format!("<{response_id}>"))
                .with("Content-Type", "application/http; msgtype=request")
                .with(BELONGS_TO, &capture.0);
            let at = append(self.writer, fields, &block)?;
            let record = Record { id: request_id.clone(), belongs_to: None, kind: Kind::Other, damage: None };
            self.written.push((at, record));
            self.records.push(request_id);
        }
        let fields = Fields::new(kind, &response_id, message.sent_at)
            .with("WARC-Target-URI", message.url.as_str())
            .maybe("WARC-IP-Address", message.remote.map(|remote| remote.ip().to_string()).as_deref())
            .maybe("WARC-Protocol", (message.version == "HTTP/2").then_some("h2"))
            .maybe("WARC-Truncated", truncated(&message))
            .with("WARC-Payload-Digest", &format!("sha256:{sha256}"))
            .maybe(METHOD, message.posted.as_ref().map(|_| "POST"))
            .with(BELONGS_TO, &capture.0);
        let fields = match same {
            Some((profile, line)) if !is_file => fields
                .with("WARC-Profile", profile)
                .with("WARC-Refers-To", &format!("<{}>", line.id))
                .with("WARC-Refers-To-Target-URI", line.answer.url.as_str())
                .with("WARC-Refers-To-Date", &line.answer.date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            _ => fields,
        };
        let answer = Answer {
            url: message.url.clone(),
            date: message.sent_at,
            status: message.status,
            media_type: message.headers.media_type(),
            location: message.headers.get("location").map(str::to_owned),
            sha256: sha256.to_owned(),
            bytes: message.payload.bytes(),
            cut: message.payload.cut,
            declared: Some(format!("sha256:{sha256}")),
            role: if message.posted.is_some() { Role::Posted } else { Role::Sent },
        };
        let (at, kind) = match (is_file, same) {
            (true, _) => {
                // Of what stays where it is, nothing but that it was read goes into a pack that is thrown away.
                let bytes = if message.payload.in_place().is_some() { 0 } else { message.payload.bytes() };
                let fields = fields
                    .with("Content-Type", "application/octet-stream")
                    .with("WARC-Block-Digest", &format!("sha256:{sha256}"));
                let place = self.writer.append(&fields, &mut message.payload.reader()?, bytes)?;
                (At::new(SEGMENT, place), Kind::Answer(answer))
            }
            (false, Some((_, line))) => {
                let original = Original { id: Some(line.id.clone()), url: Some(line.answer.url.clone()), date: None };
                let fields = fields.with("Content-Type", "application/http; msgtype=response");
                (append(self.writer, fields, &response_head(&message))?, Kind::Revisit(answer, original))
            }
            (false, None) => (self.response(fields, &mut message)?, Kind::Answer(answer)),
        };
        let record = Record { id: response_id.clone(), belongs_to: Some(capture), kind, damage: None };
        self.written.push((at, record));
        self.records.push(response_id);
        Ok(())
    }

    /// Writes header and body, which may be too large for memory and so is read twice.
    fn response(&mut self, fields: Fields, message: &mut Message) -> io::Result<At> {
        let head = response_head(message);
        let (digest, length) = drain(&mut head.as_slice().chain(message.payload.reader()?))?;
        let fields = fields
            .with("Content-Type", "application/http; msgtype=response")
            .with("WARC-Block-Digest", &format!("sha256:{digest}"));
        let place = self.writer.append(&fields, &mut head.as_slice().chain(message.payload.reader()?), length)?;
        Ok(At::new(SEGMENT, place))
    }
}

/// Writes a record whose block is in memory.
fn append(writer: &mut Writer, fields: Fields, block: &[u8]) -> io::Result<At> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut &*block, &mut hashing)?;
    let fields = fields.with("WARC-Block-Digest", &format!("sha256:{}", hashing.finish().0));
    Ok(At::new(SEGMENT, writer.append(&fields, &mut &*block, block.len() as u64)?))
}
