//! Documents in formats that could loop or exhaust memory: read by the child process under limits.

use serde::Deserialize as _;
use serde_json::Value;

use super::{Read, Refused, office};
use crate::body::Body;
use crate::capture::{Form, Reader, Unreadable};
use crate::kind::Kind;

/// Reads PDFs and office files into documents.
pub struct Paper;

impl Reader for Paper {
    fn name(&self) -> &'static str {
        "document"
    }

    fn read(&self, body: &Body) -> Result<Value, String> {
        let read = match Kind::by_magic(body) {
            Some(Kind::Pdf) => pdf(body),
            Some(kind @ (Kind::Docx | Kind::Pptx | Kind::Odt | Kind::Xlsx | Kind::Xls | Kind::Ods)) => {
                office::read(kind, body)
            }
            Some(_) if sealed(body) => Err(Refused::Encrypted),
            kind => Err(Refused::NotADocument(kind.unwrap_or(Kind::Unknown))),
        };
        serde_json::to_value(read).map_err(|error| error.to_string())
    }
}

#[cfg(feature = "pdf")]
fn pdf(body: &Body) -> Read {
    super::pdf::read(body)
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Body) -> Read {
    Err(Refused::Unread(Kind::Pdf))
}

/// Whether the child reads documents of this kind; unrecognised files may be encrypted office files.
pub(super) fn reads(kind: Kind) -> bool {
    matches!(kind, Kind::Pdf | Kind::Docx | Kind::Pptx | Kind::Odt | Kind::Xlsx | Kind::Xls | Kind::Ods | Kind::Unknown)
}

/// Whether a compound file holds an office file that is encrypted ([MS-OFFCRYPTO] 2.1).
fn sealed(body: &Body) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    body.head(64 << 20).is_ok_and(|bytes| memchr::memmem::find(&bytes, &name).is_some())
}

/// What the child made of a document.
pub(super) fn read(form: &Form) -> Read {
    match form {
        Ok(form) => Read::deserialize(form).unwrap_or_else(|error| Err(Refused::Malformed(error.to_string()))),
        Err(Unreadable::Malformed(what)) => Err(Refused::Malformed(what.clone())),
        Err(Unreadable::Broke(cause)) => Err(Refused::Broke(cause.clone())),
    }
}
