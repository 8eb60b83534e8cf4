//! S3-compatible storage, where a server of it is at hand: `moto_server`, on the path.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::note;

/// A server with one bucket, `packs`; it ends when this is dropped.
pub(super) struct Storage {
    server: Child,
    port: u16,
    endpoint: String,
}

impl Storage {
    /// The server, started; none where there is none to start.
    pub(super) fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Command::new("moto_server");
        server.args(["-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(server) = server.spawn() else {
            note("skipped: no moto_server on the path");
            return None;
        };
        let mut storage = Self { server, port, endpoint: format!("http://127.0.0.1:{port}") };
        while !storage.ask("PUT /packs").is_ok_and(|answer| answer.contains(" 200 ")) {
            assert!(storage.server.try_wait().unwrap().is_none(), "moto_server ended");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(storage)
    }

    /// What leads the program there.
    pub(super) fn environment(&self) -> [(&str, &str); 5] {
        [
            ("AWS_ACCESS_KEY_ID", "made-up"),
            ("AWS_SECRET_ACCESS_KEY", "made-up"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ALLOW_HTTP", "true"),
        ]
    }

    /// The names in the bucket that begin so, less than a thousand.
    pub(super) fn names(&self, prefix: &str) -> Vec<String> {
        let listed = self.ask(&format!("GET /packs?list-type=2&prefix={prefix}")).unwrap();
        listed.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned())).collect()
    }

    fn ask(&self, what: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "{what} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
