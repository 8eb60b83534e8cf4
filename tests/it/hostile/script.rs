//! What each path of the hostile city does.

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use super::{Call, Piece};

/// Statement of a budget, in a hundred lines.
pub(crate) fn table() -> Vec<u8> {
    let mut table = b"name,amount\n".to_vec();
    for row in 0..100 {
        writeln!(table, "fund {row},{}", row * 10).unwrap();
    }
    table
}

/// The pieces of the answer, and whether the connection stays open.
pub(super) fn answer(call: &Call) -> (Vec<Piece>, bool) {
    if call.method == "HEAD" {
        // The trap: whoever believes HEAD sees a city where nothing exists.
        return whole("404 Not Found", &[], b"");
    }
    if call.path == "/robots.txt" {
        return robots(call);
    }
    match call.host.split('.').next().unwrap_or_default() {
        // Everything exists, even what does not.
        "soft" => return page("200 OK", "Page not found. Try our search."),
        "closed" => return page("200 OK", "This site has closed."),
        "cloudflare" => {
            return whole(
                "403 Forbidden",
                &["server: cloudflare", "cf-mitigated: challenge"],
                b"<title>Just a moment...</title>",
            );
        }
        _ => {}
    }
    let slow = Duration::from_millis(150);
    match call.path.as_str() {
        "/" => page("200 OK", "The city of Example"),
        "/table.csv" => ranged(call, &table()),
        "/shows-a-page.csv" => page("200 OK", "Our budget is on another page now"),
        "/empty" => match call.header("range") {
            Some(_) => whole("416 Range Not Satisfiable", &["content-range: bytes */0"], b""),
            None => whole("200 OK", &["content-type: text/csv"], b""),
        },
        "/ignores-range" => whole("200 OK", &["content-type: text/csv"], &table()),
        "/cached" => match call.header("if-none-match") {
            Some("\"v1\"") => whole("304 Not Modified", &["etag: \"v1\""], b""),
            _ => whole("200 OK", &["etag: \"v1\"", "last-modified: Sun, 01 Nov 2026 10:00:00 GMT"], b"v1"),
        },
        "/changes" => whole("200 OK", &["content-type: text/plain"], format!("visit {}", call.nth).as_bytes()),
        "/gone" => page("410 Gone", "Gone"),
        "/moved" => redirect("301 Moved Permanently", "table.csv"),
        "/to-other-host" => redirect("302 Found", "http://other.example.gov/table.csv"),
        "/to-https" => redirect("301 Moved Permanently", "https://secure.example.gov/table.csv"),
        "/to-private" => redirect("302 Found", "http://169.254.169.254/latest/meta-data/"),
        "/to-private-by-chain" => redirect("302 Found", "/to-private"),
        "/to-localhost" => redirect("302 Found", "http://localhost:1/"),
        "/to-mapped" => redirect("302 Found", "http://[::ffff:10.0.0.1]/"),
        "/to-script" => redirect("302 Found", "javascript:alert(1)"),
        "/to-ftp" => redirect("302 Found", "ftp://ftp.example.gov/table.csv"),
        "/to-private-page" => redirect("302 Found", "/private/page"),
        "/to-login" => redirect("302 Found", "/login?next=/to-login"),
        "/loop" => redirect("302 Found", "/loop-back"),
        "/loop-back" => redirect("302 Found", "/loop"),
        "/cookie-wall" => match call.header("cookie") {
            Some(_) => page("200 OK", "Welcome back"),
            None => cookie_wall(),
        },
        "/hangs-up" => (vec![], false),
        "/reset" => (vec![Piece::Reset], false),
        "/reset-once" if call.nth == 0 => (vec![Piece::Reset], false),
        "/hangs-up-once" if call.nth == 0 => (vec![], false),
        "/bad-gateway-once" if call.nth == 0 => page("502 Bad Gateway", "Try again"),
        "/reset-once" | "/hangs-up-once" | "/bad-gateway-once" => page("200 OK", "Here again"),
        "/error" => page("500 Internal Server Error", "Oops"),
        "/unavailable" => page("503 Service Unavailable", "Down for maintenance"),
        path if path.starts_with("/throttled") => throttled(call),
        "/never" => (vec![Piece::Pause(Duration::from_mins(10))], false),
        "/slow" => (vec![Piece::Pause(slow), bytes(&message("200 OK", &[], b"slow"))], true),
        "/slow-header" => (vec![Piece::Drip(message("200 OK", &[], b""), slow)], false),
        "/slow-body" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
            (vec![bytes(head), Piece::Drip(vec![b'a'; 1000], slow)], false)
        }
        "/endless" => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\nconnection: close\r\n\r\n";
            (vec![bytes(head), Piece::Endless(vec![b'a'; 65536])], false)
        }
        "/endless-header" => {
            (vec![bytes(b"HTTP/1.1 200 OK\r\n"), Piece::Endless(b"x-more: and more\r\n".to_vec())], false)
        }
        "/endless-redirect" => {
            let head = b"HTTP/1.1 302 Found\r\nlocation: /table.csv\r\nconnection: close\r\n\r\n";
            (vec![bytes(head), Piece::Endless(vec![b'a'; 65536])], false)
        }
        "/too-short" => (vec![bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this")], false),
        "/too-long" => (vec![bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour and more")], false),
        "/bad-chunk" => {
            (vec![bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ngood\r\nzz\r\nbad")], false)
        }
        "/bomb" => whole("200 OK", &["content-encoding: gzip", "content-type: text/csv"], &bomb()),
        "/not-http" => (vec![bytes(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")], false),
        "/latin-1" => (vec![bytes(b"HTTP/1.1 200 OK\r\nx-city: Z\xfcrich\r\ncontent-length: 0\r\n\r\n")], true),
        path if path.starts_with("/chain/") => {
            let left: usize = path["/chain/".len()..].parse().unwrap_or(0);
            if left == 0 { page("200 OK", "The end") } else { redirect("302 Found", &format!("/chain/{}", left - 1)) }
        }
        path if path.starts_with("/login") => page(
            "200 OK",
            "<form action=/login method=post><input name=user><input name=password type=password></form>",
        ),
        path if path.starts_with("/page/") || path.starts_with("/private/") => page("200 OK", "A page"),
        _ => page("404 Not Found", "Not found"),
    }
}

fn throttled(call: &Call) -> (Vec<Piece>, bool) {
    match call.path.as_str() {
        "/throttled" => whole("429 Too Many Requests", &["retry-after: 0"], b"slow down"),
        path if path.starts_with("/throttled-for-long") => {
            whole("429 Too Many Requests", &["retry-after: 86400"], b"slow down")
        }
        "/throttled-unsaid" if call.nth < 2 => whole("429 Too Many Requests", &[], b"slow down"),
        "/throttled-once" if call.nth == 0 => whole("429 Too Many Requests", &["retry-after: 1"], b"slow down"),
        "/throttled-until" if call.nth == 0 => {
            let until = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
            whole("503 Service Unavailable", &[&format!("retry-after: {until}")], b"slow down")
        }
        _ => page("200 OK", "Thank you for waiting"),
    }
}

fn robots(call: &Call) -> (Vec<Piece>, bool) {
    let rules: &[u8] = match call.host.split('.').next().unwrap_or_default() {
        "strict" => b"User-agent: *\nDisallow: /private/\n",
        "forbids" => b"User-agent: tickmark/1.0\nDisallow: /\n",
        "delays" => b"User-agent: *\nCrawl-delay: 0.3\nDisallow: /api/\n",
        "down" => return page("503 Service Unavailable", "Down"),
        "robots-moved" if call.path == "/robots.txt" => {
            return redirect("301 Moved", "http://strict.example.gov/robots.txt");
        }
        "robots-loop" => return redirect("302 Found", "/robots.txt"),
        "robots-endless" => {
            let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nUser-agent: *\nDisallow: /private/\n";
            return (vec![bytes(head), Piece::Endless(b"# and so on\n".repeat(1000))], false);
        }
        _ => return page("404 Not Found", "Not found"),
    };
    whole("200 OK", &["content-type: text/plain"], rules)
}

fn bytes(bytes: &[u8]) -> Piece {
    Piece::Bytes(bytes.to_vec())
}

fn message(status: &str, fields: &[&str], body: &[u8]) -> Vec<u8> {
    let mut message = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for field in fields {
        message.extend_from_slice(format!("{field}\r\n").as_bytes());
    }
    if !status.starts_with("304") {
        message.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    message.extend_from_slice(b"\r\n");
    message.extend_from_slice(body);
    message
}

/// A whole message, after which the connection stays open.
pub(crate) fn whole(status: &str, fields: &[&str], body: &[u8]) -> (Vec<Piece>, bool) {
    (vec![Piece::Bytes(message(status, fields, body))], true)
}

fn page(status: &str, words: &str) -> (Vec<Piece>, bool) {
    let body = format!("<!doctype html><title>{status}</title><p>{words}</p>");
    whole(status, &["content-type: text/html; charset=utf-8"], body.as_bytes())
}

fn redirect(status: &str, location: &str) -> (Vec<Piece>, bool) {
    whole(status, &[&format!("location: {location}")], b"")
}

fn cookie_wall() -> (Vec<Piece>, bool) {
    whole("302 Found", &["location: /cookie-wall", "set-cookie: seen=1; Path=/"], b"")
}

fn ranged(call: &Call, body: &[u8]) -> (Vec<Piece>, bool) {
    let last = call.header("range").and_then(|range| range.strip_prefix("bytes=0-")?.parse::<usize>().ok());
    match last {
        Some(last) => {
            let end = (last + 1).min(body.len());
            let range = format!("content-range: bytes 0-{}/{}", end - 1, body.len());
            whole("206 Partial Content", &["content-type: text/csv", &range], &body[..end])
        }
        None => whole("200 OK", &["content-type: text/csv"], body),
    }
}

/// A gibibyte of zeros in a mebibyte of gzip: the same deflated mebibyte over and over, without an end. An eighth of it
/// where nothing is optimized: what is unpacked of it is looked at byte by byte, and takes a minute else.
fn bomb() -> Vec<u8> {
    let mut deflated = Vec::with_capacity(64 * 1024);
    flate2::Compress::new(flate2::Compression::best(), false)
        .compress_vec(&vec![0; 1024 * 1024], &mut deflated, flate2::FlushCompress::Full)
        .unwrap();
    let mut bomb = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    bomb.extend(deflated.repeat(if cfg!(debug_assertions) { 128 } else { 1024 }));
    bomb
}
