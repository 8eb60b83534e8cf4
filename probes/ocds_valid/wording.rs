//! What is said of each kind of problem: the words are data, and none can lack.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::ocds::tally::Kind;

/// What is said of a kind of problem.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    /// What it is, of several.
    pub says: String,
    /// What to do about it.
    #[serde(rename = "do")]
    pub advice: String,
}

static WORDINGS: LazyLock<Wordings> =
    LazyLock::new(|| toml::from_str(include_str!("problems.toml")).expect("invariant: the bundled words are whole"));

/// What is said of a kind.
pub(super) fn of(kind: &Kind) -> &'static Wording {
    WORDINGS.of(kind)
}

macro_rules! wordings {
    ($($field:ident => $pattern:pat),+ $(,)?) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Wordings {
            $($field: Wording,)+
        }

        impl Wordings {
            fn of(&self, kind: &Kind) -> &Wording {
                match kind {
                    $($pattern => &self.$field,)+
                }
            }
        }
    };
}

wordings! {
    r#type => Kind::Type(_),
    required => Kind::Required(_),
    date_time => Kind::DateTime,
    uri => Kind::Uri,
    min_length => Kind::MinLength,
    min_items => Kind::MinItems,
    unique_items => Kind::UniqueItems,
    one_of => Kind::OneOf,
    pattern => Kind::Pattern,
    twice => Kind::Twice,
    unnamed => Kind::Unnamed,
    no_party => Kind::NoParty,
    other_name => Kind::OtherName,
    role => Kind::Role(_),
    idle_role => Kind::IdleRole(_),
    no_award => Kind::NoAward,
    period => Kind::Period,
    duration => Kind::Duration,
    award_before_tender_ends => Kind::AwardBeforeTenderEnds,
    signed_before_tender_ends => Kind::SignedBeforeTenderEnds,
    term_before_tender_ends => Kind::TermBeforeTenderEnds,
    signed_before_award => Kind::SignedBeforeAward,
    paid_before_signed => Kind::PaidBeforeSigned,
    paid_more => Kind::PaidMore,
    after_release => Kind::AfterRelease,
    modified_before_published => Kind::ModifiedBeforePublished,
    award_contracted => Kind::AwardContracted,
    contract_paid => Kind::ContractPaid,
    milestone_met => Kind::MilestoneMet,
    tender_awarded => Kind::TenderAwarded,
    tenderers => Kind::Tenderers,
    direct => Kind::Direct,
    budget => Kind::Budget,
    contracts_value => Kind::ContractsValue,
    far_date => Kind::FarDate,
    negative => Kind::Negative,
    shared_tender => Kind::SharedTender,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_words() {
        assert_eq!(of(&Kind::NoAward).says, "contracts without their award");
        assert!(of(&Kind::Required("id".to_owned())).advice.ends_with('.'));
    }
}
