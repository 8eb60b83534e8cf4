//! The page on what a large survey takes: computed from figures that were measured, each with how.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

/// Where the figures stand.
pub(super) const FIGURES: &str = "tests/tidy/docs/sizing.toml";

const WEEK: f64 = 7.0 * 24.0 * 3600.0;
const DAY: f64 = 24.0 * 3600.0;
/// Hours and weeks of a month on average, as prices are given.
const HOURS: f64 = 730.0;
const WEEKS: f64 = HOURS / 168.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    figures: BTreeMap<String, Figure>,
    prices: BTreeMap<String, Price>,
}

/// A figure, and how it came about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    value: f64,
    unit: String,
    how: String,
}

/// What something costs in US dollars, by whom, and as of when.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    value: f64,
    per: String,
    what: String,
    source: String,
    date: String,
}

/// The page; where the figures cannot be read, why.
pub(super) fn page(text: &str) -> String {
    match toml::from_str::<File>(text) {
        Ok(file) => written(&file),
        Err(error) => format!("{FIGURES}: {error}\n"),
    }
}

fn written(file: &File) -> String {
    let of = |name: &str| file.figures.get(name).map_or(f64::NAN, |figure| figure.value);
    let costs = |name: &str| file.prices.get(name).map_or(f64::NAN, |price| price.value);
    let catalogues = of("catalogues_a_week");
    let requests = catalogues * of("requests");
    let each = of("requests") * (of("pace") + of("answer"));
    let at_once = catalogues * each / WEEK;
    let workers = (at_once / of("at_once")).ceil();
    let alone = catalogues * each / of("at_once") / DAY;
    let cores = catalogues * of("cpu") / WEEK;
    let packs = catalogues * of("pack") / 1e9;
    let tables = catalogues * of("rows") * of("row") / 1e9;
    let rows = catalogues * of("rows");
    let statements = requests * of("statements_a_request") + catalogues * of("statements_a_catalogue");
    let on_one_host = WEEK / each;
    let judged = catalogues * of("judged") / 60.0;
    let (pages, facts) = (catalogues * of("pages") / 60.0, catalogues * of("facts"));
    let queued = catalogues + 2.0 * catalogues;

    let mut out = format!(
        "<!-- Computed by tests/tidy/docs/sizing.rs from {FIGURES}; BLESS=1 cargo test --test tidy writes it anew. -->\n\n\
         # What {} catalogues a week take\n\n\
         Computed, not tried: no survey of that size was run. What was measured, and how, stands at the end.\n\n\
         | what | how much | from what |\n| --- | --- | --- |\n",
        grouped(catalogues)
    );
    let mut line = |what: &str, much: String, from: String| {
        let _ = writeln!(out, "| {what} | {much} | {from} |");
    };
    line("Requests", grouped(requests), format!("{} a catalogue", plain(of("requests"))));
    line(
        "Time for one catalogue",
        format!("{} s", plain(each)),
        format!(
            "its requests one after the other, each with {} s of pace and {} s of answer",
            plain(of("pace")),
            plain(of("answer"))
        ),
    );
    line("Catalogues at once", plain(at_once), "so that a week is enough".to_owned());
    line("Workers", plain(workers), format!("with {} at once each, as they come", plain(of("at_once"))));
    line("Days by one worker, by four", format!("{}, {}", plain(alone), plain(alone / 4.0)), "the same".to_owned());
    line("Processors busy", format!("{cores:.4}"), format!("{} s of one a catalogue", plain(of("cpu"))));
    line("Memory of a worker", format!("{} MiB", plain(of("memory"))), "at most, as measured".to_owned());
    line(
        "Packs",
        format!("{} GB a week, {} GB a year", plain(packs), plain(packs * 52.0)),
        "if every week is kept".to_owned(),
    );
    line("Tables", format!("{} GB", plain(tables)), "in three forms".to_owned());
    line("Rows of the tables", grouped(rows), format!("{} a catalogue", plain(of("rows"))));
    line(
        "Rows in the store",
        grouped(queued),
        "one a catalogue; one for each host, at most two a catalogue".to_owned(),
    );
    line(
        "Statements to the store",
        format!("{} a second", plain(statements / WEEK)),
        format!("over the week; it gave out {} turns at hosts a second, two statements each", grouped(of("turns"))),
    );
    line("Judged again", format!("{} min", plain(judged)), "by one process".to_owned());
    line("Pages of the report", format!("{} min", plain(pages)), "if it grows with the catalogues".to_owned());

    let machines = workers * HOURS * costs("worker");
    let database = HOURS * costs("database") + of("database_disk") * costs("database_disk");
    let kept = packs * WEEKS * 12.0 * costs("storage");
    let puts = catalogues * WEEKS / 1000.0 * costs("puts");
    let _ = write!(
        out,
        "\n## Money\n\nA month in US dollars, workers and store running through.\n\n\
         | what | US$ a month |\n| --- | --- |\n\
         | {} for workers | {machines:.2} |\n| The store: PostgreSQL with {} GB of disk | {database:.2} |\n\
         | Packs of a year, kept | {kept:.2} |\n| Putting them there | {puts:.2} |\n| Together | {:.2} |\n",
        if workers > 1.5 { format!("{} machines", plain(workers)) } else { "One machine".to_owned() },
        plain(of("database_disk")),
        machines + database + kept + puts
    );
    let _ = write!(
        out,
        "\n## Where it breaks next\n\n\
         1. **One host.** A host is asked once in {} s, whoever asks: at most {} catalogues on it fit into a week, however many \
         workers there are. Where more lie on one platform's interface, only fewer requests a catalogue or a pace that its \
         operator agrees to help.\n\
         2. **The report.** `survey report` holds every fact in memory: {} of them here.\n\
         3. **One program that gathers.** Packs are fetched and tables are written by the one process that began the survey: {} \
         min to judge all again on two processors, which grows with the catalogues.\n\
         4. **The store.** {} statements a second are few; at the measured rate of turns it would be full with {} times the \
         catalogues.\n",
        plain(of("pace") + of("answer")),
        grouped(on_one_host.floor()),
        grouped(facts),
        plain(judged),
        plain(statements / WEEK),
        grouped((2.0 * of("turns") / (statements / WEEK)).floor())
    );
    rests_on(file, &mut out);
    out
}

/// The figures and prices, each with how it came about.
fn rests_on(file: &File, out: &mut String) {
    out.push_str("\n## What it rests on\n\n| figure | value | how it came about |\n| --- | --- | --- |\n");
    for (name, figure) in &file.figures {
        let _ =
            writeln!(out, "| {} | {} {} | {} |", name.replace('_', " "), plain(figure.value), figure.unit, figure.how);
    }
    out.push_str("\n| price | US$ | per | as of | source |\n| --- | --- | --- | --- | --- |\n");
    for price in file.prices.values() {
        let _ =
            writeln!(out, "| {} | {} | {} | {} | {} |", price.what, price.value, price.per, price.date, price.source);
    }
}

/// Three digits that count, at least.
fn plain(number: f64) -> String {
    let text = match number.abs() {
        size if size >= 100.0 => return grouped(number),
        size if size >= 10.0 => format!("{number:.1}"),
        size if size >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() { "0".to_owned() } else { text.to_owned() }
}

/// A whole number with a comma between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_people_write_them() {
        assert_eq!(
            [plain(1234.5), plain(12.04), plain(1.5), plain(0.0417), plain(3.0)],
            ["1,234", "12", "1.5", "0.042", "3"]
        );
        assert_eq!([grouped(1_199_000.0), grouped(999.0)], ["1,199,000", "999"]);
    }
}
