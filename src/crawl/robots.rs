//! robots.txt (RFC 9309): what an origin allows, and which of its rules said so.

use std::time::Duration;

use probes::capture::Failure;
use robotxt::BYTE_LIMIT;
use url::Url;

/// How many bytes of a robots.txt are read.
pub(crate) const MOST_BYTES: u64 = BYTE_LIMIT as u64;

/// How many redirects lead to a robots.txt.
pub(crate) const MOST_REDIRECTS: usize = 5;

/// The longest crawl-delay that is kept to; a longer one is more than a site can mean.
const LONGEST_DELAY: Duration = Duration::from_mins(1);

/// What an origin allows.
pub(crate) struct Rules {
    parsed: Parsed,
    /// The interval the origin asks for between two requests.
    pub(crate) delay: Option<Duration>,
}

enum Parsed {
    Rules(Box<robotxt::Robots>),
    Everything,
    Nothing(Failure),
}

/// Where the robots.txt of a URL's origin is.
pub(crate) fn url(of: &Url) -> Option<Url> {
    of.has_host().then(|| of.join("/robots.txt").ok()).flatten()
}

impl Rules {
    /// The rules for `agent` after the robots.txt answered with `status` and `body`.
    pub(crate) fn answered(status: u16, body: &[u8], agent: &str) -> Self {
        match status {
            200..300 => {
                let robots = robotxt::Robots::parse(&without_versions(body), agent);
                let delay = robots.crawl_delay().map(|delay| delay.min(LONGEST_DELAY));
                Self { parsed: Parsed::Rules(Box::new(robots)), delay }
            }
            // A host that throttles says nothing about what it allows: as for a server error, nothing is.
            429 | 500.. => Self::closed(Failure::Robots { rule: format!("it answered with status {status}") }),
            _ => Self { parsed: Parsed::Everything, delay: None },
        }
    }

    /// The rules after nothing answered.
    pub(crate) fn unanswered(failure: &Failure) -> Self {
        match failure {
            // RFC 9309 2.3.1.2: too many redirects count as no robots.txt.
            Failure::Redirects { .. } | Failure::BadRedirect { .. } => Self { parsed: Parsed::Everything, delay: None },
            // What keeps robots.txt away keeps its whole host away: that is the cause to name.
            Failure::Dns { .. }
            | Failure::NotPublic { .. }
            | Failure::Tls { .. }
            | Failure::Connect { .. }
            | Failure::Budget { .. } => Self::closed(failure.clone()),
            other => Self::closed(Failure::Robots { rule: format!("it could not be read: {other}") }),
        }
    }

    fn closed(failure: Failure) -> Self {
        Self { parsed: Parsed::Nothing(failure), delay: None }
    }

    /// Whether it could not be read, so that a later try may find it.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.parsed, Parsed::Nothing(_))
    }

    /// Refuses a URL that must not be asked for.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Failure> {
        match &self.parsed {
            Parsed::Everything => Ok(()),
            Parsed::Nothing(failure) => Err(failure.clone()),
            Parsed::Rules(robots) => {
                let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
                if path == "/robots.txt" || robots.is_allowed(path) {
                    return Ok(());
                }
                let rule = robots.matching_rule(path).map_or("/", |rule| rule.pattern());
                Err(Failure::Robots { rule: format!("Disallow: {rule}") })
            }
        }
    }
}

/// `User-agent: name/1.0` as `User-agent: name`: a product token ends at its version, and the parser does not see it.
fn without_versions(body: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(body.len().min(BYTE_LIMIT));
    for line in body.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let name = line.trim_ascii_start();
        let names_agent = name.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"user-agent"));
        match line.iter().position(|byte| *byte == b'/') {
            Some(version) if names_agent => {
                kept.extend_from_slice(&line[..version]);
                kept.push(b'\n');
            }
            _ => kept.extend_from_slice(line),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, url: &str) -> Result<(), Failure> {
        Rules::answered(200, body.as_bytes(), "Tickmark").check(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_rule_that_decided_is_named() {
        let body =
            "User-agent: *\nDisallow: /\n\nUser-agent: tickmark/2.0 (bot)\nDisallow: /private\nAllow: /private/a\n";
        assert_eq!(check(body, "https://example.org/data"), Ok(()));
        assert_eq!(check(body, "https://example.org/private/a?b"), Ok(()));
        assert_eq!(
            check(body, "https://example.org/private/b"),
            Err(Failure::Robots { rule: "Disallow: /private".into() })
        );
        assert_eq!(check("User-agent: *\nDisallow: /", "https://example.org/robots.txt"), Ok(()));
    }

    #[test]
    fn a_status_decides_as_rfc_9309_says() {
        let url = Url::parse("https://example.org/a").unwrap();
        for allowed in [200, 401, 403, 404, 410] {
            assert_eq!(Rules::answered(allowed, b"", "Tickmark").check(&url), Ok(()));
        }
        for refused in [429, 500, 503] {
            assert!(Rules::answered(refused, b"", "Tickmark").check(&url).is_err());
        }
        assert!(Rules::unanswered(&Failure::Redirects { most: 5 }).check(&url).is_ok());
        assert!(Rules::unanswered(&Failure::Timeout { seconds: 30 }).check(&url).is_err());
    }

    #[test]
    fn a_delay_is_kept_to_up_to_a_minute() {
        let delay = |text: &[u8]| Rules::answered(200, text, "Tickmark").delay;
        assert_eq!(delay(b"User-agent: *\nCrawl-delay: 10"), Some(Duration::from_secs(10)));
        assert_eq!(delay(b"User-agent: *\nCrawl-delay: 86400"), Some(LONGEST_DELAY));
    }
}
