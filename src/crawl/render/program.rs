//! Which browser is started.

use std::env;
use std::path::{Path, PathBuf};

use crate::crawl::config::Browser;

/// The names that a Chromium goes by.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless_shell"];

/// The browser to start, or why there is none.
pub(super) fn find(browser: &Browser) -> Result<PathBuf, String> {
    match browser {
        Browser::None => Err("none is to be used".to_owned()),
        Browser::At(path) if path.is_file() => Ok(path.clone()),
        Browser::At(path) => Err(format!("there is no program at {}", path.display())),
        Browser::OnPath => on_path(&env::var_os("PATH").unwrap_or_default())
            .ok_or_else(|| "no Chromium is installed on this machine".to_owned()),
    }
}

fn on_path(path: &std::ffi::OsStr) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
    NAMES.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|at| is_program(at)))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_found_by_its_names() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("google-chrome");
        std::fs::write(&at, "").unwrap();
        assert_eq!(on_path(folder.path().as_os_str()), None);
        std::fs::set_permissions(&at, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(on_path(folder.path().as_os_str()), Some(at.clone()));
        assert_eq!(find(&Browser::At(at.clone())), Ok(at));
        assert!(find(&Browser::At(folder.path().join("none"))).unwrap_err().contains("none"));
        assert!(find(&Browser::None).is_err());
    }
}
