//! Mixed case: words for people are written neither all small nor all in capitals.

/// Whether a text for people is in mixed case, or has too few words to tell.
pub(crate) fn is_mixed(text: &str) -> bool {
    let mut words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
    if words.len() > 1 {
        // Runs of what is no letter are one gap; a gap at the beginning leaves an empty word, at the end none.
        let first = words.remove(0);
        words.retain(|word| !word.is_empty());
        words.insert(0, first);
        if words.len() == 1 && first.is_empty() {
            return true;
        }
    }
    let length = |word: &str| word.encode_utf16().count();
    if let [word] = words[..] {
        return !(length(word) > 1 && is_lower(word));
    }
    words.retain(|word| length(word) != 1);
    words.len() < 2 || words.iter().any(|word| word.contains(char::is_uppercase) && word.contains(char::is_lowercase))
}

/// Whether it has small letters and no capitals.
fn is_lower(word: &str) -> bool {
    word.contains(char::is_lowercase) && !word.contains(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouting_and_whispering_are_heard() {
        for good in ["Main Street", "MAIN", "A1", "M4 Ferry", "\u{4e2d}\u{6587}", "x", "1", "A B", "MAIN 5"] {
            assert!(is_mixed(good), "{good}");
        }
        for bad in ["MAIN STREET", "main", "main street", "main 5"] {
            assert!(!is_mixed(bad), "{bad}");
        }
    }
}
