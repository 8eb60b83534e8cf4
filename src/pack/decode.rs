//! Takes the content codings off a body, up to a bound on what comes out.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};

use super::head::invalid;

/// The most that comes out of any body, in bytes.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// The most that comes out of each byte that went in, beyond the first [`FREE_BYTES`].
const MOST_RATIO: u64 = 250;
/// What may come out whatever went in, in bytes.
const FREE_BYTES: u64 = 32 * 1024 * 1024;

/// Bodies up to this size stay in memory, in bytes.
pub(crate) const IN_MEMORY: usize = 1024 * 1024;

/// A body without its content codings.
pub(crate) struct Decoded {
    pub(crate) kept: tempfile::SpooledTempFile,
    pub(crate) bytes: u64,
    /// Why it ends early, if it does.
    pub(crate) cut: Option<String>,
}

/// Takes `codings`, as `Content-Encoding` lists them, off a body of `bytes` bytes.
pub(crate) fn decode(codings: &str, from: &mut dyn Read, bytes: u64) -> io::Result<Decoded> {
    up_to(bytes.saturating_mul(MOST_RATIO).clamp(FREE_BYTES, MOST_BYTES), codings, from, bytes)
}

fn up_to(most: u64, codings: &str, from: &mut dyn Read, bytes: u64) -> io::Result<Decoded> {
    let codings: Vec<String> = codings
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !matches!(coding.as_str(), "" | "identity" | "none"))
        .collect();
    let most = if codings.is_empty() { u64::MAX } else { most };
    let mut decoded = Decoded { kept: tempfile::SpooledTempFile::new(IN_MEMORY), bytes: 0, cut: None };
    let mut from: Box<dyn Read> = Box::new(from);
    if bytes > 0 {
        for coding in codings.iter().rev() {
            from = layer(coding, from)?;
        }
    }
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                let room = usize::try_from(most - decoded.bytes).unwrap_or(usize::MAX).min(read);
                decoded.kept.write_all(&buffer[..room])?;
                decoded.bytes += room as u64;
                if room < read {
                    decoded.cut = Some(format!("what its content coding holds is larger than {most} bytes"));
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if codings.is_empty() => return Err(error),
            Err(error) => {
                decoded.cut = Some(format!("its content coding ({}) breaks off: {error}", codings.join(", ")));
                break;
            }
        }
    }
    Ok(decoded)
}

fn layer<'a>(coding: &str, from: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match coding {
        "gzip" | "x-gzip" => Box::new(flate2::read::MultiGzDecoder::new(from)),
        "deflate" => {
            let mut from = BufReader::new(from);
            let start = from.fill_buf()?;
            // RFC 9110 means zlib; some servers send the bare stream that zlib wraps.
            let wrapped = start.len() >= 2
                && start[0] & 0x0f == 8
                && (u16::from(start[0]) << 8 | u16::from(start[1])).is_multiple_of(31);
            if wrapped {
                Box::new(flate2::bufread::ZlibDecoder::new(from))
            } else {
                Box::new(flate2::bufread::DeflateDecoder::new(from))
            }
        }
        "br" => Box::new(brotli_decompressor::Decompressor::new(from, 16 * 1024)),
        "zstd" => Box::new(ruzstd::decoding::StreamingDecoder::new(from).map_err(|error| invalid(error.to_string()))?),
        other => return Err(invalid(format!("its content coding {other} cannot be taken off"))),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Seek as _;

    use super::*;

    fn decoded(codings: &str, body: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut decoded = decode(codings, &mut &*body, body.len() as u64).unwrap();
        let mut plain = Vec::new();
        decoded.kept.rewind().unwrap();
        decoded.kept.read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len() as u64, decoded.bytes);
        (plain, decoded.cut)
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(body).unwrap();
        out.finish().unwrap()
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(body).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn codings_come_off_in_the_reverse_order() {
        assert_eq!(decoded("", b"abc"), (b"abc".to_vec(), None));
        assert_eq!(decoded("gzip", &gzip(b"abc")), (b"abc".to_vec(), None));
        assert_eq!(decoded("deflate, GZIP", &gzip(&zlib(b"abc"))), (b"abc".to_vec(), None));
        assert_eq!(decoded("deflate", &zlib(b"abc")[2..]).0, b"abc");
        assert_eq!(decoded("br", b"\x0b\x01\x80abc\x03"), (b"abc".to_vec(), None));
        let zstd = b"\x28\xb5\x2f\xfd\x04\x00\x19\x00\x00abc\x96\x51\xf4\x42";
        assert_eq!(decoded("zstd", zstd).0, b"abc");
        assert_eq!(decoded("gzip", b""), (Vec::new(), None));
        assert!(decode("lzma", &mut &b"abc"[..], 3).is_err());
    }

    #[test]
    fn what_breaks_off_is_kept_up_to_there() {
        let whole = gzip(&b"0123456789".repeat(1000));
        let (plain, cut) = decoded("gzip", &whole[..whole.len() - 9]);
        assert!(plain.starts_with(b"0123456789") && cut.unwrap().contains("breaks off"));
        assert!(decoded("gzip", b"not gzip").1.is_some());
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = gzip(&gzip(&vec![0; 1024 * 1024]));
        let decoded = up_to(1000, "gzip, gzip", &mut &*bomb, bomb.len() as u64).unwrap();
        assert_eq!(decoded.bytes, 1000);
        assert!(decoded.cut.unwrap().contains("larger than 1000 bytes"));
    }
}
