//! What people say of a city in the workbench: its links, and when it is audited.

use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::criteria::{Problem, Scheme};
use crate::schedule::Schedule;
use crate::serve::Bench;
use crate::serve::access::who;
use crate::serve::decide::now;
use crate::serve::missing::Missing;
use crate::store::{Event, Keeps, Timing, Watched, city_id};
use crate::submission::{DEFAULT_SCHEME, Link, Submission};

/// The most characters of a city's name.
const LONGEST_NAME: usize = 200;
/// The most characters of a note.
const LONGEST_NOTE: usize = 4000;
/// The most links that are taken here.
const MOST_LINKS: usize = 10_000;

/// A city's submission, as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Submits {
    /// The city, as it names itself.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub(in super::super) city: String,
    /// The scheme it is offered to, of those that come with the program; the first, where none is named.
    #[serde(default)]
    pub(in super::super) scheme: Option<String>,
    /// The links.
    #[serde(default)]
    pub(in super::super) links: Vec<Linked>,
}

/// A link, as it is sent and shown.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Linked {
    /// Where it leads: http or https.
    #[schema(min_length = 1, pattern = r"\S")]
    pub(in super::super) url: String,
    /// The criterion's code or clause's id that it is offered for; nothing in particular, where there is none.
    #[serde(default)]
    pub(in super::super) criterion: Option<String>,
    /// The city's own words about it.
    #[serde(default)]
    pub(in super::super) note: Option<String>,
    /// The pages it points to.
    #[serde(default)]
    pub(in super::super) pages: Option<String>,
}

/// When a city is audited by itself, as it is sent and shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Timed {
    /// A cron expression of five fields; never by itself, where there is none.
    #[serde(default)]
    pub(in super::super) cron: Option<String>,
    /// The IANA name of its time zone; UTC, where there is none.
    #[serde(default)]
    pub(in super::super) time_zone: Option<String>,
    /// The most minutes that an audit begins after it is due.
    #[serde(default, deserialize_with = "whole")]
    #[schema(maximum = 1440)]
    pub(in super::super) jitter_minutes: Option<u32>,
    /// How many packs are kept; all, where there is none.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 1)]
    pub(in super::super) keep_runs: Option<u32>,
    /// How many days packs are kept; for ever, where there is none.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 1)]
    pub(in super::super) keep_days: Option<u32>,
}

/// A whole number as JSON has it: also with a fraction of zero, as some programs write every number.
fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(from)? else { return Ok(None) };
    // What the description of the interface takes for a number of 32 bits.
    let known = number.to_string().parse::<i32>().ok().and_then(|number| u32::try_from(number).ok());
    known.map(Some).ok_or_else(|| D::Error::custom(format!("{number} is no whole number from 0 to {}", i32::MAX)))
}

impl Bench {
    /// Takes a new city, and returns its id.
    pub(in super::super) async fn add_city(&self, submits: Submits) -> Result<String, Missing> {
        let submission = submission(submits)?;
        let id = city_id(&submission.city);
        if self.store.watched(&id).await?.is_some() || self.store.how_many_runs(&id).await? > 0 {
            return Err(Missing::Meanwhile("this city is here already: its links are on its page"));
        }
        let id = self.store.submit(&submission, None, now()).await?;
        self.store.log(&who().by(), Event::CityAdded, &format!("city {id}")).await?;
        Ok(id)
    }

    /// Takes a submission in place of the city's own, whose name stays.
    pub(in super::super) async fn replace(self: &Arc<Self>, city: &str, submits: Submits) -> Result<Watched, Missing> {
        let was = self.own(city).await?.submission;
        if was.city != submits.city {
            return Err(Missing::Refused(format!("this city's name is {:?}", was.city)));
        }
        self.change(was, submission(submits)?).await?;
        self.store.watched(city).await?.ok_or(Missing::Nothing)
    }

    /// Adds a link to a city's submission.
    pub(in super::super) async fn offer(self: &Arc<Self>, city: &str, linked: &Linked) -> Result<(), Missing> {
        let was = self.own(city).await?.submission;
        let mut is = was.clone();
        let link = link(linked, &scheme(&was.scheme)?)?;
        let same = |other: &Link| other.url == link.url && other.criterion == link.criterion;
        if is.links.iter().any(same) {
            return Err(Missing::Meanwhile("this link is offered for that already"));
        }
        if is.links.len() >= MOST_LINKS {
            return Err(Missing::Refused(format!("{MOST_LINKS} links are the most that are taken here")));
        }
        is.links.push(link);
        self.change(was, is).await
    }

    /// Takes a link back, by its place from 1 and as it was written there.
    pub(in super::super) async fn withdraw(
        self: &Arc<Self>,
        city: &str,
        place: usize,
        written: &str,
    ) -> Result<(), Missing> {
        let was = self.own(city).await?.submission;
        let mut is = was.clone();
        let at = place.checked_sub(1).filter(|at| is.links.get(*at).is_some_and(|link| link.written == written));
        is.links.remove(at.ok_or(MOVED)?);
        self.change(was, is).await
    }

    /// Sets when a city is audited by itself.
    pub(in super::super) async fn set_timing(self: &Arc<Self>, city: &str, timed: &Timed) -> Result<(), Missing> {
        let watched = self.own(city).await?;
        self.store.time(&watched.city_id, &timed.read()?, now()).await?;
        Ok(self.store.log(&who().by(), Event::ScheduleSet, &format!("city {city}")).await?)
    }

    /// The city as it is audited from here; one that has runs only is taken up with its latest run's submission.
    pub(in super::super) async fn own(self: &Arc<Self>, city: &str) -> Result<Watched, Missing> {
        if let Some(watched) = self.store.watched(city).await? {
            return Ok(watched);
        }
        let latest = self.store.history(city, 0, 1).await?.into_iter().next().ok_or(Missing::Nothing)?;
        let opened = Arc::clone(self).open(latest.run.id).await?;
        let mut submission = opened.report.submission.clone();
        let foreign = submission.schemes().find(|name| !bundled(name));
        if let Some(name) = foreign {
            return Err(Missing::Refused(format!(
                "the criteria {name:?} do not come along: name the submission's file in the file that --config gives"
            )));
        }
        if submission.links.iter().any(|link| link.url.scheme() == "file") {
            let told = "files were handed in for this city, and where they lie is not known here: name the submission's file in the file that --config gives";
            return Err(Missing::Refused(told.to_owned()));
        }
        // What a pack says of itself opens no door here.
        submission.allow_private.clear();
        self.store.submit(&submission, None, now()).await?;
        self.store.watched(city).await?.ok_or(Missing::Nothing)
    }

    async fn change(&self, was: Submission, is: Submission) -> Result<(), Missing> {
        if !self.store.resubmit(&was, &is).await? {
            return Err(MOVED);
        }
        let city = city_id(&was.city);
        Ok(self.store.log(&who().by(), Event::LinksChanged, &format!("city {city}")).await?)
    }
}

/// Somebody else was quicker.
const MOVED: Missing = Missing::Meanwhile("the links were changed meanwhile: load the page again");

impl Timed {
    fn read(&self) -> Result<Timing, Missing> {
        let written =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let zone = written(&self.time_zone).unwrap_or_else(|| "UTC".to_owned());
        let jitter = self.jitter_minutes.unwrap_or_default();
        Schedule::may_wait(jitter).map_err(Missing::Refused)?;
        let schedule = written(&self.cron).map(|cron| Schedule::read(&cron, &zone, jitter));
        if [self.keep_runs, self.keep_days].contains(&Some(0)) {
            return Err(Missing::Refused("at least one run and one day are kept".to_owned()));
        }
        let keeps = Keeps { runs: self.keep_runs, days: self.keep_days };
        Ok(Timing { schedule: schedule.transpose().map_err(Missing::Refused)?, keeps })
    }

    /// As it is shown.
    pub(in super::super) fn of(timing: &Timing) -> Self {
        let schedule = timing.schedule.as_ref();
        Self {
            cron: schedule.map(|schedule| schedule.cron().to_owned()),
            time_zone: schedule.map(|schedule| schedule.zone().to_owned()),
            jitter_minutes: schedule.map(Schedule::jitter),
            keep_runs: timing.keeps.runs,
            keep_days: timing.keeps.days,
        }
    }
}

impl Linked {
    /// A link as it is shown.
    pub(in super::super) fn of(link: &Link) -> Self {
        let Link { written, criterion, note, pages, .. } = link.clone();
        Self { url: written, criterion, note, pages }
    }

    /// Links as lines of a form: each an address, behind what it is offered for where that is said.
    pub(in super::super) fn lines(text: &str) -> Vec<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| {
                let (criterion, url) = match line.split_once(char::is_whitespace) {
                    Some((criterion, url)) => (Some(criterion.to_owned()), url.trim()),
                    None => (None, line),
                };
                Self { url: url.to_owned(), criterion, note: None, pages: None }
            })
            .collect()
    }
}

/// Problems in one text.
pub(super) fn told(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn bundled(name: &str) -> bool {
    Scheme::bundled_names().iter().any(|known| known == name)
}

fn submission(submits: Submits) -> Result<Submission, Missing> {
    let Submits { city, scheme: named, links } = submits;
    let city = text(Some(&city), LONGEST_NAME, "the city's name")?
        .ok_or_else(|| Missing::Refused("the city's name is empty".to_owned()))?;
    let name = named.filter(|name| !name.is_empty()).unwrap_or_else(|| DEFAULT_SCHEME.to_owned());
    if !bundled(&name) {
        let known = Scheme::bundled_names().join(", ");
        return Err(Missing::Refused(format!("there is no scheme {name:?}: there are {known}")));
    }
    if links.len() > MOST_LINKS {
        return Err(Missing::Refused(format!("{MOST_LINKS} links are the most that are taken here")));
    }
    let scheme = scheme(&name)?;
    let links = links.iter().map(|linked| link(linked, &scheme)).collect::<Result<_, _>>()?;
    Ok(Submission { city, date: None, scheme: name, also: Vec::new(), allow_private: Vec::new(), links })
}

fn scheme(name: &str) -> Result<Scheme, Missing> {
    let specs: Vec<_> = probes::specs().collect();
    Scheme::load(name, &specs).map_err(|problems| Missing::Refused(told(&problems)))
}

fn link(linked: &Linked, scheme: &Scheme) -> Result<Link, Missing> {
    let mut link = Link::to_the_web(&linked.url).map_err(Missing::Refused)?;
    link.criterion = text(linked.criterion.as_deref(), LONGEST_NAME, "the criterion")?;
    link.note = text(linked.note.as_deref(), LONGEST_NOTE, "the note")?;
    link.pages = text(linked.pages.as_deref(), LONGEST_NAME, "the pages")?;
    if let Some(code) = link.criterion.as_ref().filter(|code| !scheme.knows(code)) {
        let hint = scheme.suggest(code).map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        return Err(Missing::Refused(format!("{} has no criterion or clause {code:?}{hint}", scheme.file.id)));
    }
    Ok(link)
}

/// Words as they are kept; none where there are none. PostgreSQL takes no NUL.
fn text(words: Option<&str>, most: usize, what: &str) -> Result<Option<String>, Missing> {
    let words = words.unwrap_or_default().trim().replace('\0', "\u{FFFD}");
    if words.chars().count() > most {
        return Err(Missing::Refused(format!("{what} has {most} characters at most")));
    }
    Ok((!words.is_empty()).then_some(words))
}
