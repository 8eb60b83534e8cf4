//! Which language a document is in.

use super::{Document, Role};

/// The language whose phrases are known.
pub const KNOWN: &str = "English";
/// How much of a document tells its language, in bytes.
const SAMPLE: usize = 20_000;
/// The fewest letters that tell a language.
const FEWEST: usize = 40;

impl Document {
    /// The English name of the document's language, where enough of it is there to tell.
    pub fn language(&self) -> Option<&'static str> {
        let mut sample = String::new();
        let blocks = self.pages.iter().flat_map(|page| &page.blocks);
        for block in blocks.filter(|block| matches!(block.role, Role::Paragraph | Role::Item | Role::Heading(_))) {
            sample.push_str(&block.text);
            sample.push('\n');
            if sample.len() > SAMPLE {
                break;
            }
        }
        if sample.chars().filter(|c| c.is_alphabetic()).count() < FEWEST {
            return None;
        }
        let told = whatlang::detect(&sample)?;
        told.is_reliable().then(|| told.lang().eng_name())
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain;

    #[test]
    fn languages_are_told_from_running_text() {
        let english =
            "The city shall publish all of its data each year, and tell the council what it has done with it.";
        let spanish =
            "La ciudad publicará todos sus datos cada año, e informará al concejo de lo que ha hecho con ellos.";
        assert_eq!(plain(english).language(), Some("English"));
        assert_eq!(plain(spanish).language(), Some("Spanish"));
        assert_eq!(plain("Budget 2024").language(), None);
    }
}
