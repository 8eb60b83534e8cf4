//! What to do first over all cities, the same on both databases.

use tickmark::criteria::verdict::Standing;
use tickmark::store::{CommonFix, Store};

use super::{Postgres, keep, sqlite, wait};

/// What the latest runs name is found over all cities; what earlier ones named is not.
async fn what_most_cities_need_comes_first(address: &str) {
    use Standing::{Met, NeedsReview, NotMet};
    let store = Store::open(address).await.unwrap();
    keep(&store, "r3", "Ødby", 16, [NotMet, NotMet]).await;
    keep(&store, "r2", "Ødby", 9, [Met, NotMet]).await;
    keep(&store, "q1", "Aville", 2, [Met, NeedsReview]).await;
    assert_eq!(store.schemes_with_fixes().await.unwrap(), [("made-up".to_owned(), 1)]);
    let first = store.first("made-up", 0, 9).await.unwrap();
    let told =
        |fixes: &[CommonFix]| fixes.iter().map(|fix| (fix.what.clone(), fix.cities, fix.criteria)).collect::<Vec<_>>();
    let mut both = told(&first);
    both.sort();
    assert_eq!(both, [("Mend it.".to_owned(), 1, 2), ("Say so.".to_owned(), 1, 2)]);
    assert_eq!(store.how_many_first("made-up").await.unwrap(), 2);
    assert!(store.first("other", 0, 9).await.unwrap().is_empty());
    keep(&store, "q0", "Aville", 1, [NotMet, Met]).await;
    assert_eq!(store.first("made-up", 0, 9).await.unwrap(), first, "it is not the latest");
    keep(&store, "q2", "Aville", 3, [NotMet, Met]).await;
    let first = store.first("made-up", 0, 9).await.unwrap();
    assert!(told(&first).iter().all(|(_, cities, clauses)| (*cities, *clauses) == (2, 3)), "{first:?}");
    assert_eq!(store.fix(&first[1].fix).await.unwrap().as_ref(), Some(&first[1]));
    assert_eq!(store.fix("no\0ne").await.unwrap(), None);
    let cities = store.cities_to_fix(&first[0].fix, 0, 9).await.unwrap();
    let led: Vec<_> =
        cities.iter().map(|it| (it.city.as_str(), it.run.as_str(), it.code.as_str(), it.clauses)).collect();
    assert_eq!(led, [("Ødby", "r3", "B2", 2), ("Aville", "q2", "B2", 1)]);
    assert_eq!(store.cities_to_fix(&first[0].fix, 1, 9).await.unwrap(), cities[1..]);
    assert!(store.without_fixes().await.unwrap().is_empty());
    // All is done: the next run names nothing, and nothing of the last one is left.
    keep(&store, "r4", "Ødby", 23, [Met, Met]).await;
    let first = store.first("made-up", 0, 9).await.unwrap();
    assert!(told(&first).iter().all(|(_, cities, clauses)| (*cities, *clauses) == (1, 1)), "{first:?}");
}

#[test]
fn what_most_cities_need_comes_first_in_sqlite() {
    let (_folder, address) = sqlite();
    wait(what_most_cities_need_comes_first(&address));
}

#[test]
fn what_most_cities_need_comes_first_in_postgresql() {
    let Some(server) = Postgres::start() else { return };
    wait(what_most_cities_need_comes_first(&server.address));
}
