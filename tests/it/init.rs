//! `tickmark init` on a small site of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

/// Serves a home page, a page about open data, and 404 for everything else, for as long as the test runs.
fn city() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            reader.read_line(&mut line).unwrap();
            while !line.trim().is_empty() && line != "\r\n" {
                let path = line.split(' ').nth(1).map(ToOwned::to_owned);
                let mut field = String::new();
                while reader.read_line(&mut field).unwrap() > 2 {
                    field.clear();
                }
                let (status, body) = match path.as_deref() {
                    Some("/") => (
                        "200 OK",
                        "<title>City of Exampleton | Home</title><a href=/data>Open data</a> <a href=/gone>Data governance</a>",
                    ),
                    Some("/data") => ("200 OK", "<title>Data</title><a href=/policy.pdf>Open data policy \x1b[31m</a>"),
                    _ => ("404 Not Found", "<title>Not found</title>"),
                };
                let head =
                    format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", body.len());
                stream.write_all((head + body).as_bytes()).unwrap();
                line.clear();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    break;
                }
            }
        }
    });
    address
}

fn init(arguments: &[&str]) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickmark"));
    command.arg("init").args(arguments);
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"] {
        command.env_remove(proxy);
    }
    let ended = command.output().unwrap();
    (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap(), ended.status.code())
}

#[test]
fn a_draft_names_links_with_the_reason_and_reads_as_a_submission() {
    let connect = format!("city.example:80:{}", city());
    let folder = tempfile::tempdir().unwrap();
    let draft = folder.path().join("draft.toml");
    let path = draft.to_str().unwrap();
    let arguments = ["http://city.example/", "--connect-to", &connect, "--pace", "0", "--out", path];
    let (_, error, code) = init(&arguments);
    assert_eq!(code, Some(0), "{error}");
    let text = std::fs::read_to_string(&draft).unwrap();
    assert!(text.contains("city = \"City of Exampleton\""), "{text}");
    assert!(
        text.contains("# Says \"open data policy\" in \"Open data policy [31m\", on http://city.example/data\n"),
        "{text}"
    );
    assert!(text.contains("# Check it, for it did not open: the server answered with status 404\n"), "{text}");
    let links = tickmark::submission::Submission::read(&draft, None).unwrap().submission.links;
    assert!(links.iter().any(|link| link.written == "http://city.example/policy.pdf"), "{text}");
    let (_, error, code) = init(&arguments);
    assert_eq!(code, Some(2));
    assert!(error.contains("is there already"), "{error}");
}

#[test]
fn what_cannot_be_looked_at_is_told_with_a_remedy() {
    let (out, error, code) = init(&["data.example.gov"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(error.contains("did you mean \"https://data.example.gov\"?"), "{error}");
    let (out, error, code) = init(&["http://nowhere.invalid/"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(error.contains("does not resolve") && error.contains("write the submission by hand"), "{error}");
}
