//! A digest whose every word does its worst.

use jiff::civil::date;
use serde_json::json;

use super::digest::Digest;
use crate::criteria::verdict::Standing;
use crate::report;
use crate::store::{KeptRun, SettledChange};

/// What a city, its site or its links may say.
pub(super) const HOSTILE: &str = "<!channel> <https://evil.example|click> [a](https://evil.example) *b* & @here <at>all</at> \
    </h1><script>alert(1)</script>\r\nBcc: all@evil.example\u{202e}\u{7} {{DATE(2026)}} ${x} :smile:";

/// So many changes of such a city.
pub(super) fn digest(changes: usize) -> Digest {
    let run = KeptRun {
        id: "ab".repeat(32),
        city_id: "c1".to_owned(),
        city: HOSTILE.to_owned(),
        as_of: date(2026, 11, 2),
        tool: "0.1.0".to_owned(),
        started: None,
        finished: None,
    };
    let change = |clause: String| SettledChange {
        scheme: "made-up".to_owned(),
        clause,
        was: Some(Standing::Met),
        now: Some(Standing::NotMet),
        led: None,
        leads: None,
        causes: vec![
            json!({ "cause": "submission", "added": [HOSTILE.repeat(9), "b", "c", "d"], "removed": [HOSTILE] }),
            json!({ "cause": "date", "was": "2026-10-02", "now": "2026-11-02" }),
            json!({ "cause": HOSTILE }),
        ],
    };
    let changes: Vec<SettledChange> = (0..changes).map(|n| change(format!("{n}{HOSTILE}"))).collect();
    let public = "https://bench.example.gov/audits/".parse().unwrap();
    let mut digest = Digest::of(&run, &changes, None, Some(&public));
    report::sample::with(|report, _| {
        digest.first = Digest::of(&run, &[], Some(report), None).first;
    });
    digest
}
