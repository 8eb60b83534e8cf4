//! A built site in a tar.gz, served as a static host serves it: folders have indexes, bodies have tags and dates.

use std::collections::BTreeMap;
use std::process::Command;

use probes::capture::hex;
use sha2::{Digest as _, Sha256};

use crate::hostile::{Call, Hostile, Piece, whole};

const MODIFIED: &str = "last-modified: Fri, 21 Aug 2026 10:00:00 GMT";

/// The real portal, if its site is here: every name leads to it.
pub(crate) fn start() -> Option<Hostile> {
    let archive = crate::whole::captured("jkan/opendataphilly-site.tar.gz")?;
    let folder = tempfile::tempdir().unwrap();
    let unpacked = Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(folder.path()).status().unwrap();
    assert!(unpacked.success());
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.path().join("opendataphilly-site")];
    let root = folders[0].clone();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = format!("/{}", path.strip_prefix(&root).unwrap().to_str().unwrap());
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    assert!(files.len() > 500);
    Some(Hostile::serving(move |call| answer(&files, call)))
}

fn answer(files: &BTreeMap<String, Vec<u8>>, call: &Call) -> (Vec<Piece>, bool) {
    let path = call.path.split('?').next().unwrap_or_default();
    if !path.ends_with('/') && files.contains_key(&format!("{path}/index.html")) {
        return whole("301 Moved Permanently", &[&format!("location: {path}/")], b"");
    }
    let name = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let Some(body) = files.get(&name) else {
        return whole("404 Not Found", &["content-type: text/html; charset=utf-8"], &files["/404.html"]);
    };
    let etag = format!("\"{}\"", &hex(&Sha256::digest(body))[..16]);
    let etag_field = format!("etag: {etag}");
    if call.header("if-none-match") == Some(etag.as_str()) {
        return whole("304 Not Modified", &[&etag_field, MODIFIED], b"");
    }
    let media_type = match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "csv" => "text/csv",
        "css" => "text/css",
        "js" => "text/javascript",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    whole("200 OK", &[&format!("content-type: {media_type}"), &etag_field, MODIFIED], body)
}
