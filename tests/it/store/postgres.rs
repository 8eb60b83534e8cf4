//! A PostgreSQL of the test's own, where one is installed: on a socket in a folder, gone when it is dropped.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::whole::note;

/// Who runs it where the tests run as root, which it refuses: `nobody`.
const NOBODY: u32 = 65534;

/// A server that runs.
pub(crate) struct Postgres {
    pub(crate) address: String,
    server: Child,
    _folder: TempDir,
}

impl Postgres {
    /// Starts one; none, and the reason told, where there is none to start.
    pub(crate) fn start() -> Option<Self> {
        // A path of a socket has 107 bytes at most.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let data = folder.path().join("data");
        let root = folder.path().metadata().unwrap().uid() == 0;
        if root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data_folder = data.to_str().unwrap();
        let args = ["-D", data_folder, "-U", "tickmark", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        let made = command("initdb", &args, folder.path(), root).output();
        match made {
            Ok(made) if made.status.success() => {}
            Ok(made) => return skipped(&String::from_utf8_lossy(&made.stderr)),
            Err(error) => return skipped(&format!("initdb: {error}")),
        }
        let args = ["-D", data_folder, "-k", folder.path().to_str().unwrap(), "-c", "listen_addresses=", "-F"];
        let mut server = match command("postgres", &args, folder.path(), root).stderr(Stdio::piped()).spawn() {
            Ok(server) => server,
            Err(error) => return skipped(&format!("postgres: {error}")),
        };
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
        if !lines.any(|line| line.contains("ready to accept connections")) {
            let _ = server.wait();
            return skipped("postgres ended before it was ready");
        }
        // What it says from now on is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let socket = folder.path().to_str().unwrap().replace('/', "%2F");
        Some(Self { address: format!("postgres://tickmark@localhost/postgres?host={socket}"), server, _folder: folder })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its children end with it, as they find it gone.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn command(program: &str, args: &[&str], folder: &Path, root: bool) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).env("LC_ALL", "C");
    if root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn skipped(why: &str) -> Option<Postgres> {
    note(&format!("not shown on PostgreSQL: {}", why.trim()));
    None
}
