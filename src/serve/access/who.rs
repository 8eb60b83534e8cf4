//! Who asks, for as long as their request is answered.

use std::sync::Arc;

use super::super::decide::now;
use super::super::missing::Missing;
use crate::criteria::decision::not_a_name;
use crate::store::{By, Role};

/// An account that was let in.
#[derive(Debug)]
pub(in super::super) struct Known {
    /// Its name.
    pub(in super::super) name: String,
    /// What it may do by what it was let in with.
    pub(in super::super) role: Role,
    /// The hash of its session; none where a token let it in.
    pub(in super::super) session: Option<String>,
    /// What the form to sign out brings back; none where a token let it in.
    pub(in super::super) leaves: Option<String>,
}

/// Who asks, and from where.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Who {
    pub(super) address: String,
    /// None where the workbench has no accounts, and before somebody has signed in.
    pub(in super::super) account: Option<Arc<Known>>,
}

tokio::task_local! {
    static WHO: Who;
}

/// Who asks in this task; nobody is known outside of one.
pub(in super::super) fn who() -> Who {
    WHO.try_with(Who::clone).unwrap_or_default()
}

/// The answer to a request of theirs.
pub(super) async fn of<T>(who: Who, answer: impl Future<Output = T>) -> T {
    WHO.scope(who, answer).await
}

/// What makes a page on another thread, and still knows who asked.
pub(in super::super) fn carried<T>(make: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let who = who();
    move || WHO.sync_scope(who, make)
}

impl Who {
    /// Who asks, from where, and now, as the log writes it.
    pub(in super::super) fn by(&self) -> By {
        let who = self.account.as_ref().map(|known| known.name.clone()).unwrap_or_default();
        By { who, address: self.address.clone(), at: now() }
    }

    /// The name that what they decide and sign bears: the account's, or where there are no accounts the one they say.
    pub(in super::super) fn signs_as(&self, said: Option<&str>) -> Result<String, Missing> {
        match (&self.account, said) {
            (Some(known), Some(said)) if said.trim() != known.name => Err(Missing::NotTheirs(known.name.clone())),
            (Some(known), _) => Ok(known.name.clone()),
            (None, None) => Err(Missing::Nameless),
            (None, Some(said)) => match not_a_name(said) {
                Some(problem) => Err(Missing::Refused(problem.to_owned())),
                None => Ok(said.to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_an_account_its_name_is_signed_and_no_other() {
        let known = Known { name: "Ada".to_owned(), role: Role::Reviewer, session: None, leaves: None };
        let ada = Who { account: Some(Arc::new(known)), ..Who::default() };
        assert_eq!(ada.signs_as(None).unwrap(), "Ada");
        assert_eq!(ada.signs_as(Some(" Ada")).unwrap(), "Ada");
        assert!(matches!(ada.signs_as(Some("Eve")), Err(Missing::NotTheirs(_))));
        let anyone = Who::default();
        assert_eq!(anyone.signs_as(Some("Eve")).unwrap(), "Eve");
        assert!(matches!(anyone.signs_as(None), Err(Missing::Nameless)));
        assert!(matches!(anyone.signs_as(Some(" ")), Err(Missing::Refused(_))));
    }

    #[tokio::test]
    async fn who_asks_is_known_on_another_thread_and_not_beside_the_request() {
        let ada = Who { address: "192.0.2.1".to_owned(), account: None };
        let carried = of(ada, async { carried(|| who().address) }).await;
        assert_eq!(std::thread::spawn(carried).join().unwrap(), "192.0.2.1");
        assert_eq!(who().address, "");
    }
}
