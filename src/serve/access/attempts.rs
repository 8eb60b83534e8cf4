//! How often a password may be tried: by account, and by address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// For how long attempts are counted together.
const WHILE: SignedDuration = SignedDuration::from_mins(15);
/// The most for one name, whether there is such an account or not.
const OF_A_NAME: u32 = 10;
/// The most from one address; offices share one.
const FROM_AN_ADDRESS: u32 = 50;
/// The most names and addresses that are counted: who sends from very many addresses must not fill the memory.
const COUNTED: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Name(String),
    Address(String),
}

/// The attempts of late.
#[derive(Default)]
pub(super) struct Attempts(Mutex<BTreeMap<Of, (Timestamp, u32)>>);

impl Attempts {
    /// Counts an attempt before it is looked at, so that many at once are as many; if it is one too many, how many
    /// seconds to wait. Where the name is told elsewhere, the address alone counts.
    pub(super) fn count(&self, name: Option<&str>, address: &str, now: Timestamp) -> Result<(), u64> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= COUNTED {
            counted.retain(|_, (since, _)| now.duration_since(*since) < WHILE);
        }
        let mut wait = None;
        let name = name.map(|name| (of_name(name), OF_A_NAME));
        for (of, most) in name.into_iter().chain([(of_address(address), FROM_AN_ADDRESS)]) {
            if counted.len() >= COUNTED && !counted.contains_key(&of) {
                let oldest = counted.iter().min_by_key(|(_, (since, _))| *since).map(|(of, _)| of.clone());
                oldest.map(|oldest| counted.remove(&oldest));
            }
            let (since, n) = counted.entry(of).or_insert((now, 0));
            if now.duration_since(*since) >= WHILE {
                (*since, *n) = (now, 0);
            }
            *n += 1;
            if *n > most {
                let left = (WHILE - now.duration_since(*since)).as_secs();
                wait = wait.max(Some(u64::try_from(left).unwrap_or_default().max(1)));
            }
        }
        wait.map_or(Ok(()), Err)
    }

    /// Forgets the attempts on a name, whose password was right.
    pub(super) fn right(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&of_name(name));
    }
}

fn of_name(name: &str) -> Of {
    Of::Name(name.trim().to_lowercase().chars().take(100).collect())
}

/// One who has an IPv6 address has as many as they like, of one network.
fn of_address(address: &str) -> Of {
    Of::Address(match address.parse() {
        Ok(IpAddr::V6(six)) => format!("{:x?}", &six.segments()[..4]),
        _ => address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn a_name_is_tried_ten_times_in_a_quarter_of_an_hour_from_wherever() {
        let attempts = Attempts::default();
        for n in 0..10 {
            assert_eq!(attempts.count(Some(["ada", " ADA"][n % 2]), &format!("192.0.2.{n}"), at(0)), Ok(()));
        }
        assert_eq!(attempts.count(Some("ada"), "192.0.2.99", at(5)), Err(600));
        assert_eq!(attempts.count(Some("bob"), "192.0.2.99", at(5)), Ok(()));
        assert_eq!(attempts.count(Some("ada"), "192.0.2.99", at(15)), Ok(()));
        attempts.right("Ada");
        for _ in 0..10 {
            assert_eq!(attempts.count(Some("ada"), "192.0.2.98", at(16)), Ok(()));
        }
    }

    #[test]
    fn an_address_tries_fifty_names_and_a_network_of_six_is_one_address() {
        let attempts = Attempts::default();
        for n in 0..50 {
            assert_eq!(attempts.count(Some(&n.to_string()), &format!("2001:db8:0:1::{n:x}"), at(0)), Ok(()));
        }
        assert_eq!(attempts.count(None, "2001:db8:0:1:ffff::1", at(14)), Err(60));
        assert_eq!(attempts.count(Some("new"), "2001:db8:0:2::1", at(14)), Ok(()));
    }

    #[test]
    fn however_many_ask_the_memory_has_an_end() {
        let attempts = Attempts::default();
        for n in 0..30_000 {
            let _ = attempts.count(Some(&n.to_string()), "192.0.2.1", at(n / 1000));
        }
        assert!(attempts.0.lock().unwrap().len() <= COUNTED);
    }
}
