//! Which browser is started.

use std::env;
use std::path::PathBuf;

use crate::crawl::config::Browser;
use crate::crawl::on_path;

/// The names that a Chromium goes by.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless_shell"];

/// The browser to start, or why there is none.
pub(super) fn find(browser: &Browser) -> Result<PathBuf, String> {
    match browser {
        Browser::None => Err("none is to be used".to_owned()),
        Browser::At(path) if path.is_file() => Ok(path.clone()),
        Browser::At(path) => Err(format!("there is no program at {}", path.display())),
        Browser::OnPath => on_path::find(NAMES, &env::var_os("PATH").unwrap_or_default())
            .ok_or_else(|| "no Chromium is installed on this machine".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_the_one_that_was_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("google-chrome");
        std::fs::write(&at, "").unwrap();
        assert_eq!(find(&Browser::At(at.clone())), Ok(at));
        assert!(find(&Browser::At(folder.path().join("none"))).unwrap_err().contains("none"));
        assert!(find(&Browser::None).is_err());
    }
}
