//! Every way an answer can fail has its own name.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use probes::capture::Failure;
use tickmark::crawl::{Config, Proxies};

use super::{answer, body, config, discovered, failure, fetch, status, submitted, url};
use crate::hostile::Hostile;

#[test]
fn answers_are_answers_whatever_their_status() {
    let city = Hostile::start();
    for (at, expected) in [
        ("http://data.example.gov/nowhere", 404),
        ("http://data.example.gov/gone", 410),
        ("http://data.example.gov/error", 500),
        ("http://soft.example.gov/no-such-page", 200),
        ("http://closed.example.gov/", 200),
        ("http://cloudflare.example.gov/", 403),
        ("http://data.example.gov/to-login", 200),
        ("https://secure.example.gov/", 200),
    ] {
        assert_eq!(status(config(&city), at), expected, "{at}");
    }
}

#[test]
fn bytes_that_change_are_taken_as_they_come() {
    let city = Hostile::start();
    for visit in ["visit 0", "visit 1"] {
        let mut exchange = fetch(config(&city), &submitted("http://data.example.gov/changes"));
        assert_eq!(body(&mut exchange), visit.as_bytes());
    }
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    let city = Hostile::start();
    for request in [submitted("http://gone.example.gov/"), discovered("https://gone.example.gov/")] {
        match fetch(config(&city), &request).failure {
            Some(Failure::Dns { host, .. }) => assert_eq!(host, "gone.example.gov"),
            other => panic!("ended as {other:?}"),
        }
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_said() {
    let city = Hostile::start();
    for (host, words) in [
        ("expired", "has expired"),
        ("other-name", "another name"),
        ("self-signed", "self-signed"),
        ("no-certificate", "alert"),
        ("plain", "does not speak TLS"),
    ] {
        match failure(config(&city), &format!("https://{host}.example.gov/")) {
            Failure::Tls { cause } => assert!(cause.contains(words), "{host}: {cause}"),
            other => panic!("{host} ended as {other:?}"),
        }
    }
}

#[test]
fn broken_connections_and_other_protocols_are_told_apart() {
    let city = Hostile::start();
    for (path, words) in [("reset", "reset"), ("hangs-up", "closed before")] {
        let failure = failure(config(&city), &format!("http://data.example.gov/{path}"));
        assert!(matches!(&failure, Failure::Connect { cause } if cause.contains(words)), "{failure:?}");
    }
    let other = failure(config(&city), "http://data.example.gov/not-http");
    assert!(matches!(other, Failure::Protocol { .. }), "{other:?}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut config = config(&city);
    config.connect_to.insert(0, format!("refuses.example.gov::127.0.0.1:{free}").parse().unwrap());
    let refused = failure(config, "http://refuses.example.gov/");
    assert!(matches!(&refused, Failure::Connect { cause } if cause.contains("refused")), "{refused:?}");
}

#[test]
fn fields_that_are_not_utf_8_are_kept() {
    let city = Hostile::start();
    let exchange = fetch(config(&city), &submitted("http://data.example.gov/latin-1"));
    assert_eq!(answer(&exchange).headers.get("x-city"), Some("Zürich"));
}

#[test]
fn an_explicit_port_stays_in_the_host_field() {
    let city = Hostile::start();
    let mut config = config(&city);
    config.connect_to.insert(0, format!("::127.0.0.1:{}", city.addr.port()).parse().unwrap());
    assert_eq!(status(config, "http://data.example.gov:8080/table.csv"), 200);
    assert_eq!(city.log.paths("data.example.gov:8080"), ["/robots.txt", "/table.csv"]);
}

#[test]
fn a_proxy_is_asked_in_the_hosts_stead() {
    let city = Hostile::start();
    let proxy = url(&format!("http://{}/", city.addr));
    let config = Config {
        proxies: Proxies { http: Some(proxy), ..Proxies::default() },
        connect_to: Vec::new(),
        ..config(&city)
    };
    let exchange = fetch(config.clone(), &submitted("http://proxied.invalid/table.csv"));
    assert_eq!(answer(&exchange).remote, None);
    assert!(city.log.paths("proxied.invalid").contains(&"http://proxied.invalid/table.csv".to_owned()));
    assert!(matches!(failure(config.clone(), "http://localhost/"), Failure::NotPublic { .. }));
    assert!(matches!(failure(config, "http://10.0.0.1/"), Failure::NotPublic { .. }));
}

/// A proxy that tunnels every CONNECT to one address; gives its own, and what it is asked for.
fn tunnel(to: SocketAddr) -> (SocketAddr, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut head = BufReader::new(client.try_clone().unwrap());
            let mut line = String::new();
            head.read_line(&mut line).unwrap();
            sender.send(line.trim_end().to_owned()).unwrap();
            while line != "\r\n" {
                line.clear();
                head.read_line(&mut line).unwrap();
            }
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
            let server = TcpStream::connect(to).unwrap();
            let both = [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
            for (mut from, mut to) in both {
                thread::spawn(move || io::copy(&mut from, &mut to));
            }
        }
    });
    (address, receiver)
}

#[test]
fn a_proxy_tunnels_what_is_secure() {
    let city = Hostile::start();
    let (proxy, asked) = tunnel(city.tls_addr);
    let config = Config {
        proxies: Proxies { https: Some(url(&format!("http://{proxy}/"))), ..Proxies::default() },
        connect_to: Vec::new(),
        ..config(&city)
    };
    assert_eq!(status(config, "https://secure.example.gov/table.csv"), 200);
    assert_eq!(asked.recv().unwrap(), "CONNECT secure.example.gov:443 HTTP/1.1");
}
