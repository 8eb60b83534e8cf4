//! A Chromium of our own for one page: started with a fresh profile and no way to the network, and ended with it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;

use super::cdp::{Cdp, Event};

/// How wide pages are shown, and how much of them is seen at once.
pub(super) const WINDOW: (u32, u32) = (1280, 1024);

/// Chromium's pipe is its files 3 and 4, which only a shell can give it without unsafe code.
const WITH_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// Whatever the browser itself or a page would send past us ends at a proxy that is not there, and no name resolves.
const ALONE: &[&str] = &[
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--metrics-recording-only",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
];

/// One process for the page and all its frames, no windows, no questions.
const QUIET: &[&str] = &[
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,OriginKeyedProcessesByDefault,IsolateSandboxedIframes,Translate,OptimizationHints,MediaRouter,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,DialMediaRouteProvider",
    "--renderer-process-limit=1",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    "--noerrdialogs",
    "--hide-scrollbars",
    "--mute-audio",
    "--lang=en-US",
    "--force-color-profile=srgb",
];

/// A running browser.
pub(super) struct Chromium {
    pub(super) cdp: Cdp,
    /// What happens in it.
    pub(super) events: mpsc::UnboundedReceiver<Event>,
    pub(super) process: Process,
    /// Its name and version.
    pub(super) product: String,
    /// Removed with the browser.
    _profile: tempfile::TempDir,
}

/// The browser as the system sees it.
pub(super) struct Process(Child);

#[derive(Deserialize)]
struct Version {
    product: String,
}

impl Chromium {
    /// Starts `program`; an error says why it does not.
    pub(super) async fn start(program: &Path) -> Result<Self, String> {
        let profile = tempfile::tempdir().map_err(|error| format!("it has no place for its profile: {error}"))?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WITH_PIPE]).arg(program).args(QUIET).args(ALONE);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.arg(format!("--window-size={},{}", WINDOW.0, WINDOW.1));
        if rustix::process::geteuid().is_root() {
            // Chromium refuses to start in its sandbox for root.
            command.arg("--no-sandbox");
        }
        command.env_clear().env("HOME", profile.path()).env("LANG", "C.UTF-8");
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("no shell starts it: {error}"))?;
        let (Some(to), Some(from), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            panic!("invariant: the browser's files are piped")
        };
        let said = last_words(errors);
        let (cdp, events) = Cdp::new(to, BufReader::new(from));
        let version = cdp.ask::<Version>(None, "Browser.getVersion", json!({})).await;
        let product = version.map(|version| version.product).map_err(|trouble| {
            let said = said.lock().unwrap_or_else(PoisonError::into_inner);
            format!("{} does not start, {trouble}: {said}", program.display())
        })?;
        Ok(Self { cdp, events, process: Process(child), product, _profile: profile })
    }

    /// Ends it at once: nothing in it is worth keeping.
    pub(super) async fn end(mut self) {
        let _ = self.process.0.kill().await;
    }
}

/// The last line of what the browser complains of; read all along, as a full pipe would stop it.
fn last_words(errors: ChildStderr) -> Arc<Mutex<String>> {
    let said = Arc::new(Mutex::new(String::new()));
    let heard = said.clone();
    tokio::spawn(async move {
        let mut lines = BufReader::new(errors).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if !line.trim().is_empty() {
                *heard.lock().unwrap_or_else(PoisonError::into_inner) = line.trim().chars().take(200).collect();
            }
        }
    });
    said
}

impl Process {
    /// Whether it still runs.
    pub(super) fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// The memory that it and its processes hold, in bytes, where the system tells.
    pub(super) fn memory(&self) -> u64 {
        let Some(own) = self.0.id() else { return 0 };
        let processes: Vec<(u32, u32, u64)> = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
                let (parent, bytes) = process(id)?;
                Some((id, parent, bytes))
            })
            .collect();
        let mut family = vec![own];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            family.extend(processes.iter().filter(|(_, of, _)| *of == parent).map(|(id, ..)| *id));
            at += 1;
        }
        processes.iter().filter(|(id, ..)| family.contains(id)).map(|(.., bytes)| bytes).sum()
    }
}

/// A process's parent, and the memory that it shares with no other.
fn process(id: u32) -> Option<(u32, u64)> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse::<u64>().ok())
    };
    Some((u32::try_from(field("PPid:")?).ok()?, field("RssAnon:").unwrap_or_default() * 1024))
}
