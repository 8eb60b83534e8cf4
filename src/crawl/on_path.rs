//! Programs of other people that are installed on this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, os::unix::fs::PermissionsExt as _};

/// The first program by one of these names that is in one of the folders of `path`.
pub(super) fn find(names: &[&str], path: &OsStr) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|at| is_program(at)))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_its_names_and_only_if_it_can_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let (at, path) = (folder.path().join("reads"), folder.path().as_os_str());
        std::fs::write(&at, "").unwrap();
        assert_eq!(find(&["read", "reads"], path), None);
        std::fs::set_permissions(&at, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find(&["read", "reads"], path), Some(at));
        assert_eq!(find(&["reads"], OsStr::new("relative")), None);
    }
}
