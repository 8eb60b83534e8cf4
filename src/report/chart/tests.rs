//! Bars as a terminal shows them, and what is no bar.

use probes::finding::Finding;
use serde_json::{Value, json};

use super::*;

const SPEC: &str = r#"
id = "herd"
question = "?"
why = "."
how = "."
most_requests = 1
[findings.counted]
answer = "yes"
means = "Counted."
facts = { kinds = "table", filled = "table" }
[findings.counted.views]
filled = { title = "Filled in", fact = "filled", label = "field", value = "share", percent = true }
kinds = { title = "Kinds", fact = "kinds", label = "kind", value = "heads" }
"#;

fn finding(spec: &Spec, facts: &Value) -> Finding {
    spec.read(&json!({ "probe": "herd", "target": "t", "code": "counted", "facts": facts })).unwrap()
}

fn shown(facts: &Value) -> String {
    let spec = Spec::parse(SPEC).unwrap();
    let finding = finding(&spec, facts);
    let mut bytes = Vec::new();
    for chart in charts(&finding, &spec) {
        write(&chart, &mut bytes).unwrap();
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn rows_are_bars_by_the_largest_or_by_the_hundred() {
    let facts = json!({
        "kinds": [
            { "kind": "cows", "heads": "1200" },
            { "kind": "sheep of every colour that there is", "heads": "300" },
            { "kind": "bees", "heads": "1" },
            { "kind": "none", "heads": "0" },
        ],
        "filled": [
            { "field": "title", "share": "100.0" },
            { "field": "theme", "share": "12.5" },
            { "field": "date", "share": "unknown" },
        ],
    });
    let whole = "█".repeat(32);
    let wanted = format!(
        "  Filled in
    title  {whole} 100 %
    theme  ████ 12.5 %
    date   unknown
  Kinds
    cows                          {whole} 1 200
    sheep of every colour that …  ████████ 300
    bees                          ▏ 1
    none                          0
"
    );
    assert_eq!(shown(&facts), wanted);
}

#[test]
fn what_measures_nothing_is_no_chart() {
    for facts in [
        json!({}),
        json!({ "kinds": [] }),
        json!({ "kinds": [{ "kind": "cows" }, { "kind": "sheep", "heads": "-1" }, { "kind": "bees", "heads": "NaN" }] }),
    ] {
        assert_eq!(shown(&facts), "", "{facts}");
    }
    let none = json!({ "kinds": [{ "kind": "cows", "heads": "0" }, { "kind": "\u{1b}[31m", "heads": "0.5" }] });
    assert_eq!(shown(&none), format!("  Kinds\n    cows          0\n    ⟨U+001B⟩[31m  {} 0.5\n", "█".repeat(32)));
}

#[test]
fn many_rows_are_named_as_more_and_the_longest_is_told() {
    let rows: Vec<Value> = (0..60).map(|n| json!({ "kind": format!("k{n}"), "heads": n.to_string() })).collect();
    let spec = Spec::parse(SPEC).unwrap();
    let finding = finding(&spec, &json!({ "kinds": rows }));
    let charts = charts(&finding, &spec);
    assert_eq!((charts[0].bars.len(), charts[0].more), (50, 10));
    assert_eq!(charts[0].told(), "50 bars; the longest: k49, 49. The table below has every figure.");
}
