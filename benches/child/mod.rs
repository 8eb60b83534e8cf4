//! A child process and what it took, with its own children.

use std::fs;
use std::io::{self, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// What a run took.
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) peak_kib: u64,
    /// What it wrote to standard output.
    pub(crate) said: String,
}

/// Ticks a second in `/proc`: the same on every Linux.
const TICKS: u64 = 100;

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> io::Result<Spent> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let Some(mut out) = child.stdout.take() else { return Err(io::Error::other("the output is piped")) };
    let reading = std::thread::spawn(move || {
        let mut said = String::new();
        out.read_to_string(&mut said).map(|_| said)
    });
    let proc = format!("/proc/{}", child.id());
    let mut peak_kib = 0;
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    while waitid(WaitId::Pid(Pid::from_child(&child)), ended)?.is_none() {
        peak_kib = peak_kib.max(tree(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = start.elapsed();
    // It has ended and is not yet reaped: its times are whole, and still there.
    let times = fs::read_to_string(format!("{proc}/stat"))?;
    let fields: Vec<&str> = times.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = [11, 12, 13, 14].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum::<u64>();
    child.wait()?;
    let said = reading.join().map_err(|_| io::Error::other("the output could not be read"))??;
    Ok(Spent { wall, cpu: Duration::from_millis(ticks * 1000 / TICKS), peak_kib, said })
}

/// The peaks of a process and of its children that are there now, added up; 0 of one that is gone.
fn tree(process: u32) -> u64 {
    let read = |name: &str| fs::read_to_string(format!("/proc/{process}/{name}")).unwrap_or_default();
    let status = read("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let own = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default();
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let children: Vec<u32> =
        children.flat_map(|ids| ids.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect();
    own + children.into_iter().map(tree).sum::<u64>()
}
