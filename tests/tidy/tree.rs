//! A tree of files: the repository, or a scratch one in which a rule is broken.

use std::fs;
use std::path::{Path, PathBuf};

use probes::spec::Spec;
use tempfile::TempDir;

/// The root of a tree of files.
pub(crate) struct Tree {
    root: PathBuf,
    scratch: Option<TempDir>,
}

impl Tree {
    /// This repository.
    pub(crate) fn repository() -> Self {
        Self { root: PathBuf::from(env!("CARGO_MANIFEST_DIR")), scratch: None }
    }

    /// A tree of these files, by path and text, for as long as it is held.
    pub(crate) fn scratch<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { root: dir.path().to_owned(), scratch: Some(dir) }
    }

    /// The path of a file or folder on disk.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Whether it is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// A file's text; empty where there is none or it is not text.
    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// Writes a file of the repository; never needed in a scratch tree.
    pub(crate) fn write(&self, path: &str, text: &str) {
        assert!(self.scratch.is_none(), "invariant: only the repository is blessed");
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// The names in a folder, sorted, those that git ignores left out; a folder's name ends in a slash.
    pub(crate) fn names(&self, dir: &str) -> Vec<String> {
        let ignored = if dir.is_empty() { self.text(".gitignore") } else { String::new() };
        let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
        let Ok(entries) = fs::read_dir(self.path(dir)) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| !ignored.contains(&entry.file_name().to_string_lossy().as_ref()))
            .map(|entry| {
                let slash = if entry.path().is_dir() { "/" } else { "" };
                format!("{}{slash}", entry.file_name().to_string_lossy())
            })
            .collect();
        names.sort();
        names
    }

    /// The names of the folders in a folder, sorted.
    pub(crate) fn folders(&self, dir: &str) -> Vec<String> {
        self.names(dir).iter().filter_map(|name| Some(name.strip_suffix('/')?.to_owned())).collect()
    }

    /// Every file under a folder, by its path from the root, sorted.
    pub(crate) fn files(&self, dir: &str) -> Vec<String> {
        let mut files = Vec::new();
        for name in self.names(dir) {
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            match path.strip_suffix('/') {
                Some(".git") => {}
                Some(folder) => files.extend(self.files(folder)),
                None => files.push(path),
            }
        }
        files
    }

    /// Every Rust file under these folders, sorted within each.
    pub(crate) fn rust(&self, dirs: &[&str]) -> Vec<String> {
        let rust = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "rs");
        dirs.iter().flat_map(|dir| self.files(dir)).filter(rust).collect()
    }

    /// The folders of probes: those with a `probe.toml`.
    pub(crate) fn probe_folders(&self) -> Vec<String> {
        let is_probe = |folder: &String| self.has(&format!("probes/{folder}/probe.toml"));
        self.folders("probes").into_iter().filter(is_probe).collect()
    }

    /// What the probes of this tree declare, those that can be read.
    pub(crate) fn specs(&self) -> Vec<Spec> {
        let read = |folder: String| Spec::parse(&self.text(&format!("probes/{folder}/probe.toml"))).ok();
        self.probe_folders().into_iter().filter_map(read).collect()
    }

    /// The names of the schemes' folders.
    pub(crate) fn schemes(&self) -> Vec<String> {
        self.folders("criteria")
    }
}

/// Fails with every problem, one a line.
#[track_caller]
pub(crate) fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

/// Fails unless there is exactly one problem, and it begins so.
#[track_caller]
pub(crate) fn one(problems: &[String], beginning: &str) {
    assert!(
        problems.len() == 1 && problems[0].starts_with(beginning),
        "wanted one problem that begins {beginning:?}, got {problems:#?}"
    );
}
