//! A message is taken by one at a time, sent once, put off, given up and queued again.

use jiff::{SignedDuration, Timestamp};
use tickmark::criteria::verdict::Standing;
use tickmark::store::{By, Delivery, Event, Message, Settled, SettledChange, Store};

use super::{Postgres, keep, sqlite, wait};

fn changed() -> Settled {
    let change = SettledChange {
        scheme: "made-up".to_owned(),
        clause: "B2.1".to_owned(),
        was: Some(Standing::Met),
        now: Some(Standing::NotMet),
        led: None,
        leads: None,
        causes: Vec::new(),
    };
    Settled { held: Vec::new(), changes: vec![change] }
}

/// Two runs: the first changed nothing, the second something, of which three channels hear.
async fn queue(store: &Store, now: Timestamp) -> Vec<String> {
    keep(store, "r1", "Ødby", 2, [Standing::Met; 2]).await;
    keep(store, "r2", "Ødby", 9, [Standing::NotMet; 2]).await;
    let channels = ["one", "two", "three"].map(str::to_owned);
    for (id, settled) in [("r1", Settled::default()), ("r2", changed())] {
        let run = store.run(id).await.unwrap().unwrap();
        assert!(store.settle(&run, &settled, &channels, now).await.unwrap());
        assert!(!store.settle(&run, &settled, &channels, now).await.unwrap(), "a run is settled once");
    }
    channels.into()
}

async fn sends_each_message_once(address: &str) {
    let store = Store::open(address).await.unwrap();
    let now: Timestamp = "2026-11-10T08:00:00Z".parse().unwrap();
    let (second, minute) = (SignedDuration::from_secs(1), SignedDuration::from_mins(1));
    assert_eq!(store.next_message().await.unwrap(), None);
    queue(&store, now).await;
    assert_eq!(store.next_message().await.unwrap(), Some(now));
    assert_eq!(store.take_message(now - second, now).await.unwrap(), None, "none is due yet");
    let news = store.news(&store.run("r2").await.unwrap().unwrap().city_id, 9).await.unwrap();
    assert_eq!(news.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), ["r2"], "the first changed nothing");

    // Of many who look at the same time, each message is taken by one.
    let looks = (0..12).map(|_| store.take_message(now, now + minute));
    let taken = futures_util::future::join_all(looks).await;
    let mut taken: Vec<Message> = taken.into_iter().filter_map(Result::unwrap).collect();
    while let Some(more) = store.take_message(now, now + minute).await.unwrap() {
        taken.push(more);
    }
    taken.sort_by(|a, b| a.channel.cmp(&b.channel));
    let names: Vec<&str> = taken.iter().map(|message| message.channel.as_str()).collect();
    assert_eq!(names, ["one", "three", "two"]);
    assert!(taken.iter().all(|message| message.run == "r2" && message.attempts == 1 && message.city == "Ødby"));
    assert_eq!(store.next_message().await.unwrap(), Some(now + minute));

    let [one, three, two] = &taken[..] else { panic!("{taken:?}") };
    assert!(store.message_sent(one, now).await.unwrap());
    assert!(!store.message_sent(one, now).await.unwrap(), "it is sent once");
    assert!(store.put_message_off(two, "busy", now + second).await.unwrap());
    // Whoever had the third was killed; another takes it, and then the first has no say any more.
    let later = now + minute;
    let again = store.take_message(now + second, later + minute).await.unwrap().unwrap();
    assert_eq!((again.channel.as_str(), again.attempts, again.trouble.as_deref()), ("two", 2, Some("busy")));
    let taken_over = store.take_message(later, later + minute).await.unwrap().unwrap();
    assert_eq!((taken_over.channel.as_str(), taken_over.attempts), ("three", 2));
    assert!(!store.message_sent(three, later).await.unwrap());
    assert!(!store.put_message_off(three, "late", later).await.unwrap());
    assert!(store.give_message_up(&taken_over, "it is gone", later).await.unwrap());
    assert!(store.message_sent(&again, later).await.unwrap());
    assert_eq!(store.next_message().await.unwrap(), None);

    let (messages, all) = store.messages(0, 10).await.unwrap();
    let told = |message: &Message| (message.channel.clone(), message.state, message.trouble.clone());
    assert_eq!(all, 3);
    let expected = [
        ("one", Delivery::Sent, None),
        ("three", Delivery::GivenUp, Some("it is gone")),
        ("two", Delivery::Sent, None),
    ];
    assert_eq!(
        messages.iter().map(told).collect::<Vec<_>>(),
        expected.map(|(channel, state, why)| (channel.to_owned(), state, why.map(str::to_owned)))
    );
    assert_eq!(store.messages(1, 1).await.unwrap().0, messages[1..2]);

    let by = By { who: "Ada".to_owned(), address: String::new(), at: later + minute };
    for (run, channel) in [("r2", "one"), ("r2", "none"), ("r1", "three"), ("r2", "three\0")] {
        assert!(!store.send_again(run, channel, &by).await.unwrap(), "{run} {channel}");
    }
    assert!(store.send_again("r2", "three", &by).await.unwrap());
    let logged = store.logged(0, 10).await.unwrap();
    assert_eq!((logged.len(), logged[0].what, logged[0].who.as_str()), (1, Event::SentAgain, "Ada"));
    let once_more = store.take_message(by.at, by.at + minute).await.unwrap().unwrap();
    assert_eq!((once_more.attempts, once_more.queued, once_more.ended), (1, by.at, None));
}

#[test]
fn sqlite_sends_each_message_once() {
    let (_folder, address) = sqlite();
    wait(sends_each_message_once(&address));
}

#[test]
fn postgresql_sends_each_message_once() {
    let Some(server) = Postgres::start() else { return };
    wait(sends_each_message_once(&server.address));
}
