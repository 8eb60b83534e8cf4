//! What a browser made of a page: its document as a conversion of what was sent, its picture as a resource.
//!
//! Pictures stand under `urn:view:`, as the crawlers that render pages call theirs.

use std::io;

use probes::capture::{Answered, Headers, Rendering, Stored};

use super::super::answer::{Answer, Role, VIEW};
use super::super::exchange::{Payload, Rendered};
use super::super::record::{At, BELONGS_TO, Kind, Record};
use super::super::write::{Fields, id};
use super::{Adding, SEGMENT};

/// What a rendered document is, once it is written out.
const DOCUMENT: &str = "text/html; charset=utf-8";

impl Adding<'_> {
    /// Writes what a browser made of a page, the document last.
    pub(super) fn rendered(&mut self, rendered: Rendered) -> io::Result<Answered> {
        let Rendered { of, at, url, status, mut document, picture, browser, requests, gap } = rendered;
        let screenshot = picture.as_ref().map(|picture| stored(&picture.payload));
        let media_type = picture.as_ref().map(|picture| picture.media_type.clone());
        let answer = |role, payload: &Payload, media_type: &str| Answer {
            url: url.clone(),
            date: at,
            status: 200,
            media_type: Some(media_type.split(';').next().unwrap_or_default().to_owned()),
            location: None,
            sha256: payload.sha256(),
            bytes: payload.bytes(),
            cut: payload.cut,
            declared: Some(format!("sha256:{}", payload.sha256())),
            role,
        };
        if let Some(mut picture) = picture {
            let answer = answer(Role::View, &picture.payload, &picture.media_type);
            let name = self.name("resource", &answer);
            let fields = Fields::new("resource", &name, at)
                .with("WARC-Target-URI", &format!("{VIEW}{url}"))
                .with("Content-Type", &picture.media_type);
            self.made(fields, name, answer, &mut picture.payload)?;
        }
        let sent = self.contents.captures.get(&of).and_then(|entry| entry.capture.answered().ok());
        let sent = sent.and_then(|sent| self.contents.bodies.get(&sent.body.sha256));
        let sent = sent.map(|line| format!("<{}>", self.contents.lines[*line].id));
        let body = stored(&document);
        let answer = answer(Role::Rendered, &document, DOCUMENT);
        let name = self.name("conversion", &answer);
        let fields = Fields::new("conversion", &name, at)
            .with("WARC-Target-URI", url.as_str())
            .maybe("WARC-Refers-To", sent.as_deref())
            .with("Content-Type", DOCUMENT);
        self.made(fields, name, answer, &mut document)?;
        let headers = Headers(vec![("content-type".to_owned(), DOCUMENT.to_owned())]);
        let rendering = Rendering { of, browser, screenshot, picture: media_type, requests, gap };
        Ok(Answered { url, status, headers, body, rendering: Some(Box::new(rendering)) })
    }

    fn name(&self, kind: &str, answer: &Answer) -> String {
        id(&[kind, &self.request.id().0, &self.records.len().to_string(), &answer.date.to_string(), &answer.sha256])
    }

    fn made(&mut self, fields: Fields, name: String, answer: Answer, payload: &mut Payload) -> io::Result<()> {
        let capture = self.request.id();
        let digest = format!("sha256:{}", answer.sha256);
        let fields =
            fields.with("WARC-Payload-Digest", &digest).with("WARC-Block-Digest", &digest).with(BELONGS_TO, &capture.0);
        let bytes = payload.bytes();
        let place = self.writer.append(&fields, &mut payload.reader()?, bytes)?;
        let kind = Kind::Answer(answer);
        let record = Record { id: name.clone(), belongs_to: Some(capture), kind, damage: None };
        self.written.push((At::new(SEGMENT, place), record));
        self.records.push(name);
        Ok(())
    }
}

fn stored(payload: &Payload) -> Stored {
    Stored { sha256: payload.sha256(), bytes: payload.bytes(), cut: payload.cut }
}
