//! Calendars of meetings that platforms give out as JSON: `CivicClerk`'s events, Legistar's events.

use serde_json::Value;
use url::Url;

use super::words::subject;
use crate::dates::{self, Dated, Order};

/// A meeting as a platform gives it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) dated: Dated,
    pub(super) about: Option<&'static str>,
    /// Whether minutes or an agenda are there.
    pub(super) papers: bool,
    /// Where the date stands, as a JSON pointer, and its words.
    pub(super) pointer: String,
    pub(super) words: String,
}

/// The places of a date and of the body's name in the records of each platform, and what shows papers.
const DATES: &[&str] = &["EventDate", "startDateTime", "eventDate", "StartDate"];
const NAMES: &[&str] = &["EventBodyName", "categoryName", "eventName", "EventName"];
const PAPERS: &[&str] = &["EventAgendaFile", "EventMinutesFile", "publishedFiles"];
/// How many records are read.
const MOST: usize = 5_000;

/// The documented address of the events behind a portal that needs a browser, where that is known.
pub(super) fn events_of(page: &Url) -> Option<Url> {
    let client = page.host_str()?.strip_suffix(".portal.civicclerk.com")?;
    let order = "$orderby=startDateTime%20desc,%20eventName%20desc";
    Url::parse(&format!("https://{client}.api.civicclerk.com/v1/Events?{order}")).ok()
}

/// The events in an answer; `None` if it is not one of events.
pub(super) fn events(answer: &Value) -> Option<Vec<Event>> {
    let (records, prefix) = match answer {
        Value::Array(records) => (records, ""),
        Value::Object(object) => (object.get("value")?.as_array()?, "/value"),
        _ => return None,
    };
    let field = |record: &Value| DATES.iter().copied().find(|name| record.get(name).is_some_and(Value::is_string));
    if !records.is_empty() && !records.iter().any(|record| field(record).is_some()) {
        return None;
    }
    let read = |(at, record): (usize, &Value)| {
        let field = field(record)?;
        let words = record.get(field)?.as_str()?.to_owned();
        let dated = dates::parse(words.get(..10)?, Order::MonthFirst)?;
        let names = NAMES.iter().filter_map(|name| record.get(name)?.as_str());
        let about = names.clone().find_map(subject);
        let papers = PAPERS.iter().any(|name| match record.get(name) {
            Some(Value::String(file)) => !file.is_empty(),
            Some(Value::Array(files)) => !files.is_empty(),
            _ => false,
        });
        Some(Event { dated, about, papers, pointer: format!("{prefix}/{at}/{field}"), words })
    };
    Some(records.iter().take(MOST).enumerate().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_platform_s_events_are_read() {
        let legistar = json!([{ "EventBodyName": "Open Data Committee", "EventDate": "2026-09-08T00:00:00", "EventMinutesFile": null, "EventAgendaFile": "https://x.example/a.pdf" }]);
        let read = events(&legistar).unwrap();
        assert_eq!(
            (read[0].about, read[0].papers, read[0].pointer.as_str()),
            (Some("data-governance"), true, "/0/EventDate")
        );
        let clerk = json!({ "value": [{ "eventName": "City Council", "startDateTime": "2026-09-08T18:00:00Z", "publishedFiles": [] }] });
        let read = events(&clerk).unwrap();
        assert_eq!((read[0].about, read[0].papers), (Some("council"), false));
        assert_eq!(events(&json!([{ "name": "x" }])), None);
    }

    #[test]
    fn a_portal_s_events_have_an_address() {
        let page = Url::parse("https://harborview.portal.civicclerk.com/").unwrap();
        assert_eq!(events_of(&page).unwrap().host_str(), Some("harborview.api.civicclerk.com"));
        assert_eq!(events_of(&Url::parse("https://harborview.example/").unwrap()), None);
    }
}
