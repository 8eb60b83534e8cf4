//! 200 hosts in one process: each a loopback address, and a log of what each was asked and when.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A table that every link which works leads to.
const TABLE: &str = "name,amount\nparks,120\nlibraries,80\n";

/// What a host was asked.
#[derive(Default)]
struct Asked {
    at: Vec<Instant>,
    now: usize,
    most_at_once: usize,
}

type Log = Arc<Mutex<BTreeMap<IpAddr, Asked>>>;

/// The hosts.
pub(crate) struct Server {
    port: u16,
    log: Log,
}

/// What all hosts were asked since the last time the log was emptied.
pub(crate) struct Seen {
    pub(crate) requests: usize,
    pub(crate) most_a_host: usize,
    /// The most requests that one host had at once.
    pub(crate) most_at_once: usize,
    /// The shortest time from one request to a host to its next.
    pub(crate) least_between: Duration,
}

impl Server {
    /// Listens on every loopback address.
    pub(crate) fn start(hosts: usize) -> Self {
        assert!(hosts <= 250, "each host is one address of 127.0.1.0/24");
        let log = Log::default();
        let (sender, receiver) = std::sync::mpsc::channel();
        let kept = log.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.expect("a port");
                sender.send(listener.local_addr().expect("an address").port()).expect("somebody waits");
                loop {
                    let Ok((stream, _)) = listener.accept().await else { continue };
                    tokio::spawn(serve(stream, kept.clone()));
                }
            });
        });
        Self { port: receiver.recv().expect("the server starts"), log }
    }

    /// A host and its port.
    pub(crate) fn host(&self, number: usize) -> String {
        format!("127.0.1.{}:{}", number + 1, self.port)
    }

    /// Empties the log.
    pub(crate) fn forget(&self) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What stands in the log.
    pub(crate) fn seen(&self) -> Seen {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let between = log.values().flat_map(|asked| asked.at.windows(2).map(|two| two[1].duration_since(two[0])));
        Seen {
            requests: log.values().map(|asked| asked.at.len()).sum(),
            most_a_host: log.values().map(|asked| asked.at.len()).max().unwrap_or(0),
            most_at_once: log.values().map(|asked| asked.most_at_once).max().unwrap_or(0),
            least_between: between.min().unwrap_or_default(),
        }
    }
}

/// Answers on one connection until the other side closes it.
async fn serve(stream: TcpStream, log: Log) {
    let Ok(host) = stream.local_addr().map(|address| address.ip()) else { return };
    // Half an answer held back for the other side's acknowledgement would be measured as its slowness.
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        loop {
            line.clear();
            if stream.read_line(&mut line).await.map_or(true, |read| read <= 2) {
                break;
            }
        }
        line.clear();
        let on = |change: &dyn Fn(&mut Asked)| {
            change(log.lock().unwrap_or_else(PoisonError::into_inner).entry(host).or_default());
        };
        on(&|asked| {
            asked.at.push(Instant::now());
            asked.now += 1;
            asked.most_at_once = asked.most_at_once.max(asked.now);
        });
        // A little of what a network takes, so that requests can overlap at all.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let answer = answer(&path);
        on(&|asked| asked.now = asked.now.saturating_sub(1));
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn answer(path: &str) -> String {
    let (status, field, body) = match path.split('/').nth(1) {
        Some("moved") => ("301 Moved Permanently", format!("Location: {}\r\n", path.replace("/moved/", "/table/")), ""),
        Some("table") => ("200 OK", "Content-Type: text/csv\r\n".to_owned(), TABLE),
        _ => ("404 Not Found", "Content-Type: text/plain\r\n".to_owned(), "nothing here\n"),
    };
    format!("HTTP/1.1 {status}\r\n{field}Content-Length: {}\r\n\r\n{body}", body.len())
}
