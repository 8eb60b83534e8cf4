//! Letters that stand for one another.

/// A letter without its accent, small; any other is left as it is.
pub fn unaccented(letter: char) -> char {
    match letter.to_lowercase().next().unwrap_or(letter) {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_go_and_letters_stay() {
        let plain: String = "VigÊncia até, Año São ÇA øß".chars().map(unaccented).collect();
        assert_eq!(plain, "Vigencia ate, Ano Sao cA øß");
    }
}
