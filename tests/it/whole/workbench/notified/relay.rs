//! A relay that takes mail over SMTP, and keeps it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    /// One that is too busy so many times.
    pub(super) fn busy(times: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for (nth, stream) in listener.incoming().enumerate() {
                if let Some(mail) = talk(stream.unwrap(), nth < times) {
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

/// What comes of one connection.
fn talk(mut stream: TcpStream, busy: bool) -> Option<Mail> {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let mut say = |what: &str| stream.write_all(format!("{what}\r\n").as_bytes()).ok();
    let (mut mail, mut taken) = (Mail::default(), None);
    say("220 relay.example.gov ready")?;
    while let Some(line) = lines.next() {
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
                say("354 go on")?;
                let body: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                mail.whole = body.join("\r\n");
                taken = Some(mail.clone());
                "250 taken"
            }
            _ => "221 good bye",
        };
        say(answer)?;
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
