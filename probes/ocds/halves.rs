//! A long file of JSON Lines, read by two at once: each a half, and joined as if one had read the whole.

use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use memchr::memchr;

use super::form::{Form, Inside, decide};
use super::read::Document;
use super::scan::Scan;
use super::schema::Standard;
use crate::body::Body;

/// How much of a file is looked at to tell what it is, in bytes.
const HEAD: usize = 1 << 20;

/// The document, if it is JSON Lines of at least so many bytes; none where one alone has to read it.
pub(super) fn read<'a>(body: &Body, standard: &'a Standard, least: u64) -> Option<Document<'a>> {
    if body.len() < least || !has_lines(&body.head(HEAD).ok()?) {
        return None;
    }
    let cut = cut(body).ok()?;
    let (first, second) = std::thread::scope(|scope| {
        let second = std::thread::Builder::new().spawn_scoped(scope, || -> io::Result<Document<'a>> {
            let mut stream = body.open()?;
            stream.seek(SeekFrom::Start(cut))?;
            let mut document = Document::new(standard);
            document.take_rest(stream, cut)?;
            Ok(document)
        });
        let mut document = Document::new(standard);
        let taken = body.open().and_then(|stream| document.take_in(stream.take(cut), false));
        let first = taken.map(|()| document);
        (first, second.and_then(|second| second.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))))
    });
    let (mut first, second) = (first.ok()?, second.ok()?);
    // Where the first half does not end as its lines promised, what stands behind may belong to it.
    first.is_whole_lines().then(|| {
        first.join(second);
        first
    })
}

/// Whether it begins with a release or record on a line of its own, and another one on the next.
fn has_lines(head: &[u8]) -> bool {
    let Some(end) = memchr(b'\n', head) else { return false };
    let (line, rest) = (head[..end].trim_ascii_end(), &head[end + 1..]);
    Scan::default().end(line) == Some(line.len())
        && matches!(decide(line), Inside::Bare(Form::Releases | Form::Records))
        && rest.first() == Some(&b'{')
}

/// Where the line ends that stands in the middle.
fn cut(body: &Body) -> io::Result<u64> {
    let middle = body.len() / 2;
    let mut stream = body.open()?;
    stream.seek(SeekFrom::Start(middle))?;
    let read = BufReader::new(stream.take(HEAD as u64)).skip_until(b'\n')?;
    Ok(middle + read as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocds::report::Report;

    /// Releases of which every second one is at fault, each third in another way.
    fn lines(n: usize) -> String {
        let release = |at: usize| match at % 6 {
            0 => format!(
                r#"{{"ocid": "ocds-213czf-{at}", "id": "{at}", "tag": ["tender"], "tender": {{"id": "same"}}}}"#
            ),
            1 => {
                format!(r#"{{"ocid": "{at}", "id": 7, "date": "soon", "tag": ["none"], "buyer": {{"id": "nobody"}}}}"#)
            }
            2 => format!(
                r#"{{"ocid": "ocds-213czf-{at}", "id": "{at}", "tag": [], "x": {{"y{at}": [1]}}, "title": ""}}"#
            ),
            3 => format!(r#"{{"ocid": "ocds-213czf-{at}", "tag": ["award"], "awards": [{{"id": 1}}, {{"id": 1}}]}}"#),
            4 => r#"{"ocid": "ocds-213czf-0", "records": [], "releases": [{"url": "a"}, {"ocid": "b"}]}"#.to_owned(),
            _ => format!(
                r#"{{"ocid": "ocds-213czf-{at}", "id": "{at}", "x": null, "planning": {{"rationale": "{at}"}}}}"#
            ),
        };
        (0..n).map(|at| release(at) + if at % 4 == 1 { "\r\n\n" } else { "\n" }).collect()
    }

    fn body(text: &str) -> Body {
        Body::in_memory(text.as_bytes().to_vec())
    }

    #[test]
    fn two_find_what_one_finds() {
        for n in 4..40 {
            let text = lines(n);
            let mut alone = Document::new(Standard::bundled());
            alone.take_in(text.as_bytes(), false).expect("the text is in memory");
            let halves = read(&body(&text), Standard::bundled(), 0).expect("it is lines");
            assert_eq!(format!("{:#?}", Report::of(halves)), format!("{:#?}", Report::of(alone)), "{n} lines");
        }
    }

    #[test]
    fn what_does_not_stand_on_a_line_each_is_read_by_one() {
        let read = |text: &str| read(&body(text), Standard::bundled(), 0).is_some();
        assert!(read(&lines(8)));
        assert!(!read(&format!("[{}]", lines(8))));
        assert!(!read(&lines(8).replace("\"id\"", "\n\"id\"")));
        // The package goes on in the second half.
        let package = format!("{{\"releases\": [\n{}]}}\n", lines(40).trim_end().replace('\n', ",\n"));
        assert!(!read(&format!("{}{package}", lines(2))));
    }
}
