//! What the names of columns speak of.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static ROLES: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    toml::from_str(include_str!("roles/words.toml")).expect("invariant: the bundled words of roles are well formed")
});

/// The roles that any of `names` speaks of, in alphabetical order.
pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(words).collect();
    let spoken = |phrases: &Vec<String>| {
        phrases.iter().any(|phrase| names.iter().any(|name| name.contains(&format!(" {phrase} "))))
    };
    ROLES.iter().filter(|(_, phrases)| spoken(phrases)).map(|(role, _)| role.clone()).collect()
}

/// A name as its words in lower case, a blank before and after each.
pub fn words(name: &str) -> String {
    let mut words = String::from(" ");
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(' ');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.push(' ');
    words.split(' ').filter(|word| !word.is_empty()).fold(String::from(" "), |all, word| all + word + " ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_read_as_words() {
        assert_eq!(super::of(["DatasetName", "update_frequency", "Dept."]), ["dataset", "department", "frequency"]);
        assert_eq!(super::of(["Fecha", "Proveedor"]), ["date", "vendor"]);
        assert!(super::of(["republican", "dated"]).is_empty());
    }
}
