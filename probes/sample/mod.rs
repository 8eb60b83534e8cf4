//! A sample of a catalogue's data: the same datasets next week, one distribution of each, fetched once for all probes.
//!
//! Datasets are drawn by the hashes of their identifiers. What could not be seen is no part of a share, and is counted
//! beside it.

mod life;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use url::Url;

use crate::capture::{Capture, Captures, Need, Request, Want};
use crate::dcat::{Dataset, Distribution, Field};
use crate::finding::{Evidence, Share};
use crate::kind;
use crate::platform::{self, Behind, Catalogue};
use crate::probe::Target;

pub use life::{Life, life};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    steps: Vec<usize>,
    narrow: f64,
    beginning: u64,
    whole: usize,
    most_unseen: f64,
    order: Vec<String>,
    last: Vec<String>,
    packed: Vec<String>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| match toml::from_str(include_str!("sample.toml")) {
    Ok(rules) => rules,
    Err(error) => panic!("invariant: the bundled rules are well formed: {error}"),
});

/// One distribution of a sampled dataset, and what answered there.
pub struct Look<'a> {
    /// The dataset.
    pub dataset: &'a Dataset,
    /// The distribution that was chosen.
    pub distribution: &'a Distribution,
    /// What answered.
    pub capture: &'a Arc<Capture>,
}

/// What a look says.
pub enum Told {
    /// It is so.
    Yes(Option<Evidence>),
    /// It is not so; what was seen instead.
    No(String, Option<Evidence>),
    /// It could not be seen, and why.
    Unseen(String),
}

/// What a dataset without anything to look at counts as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// Nothing: the question is about what there is.
    PassedBy,
    /// As one that falls short.
    Short,
}

/// What a sample says.
#[derive(Default)]
pub struct Measured {
    /// The share of those seen, with the number of all it stands for; none where nothing was seen.
    pub share: Option<Share>,
    /// How many of those have what was asked about.
    hits: u64,
    /// How many of the sample could not be seen.
    pub unseen: u64,
    /// Why not, and how often.
    pub causes: Vec<BTreeMap<String, String>>,
    /// The datasets that fall short: name, address, what was seen.
    pub misses: Vec<BTreeMap<String, String>>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// The most misses that are listed, and the most evidence that is quoted.
const LISTED: usize = 50;

impl Measured {
    /// The share among those `datasets` of the catalogue's own that the question is about, however many were read of it.
    pub fn among(&self, datasets: u64, catalogue: &Catalogue) -> Option<Share> {
        let n = self.share?.n;
        Some(Share::of(self.hits, n, n.max(datasets + catalogue.not_drawn()))?.beside(catalogue.unread()))
    }

    /// Why the sample speaks for too few, if it does.
    pub fn silent(&self) -> Option<String> {
        let cause = || self.causes.first().and_then(|cause| cause.get("cause")).cloned().unwrap_or_default();
        let Some(share) = self.share else {
            return Some(match self.unseen {
                0 => "the catalogue lists no address to look at".to_owned(),
                unseen => format!("none of {unseen} files of the sample could be seen: {}", cause()),
            });
        };
        let looked = share.n + self.unseen;
        (self.unseen as f64 > RULES.most_unseen * looked as f64)
            .then(|| format!("{} of {looked} files of the sample could not be seen: {}", self.unseen, cause()))
    }
}

/// The catalogues behind a link, each measured; what stands in their place where there is none to measure.
pub fn of_each<S>(
    target: &Target,
    captures: &Captures<'_>,
    measured: impl Fn(&Catalogue) -> Result<(S, Vec<Evidence>), Need>,
    unread: impl Fn(String) -> S,
    none: impl Fn(String) -> S,
) -> Result<Vec<(S, Vec<Evidence>)>, Need> {
    let mut need = Need::default();
    let mut all = Vec::new();
    for behind in platform::behind(target, captures)? {
        match behind {
            Behind::Catalogue(catalogue) => match measured(&catalogue) {
                Ok(seen) => all.push(seen),
                Err(lack) => need.merge(lack),
            },
            Behind::Unread { cause, evidence } => all.push((unread(cause), evidence)),
            Behind::None { reason, evidence } => all.push((none(reason), evidence)),
        }
    }
    if need == Need::default() { Ok(all) } else { Err(need) }
}

/// What `judge` says of a sample of a catalogue's datasets, each by the distribution that `choose` takes.
///
/// The sample grows until its interval is narrow or its last step is done.
pub fn measure(
    captures: &Captures<'_>,
    catalogue: &Catalogue,
    without: Without,
    choose: impl Fn(&Dataset) -> Option<(&Distribution, &str)>,
    judge: impl Fn(&Look<'_>) -> Result<Told, Need>,
) -> Result<Measured, Need> {
    let choose = |dataset| choose(dataset).and_then(|(one, address)| request_for(catalogue, one, address));
    in_steps(captures, catalogue, population(catalogue, without), without, choose, judge, &RULES.steps)
}

/// The same of the few datasets whose files are fetched whole.
pub fn whole(
    captures: &Captures<'_>,
    catalogue: &Catalogue,
    without: Without,
    judge: impl Fn(&Look<'_>) -> Result<Told, Need>,
) -> Result<Measured, Need> {
    let choose = |dataset| {
        let (one, request) = request_for_data(catalogue, dataset)?;
        Some((one, Request { want: Want::Whole, ..request }))
    };
    in_steps(captures, catalogue, population(catalogue, without), without, choose, judge, &[RULES.whole])
}

/// The same of what `choose` asks of a dataset, for the `population` of those of which something can be asked.
pub fn ask<'c>(
    captures: &Captures<'_>,
    catalogue: &'c Catalogue,
    population: u64,
    choose: impl Fn(&'c Dataset) -> Option<(&'c Distribution, Request)>,
    judge: impl Fn(&Look<'_>) -> Result<Told, Need>,
) -> Result<Measured, Need> {
    in_steps(captures, catalogue, population, Without::PassedBy, choose, judge, &RULES.steps)
}

/// The distribution that holds a dataset's data, and what is asked for to look at it.
pub fn request_for_data<'d>(catalogue: &Catalogue, dataset: &'d Dataset) -> Option<(&'d Distribution, Request)> {
    let (one, address) = data_of(dataset)?;
    request_for(catalogue, one, address)
}

/// A distribution with what is asked for to look at it.
pub fn request_for<'d>(
    catalogue: &Catalogue,
    one: &'d Distribution,
    address: &str,
) -> Option<(&'d Distribution, Request)> {
    Some((one, request(catalogue, &web(address)?, one)))
}

/// How many datasets the sample stands for.
fn population(catalogue: &Catalogue, without: Without) -> u64 {
    match without {
        Without::Short => catalogue.profile.datasets,
        Without::PassedBy => catalogue.profile.filled.get(&Field::Distribution).copied().unwrap_or(0),
    }
}

fn web(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn in_steps<'c>(
    captures: &Captures<'_>,
    catalogue: &'c Catalogue,
    population: u64,
    without: Without,
    choose: impl Fn(&'c Dataset) -> Option<(&'c Distribution, Request)>,
    judge: impl Fn(&Look<'_>) -> Result<Told, Need>,
    steps: &[usize],
) -> Result<Measured, Need> {
    let drawn: Vec<Drawn<'c>> = catalogue
        .profile
        .sample()
        .map(|dataset| (dataset, choose(dataset)))
        .filter(|(_, chosen)| chosen.is_some() || without == Without::Short)
        .collect();
    let mut measured = Measured::default();
    for step in steps {
        let drawn = &drawn[..drawn.len().min(*step)];
        measured = {
            let requests = drawn.iter().filter_map(|(_, chosen)| Some(&chosen.as_ref()?.1));
            looked_at(drawn, captures.all(requests)?, population + catalogue.not_drawn(), &judge)?
        };
        let narrow = measured.share.is_some_and(|share| share.high - share.low <= 2.0 * RULES.narrow);
        if narrow || drawn.len() < *step {
            break;
        }
    }
    measured.share = measured.among(population, catalogue);
    Ok(measured)
}

/// A dataset, and what of it is looked at.
type Drawn<'c> = (&'c Dataset, Option<(&'c Distribution, Request)>);

fn looked_at(
    drawn: &[Drawn<'_>],
    answers: Vec<Arc<Capture>>,
    population: u64,
    judge: &impl Fn(&Look<'_>) -> Result<Told, Need>,
) -> Result<Measured, Need> {
    let mut answers = answers.into_iter();
    let mut measured = Measured::default();
    let mut causes: BTreeMap<String, u64> = BTreeMap::new();
    let mut need = Need::default();
    let (mut hits, mut seen) = (0, 0);
    for (dataset, chosen) in drawn {
        let told = match chosen {
            Some((distribution, _)) => {
                let Some(capture) = answers.next() else { break };
                judge(&Look { dataset, distribution, capture: &capture })
            }
            None => Ok(Told::No("the record lists nothing to download".to_owned(), None)),
        };
        let told = match told {
            Ok(told) => told,
            Err(lack) => {
                need.merge(lack);
                continue;
            }
        };
        let evidence = match told {
            Told::Unseen(cause) => {
                *causes.entry(cause).or_default() += 1;
                measured.unseen += 1;
                continue;
            }
            Told::Yes(evidence) => {
                hits += 1;
                evidence
            }
            Told::No(what, evidence) => {
                if measured.misses.len() < LISTED {
                    let address = chosen.as_ref().map(|(_, request)| request.url.to_string()).unwrap_or_default();
                    measured.misses.push(BTreeMap::from([
                        ("dataset".to_owned(), named(dataset)),
                        ("address".to_owned(), address),
                        ("seen".to_owned(), what),
                    ]));
                }
                evidence
            }
        };
        seen += 1;
        measured.evidence.extend(evidence.filter(|_| measured.evidence.len() < LISTED));
    }
    if need != Need::default() {
        return Err(need);
    }
    measured.hits = hits;
    measured.share = Share::of(hits, seen, population.max(seen));
    let mut causes: Vec<(String, u64)> = causes.into_iter().collect();
    causes.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    let row = |(cause, count): (String, u64)| {
        BTreeMap::from([("cause".to_owned(), cause), ("files".to_owned(), count.to_string())])
    };
    measured.causes = causes.into_iter().map(row).collect();
    Ok(measured)
}

/// What a dataset is called in a list.
fn named(dataset: &Dataset) -> String {
    if dataset.title.is_empty() { dataset.identifier.clone() } else { dataset.title.clone() }
}

/// The request for a distribution: its beginning, or all of it where the beginning does not tell what is in it.
///
/// What the platform makes on demand at the portal's own host is its documented interface; all else was found.
pub fn request(catalogue: &Catalogue, url: &Url, distribution: &Distribution) -> Request {
    let own = distribution.derived && url.host_str() == catalogue.base.host_str();
    let request = if own { Request::api(url) } else { Request::discovered(url) };
    let named = |name: &str| RULES.packed.iter().any(|packed| packed == name);
    let packed = named(&distribution.format_name())
        || kind::extension(url).is_some_and(|extension| named(&extension.to_uppercase()));
    if packed { request } else { request.first(RULES.beginning) }
}

/// The distribution that holds a dataset's data, as far as its declaration tells: files before interfaces, data before
/// documents.
pub fn data_of(dataset: &Dataset) -> Option<(&Distribution, &str)> {
    let data = dataset.distributions.iter().filter(|one| !one.address().is_empty()).min_by_key(|one| {
        let name = one.format_name();
        let found = |list: &[String]| list.iter().position(|format| *format == name);
        let rank = match (found(&RULES.order), found(&RULES.last)) {
            (Some(rank), _) => rank,
            (None, None) => RULES.order.len(),
            (None, Some(rank)) => RULES.order.len() + 1 + rank,
        };
        (rank, one.service, one.download_url.is_empty())
    })?;
    Some((data, data.address()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(formats: &[&str]) -> Dataset {
        let distribution = |format: &&str| Distribution {
            format: (*format).to_owned(),
            download_url: format!("https://data.example.gov/{format}"),
            ..Distribution::default()
        };
        Dataset { distributions: formats.iter().map(distribution).collect(), ..Dataset::default() }
    }

    #[test]
    fn data_is_chosen_before_pictures_of_it() {
        let chosen = |formats: &[&str]| data_of(&of(formats)).map(|(one, _)| one.format.clone());
        assert_eq!(chosen(&["PDF", "csv", "GeoJSON"]).as_deref(), Some("csv"));
        assert_eq!(chosen(&["PDF", "MAGIC"]).as_deref(), Some("MAGIC"));
        assert_eq!(chosen(&["HTML"]).as_deref(), Some("HTML"));
        assert_eq!(chosen(&[]), None);
    }
}
