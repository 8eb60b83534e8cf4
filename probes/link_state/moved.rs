//! Whether redirects say that a page has another address for good.

use url::Url;

use crate::capture::{Answered, Capture};

/// Whether the redirects that come first are permanent (RFC 9110, 15.4) and lead to another place than the link's own.
pub(super) fn for_good(capture: &Capture, answered: &Answered) -> bool {
    let permanent = capture.hops.iter().take_while(|hop| matches!(hop.status, 301 | 308)).count();
    let led_to = capture.hops.get(permanent).map_or(&answered.url, |hop| &hop.url);
    permanent > 0 && place(led_to) != place(&capture.request.url)
}

/// A URL without what servers add or drop of their own accord: the scheme, `www.`, a closing slash, an index page.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let path = url.path().trim_end_matches('/');
    let path = ["/index.html", "/index.htm", "/index.php", "/default.aspx"]
        .iter()
        .find_map(|index| {
            let stem = path.len().checked_sub(index.len())?;
            path.get(stem..)?.eq_ignore_ascii_case(index).then(|| &path[..stem])
        })
        .unwrap_or(path);
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}{}{query}", path.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_own_tidying_is_no_move() {
        let same = |a: &str, b: &str| place(&Url::parse(a).unwrap()) == place(&Url::parse(b).unwrap());
        assert!(same("http://example.org/Data/", "https://www.example.org/data"));
        assert!(same("https://example.org/", "https://example.org/index.html"));
        assert!(!same("https://example.org/a", "https://example.org/b"));
        assert!(!same("https://example.org/a?id=1", "https://example.org/a?id=2"));
        assert!(!same("https://example.org/a", "https://data.example.org/a"));
    }
}
