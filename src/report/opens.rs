//! The address that opens a quote where it stands: a PDF at its page, a page of the web at its words.

use std::fmt::Write as _;

use probes::finding::{Evidence, Locus};

use super::model::CaptureRow;

/// How many words at either end of a quote find it.
const ENDS: usize = 5;

/// The address at which `evidence`, of the capture in `row`, can be read where it stands.
pub(super) fn opens(row: &CaptureRow, evidence: &Evidence) -> Option<String> {
    let mut url = row.final_url.clone()?;
    if !matches!(url.scheme(), "http" | "https") || evidence.quote.is_empty() {
        return None;
    }
    let declared = row.media_type.as_deref().unwrap_or_default();
    let ends = |ending: &str| url.path().to_ascii_lowercase().ends_with(ending);
    let fragment = match &evidence.locus {
        Locus::Passage { page: Some(page), .. } if declared == "application/pdf" || ends(".pdf") => {
            format!("page={page}")
        }
        Locus::Text | Locus::Selector(_) | Locus::Line(_) | Locus::Passage { page: None, .. }
            if declared == "text/html" || declared == "application/xhtml+xml" || declared == "text/plain" =>
        {
            format!(":~:text={}", words(&evidence.quote)?)
        }
        _ => return None,
    };
    url.set_fragment(Some(&fragment));
    Some(url.into())
}

/// A quote as a text fragment: all its words, or the first and the last.
fn words(quote: &str) -> Option<String> {
    // The mark of an item, and the bars between cells, are the reader's.
    let unmarked = quote.strip_prefix("\u{2022} ").unwrap_or(quote);
    let cells: Vec<&str> = unmarked.split(" | ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let (first, last) = (cells.first()?, cells.last()?);
    let firsts: Vec<&str> = first.split(' ').collect();
    let lasts: Vec<&str> = last.split(' ').collect();
    let start = &firsts[..ENDS.min(firsts.len())];
    let end = &lasts[lasts.len() - ENDS.min(lasts.len())..];
    Some(if cells.len() == 1 && firsts.len() <= 2 * ENDS {
        encoded(first)
    } else {
        format!("{},{}", encoded(&start.join(" ")), encoded(&end.join(" ")))
    })
}

/// Percent-encoded, with all that means something in a text fragment.
fn encoded(text: &str) -> String {
    let mut found = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~') {
            found.push(char::from(byte));
        } else {
            let _ = write!(found, "%{byte:02X}");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use probes::capture::CaptureId;

    use super::super::sample;
    use super::*;

    fn opened(url: &str, media_type: &str, locus: Locus, quote: &str) -> Option<String> {
        let mut row = sample::capture();
        row.final_url = Some(url.parse().unwrap());
        row.media_type = Some(media_type.to_owned());
        opens(&row, &Evidence::new(&CaptureId(row.id.clone()), locus, quote))
    }

    #[test]
    fn a_pdf_opens_at_its_page() {
        let page = Locus::Passage { page: Some(7), line: None };
        assert_eq!(
            opened("https://a.example/policy.pdf?v=2", "application/pdf", page.clone(), "It meets.").as_deref(),
            Some("https://a.example/policy.pdf?v=2#page=7")
        );
        assert_eq!(opened("https://a.example/policy.docx", "application/msword", page.clone(), "It meets."), None);
        assert_eq!(opened("file:///policy.pdf", "application/pdf", page, "It meets."), None);
    }

    #[test]
    fn a_page_opens_at_its_words() {
        let at = |quote: &str| opened("https://a.example/minutes#top", "text/html", Locus::Text, quote).unwrap();
        assert_eq!(
            at("The board met, on-site."),
            "https://a.example/minutes#:~:text=The%20board%20met%2C%20on%2Dsite."
        );
        assert_eq!(
            at("\u{2022} The chief data officer said that the list of all datasets will be public."),
            "https://a.example/minutes#:~:text=The%20chief%20data%20officer%20said,all%20datasets%20will%20be%20public."
        );
        assert_eq!(at("Roads | Ana Ruiz | 90 %"), "https://a.example/minutes#:~:text=Roads,90%20%25");
    }
}
