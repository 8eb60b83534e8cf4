//! What to do first over all cities.

use minijinja::{Value, context};
use url::form_urlencoded;

use super::super::missing::Missing;
use super::city::pager;
use super::fill;
use crate::criteria::verdict::points;
use crate::store::{CityToFix, CommonFix, Store};

/// Fixes, or cities, on one page.
const ROWS: usize = 50;
/// Bars in the chart: as many as are taken in at a glance.
const BARS: usize = 10;

/// The fixes that the latest runs name by a scheme, or where none is named by that of most cities.
pub(in super::super) async fn first(store: &Store, scheme: &str, page: usize) -> Result<String, Missing> {
    let schemes = store.schemes_with_fixes().await?;
    let chosen = schemes.iter().map(|(id, _)| id.as_str()).find(|id| scheme.is_empty() || *id == scheme);
    let scheme = chosen.unwrap_or(scheme);
    let all = store.how_many_first(scheme).await?;
    let fixes = store.first(scheme, (page - 1) * ROWS, ROWS).await?;
    let rows: Vec<Value> = fixes.iter().map(common).collect();
    // Of one city all bars are alike.
    let compares = page == 1 && fixes.iter().any(|fix| fix.cities > 1);
    let chart = compares.then(|| chart(&fixes, all));
    let schemes: Vec<Value> = schemes.iter().map(|(id, cities)| context! { id, cities }).collect();
    let more = form_urlencoded::Serializer::new(String::new()).append_pair("scheme", scheme).finish() + "&";
    fill("bench/first.html", context! { rows, chart, schemes, scheme, more, all, ..pager(page, ROWS, all) })
}

/// The cities that need a fix.
pub(in super::super) async fn fix(store: &Store, fix: &str, page: usize) -> Result<String, Missing> {
    let common_fix = store.fix(fix).await?.ok_or(Missing::Nothing)?;
    let rows: Vec<Value> = store
        .cities_to_fix(fix, (page - 1) * ROWS, ROWS)
        .await?
        .iter()
        .map(|CityToFix { city_id, city, run, code, criteria, clauses, points: at_stake }| {
            context! { city_id, city, run, code, criteria, clauses, points => at_stake.map(points) }
        })
        .collect();
    let all = common_fix.cities;
    fill("bench/fix.html", context! { rows, fix => common(&common_fix), ..pager(page, ROWS, all) })
}

fn common(CommonFix { fix, scheme, what, cities, criteria, clauses, points: at_stake }: &CommonFix) -> Value {
    context! { fix, scheme, what, cities, criteria, clauses, points => at_stake.map(points) }
}

/// How many cities need each of the first.
fn chart(fixes: &[CommonFix], all: usize) -> Value {
    let most = fixes.iter().take(BARS).map(|fix| fix.cities).max().unwrap_or(1).max(1) as f64;
    let bars: Vec<Value> = fixes
        .iter()
        .take(BARS)
        .map(|CommonFix { what, cities, .. }| {
            context! { label => what, figure => cities.to_string(), length => *cities as f64 / most }
        })
        .collect();
    context! { title => "Cities that need each", bars, more => all.saturating_sub(BARS.min(fixes.len())) }
}
