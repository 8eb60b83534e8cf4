//! What a catalogue's interface never says: told apart from what the city left empty.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Catalogue, Platform};
use crate::dcat::Field;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interfaces {
    interface: Vec<Interface>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interface {
    name: String,
    platform: Option<Platform>,
    never: Vec<Field>,
}

static INTERFACES: LazyLock<Interfaces> = LazyLock::new(|| match toml::from_str(include_str!("unpublished.toml")) {
    Ok(interfaces) => interfaces,
    Err(error) => panic!("invariant: the bundled list of interfaces is well formed: {error}"),
});

impl Catalogue {
    /// The fields that this interface never publishes, and that no dataset has.
    pub fn not_published(&self) -> Vec<Field> {
        let own = |one: &&Interface| {
            one.name == self.interface && one.platform.is_none_or(|platform| platform == self.platform)
        };
        let never = INTERFACES.interface.iter().find(own).map_or(&[][..], |interface| &interface.never);
        never.iter().filter(|field| self.profile.filled.get(field).is_none_or(|count| *count == 0)).copied().collect()
    }
}
