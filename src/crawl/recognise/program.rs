//! The programs that draw and read, each started for one page and ended with it.

use std::env;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::crawl::config::{Recognising, RecognitionBounds};
use crate::crawl::on_path;

/// Takes on limits that only a shell can set without unsafe code, leaves the network where that is allowed, and becomes the program.
const CONFINED: &str = r#"ulimit -c 0 && ulimit -v "$1" && ulimit -t "$2" || exit 1
shift 2
if unshare -r -n true 2>/dev/null; then exec unshare -r -n "$@"; fi
exec "$@""#;

/// How long a page's longer side is drawn, in pixels: a letter's at 300 dots an inch.
const SIDE: &str = "3300";
/// The languages that are read, by Tesseract's names: those whose phrases criteria are written in.
const LANGUAGES: [&str; 3] = ["eng", "spa", "por"];
/// The most that is taken of what a program writes, in bytes.
const MOST: u64 = 8 << 20;
/// How long a program may take to say what it is.
const INTRODUCTION: Duration = Duration::from_secs(10);

/// The two programs.
pub(super) struct Programs {
    tesseract: PathBuf,
    pdftoppm: PathBuf,
    languages: String,
    memory: u64,
    /// What reads, by its own words, and in which languages.
    pub(super) by: String,
}

impl Programs {
    /// The programs that are to be used; `None` where one lacks, or knows no language of ours.
    pub(super) fn find(which: &Recognising, bounds: &RecognitionBounds) -> Option<Self> {
        let (tesseract, pdftoppm) = match which {
            Recognising::None => return None,
            Recognising::With { tesseract, pdftoppm } => (tesseract.clone(), pdftoppm.clone()),
            Recognising::OnPath => {
                let path = env::var_os("PATH").unwrap_or_default();
                (on_path::find(&["tesseract"], &path)?, on_path::find(&["pdftoppm"], &path)?)
            }
        };
        let mut programs =
            Self { tesseract, pdftoppm, languages: String::new(), memory: bounds.memory, by: String::new() };
        let version = programs.says("--version")?;
        let known = programs.says("--list-langs")?;
        let known: Vec<&str> =
            LANGUAGES.into_iter().filter(|name| known.lines().any(|line| line.trim() == *name)).collect();
        programs.languages = known.join("+");
        programs.by = format!("{} ({})", version.lines().next()?.trim(), programs.languages);
        (!known.is_empty()).then_some(programs)
    }

    /// The words of the page numbered so in the PDF that `pdf` begins with, as Tesseract's table.
    pub(super) fn read(&self, pdf: &File, number: u32, most: Duration) -> Result<String, String> {
        let number = number.to_string();
        let draw = ["-f", &number, "-l", &number, "-gray", "-scale-to", SIDE, "-"];
        let pdf = pdf.try_clone().map_err(|error| error.to_string())?;
        let mut drawing = self.start(&self.pdftoppm, &draw, most, Stdio::from(pdf))?;
        let read = ["stdin", "stdout", "-l", &self.languages, "--dpi", "300", "tsv"];
        let reading = drawing.out.take().map_or_else(Stdio::null, Stdio::from);
        self.start(&self.tesseract, &read, most, reading)?.wait(most)
    }

    /// What Tesseract says of itself.
    fn says(&self, flag: &str) -> Option<String> {
        let mut asked = self.start(&self.tesseract, &[flag], INTRODUCTION, Stdio::null()).ok()?;
        asked.wait(INTRODUCTION).ok()
    }

    fn start(&self, program: &Path, args: &[&str], most: Duration, input: Stdio) -> Result<Running, String> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", CONFINED, "sh", &(self.memory / 1024).to_string(), &most.as_secs().max(1).to_string()]);
        command.arg(program).args(args).env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
        // Threads of its own would only take turns, and more memory.
        command.env("OMP_THREAD_LIMIT", "1");
        command.envs(env::var_os("TESSDATA_PREFIX").map(|folder| ("TESSDATA_PREFIX", folder)));
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::null());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut child = command.spawn().map_err(|error| format!("no shell starts {name}: {error}"))?;
        let out = child.stdout.take();
        Ok(Running { child, out, name })
    }
}

/// A program that was started; it is ended when nobody waits for it any more.
struct Running {
    child: Child,
    out: Option<ChildStdout>,
    name: String,
}

impl Running {
    /// What it writes, once it has ended well.
    fn wait(&mut self, most: Duration) -> Result<String, String> {
        let Some(out) = self.out.take() else { panic!("invariant: a program is waited for once") };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut written = Vec::new();
            let read = out.take(MOST).read_to_end(&mut written);
            // Nobody listens any more once the time is up.
            let _ = sender.send(read.map(|_| written));
        });
        let name = &self.name;
        let written = match receiver.recv_timeout(most) {
            Err(_) => return Err(format!("{name} took longer than {} s", most.as_secs())),
            Ok(written) => written.map_err(|error: io::Error| format!("{name}: {error}"))?,
        };
        if written.len() as u64 == MOST {
            return Err(format!("{name} wrote more than {MOST} bytes"));
        }
        let status = self.child.wait().map_err(|error| format!("{name}: {error}"))?;
        if !status.success() {
            return Err(format!("{name} could not read it ({status})"));
        }
        Ok(String::from_utf8_lossy(&written).into_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Instant;

    use super::*;

    /// A program that knows English and does `does` with a page.
    fn program(folder: &Path, name: &str, does: &str) -> PathBuf {
        let at = folder.join(name);
        let introduction = "case $1 in --version) echo reader 1; exit;; --list-langs) echo eng; exit;; esac";
        std::fs::write(&at, format!("#!/bin/sh\n{introduction}\n{does}\n")).unwrap();
        std::fs::set_permissions(&at, std::fs::Permissions::from_mode(0o755)).unwrap();
        at
    }

    fn read(draws: &str, reads: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let [pdftoppm, tesseract] =
            [("draw", draws), ("read", reads)].map(|(name, does)| program(folder.path(), name, does));
        let which = Recognising::With { tesseract, pdftoppm };
        let programs = Programs::find(&which, &RecognitionBounds::default()).unwrap();
        assert_eq!(programs.by, "reader 1 (eng)");
        programs.read(&tempfile::tempfile().unwrap(), 3, Duration::from_secs(2))
    }

    #[test]
    fn what_is_drawn_is_read_without_our_environment() {
        let said = read("echo drawn $2 $4", "cat; env | grep -c CARGO");
        // `grep -c` fails where it counts none.
        assert!(said.unwrap_err().contains("could not read it"));
        assert_eq!(read("echo drawn $2 $4", "cat").unwrap(), "drawn 3 3\n");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let began = Instant::now();
        for (draws, reads) in [("echo", "sleep 60"), ("sleep 60", "cat")] {
            assert!(read(draws, reads).unwrap_err().contains("longer than 2 s"));
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn a_program_has_only_so_much_memory_and_output() {
        let greedy = "head -c 9000000000 /dev/zero | tail -c 8000000000 | wc -c";
        assert!(read("echo", greedy).unwrap_or_default().trim() != "8000000000");
        assert!(read("echo", "yes").unwrap_err().contains("wrote more than"));
    }

    #[test]
    fn without_programs_there_is_no_recognition() {
        let none = |which| Programs::find(&which, &RecognitionBounds::default()).is_none();
        assert!(none(Recognising::None));
        let at = PathBuf::from("/nowhere/at/all");
        assert!(none(Recognising::With { tesseract: at.clone(), pdftoppm: at }));
    }
}
