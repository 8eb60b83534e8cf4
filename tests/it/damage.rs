//! Bytes damaged at random, in the same way in every run.

use std::time::{Duration, Instant};

use crate::whole::note;

/// How long each kind of input is tried.
pub(crate) fn seconds() -> Duration {
    let said = std::env::var("TICKMARK_MUTATE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(said.unwrap_or(120))
}

/// Numbers that are the same in every run.
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap()
    }
}

/// `seed` with a few bytes flipped, digits changed, parts cut, doubled or moved.
pub(crate) fn damaged(seed: &[u8], other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=draw.below(6) {
        if bytes.is_empty() {
            break;
        }
        let (at, len) = (draw.below(bytes.len()), draw.below(200));
        let end = (at + len).min(bytes.len());
        match draw.below(7) {
            0 => bytes[at] ^= 1 << draw.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let from = draw.below(other.len());
                let part = other[from..(from + len).min(other.len())].to_vec();
                bytes.splice(at..end, part);
            }
            5 => {
                if let Some(digit) = bytes[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                    *digit = b"0123456789"[draw.below(10)];
                }
            }
            _ => {
                let signs: &[&[u8]] =
                    &[b"<", b">", b"<<", b"[", b"]", b"\\", b"`", b"|", b"#", b"-", b"\x00", b"\xff", b"999999999"];
                let sign = signs[draw.below(signs.len())].to_vec();
                bytes.splice(at..at, sign.repeat(1 + draw.below(50)));
            }
        }
    }
    bytes
}

/// Hands what `make` makes to `read` until the time is up, and says how it went; `read` says whether it refused.
pub(crate) fn tried<T>(what: &str, mut make: impl FnMut(&mut Draw) -> T, mut read: impl FnMut(T) -> bool) -> Took {
    let (mut draw, begun) = (Draw(0x5eed), Instant::now());
    let (mut tried, mut refused, mut longest, mut busiest) = (0u64, 0u64, Duration::ZERO, Duration::ZERO);
    while begun.elapsed() < seconds() {
        let damaged = make(&mut draw);
        let (start, before) = (Instant::now(), busy());
        refused += u64::from(read(damaged));
        longest = longest.max(start.elapsed());
        busiest = busiest.max(busy().saturating_sub(before));
        tried += 1;
    }
    let peak = peak() / 1024;
    note(&format!(
        "{what}: {tried} damaged, {refused} refused, the longest took {longest:?}, {busiest:?} of a processor at most in \
         this thread, {peak} MiB at most"
    ));
    Took { wall: longest, busy: busiest }
}

/// The longest that one input took.
pub(crate) struct Took {
    /// By the clock, for what is read by another process.
    pub(crate) wall: Duration,
    /// Of a processor, in this thread: not longer on a machine that does other work too.
    pub(crate) busy: Duration,
}

/// What this thread has had of a processor, whatever else the machine did; nothing where it is not told.
fn busy() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default())
}

/// What this process had in memory at most, in KiB; 0 where it is not told.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
