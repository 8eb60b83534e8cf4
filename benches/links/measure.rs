//! What a child process takes: time by the clock, processor time, memory.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a child process took.
pub(crate) struct Measured {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// The most memory it held at once, in bytes.
    pub(crate) peak: u64,
}

/// Runs a command to its end, its output dropped.
pub(crate) fn measure(command: &mut Command) -> Measured {
    let before = children();
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut peak = 0;
    while child.try_wait().expect("the program can be waited for").is_none() {
        peak = peak.max(held(child.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
    Measured { wall: begun.elapsed(), cpu: children().saturating_sub(before), peak }
}

/// The processor time of all children that ended.
fn children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // cutime and cstime of proc_pid_stat(5), in hundredths of a second on every Linux.
    let ticks: u64 = fields.skip(13).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn held(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}
