//! A city whose servers do everything that servers do: many hosts on one address, scripted by path.
//!
//! Every request is written down, so that a test can prove how politely it was asked.

mod log;
mod script;
mod tls;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) use log::{Asked, Log};
pub(crate) use script::{table, whole};

/// The running servers; they stop when this is dropped.
pub(crate) struct Hostile {
    /// Where plain HTTP is served.
    pub(crate) addr: SocketAddr,
    /// Where HTTP over TLS is served, with a certificate that depends on the name asked for.
    pub(crate) tls_addr: SocketAddr,
    /// The certificate authority that signed the good certificates, in DER.
    pub(crate) root: Vec<u8>,
    /// What was asked.
    pub(crate) log: Arc<Log>,
    _runtime: tokio::runtime::Runtime,
}

/// What answers a request: the pieces, and whether the connection stays open.
type Answer = dyn Fn(&Call) -> (Vec<Piece>, bool) + Send + Sync;

impl Hostile {
    /// Starts the city.
    pub(crate) fn start() -> Self {
        Self::serving(script::answer)
    }

    /// Starts a city that answers otherwise.
    pub(crate) fn serving(answer: impl Fn(&Call) -> (Vec<Piece>, bool) + Send + Sync + 'static) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let log = Arc::new(Log::default());
        let (acceptor, root) = tls::acceptor();
        let (plain, secure) = runtime.block_on(async {
            (
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap(),
            )
        });
        let addr = plain.local_addr().unwrap();
        let tls_addr = secure.local_addr().unwrap();
        let (plain_log, plain_answer) = (log.clone(), answer.clone());
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = plain.accept().await {
                let (log, answer) = (plain_log.clone(), plain_answer.clone());
                tokio::spawn(async move {
                    if serve(&mut stream, log, &*answer).await == Ended::Reset {
                        // Nothing lingers: the connection ends with RST.
                        stream.set_zero_linger().unwrap();
                    }
                });
            }
        });
        let tls_log = log.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = secure.accept().await {
                let (log, answer, acceptor) = (tls_log.clone(), answer.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(mut stream) = acceptor.accept(stream).await {
                        serve(&mut stream, log, &*answer).await;
                    }
                });
            }
        });
        Self { addr, tls_addr, root, log, _runtime: runtime }
    }

    /// What leads every name to this city: port 80 to the plain server, 443 to the one with TLS.
    ///
    /// `plain.example.gov` speaks plain HTTP where TLS is expected, `gone.example.gov` does not resolve, and nothing
    /// listens at port 9.
    pub(crate) fn connect_to(&self) -> Vec<String> {
        vec![
            "gone.example.gov::nowhere.invalid:".to_owned(),
            format!(":80:127.0.0.1:{}", self.addr.port()),
            format!("plain.example.gov:443:127.0.0.1:{}", self.addr.port()),
            format!(":443:127.0.0.1:{}", self.tls_addr.port()),
            ":9:127.0.0.1:9".to_owned(),
        ]
    }
}

/// A parsed request.
pub(crate) struct Call {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How often this host and path were asked before.
    pub(crate) nth: usize,
}

impl Call {
    /// A request field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// A piece of an answer, as it goes out.
pub(crate) enum Piece {
    /// Bytes at once.
    Bytes(Vec<u8>),
    /// Bytes one by one with a pause after each.
    Drip(Vec<u8>, Duration),
    /// The same bytes until the client goes away.
    Endless(Vec<u8>),
    /// The same bytes so many times.
    Times(Vec<u8>, u64),
    /// Nothing for a while.
    Pause(Duration),
    /// A reset of the connection; over TLS only its end.
    Reset,
}

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Closed,
    Reset,
}

async fn serve(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), log: Arc<Log>, answer: &Answer) -> Ended {
    while let Some(head) = head(stream).await {
        if head.starts_with('\u{16}') {
            // A TLS handshake where plain HTTP is spoken.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n").await;
            return Ended::Closed;
        }
        let start = Instant::now();
        let Some(mut call) = parse(&head) else { return Ended::Closed };
        if let Some(length) = call.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
            let mut body = vec![0; length];
            if stream.read_exact(&mut body).await.is_err() {
                return Ended::Closed;
            }
            call.body = body;
        }
        call.nth = log.count(&call.host, &call.path);
        let place = log.begin(&call, start);
        let (pieces, keep) = answer(&call);
        let ended = if matches!(pieces[..], [Piece::Reset]) { Ended::Reset } else { Ended::Closed };
        let sent = send(stream, pieces).await;
        log.end(place, Instant::now());
        if sent.is_err() || !keep {
            return ended;
        }
    }
    Ended::Closed
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), pieces: Vec<Piece>) -> std::io::Result<()> {
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => stream.write_all(&bytes).await?,
            Piece::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Piece::Endless(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Piece::Times(bytes, times) => {
                for _ in 0..times {
                    stream.write_all(&bytes).await?;
                }
            }
            Piece::Pause(pause) => tokio::time::sleep(pause).await,
            Piece::Reset => {}
        }
        stream.flush().await?;
    }
    Ok(())
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
        if head == [0x16] {
            break;
        }
    }
    String::from_utf8(head).ok()
}

fn parse(head: &str) -> Option<Call> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let host = headers.iter().find(|(name, _)| name == "host")?.1.clone();
    Some(Call { host, path, method, headers, body: Vec::new(), nth: 0 })
}
