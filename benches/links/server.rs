//! Two hundred hosts in one process: any loopback address at one port.

use std::io::{self, Write as _};
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the link of this number leads to: pages, files, one thing that is gone and one that moved in ten.
pub(crate) fn kind(link: usize) -> &'static str {
    match link % 10 {
        3 => "gone",
        7 => "moved",
        even if even % 2 == 0 => "page",
        _ => "file",
    }
}

/// Serves until it is killed; the port is the one line on standard output.
pub(crate) fn run() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(serve(stream));
        }
    })
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut held = Vec::with_capacity(4096);
    loop {
        if let Some(end) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            let line = String::from_utf8_lossy(&held[..end]);
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            held.drain(..end + 4);
            stream.write_all(&answer(&path)).await?;
        } else if stream.read_buf(&mut held).await? == 0 {
            return Ok(());
        }
    }
}

fn answer(path: &str) -> Vec<u8> {
    let parts: Vec<&str> = path.split('/').collect();
    let (status, fields, body) = match parts[1] {
        "gone" | "robots.txt" => ("404 Not Found", String::new(), "not here".to_owned()),
        "moved" => {
            ("301 Moved Permanently", format!("location: /page/{}\r\n", parts.get(2).unwrap_or(&"")), String::new())
        }
        "file" => ("200 OK", "content-type: text/csv\r\n".to_owned(), "name,amount\nstreets,10\n".repeat(80)),
        _ => {
            let body = format!("<!doctype html><title>{path}</title><p>{}</p>", "Of the city's data. ".repeat(100));
            ("200 OK", "content-type: text/html\r\n".to_owned(), body)
        }
    };
    format!("HTTP/1.1 {status}\r\n{fields}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
