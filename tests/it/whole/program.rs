//! The program as a child process: started, measured, killed.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use tempfile::TempDir;

use super::note;
use crate::hostile::Hostile;

/// How often a child's memory is looked at.
const GLANCE: Duration = Duration::from_millis(3);

/// A folder to run the program in.
pub(super) struct Place {
    folder: TempDir,
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) error: String,
    pub(super) took: Duration,
    /// Processor time, in hundredths of a second at best.
    pub(super) busy: Duration,
    pub(super) peak: Peak,
}

/// The most memory that a process had, in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    /// All that was resident, mapped files among it.
    pub(super) resident: u64,
    /// What belongs to no file.
    pub(super) own: u64,
}

impl Place {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and gives its name back.
    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).unwrap();
        name.to_owned()
    }

    /// The program, about to be started here.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        command(self.folder.path(), Path::new(env!("CARGO_BIN_EXE_tickmark")), args)
    }

    /// Runs the program to its end.
    pub(super) fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args))
    }

    /// Runs the program to its end where there is no network at all; none where the system does not let us.
    pub(super) fn run_without_network(&self, args: &[&str]) -> Option<Ended> {
        let allowed = Command::new("unshare").args(["--net", "true"]).output().is_ok_and(|done| done.status.success());
        if !allowed {
            note("not shown: unshare --net is not allowed here, so only the server's log says that it was not asked");
            return None;
        }
        let program = [&["--net", env!("CARGO_BIN_EXE_tickmark")], args].concat();
        Some(ended(command(self.folder.path(), Path::new("unshare"), &program)))
    }

    /// The flags that lead every name to `city`, in a hurry.
    pub(super) fn leading_to(&self, city: &Hostile) -> Vec<String> {
        let pem = base64::engine::general_purpose::STANDARD.encode(&city.root);
        let ca = self.write("root.pem", format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n"));
        let mut flags = vec!["--ca".to_owned(), ca, "--backoff".to_owned(), "0.05".to_owned()];
        flags.extend(["--second-look".to_owned(), "0.1".to_owned()]);
        for entry in city.connect_to() {
            flags.extend(["--connect-to".to_owned(), entry]);
        }
        flags
    }
}

fn command(folder: &Path, program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(args).env("TICKMARK_CONTACT", "https://example.org/contact");
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"] {
        command.env_remove(proxy);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(super) fn ended(mut command: Command) -> Ended {
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut out, mut error) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reading = std::thread::spawn(move || {
        let mut said = String::new();
        error.read_to_string(&mut said).unwrap();
        said
    });
    let writing = std::thread::spawn(move || {
        let mut said = String::new();
        out.read_to_string(&mut said).unwrap();
        said
    });
    let mut peak = Peak::default();
    let mut busy = Duration::ZERO;
    let status = loop {
        peak.glance(&child);
        busy = busy.max(processor_time(&child));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(GLANCE);
    };
    let took = start.elapsed();
    Ended { code: status.code(), out: writing.join().unwrap(), error: reading.join().unwrap(), took, busy, peak }
}

/// The processor time that a child has used so far.
fn processor_time(child: &Child) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    // The name in brackets may hold blanks; user and system time are the 14th and 15th fields.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace().skip(11).take(2);
    Duration::from_millis(fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

impl Peak {
    /// Takes what the process has now, if it is still there.
    fn glance(&mut self, child: &Child) {
        let Ok(status) = fs::read_to_string(format!("/proc/{}/status", child.id())) else { return };
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        };
        self.resident = self.resident.max(field("VmHWM:").unwrap_or_default());
        self.own = self.own.max(field("RssAnon:").unwrap_or_default());
    }
}

impl Ended {
    /// Fails unless the program ended so.
    #[track_caller]
    pub(super) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.error);
        assert!(!self.error.contains("panicked"), "{}", self.error);
        self
    }
}

/// Borrowed, for a command line.
pub(super) fn flags<'a>(first: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
    first.iter().copied().chain(more.iter().map(String::as_str)).collect()
}
