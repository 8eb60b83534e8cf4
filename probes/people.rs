//! Names of people, titles, and addresses in the words of a page. A wrong person is worse than none.

use std::sync::LazyLock;

use regex::Regex;

/// Words that stand capitalised in city pages and are nobody's name.
const NOBODY: &str = "access accessibility act address administration administrator agency all america analyst and \
    april ask august avenue board boulevard budget bureau business by call center centre chief city civic commission \
    committee commons community contact coordinator council county creative customer data dataset datasets december \
    department deputy developer development digital director district division documentation dr drive east email \
    engineer enterprise executive february fire first floor for form free friday friendly from general geographic \
    github google government governor hall health help home hours house human in info information innovation inquiries \
    inventory january july june license lead learn library license mail main management manager map maps march mayor \
    media meeting metro microsoft monday more mr mrs ms municipal new news north november october of office officer \
    online open operations order our page park parks performance phone planning police policy portal powered president press \
    privacy program project public publishing questions read records report request requests resources road room safety \
    san saturday school science section send senior september service services sign site social south specialist \
    st staff standards state states statement statistics street strategy suggest suite sunday support system systems \
    team technology terms the this thursday to town transparency transportation tuesday united university us use user \
    user village water web website wednesday week welcome west works write you your";

/// What follows from a person's office.
pub static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b((chief|deputy|senior|assistant|associate|principal|lead|open|data|gis|information|technology|innovation|digital|performance|program|project|analytics|geospatial|records|interim|acting|city|county|municipal)\s+){1,4}(officer|coordinator|manager|director|analyst|administrator|specialist|steward|librarian|scientist|engineer|lead|clerk)\b",
    )
});
/// An e-mail address.
pub static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[a-z0-9][a-z0-9._%+-]*@(?:[a-z0-9-]+\.)+[a-z]{2,}\b"));
static VEILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b([a-z0-9][a-z0-9._+-]*)\s*[\[({]\s*at\s*[\])}]\s*((?:[a-z0-9-]+\s*(?:\.|[\[({]\s*dot\s*[\])}])\s*)+[a-z]{2,})\b",
    )
});
static DOT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*(?:\.|[\[({]\s*dot\s*[\])}])\s*"));
/// A telephone number of North America.
pub static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\+1[ .-]?)?\(?\b[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b"));

fn pattern(text: &str) -> Regex {
    match Regex::new(&format!("(?i){text}")) {
        Ok(regex) => regex,
        Err(error) => panic!("invariant: a pattern of addresses is well formed: {error}"),
    }
}

/// E-mail addresses in a text, plain or veiled (`name [at] example [dot] gov`), in lower case.
pub fn emails(text: &str) -> Vec<String> {
    let plain = EMAIL.find_iter(text).map(|found| found.as_str().to_ascii_lowercase());
    let veiled = VEILED
        .captures_iter(text)
        .map(|found| format!("{}@{}", &found[1], DOT.replace_all(&found[2], ".")).to_ascii_lowercase());
    plain.chain(veiled).collect()
}

/// An address that Cloudflare hides in a link's fragment: hexadecimal, each byte masked with the first.
pub fn unmask(hex: &str) -> Option<String> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let key = byte(0)?;
    let bytes: Option<Vec<u8>> = (2..hex.len()).step_by(2).map(|at| Some(byte(at)? ^ key)).collect();
    String::from_utf8(bytes?).ok().filter(|address| EMAIL.is_match(address))
}

/// Names of people in a text: two or three capitalised words that are nothing else.
pub fn names(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut names = Vec::new();
    let mut at = 0;
    while at + 1 < words.len() {
        let first = words[at];
        let initial = words[at + 1].trim_end_matches('.').chars().count() == 1 && at + 2 < words.len();
        let last_at = if initial { at + 2 } else { at + 1 };
        let last = words[last_at].trim_end_matches([',', '.', ';', ':', ')']);
        if name_word(first.trim_start_matches('(')) && name_word(last) {
            // Part of a longer run of capitalised words, it is rather the name of a thing.
            let ended = last.len() < words[last_at].len();
            let runs_on =
                !ended && words.get(last_at + 1).is_some_and(|next| name_word(next.trim_end_matches([',', '.', ':'])));
            let ran_in = at > 0 && name_word(words[at - 1]);
            if !runs_on && !ran_in {
                let mut name = words[at..last_at].join(" ");
                name.push(' ');
                name.push_str(last);
                names.push(name.trim_start_matches('(').to_owned());
            }
            at = last_at + 1;
        } else {
            at += 1;
        }
    }
    names
}

fn name_word(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && word.chars().count() > 1
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'))
        && word.chars().any(char::is_lowercase)
        && !NOBODY.split_whitespace().any(|nobody| word.eq_ignore_ascii_case(nobody))
}

/// Whether an address is plainly that of the person with this name: `first.last`, `flast`, `last`, `first.l`.
pub fn belongs(address: &str, name: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let Some((local, _)) = address.split_once('@') else { return false };
    let local = letters(local);
    let parts: Vec<String> = name.split_whitespace().map(letters).collect();
    let [first, .., last] = parts.as_slice() else { return false };
    let initial: String = first.chars().take(1).collect();
    let last_initial: String = last.chars().take(1).collect();
    [
        format!("{first}{last}"),
        format!("{last}{first}"),
        format!("{initial}{last}"),
        format!("{last}{initial}"),
        format!("{first}{last_initial}"),
        last.clone(),
    ]
    .contains(&local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_things() {
        assert_eq!(names("Contact Maria Delgado, Chief Data Officer"), ["Maria Delgado"]);
        assert_eq!(names("Ask Jean-Luc P. O'Neil."), ["Jean-Luc P. O'Neil"]);
        assert!(names("City of Springfield Open Data Portal").is_empty());
        assert!(names("Martin Luther King Boulevard").is_empty());
        assert!(names("Parks and Recreation Department").is_empty());
    }

    #[test]
    fn addresses_are_read_through_veils() {
        assert_eq!(emails("jo.day [at] town [dot] gov or Data@Town.gov."), ["data@town.gov", "jo.day@town.gov"]);
        let masked: String = "a@b.gov".bytes().fold("2a".to_owned(), |hex, byte| hex + &format!("{:02x}", byte ^ 0x2a));
        assert_eq!(unmask(&masked).as_deref(), Some("a@b.gov"));
        assert_eq!(unmask("zz"), None);
    }

    #[test]
    fn an_address_belongs_to_its_name() {
        assert!(belongs("maria.delgado@town.gov", "Maria Delgado"));
        assert!(belongs("mdelgado@town.gov", "Maria Delgado"));
        assert!(!belongs("opendata@town.gov", "Maria Delgado"));
    }
}
