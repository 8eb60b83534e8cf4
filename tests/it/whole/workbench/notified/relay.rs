//! A relay that takes mail over SMTP, and keeps it.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A mail as it was handed over.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    /// Who signed in, and by which password.
    pub(super) user: Option<String>,
    whole: String,
}

pub(super) struct Relay {
    pub(super) port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Relay {
    /// One that is too busy so many times, and keeps nothing from others.
    pub(super) fn busy(times: usize) -> Self {
        Self::talking(move |stream, nth| talk(BufReader::new(stream), nth < times, true))
    }

    /// One that keeps what is said from others, from the first byte on or once it is asked to; and its certificate, in PEM.
    pub(super) fn safe(once_asked: bool) -> (Self, String) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let relay = Self::talking(move |mut stream, _| {
            if once_asked {
                asked_to_hide(&mut stream)?;
            }
            let stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            talk(BufReader::new(stream), false, !once_asked)
        });
        (relay, cert.pem())
    }

    fn talking(talk: impl Fn(TcpStream, usize) -> Option<Mail> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for (nth, stream) in listener.incoming().enumerate() {
                if let Some(mail) = talk(stream.unwrap(), nth) {
                    kept.lock().unwrap().push(mail);
                }
            }
        });
        Self { port, mails }
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

/// Greets, and goes on once nobody else is to hear it.
fn asked_to_hide(stream: &mut TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 relay.example.gov ready")?;
    heard(&mut stream)?;
    say(&mut stream, "250-relay.example.gov\r\n250 STARTTLS")?;
    assert_eq!(heard(&mut stream)?, "STARTTLS");
    say(&mut stream, "220 go on")
}

fn say(stream: &mut BufReader<impl Read + Write>, what: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{what}\r\n").as_bytes()).ok()?;
    stream.get_mut().flush().ok()
}

fn heard(stream: &mut BufReader<impl Read>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches("\r\n").to_owned())
}

/// What comes of one connection.
fn talk(mut stream: BufReader<impl Read + Write>, busy: bool, greets: bool) -> Option<Mail> {
    let (mut mail, mut taken) = (Mail::default(), None);
    if greets {
        say(&mut stream, "220 relay.example.gov ready")?;
    }
    while let Some(line) = heard(&mut stream) {
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-relay.example.gov\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "AUTH" => {
                let told = STANDARD.decode(line.rsplit(' ').next().unwrap()).unwrap();
                mail.user = Some(String::from_utf8(told).unwrap());
                "235 welcome"
            }
            "MAIL" if busy => "451 too busy, come again",
            "MAIL" => {
                mail.from = address();
                "250 so far so good"
            }
            "RCPT" => {
                mail.to.push(address());
                "250 so far so good"
            }
            "DATA" => {
                say(&mut stream, "354 go on")?;
                let body = std::iter::from_fn(|| heard(&mut stream).filter(|line| line != "."));
                mail.whole = body.collect::<Vec<String>>().join("\r\n");
                taken = Some(mail.clone());
                "250 taken"
            }
            _ => "221 good bye",
        };
        say(&mut stream, answer)?;
    }
    taken
}

impl Mail {
    /// A field of its head, unfolded; empty where there is none.
    pub(super) fn header(&self, name: &str) -> String {
        let head = self.whole.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
        found.unwrap_or_default()
    }

    /// The kinds and the texts of its parts.
    pub(super) fn parts(&self) -> Vec<(String, String)> {
        let kind = self.header("Content-Type");
        let boundary = format!("--{}", kind.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap());
        let parts = self.whole.split(&boundary).skip(1).filter(|part| !part.starts_with("--"));
        parts
            .map(|part| {
                let (head, body) = part.split_once("\r\n\r\n").unwrap();
                let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
                assert_eq!(field("Content-Transfer-Encoding: "), "quoted-printable");
                (field("Content-Type: "), unquoted(body))
            })
            .collect()
    }
}

/// What quoted-printable stands for.
fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        if first == b'=' {
            let hex = std::str::from_utf8(&more[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(first);
            rest = more;
        }
    }
    String::from_utf8(bytes).unwrap()
}
