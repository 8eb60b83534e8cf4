//! Bodies that could loop or exhaust memory, read by a child process of the same binary under limits.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use probes::body::Body;
use probes::capture::{Form, Reader, Unreadable};
use rustix::process::{Resource, Rlimit, setrlimit};

/// The subcommand by which the binary becomes the child; never typed by people.
pub const CHILD: &str = "__reader";

/// The stack that a reader works on, in bytes.
const STACK: usize = 16 << 20;

/// What the child's allocator sets aside at once, in KiB.
const RESERVE_KIB: &str = "65536";

/// What a child may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory: u64,
    /// Processor time, in whole seconds.
    pub cpu_seconds: u64,
    /// Time by the clock.
    pub wall: Duration,
    /// The largest form that is taken from it, in bytes.
    pub form: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, cpu_seconds: 30, wall: Duration::from_mins(1), form: 32 << 20 }
    }
}

/// Starts children.
#[derive(Clone, Debug)]
pub struct Readers {
    /// The binary whose subcommand [`CHILD`] calls [`child`].
    pub program: PathBuf,
    /// What each child may use.
    pub limits: Limits,
    /// What a person told the reader of this name; none in an audit.
    pub told: Option<(&'static str, String)>,
}

impl Readers {
    /// Has the child named `reader` read `body`; an error is ours, a broken document is in the form.
    pub fn read(&self, reader: &str, body: &Body) -> io::Result<Form> {
        let file = if let Some(file) = body.file() {
            // The child asks for places in it, and does not care where the file's own position is.
            file.try_clone()?
        } else {
            let mut file = tempfile::tempfile()?;
            io::copy(&mut body.open()?, &mut file)?;
            file
        };
        let limits = &self.limits;
        let told = self.told.iter().filter(|(name, _)| *name == reader).map(|(_, told)| told);
        let mut child = Command::new(&self.program)
            .args([CHILD, reader, &limits.memory.to_string(), &limits.cpu_seconds.to_string()])
            .args(told)
            .env_clear()
            // The allocator sets aside a gigabyte of addresses unless told otherwise, which leaves none for threads.
            .env("MIMALLOC_ARENA_RESERVE", RESERVE_KIB)
            .stdin(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.program.display())))?;
        let Some(out) = child.stdout.take() else { panic!("invariant: the child's output is piped") };
        let (sender, receiver) = mpsc::channel();
        let most = limits.form;
        // The child may write more than a pipe holds: it is read beside the wait.
        std::thread::spawn(move || {
            let mut written = Vec::new();
            let read = out.take(most + 1).read_to_end(&mut written);
            // Nobody listens any more once the time is up.
            let _ = sender.send(read.map(|_| written));
        });
        let written = receiver.recv_timeout(limits.wall);
        if !matches!(&written, Ok(Ok(written)) if written.len() as u64 <= most) {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
        }
        let status = child.wait()?;
        let broke = |cause: String| Ok(Err(Unreadable::Broke(cause)));
        match written {
            Err(_) => broke(format!("it took longer than {} s", limits.wall.as_secs())),
            Ok(Err(error)) => Err(error),
            Ok(Ok(written)) if written.len() as u64 > most => broke(format!("it made more than {most} bytes of it")),
            Ok(Ok(_)) if !status.success() => broke(ending(status)),
            Ok(Ok(written)) => match serde_json::from_slice::<Result<serde_json::Value, String>>(&written) {
                Ok(form) => Ok(form.map_err(Unreadable::Malformed)),
                Err(error) => broke(format!("it wrote no form: {error}")),
            },
        }
    }
}

fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("it was ended by signal {signal}, most likely at its limit of memory or time"),
        // As the program ends when something of its own breaks.
        (None, Some(2)) => "it failed, by a fault of its own that says nothing of the file".to_owned(),
        (None, Some(code)) => format!("it ended with code {code}"),
        (None, None) => "it ended".to_owned(),
    }
}

/// The child's whole work: reads standard input by the reader named so, and writes what it makes of it to `out`.
///
/// The limits are taken on first, so that a hostile body can do no more than end this process.
pub fn child(
    readers: &[&dyn Reader],
    name: &str,
    memory: u64,
    cpu_seconds: u64,
    told: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let reader = readers.iter().find(|reader| reader.name() == name);
    let reader = reader.ok_or_else(|| io::Error::other(format!("there is no reader {name:?}")))?;
    let file = Arc::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    let len = file.metadata()?.len();
    let body = Body::in_file(file, len);
    let read = || -> io::Result<Result<serde_json::Value, String>> {
        for (resource, limit) in [(Resource::As, memory), (Resource::Cpu, cpu_seconds), (Resource::Core, 0)] {
            setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
        }
        Ok(told.map_or_else(|| reader.read(&body), |told| reader.read_told(&body, told)))
    };
    // A thread's stack is mapped whole before the limits hold; the first thread's could not grow below them.
    let form = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    serde_json::to_writer(&mut *out, &form)?;
    out.flush()
}
