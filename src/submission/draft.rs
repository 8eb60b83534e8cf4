//! A first submission, proposed from the links of a city's pages: for a person to check, so every line says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use url::Url;

use crate::criteria::Scheme;

/// The most links proposed for one criterion.
const MOST_A_CRITERION: usize = 3;
/// The longest words of a link that are repeated, in characters.
const LONGEST: usize = 120;

/// A link as it stands on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Where it leads.
    pub url: Url,
    /// Its words.
    pub text: String,
    /// The page it stands on.
    pub on: Url,
}

/// A link that may be offered for a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The criterion's code.
    pub criterion: String,
    /// The link.
    pub met: Met,
    /// The words that speak of the criterion.
    pub because: String,
    /// How strongly; less is more.
    rank: (usize, usize),
}

/// What a draft says beside its links.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The city, as its page calls itself.
    pub city: String,
    /// What was looked at, a line each.
    pub looked_at: Vec<String>,
    /// Links that did not open when they were tried, and why.
    pub trouble: BTreeMap<Url, String>,
}

/// For each criterion the links that speak of it, the best first.
pub fn propose(scheme: &Scheme, met: &[Met]) -> Vec<Proposal> {
    let mut best: BTreeMap<(&str, &Url), Proposal> = BTreeMap::new();
    for (place, link) in met.iter().enumerate() {
        for entry in &scheme.words {
            let phrases = entry.words.iter().map(|phrase| phrase.get_ref().as_str()).enumerate();
            let Some((rank, phrase)) = phrases.clone().find(|(_, phrase)| speaks(link, phrase)) else { continue };
            let criterion = entry.criterion.get_ref().as_str();
            let proposal = Proposal {
                criterion: criterion.to_owned(),
                met: link.clone(),
                because: phrase.to_owned(),
                rank: (rank, place),
            };
            best.entry((criterion, &link.url))
                .and_modify(|known| {
                    if proposal.rank < known.rank {
                        known.clone_from(&proposal);
                    }
                })
                .or_insert(proposal);
        }
    }
    let mut proposals = Vec::new();
    for criterion in &scheme.criteria {
        let code = criterion.code.get_ref();
        let mut own: Vec<Proposal> = best.values().filter(|proposal| proposal.criterion == *code).cloned().collect();
        own.sort_by_key(|proposal| proposal.rank);
        proposals.extend(own.into_iter().take(MOST_A_CRITERION));
    }
    proposals
}

/// Whether a link's words, or those of its address, hold a phrase as whole words.
fn speaks(link: &Met, phrase: &str) -> bool {
    let address = format!("{} {}", link.url.host_str().unwrap_or_default(), link.url.path());
    [link.text.as_str(), &address].into_iter().any(|text| format!(" {} ", words(text)).contains(&format!(" {phrase} ")))
}

/// Letters and digits in small letters, single blanks between.
fn words(text: &str) -> String {
    let apart: String = text.chars().map(|c| if c.is_alphanumeric() || "'’".contains(c) { c } else { ' ' }).collect();
    apart.to_lowercase().replace('’', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The submission as TOML, with comments; whatever a site said stands in it as harmless words.
pub fn write(scheme: &Scheme, about: &About, proposals: &[Proposal]) -> String {
    let mut out = String::new();
    let mut say = |line: &str| {
        let _ = writeln!(out, "{line}");
    };
    say("# A first submission: every link below was proposed by its words alone.");
    say("# Read each, correct what it is offered for, drop what does not belong, add what is missing; then run");
    say("#     tickmark audit THIS-FILE --contact mailto:you@example.gov");
    say("#");
    for looked in &about.looked_at {
        say(&format!("# {}", safe(looked)));
    }
    say("");
    say(&format!("city = {}", quoted(&about.city)));
    say(&format!("scheme = {}", quoted(&scheme.file.id)));
    let offered: BTreeSet<&str> = proposals.iter().map(|proposal| proposal.criterion.as_str()).collect();
    for criterion in &scheme.criteria {
        let code = criterion.code.get_ref().as_str();
        if !offered.contains(code) {
            continue;
        }
        say(&format!("\n# {code}: {}", criterion.title));
        for proposal in proposals.iter().filter(|proposal| proposal.criterion == code) {
            let met = &proposal.met;
            say(&format!("\n# Says {:?} in {:?}, on {}", proposal.because, safe(&met.text), safe(met.on.as_str())));
            if let Some(why) = about.trouble.get(&met.url) {
                say(&format!("# Check it, for it did not open: {}", safe(why)));
            }
            say("[[links]]");
            say(&format!("url = {}", quoted(met.url.as_str())));
            say(&format!("criterion = {}", quoted(code)));
        }
    }
    say("\n# Nothing was found for these. Take the # away and fill in a link, or the path of a file beside this one.");
    for criterion in scheme.criteria.iter().filter(|criterion| !offered.contains(criterion.code.get_ref().as_str())) {
        let code = criterion.code.get_ref();
        say(&format!("\n# {code}: {}", criterion.title));
        say("# [[links]]");
        say("# url = \"\"");
        say(&format!("# criterion = {}", quoted(code)));
    }
    out
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string().replace(|c: char| c != '\n' && hides(c), "")
}

/// Words on one line, without what hides or turns text.
fn safe(text: &str) -> String {
    let text: String = text.chars().map(|c| if hides(c) { ' ' } else { c }).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn hides(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::super::Submission;
    use super::*;

    fn scheme() -> Scheme {
        let head = "id='s'\ntitle='S'\nedition=''\nabout=''\nsource=''\npoints_per_criterion=1\norder=['X1','X2','X3','X4']\ncategories=[{code='X',title='X'}]";
        let offers = "offers=[{criterion='X1',words=['data portal','open data','opendata']},{criterion='X2',words=['open data policy']},{criterion='X3',words=['adopted budget']}]";
        let criterion = |n| {
            let clause = format!("[[clauses]]\nid='X.{n}'\nkind='requirement'\nsays=''\nasks='Is it?'");
            (format!("x{n}.toml"), format!("code='X{n}'\ntitle='The {n}'\ncategory='X'\nneeds='all'\n{clause}"))
        };
        let mut files: BTreeMap<String, String> = (1..=4).map(criterion).collect();
        files.insert("scheme.toml".to_owned(), head.to_owned());
        files.insert("offers.toml".to_owned(), offers.to_owned());
        Scheme::from_files("s", &files, &[]).unwrap()
    }

    fn met(url: &str, text: &str) -> Met {
        let on = Url::parse("https://www.example.gov/").unwrap();
        Met { url: Url::parse(url).unwrap(), text: text.to_owned(), on }
    }

    #[test]
    fn links_are_proposed_by_their_words_and_their_address() {
        let scheme = scheme();
        let links = [
            met("https://www.example.gov/a", "Read about our OPEN  DATA policy"),
            met("https://opendata.example.gov/", "Explore"),
            met("https://www.example.gov/b", "Reopen database"),
            met("https://www.example.gov/adopted-budget/2026.pdf", "2026"),
        ];
        let proposals = propose(&scheme, &links);
        let rows: Vec<_> =
            proposals.iter().map(|p| (p.criterion.as_str(), p.met.url.path(), p.because.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("X1", "/a", "open data"),
                ("X1", "/", "opendata"),
                ("X2", "/a", "open data policy"),
                ("X3", "/adopted-budget/2026.pdf", "adopted budget")
            ]
        );
    }

    #[test]
    fn a_draft_is_a_submission_whatever_a_site_says() {
        let scheme = scheme();
        let hostile = "open data\n[[links]]\nurl = \"x\" \u{202e}\u{1b}[31m '''\"\"\" \\ \u{0}";
        let links = [met("https://data.example.gov/?a='\"%0A", hostile)];
        let proposals = propose(&scheme, &links);
        let trouble = BTreeMap::from([(links[0].url.clone(), hostile.to_owned())]);
        let about = About { city: hostile.to_owned(), looked_at: vec![hostile.to_owned()], trouble };
        let text = write(&scheme, &about, &proposals);
        assert!(!text.chars().any(|c| hides(c) && c != '\n'), "{text:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.toml");
        std::fs::write(&path, &text).unwrap();
        assert!(text.contains("# Check it, for it did not open: open data [[links]]"));
        let placed = Submission::read(&path, None).unwrap();
        assert_eq!(placed.submission.links.len(), proposals.len());
        placed.check_against(std::slice::from_ref(&scheme)).unwrap();
        for criterion in &scheme.criteria {
            assert!(text.contains(&format!("# {}: ", criterion.code.get_ref())));
        }
    }
}
