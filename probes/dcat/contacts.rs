//! Whom datasets name to be asked, counted over a catalogue.

use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use super::{Contact, Dataset, Tally};

/// How many datasets name whom.
#[derive(Debug, Default)]
pub struct Contacts {
    /// How many have a name that may be somebody's.
    pub named: u64,
    /// How many have an e-mail address that somebody may read.
    pub addressed: u64,
    /// How many have a page or form to write by.
    pub paged: u64,
    /// How many have either of the last two.
    pub reachable: u64,
    /// Addresses, in small letters.
    pub addresses: Tally,
    /// What stands where an address should, and is none or nobody's.
    pub otherwise: Tally,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    addresses: Vec<String>,
    names: Vec<String>,
}

struct Nobody {
    addresses: RegexSet,
    names: RegexSet,
}

static NOBODY: LazyLock<Nobody> = LazyLock::new(|| {
    let read = || -> Result<Nobody, String> {
        let written: Written = toml::from_str(include_str!("contacts.toml")).map_err(|error| error.to_string())?;
        let set = |patterns: Vec<String>| {
            RegexSetBuilder::new(patterns).case_insensitive(true).build().map_err(|error| error.to_string())
        };
        Ok(Nobody { addresses: set(written.addresses)?, names: set(written.names)? })
    };
    match read() {
        Ok(nobody) => nobody,
        Err(error) => panic!("invariant: the bundled patterns of contacts are well formed: {error}"),
    }
});

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| match Regex::new(r"^[^@\s<>,;]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}$") {
    Ok(regex) => regex,
    Err(error) => panic!("invariant: the pattern of an address is well formed: {error}"),
});

impl Contacts {
    /// Takes in one dataset.
    pub(super) fn see(&mut self, dataset: &Dataset) {
        let contact = &dataset.contact;
        let name = contact.name.trim();
        // An account's address is often written for a name; somebody reads it all the same.
        self.named += u64::from(!name.is_empty() && !NOBODY.names.is_match(name));
        let written = contact.email.trim();
        let address = contact.address_read();
        let paged = is_page(&contact.page) || is_page(written);
        match &address {
            Some(address) => self.addresses.add(address),
            None if !written.is_empty() && !paged => self.otherwise.add(written),
            None => {}
        }
        self.addressed += u64::from(address.is_some());
        self.paged += u64::from(paged);
        self.reachable += u64::from(paged || address.is_some());
    }
}

impl Contact {
    /// The first e-mail address that somebody may read, in small letters; forms and placeholders are none.
    pub fn address_read(&self) -> Option<String> {
        let parts = self.email.split([',', ';', ' ', '<', '>']).map(|part| Self::address(part).to_lowercase());
        parts.into_iter().find(|part| ADDRESS.is_match(part) && !NOBODY.addresses.is_match(part))
    }
}

fn is_page(written: &str) -> bool {
    let written = written.trim();
    written.starts_with("https://") || written.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_somebody_may_read_counts() {
        let read = |email: &str| Contact { email: email.to_owned(), ..Contact::default() }.address_read();
        for nobody in
            ["", "mailto:", "noemailprovided@usa.gov", "data.admin@example.com", "no-reply@example.gov", "cocadmin"]
        {
            assert_eq!(read(nobody), None, "{nobody}");
        }
        assert_eq!(read("Parks <Parks@Example.gov>; x@example.gov").as_deref(), Some("parks@example.gov"));
        assert_eq!(read("datos@ciudad.example.gov").as_deref(), Some("datos@ciudad.example.gov"));
    }

    #[test]
    fn a_form_in_the_place_of_an_address_is_a_way_to_ask() {
        let mut contacts = Contacts::default();
        for (name, email) in [("Data desk", "https://example.gov/ask"), ("N/A", "ghavin"), ("A. Ode", "a@example.gov")]
        {
            let contact = Contact { name: name.to_owned(), email: email.to_owned(), ..Contact::default() };
            contacts.see(&Dataset { contact, ..Dataset::default() });
        }
        let Contacts { named, addressed, paged, reachable, otherwise, .. } = contacts;
        assert_eq!((named, addressed, paged, reachable), (2, 1, 1, 2));
        assert_eq!(otherwise.ranked(), [("ghavin", 1)]);
    }
}
