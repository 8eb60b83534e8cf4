//! A portal: of a sample of its datasets with an interface to their rows, how many are given out, paged and filtered.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::asked::{self, Asked, Part};
use super::{SPEC, Seen};
use crate::capture::{CaptureId, Captures, Need, Request};
use crate::dcat::{Dataset, Distribution};
use crate::finding::{Evidence, Finding};
use crate::platform::Catalogue;
use crate::probe::Target;
use crate::row_api::RowApi;
use crate::sample::{self, Look, Measured, Told};

/// The data APIs of the catalogues behind `target`.
pub(super) fn look(target: &Target, captures: &Captures<'_>) -> Result<Vec<Finding>, Need> {
    let all = sample::of_each(
        target,
        captures,
        |catalogue| measured(captures, catalogue),
        |cause| Seen::Unseen { cause },
        |reason| Seen::None { reason: format!("no catalogue was found here ({reason})") },
    )?;
    Ok(all.into_iter().map(|(seen, evidence)| SPEC.finding(target, &seen, evidence)).collect())
}

fn measured(captures: &Captures<'_>, catalogue: &Catalogue) -> Result<(Seen, Vec<Evidence>), Need> {
    let with_api = catalogue.profile.with_row_api;
    if with_api == 0 {
        let reason = format!("no record of {} leads to an interface that gives out rows", catalogue.platform);
        return Ok((Seen::None { reason }, catalogue.evidence.clone()));
    }
    let walled: RefCell<BTreeSet<CaptureId>> = RefCell::default();
    let of = |part: fn(Asked) -> Part| {
        let told = |look: &Look<'_>| {
            let Some(api) = look.distribution.row_api() else {
                return Ok(Told::Unseen("its address leads to no interface".to_owned()));
            };
            let mut asked = asked::ask(captures, &api, look.capture)?;
            let evidence = asked.evidence.pop();
            Ok(match part(asked) {
                Part::Shown => Told::Yes(evidence),
                Part::Fails(what) => Told::No(what, evidence),
                Part::Walled(what) => {
                    walled.borrow_mut().insert(look.capture.id.clone());
                    Told::Unseen(what)
                }
                Part::Unseen(cause) => Told::Unseen(cause),
            })
        };
        sample::ask(captures, catalogue, with_api, |dataset| request(catalogue, dataset), told)
    };
    // One round asks for all three.
    let rounds = [of(|asked| asked.answers), of(|asked| asked.paged), of(|asked| asked.filtered)];
    let mut need = Need::default();
    let mut done: Vec<Measured> = Vec::new();
    for round in rounds {
        match round {
            Ok(measured) => done.push(measured),
            Err(lack) => need.merge(lack),
        }
    }
    let Ok([answers, paged, filtered]) = <[Measured; 3]>::try_from(done) else { return Err(need) };
    if let Some(cause) = answers.silent() {
        return Ok((Seen::Unseen { cause }, catalogue.evidence.clone()));
    }
    let Some(share) = answers.share else { panic!("invariant: a sample that is not silent has a share") };
    let apis = || catalogue.profile.sample().filter_map(row_api);
    let names: BTreeSet<String> = apis().map(|(_, api)| api.style.to_string()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let seen = super::Measured {
        name: names.join(" and "),
        names,
        offered: catalogue.share(with_api),
        answers: share,
        paged: paged.share.filter(|_| paged.silent().is_none()),
        filtered: filtered.share.filter(|_| filtered.silent().is_none()),
        walled: walled.into_inner().len() as u64,
        unseen: answers.unseen,
        causes: filtered.causes,
        silent: answers.misses,
        unpaged: paged.misses,
        unfiltered: filtered.misses,
        note: apis().find_map(|(distribution, _)| RowApi::note(distribution.address())).map(str::to_owned),
    };
    Ok((Seen::Measured(Box::new(seen)), answers.evidence))
}

/// The first distribution whose rows can be asked for.
fn row_api(dataset: &Dataset) -> Option<(&Distribution, RowApi)> {
    dataset.distributions.iter().find_map(|one| Some((one, one.row_api()?)))
}

/// The first page of a dataset's rows: at the portal itself its documented interface, elsewhere a link that was found.
fn request<'d>(catalogue: &Catalogue, dataset: &'d Dataset) -> Option<(&'d Distribution, Request)> {
    let (distribution, api) = row_api(dataset)?;
    let url = api.page(0);
    let own = url.host_str() == catalogue.base.host_str();
    Some((distribution, if own { Request::api(&url) } else { Request::discovered(&url) }))
}
