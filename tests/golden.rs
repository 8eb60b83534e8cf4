//! Every fixture as a named test; `BLESS=1` rewrites what is expected.

#[expect(clippy::print_stdout, reason = "blessing shows the sentences to whoever must read them")]
mod fixture;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let bless = std::env::var_os("BLESS").is_some();
    let mut trials = Vec::new();
    let mut add = |parts: &[&Path], run: Box<dyn FnOnce() -> Result<(), String> + Send>| {
        let names: Vec<String> = parts.iter().map(|part| name(part)).collect();
        trials.push(Trial::test(names.join("::"), || run().map_err(Failed::from)));
    };
    for probe in folders(&fixtures.join("probes")) {
        for case in folders(&probe) {
            let id = name(&probe);
            add(
                &[Path::new("probes"), &probe, &case.clone()],
                Box::new(move || fixture::probe::run(&id, &case, bless)),
            );
        }
    }
    for scheme in folders(&fixtures.join("criteria")) {
        for criterion in folders(&scheme) {
            for case in folders(&criterion) {
                let parts = [Path::new("criteria"), &scheme, &criterion, &case.clone()];
                add(&parts, Box::new(move || fixture::criteria::run(&case, bless)));
            }
        }
    }
    for city in folders(&fixtures.join("cities")) {
        add(&[Path::new("cities"), &city.clone()], Box::new(move || fixture::city::run(&city, bless)));
    }
    let shared = std::env::var_os("TICKMARK_SHARED").map_or_else(|| fixtures.join("../../shared"), PathBuf::from);
    let beside = shared.clone();
    add(&[Path::new("labels")], Box::new(move || fixture::labels::run(&beside)));
    add(&[Path::new("channels")], Box::new(move || fixture::channels::run(&shared)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be listed").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
