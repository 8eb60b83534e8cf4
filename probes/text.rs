//! Text out of bytes: which encoding a body is in, and on whose word.

use std::fmt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

/// Decoded text, and how its encoding was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The encoding's name in the WHATWG Encoding Standard.
    pub encoding: &'static str,
    /// What said so.
    pub basis: Basis,
    /// Whether some bytes do not stand for anything in that encoding (each is U+FFFD in the text).
    pub malformed: bool,
}

/// What told the encoding of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The byte order mark.
    ByteOrderMark,
    /// The `charset` of the HTTP header.
    Header,
    /// The document's own XML declaration or `meta` element.
    Document,
    /// The bytes are valid UTF-8.
    Valid,
    /// A guess from the frequencies of bytes.
    Guess,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOrderMark => "the byte order mark",
            Self::Header => "the HTTP header",
            Self::Document => "the document itself",
            Self::Valid => "the bytes, which are valid UTF-8",
            Self::Guess => "a guess from the bytes",
        })
    }
}

/// How far into a document its own declaration of an encoding is looked for, in bytes.
const DECLARED_WITHIN: usize = 1024;

/// Decodes `bytes`; `charset` is what the HTTP header says.
///
/// A declaration that the bytes contradict is passed over: a table declared UTF-8 that is not is still to be read.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decoded(&bytes[mark..], encoding, Basis::ByteOrderMark);
    }
    let declared = [
        (charset.and_then(|label| Encoding::for_label(label.as_bytes())), Basis::Header),
        (own_declaration(bytes), Basis::Document),
    ];
    for (encoding, basis) in declared {
        if let Some(encoding) = encoding {
            let decoded = decoded(bytes, encoding, basis);
            if !decoded.malformed {
                return decoded;
            }
        }
    }
    if let Some(encoding) = without_mark(bytes) {
        return decoded(bytes, encoding, Basis::Guess);
    }
    if is_utf8(bytes) {
        return decoded(bytes, UTF_8, Basis::Valid);
    }
    decoded(bytes, guess(bytes), Basis::Guess)
}

fn decoded(bytes: &[u8], encoding: &'static Encoding, basis: Basis) -> Decoded {
    // A head may end inside a character: that is no fault of the text.
    let bytes = if encoding == UTF_8 { whole_characters(bytes) } else { bytes };
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding: encoding.name(), basis, malformed }
}

/// `bytes` without a character that is cut off at their end.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let tail = bytes.len().saturating_sub(3);
    for at in tail..bytes.len() {
        if let Err(error) = str::from_utf8(&bytes[at..])
            && error.valid_up_to() == 0
            && error.error_len().is_none()
        {
            return &bytes[..at];
        }
    }
    bytes
}

fn is_utf8(bytes: &[u8]) -> bool {
    str::from_utf8(whole_characters(bytes)).is_ok()
}

/// The encoding that an XML declaration or a `meta` element near the beginning names.
fn own_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARED_WITHIN)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = head.trim_start();
    let label = if start.starts_with("<?xml") {
        let declaration = &start[..start.find("?>")?];
        after(declaration, "encoding")
    } else if start.starts_with('<') {
        head.match_indices("<meta").find_map(|(at, _)| {
            let tag = &head[at..];
            let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
            after(tag, "charset")
        })
    } else {
        None
    }?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // Whoever can read this declaration does not read UTF-16 (WHATWG HTML, "prescan a byte stream").
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The value that follows `name` `=` in a tag, with or without quotes.
fn after<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = &tag[tag.find(name)? + name.len()..];
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let rest = rest.trim_start_matches(['"', '\'']);
    rest.split(|c: char| c == '"' || c == '\'' || c == ';' || c.is_whitespace())
        .next()
        .filter(|value| !value.is_empty())
}

/// The likeliest encoding of bytes that nothing describes.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// UTF-16 that lacks its byte order mark: western text has a zero in every other byte.
fn without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARED_WITHIN)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if pairs >= 4 && even == 0 && odd * 10 >= pairs * 9 {
        Some(UTF_16LE)
    } else if pairs >= 4 && odd == 0 && even * 10 >= pairs * 9 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Where a text begins behind the front matter that builders of sites keep at its head; 0 where it has none.
pub fn front_matter(text: &str) -> usize {
    let opened =
        text.strip_prefix("---").is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
    if !opened {
        return 0;
    }
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        if number > 0 && matches!(line.trim_end(), "---" | "...") {
            return at;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], charset: Option<&str>) -> (String, &'static str, Basis) {
        let decoded = decode(bytes, charset);
        (decoded.text, decoded.encoding, decoded.basis)
    }

    #[test]
    fn a_byte_order_mark_outranks_the_header() {
        assert_eq!(told(b"\xEF\xBB\xBFa", Some("latin1")), ("a".into(), "UTF-8", Basis::ByteOrderMark));
        assert_eq!(told(b"\xFF\xFEa\0", None), ("a".into(), "UTF-16LE", Basis::ByteOrderMark));
    }

    #[test]
    fn a_declaration_that_the_bytes_contradict_is_passed_over() {
        assert_eq!(told(b"Espa\xF1ol y m\xE1s", Some("utf-8")).2, Basis::Guess);
        assert_eq!(told(b"Espa\xF1ol", Some("iso-8859-1")), ("Español".into(), "windows-1252", Basis::Header));
    }

    #[test]
    fn documents_name_their_own_encoding() {
        let xml = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xF1</a>";
        assert_eq!(told(xml, None).1, "windows-1252");
        let html = b"<html><head><meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">\xCF";
        assert_eq!(told(html, None).1, "windows-1251");
        assert_eq!(told(b"charset=latin1,b\n", None).2, Basis::Valid);
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_no_fault() {
        assert_eq!(told("añ".as_bytes().split_last().unwrap().1, None), ("a".into(), "UTF-8", Basis::Valid));
    }

    #[test]
    fn utf_16_without_its_mark_is_recognised() {
        let bytes: Vec<u8> = "name,año\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes, None).text, "name,año\n1,2\n");
    }
}
