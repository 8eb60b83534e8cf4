//! The European Union's vocabularies: whether a format, a licence or an access right stands in them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Distribution, Licence};

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    file_types: Vec<String>,
    machine_readable: Vec<String>,
    non_proprietary: Vec<String>,
    access_rights: Vec<String>,
    licences: Vec<String>,
    licence_folders: HashMap<String, String>,
    licence_names: HashMap<String, String>,
    file_type_names: HashMap<String, String>,
    media_types: HashMap<String, String>,
}

/// What a name of a format stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileType {
    /// A program can read it without guessing.
    pub(super) machine_readable: bool,
    /// No one firm's product is needed for it.
    pub(super) non_proprietary: bool,
}

struct Vocabularies {
    /// By the names of file types and of media types alike.
    formats: HashMap<Vec<u8>, FileType>,
    access_rights: HashSet<Vec<u8>>,
    licences: HashSet<Vec<u8>>,
    licence_folders: Vec<(String, String)>,
}

static VOCABULARIES: LazyLock<Vocabularies> = LazyLock::new(|| {
    let written: Written = match toml::from_str(include_str!("vocabulary.toml")) {
        Ok(written) => written,
        Err(error) => panic!("invariant: the bundled vocabularies are well formed: {error}"),
    };
    let key = |name: &String| Key::of(name).map(|key| key.bytes().to_vec());
    let file_type = |code: &String| FileType {
        machine_readable: written.machine_readable.contains(code),
        non_proprietary: written.non_proprietary.contains(code),
    };
    let mut formats: HashMap<_, _> =
        written.file_types.iter().filter_map(|code| Some((key(code)?, file_type(code)))).collect();
    let others = written.file_type_names.iter().chain(&written.media_types);
    formats.extend(others.filter_map(|(name, code)| Some((key(name)?, file_type(code)))));
    Vocabularies {
        formats,
        access_rights: written.access_rights.iter().filter_map(key).collect(),
        licences: written.licences.iter().chain(written.licence_names.keys()).filter_map(key).collect(),
        licence_folders: written.licence_folders.into_iter().collect(),
    }
});

/// What its format stands for, or where that is not known its media type.
pub(super) fn file_type(distribution: &Distribution) -> Option<FileType> {
    [&distribution.format, &distribution.media_type].into_iter().find_map(|written| {
        let name = match written.split_once("://") {
            // The vocabulary's own addresses end in the code.
            Some(_) => written.rsplit('/').next().unwrap_or_default(),
            None => written.split(';').next().unwrap_or_default(),
        };
        VOCABULARIES.formats.get(Key::of(name)?.bytes()).copied()
    })
}

/// Whether it is one of the access rights, by its code or its address.
pub(super) fn access_right(written: &str) -> bool {
    let code = written.rsplit('/').next().unwrap_or_default();
    Key::of(code).is_some_and(|key| VOCABULARIES.access_rights.contains(key.bytes()))
}

/// Whether its name or its address is that of a licence in the vocabulary.
pub(super) fn licence(licence: &Licence) -> bool {
    let known = |key: Option<Key>| key.is_some_and(|key| VOCABULARIES.licences.contains(key.bytes()));
    known(Key::of(&licence.name)) || (!licence.url.is_empty() && known(licence_at(&licence.url)))
}

/// What the address of a licence is looked up by.
fn licence_at(url: &str) -> Option<Key> {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let address = address.strip_prefix("www.").unwrap_or(address);
    let folder = |(folder, code): &'static (String, String)| Some((code, address.strip_prefix(folder.as_str())?));
    let Some((code, rest)) = VOCABULARIES.licence_folders.iter().find_map(folder) else { return Key::of(address) };
    // The same licence's text, its summary, and its summary by language.
    let tells = |part: &&str| !matches!(*part, "legalcode" | "summary") && !part.starts_with("deed");
    let mut key = Key::of(code).unwrap_or_default();
    rest.split('/').filter(tells).try_for_each(|part| key.add(part))?;
    Some(key)
}

/// The longest name that is looked up, in letters and digits.
const LONGEST: usize = 120;

/// A name without case, blanks and punctuation; it takes no memory of its own, as every dataset has many.
struct Key {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Default for Key {
    fn default() -> Self {
        Self { bytes: [0; LONGEST], len: 0 }
    }
}

impl Key {
    fn of(name: &str) -> Option<Self> {
        let mut key = Self::default();
        key.add(name)?;
        (key.len > 0).then_some(key)
    }

    fn add(&mut self, name: &str) -> Option<()> {
        for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
            *self.bytes.get_mut(self.len)? = byte.to_ascii_uppercase();
            self.len += 1;
        }
        Some(())
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_name_address_or_media_type() {
        let of = |format: &str, media_type: &str| {
            let distribution =
                Distribution { format: format.into(), media_type: media_type.into(), ..Distribution::default() };
            file_type(&distribution).map(|known| (known.machine_readable, known.non_proprietary))
        };
        assert_eq!(of("csv", ""), Some((true, true)));
        assert_eq!(of("JSON-LD", ""), Some((true, true)));
        assert_eq!(of("http://publications.europa.eu/resource/authority/file-type/XLSX", ""), Some((true, false)));
        assert_eq!(of("Esri REST", "text/html; charset=utf-8"), Some((false, true)));
        assert_eq!(of("PDF", "text/csv"), Some((false, false)));
        assert_eq!(of("CSV, JSON", ""), None);
        assert_eq!(of("", ""), None);
    }

    #[test]
    fn licences_are_known_by_code_name_or_address() {
        for known in [
            "CC_BY_4_0",
            "cc-by-4.0",
            "Creative Commons CCZero",
            "https://creativecommons.org/licenses/by-nc/4.0/",
            "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
            "https://www.opendatacommons.org/licenses/odbl/1.0/",
            "http://opendatacommons.org/licenses/odbl/summary",
            "https://creativecommons.org/licenses/by/4.0/deed.es",
            "https://opensource.org/licenses/MIT",
            "http://publications.europa.eu/resource/authority/licence/CC_BY",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ] {
            assert!(licence(&Licence::written(known)), "{known}");
        }
        let long = "All rights reserved. ".repeat(20);
        for unknown in ["", "Public Domain", "See Terms of Use", "https://example.gov/terms", &long] {
            assert!(!licence(&Licence::written(unknown)), "{unknown}");
        }
    }

    #[test]
    fn access_rights_are_known() {
        assert!(access_right("http://publications.europa.eu/resource/authority/access-right/PUBLIC"));
        assert!(access_right("non-public"));
        assert!(!access_right("open to all"));
    }
}
