//! Mail addresses, by the rules of Apache's commons-validator.

use super::domain::{is_domain, is_ipv4};

/// The most bytes before the @.
const LONGEST_LOCAL: usize = 64;

/// Whether it can be a mail address.
pub(super) fn is_valid(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let domain = domain.trim_end();
    let host = match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => is_ipv4(address),
        None => is_domain(domain),
    };
    !text.ends_with('.') && !domain.is_empty() && local.chars().count() <= LONGEST_LOCAL && is_local(local) && host
}

fn is_local(local: &str) -> bool {
    let mut rest = local.trim_start();
    loop {
        let length = word(rest);
        if length == 0 {
            return false;
        }
        rest = &rest[length..];
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None => return rest.is_empty(),
        }
    }
}

/// The length of the word that the text begins with: characters, or anything in quotes.
fn word(text: &str) -> usize {
    if let Some(rest) = text.strip_prefix('"')
        && let Some(end) = rest.find('"')
    {
        return end + 2;
    }
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if chars.next().is_none() => return at,
            '\\' | '\'' => {}
            c if c.is_ascii_control() || c.is_ascii_whitespace() || "()<>@,;:\\\".[]".contains(c) => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for good in ["info@transit.org", "a.b+c@d-e.com", "o'neil@a.com", "\"a b\"@c.com", "a@[192.0.2.1]"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["", "a", "a@b", "a b@c.com", ".a@b.com", "a..b@c.com", "a@b.com.", "a@b.notatopleveldomain", "@b.com"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
