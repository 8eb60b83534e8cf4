//! What a contracting process says of each of its contracts: where the contract is silent its award speaks, else the
//! tender. For whoever asks what was bought, and not whether the data is in order.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::form::Form;

/// A contract; where a process has none yet, an award; else what is put out to tender.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deal {
    /// The contracting process.
    pub ocid: Option<String>,
    /// The id of the contract, award or tender.
    pub id: Option<String>,
    /// When the release was published that says so: of several, the newest counts.
    pub published: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// Its status in the codes of that stage.
    pub status: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// When it begins, as it is written.
    pub start: Option<String>,
    /// When it ends, as it is written.
    pub end: Option<String>,
    /// When it was signed or awarded, as it is written.
    pub agreed: Option<String>,
    /// What it costs.
    pub amount: Option<f64>,
    /// In which currency.
    pub currency: Option<String>,
    /// Who buys.
    pub buyer: Option<String>,
    /// Who sells.
    pub suppliers: Vec<String>,
}

/// How far a contracting process has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Something is planned or put out to tender.
    #[default]
    Tender,
    /// Somebody was chosen.
    Award,
    /// It is agreed.
    Contract,
}

/// The contracts in one release or record; what is broken in it has none.
pub fn deals(form: Form, element: &[u8]) -> Vec<Deal> {
    let process: Option<Process> = match form {
        Form::Records | Form::RecordPackage => serde_json::from_slice(element).ok().map(Record::process),
        Form::Releases | Form::ReleasePackage => serde_json::from_slice(element).ok(),
    };
    process.map(Process::deals).unwrap_or_default()
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    ocid: Text,
    compiled_release: One<Process>,
    releases: Many<Process>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Process {
    ocid: Text,
    date: Text,
    buyer: One<Organization>,
    planning: One<Planning>,
    tender: One<Tender>,
    awards: Many<Award>,
    contracts: Many<Contract>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Planning {
    budget: One<Budget>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Budget {
    description: Text,
    amount: One<Value>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Tender {
    id: Text,
    title: Text,
    description: Text,
    status: Text,
    value: One<Value>,
    contract_period: One<Period>,
    procuring_entity: One<Organization>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Award {
    id: Text,
    title: Text,
    description: Text,
    status: Text,
    date: Text,
    value: One<Value>,
    contract_period: One<Period>,
    suppliers: Many<Organization>,
}

#[derive(Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Contract {
    id: Text,
    #[serde(rename = "awardID")]
    award_id: Text,
    title: Text,
    description: Text,
    status: Text,
    date_signed: Text,
    value: One<Value>,
    period: One<Period>,
}

#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
struct Value {
    amount: Text,
    currency: Text,
}

#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
struct Period {
    #[serde(rename = "startDate")]
    start: Text,
    #[serde(rename = "endDate")]
    end: Text,
    #[serde(rename = "maxExtentDate")]
    at_most: Text,
}

#[derive(Clone, Default, serde::Deserialize)]
#[serde(default)]
struct Organization {
    id: Text,
    name: Text,
}

impl Record {
    /// The compiled release; without one, the last of those that are embedded.
    fn process(self) -> Process {
        let compiled = self.compiled_release.0.or_else(|| self.releases.0.into_iter().next_back()).unwrap_or_default();
        Process { ocid: compiled.ocid.or(&self.ocid), ..compiled }
    }
}

impl Process {
    fn deals(self) -> Vec<Deal> {
        let tender = self.of_tender();
        if !self.contracts.0.is_empty() {
            let alone = (self.awards.0.len() == 1).then(|| &self.awards.0[0]);
            let award = |contract: &Contract| self.awards.0.iter().find(|award| award.id.0 == contract.award_id.0);
            let deals = self.contracts.0.iter().map(|contract| {
                let award = award(contract).or(alone).map(|award| award.deal(&tender));
                contract.deal(&award.unwrap_or_else(|| tender.clone()))
            });
            return deals.collect();
        }
        if !self.awards.0.is_empty() {
            return self.awards.0.iter().map(|award| award.deal(&tender)).collect();
        }
        let said = self.tender.0.is_some() || self.planning.0.is_some();
        if said { vec![tender] } else { Vec::new() }
    }

    fn of_tender(&self) -> Deal {
        let (tender, nothing) = (self.tender.0.as_ref(), Tender::default());
        let tender = tender.unwrap_or(&nothing);
        let budget = self.planning.0.as_ref().and_then(|planning| planning.budget.0.as_ref());
        let period = tender.contract_period.0.as_ref();
        let value = tender.value.0.as_ref().or(budget.and_then(|budget| budget.amount.0.as_ref()));
        let buyer = self.buyer.0.as_ref().or(tender.procuring_entity.0.as_ref());
        Deal {
            ocid: self.ocid.0.clone(),
            id: tender.id.0.clone(),
            published: self.date.0.clone(),
            stage: Stage::Tender,
            status: tender.status.0.clone(),
            title: tender.title.0.clone(),
            description: tender.description.0.clone().or(budget.and_then(|budget| budget.description.0.clone())),
            start: period.and_then(Period::start),
            end: period.and_then(Period::end),
            agreed: None,
            amount: value.and_then(Value::amount),
            currency: value.and_then(|value| value.currency.0.clone()),
            buyer: buyer.and_then(Organization::named),
            suppliers: Vec::new(),
        }
    }
}

impl Award {
    fn deal(&self, tender: &Deal) -> Deal {
        let own = Own {
            stage: Stage::Award,
            id: &self.id,
            status: &self.status,
            title: &self.title,
            description: &self.description,
            agreed: &self.date,
            value: self.value.0.as_ref(),
            period: self.contract_period.0.as_ref(),
        };
        let suppliers = self.suppliers.0.iter().filter_map(Organization::named).collect();
        Deal { suppliers, ..own.over(tender) }
    }
}

impl Contract {
    fn deal(&self, award: &Deal) -> Deal {
        let own = Own {
            stage: Stage::Contract,
            id: &self.id,
            status: &self.status,
            title: &self.title,
            description: &self.description,
            agreed: &self.date_signed,
            value: self.value.0.as_ref(),
            period: self.period.0.as_ref(),
        };
        own.over(award)
    }
}

/// What a stage says itself.
struct Own<'a> {
    stage: Stage,
    id: &'a Text,
    status: &'a Text,
    title: &'a Text,
    description: &'a Text,
    agreed: &'a Text,
    value: Option<&'a Value>,
    period: Option<&'a Period>,
}

impl Own<'_> {
    /// The same, and what the stage before says where it says nothing. A status is of one stage alone, and an amount
    /// comes with its own currency.
    fn over(self, before: &Deal) -> Deal {
        let value = self.value.filter(|value| value.amount().is_some());
        Deal {
            stage: self.stage,
            id: self.id.0.clone(),
            status: self.status.0.clone(),
            title: self.title.or_text(before.title.as_ref()),
            description: self.description.or_text(before.description.as_ref()),
            start: self.period.and_then(Period::start).or_else(|| before.start.clone()),
            end: self.period.and_then(Period::end).or_else(|| before.end.clone()),
            agreed: self.agreed.or_text(before.agreed.as_ref()),
            amount: value.map_or(before.amount, Value::amount),
            currency: value.map_or_else(|| before.currency.clone(), |value| value.currency.0.clone()),
            ..before.clone()
        }
    }
}

impl Value {
    fn amount(&self) -> Option<f64> {
        self.amount.0.as_ref()?.trim().parse().ok().filter(|amount: &f64| amount.is_finite())
    }
}

impl Period {
    fn start(&self) -> Option<String> {
        self.start.0.clone()
    }

    fn end(&self) -> Option<String> {
        self.end.0.clone().or_else(|| self.at_most.0.clone())
    }
}

impl Organization {
    fn named(&self) -> Option<String> {
        self.name.0.clone().or_else(|| self.id.0.clone())
    }
}

/// A text or number as it is written; anything else, and blanks, are nothing.
#[derive(Clone, Default)]
struct Text(Option<String>);

impl Text {
    fn or(self, other: &Self) -> Self {
        Self(self.0.or_else(|| other.0.clone()))
    }

    fn or_text(&self, other: Option<&String>) -> Option<String> {
        self.0.as_ref().or(other).cloned()
    }
}

/// An object; anything else is nothing.
#[derive(Clone, Default)]
struct One<T>(Option<T>);

/// The objects of a list; anything else is none.
#[derive(Clone, Default)]
struct Many<T>(Vec<T>);

/// Takes what it is asked for, and passes over whatever else stands there.
struct Whatever<T>(PhantomData<T>);

/// What [`Whatever`] makes of each sort of value.
trait Take<'de>: Sized {
    fn nothing() -> Self;
    fn text(_text: &str) -> Self {
        Self::nothing()
    }
    fn map<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::nothing())
    }
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::nothing())
    }
}

impl Take<'_> for Text {
    fn nothing() -> Self {
        Self(None)
    }
    fn text(text: &str) -> Self {
        Self((!text.trim().is_empty()).then(|| text.to_owned()))
    }
}

impl<'de, T: Deserialize<'de>> Take<'de> for One<T> {
    fn nothing() -> Self {
        Self(None)
    }
    fn map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Self(Some(value)))
    }
}

impl<'de, T: Deserialize<'de>> Take<'de> for Many<T> {
    fn nothing() -> Self {
        Self(Vec::new())
    }
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Vec::new();
        while let Some(One(entry)) = list.next_element::<One<T>>()? {
            all.extend(entry);
        }
        Ok(Self(all))
    }
}

impl<'de, T: Take<'de>> Visitor<'de> for Whatever<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::nothing())
    }
    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::nothing())
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::text(&number.to_string()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::text(&number.to_string()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::text(&number.to_string()))
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::map(map)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whatever(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whatever(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Whatever(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_falls_back_on_its_award_and_the_tender() {
        let release = br#"{"ocid":"ocds-abc123-1","id":7,"date":"2026-01-02T00:00:00Z","buyer":{"name":"City"},
            "tender":{"id":"t","title":"Paths","contractPeriod":{"startDate":"2026-02-01T00:00:00Z","endDate":"2027-01-31T00:00:00Z"}},
            "awards":[{"id":1,"title":"North","value":{"amount":10,"currency":"USD"},"suppliers":[{"name":"Path Builders"}]},{"id":2}],
            "contracts":[{"id":"c","awardID":1,"description":"Foot paths","status":"active","value":{"amount":{"$numberLong":"9"}}},7]}"#;
        let deals = deals(Form::Releases, release);
        assert_eq!(deals.len(), 1);
        let deal = &deals[0];
        assert_eq!((deal.stage, deal.title.as_deref(), deal.amount), (Stage::Contract, Some("North"), Some(10.0)));
        assert_eq!(
            (deal.description.as_deref(), deal.end.as_deref()),
            (Some("Foot paths"), Some("2027-01-31T00:00:00Z"))
        );
        assert_eq!((deal.buyer.as_deref(), &*deal.suppliers), (Some("City"), &["Path Builders".to_owned()][..]));
    }

    #[test]
    fn a_record_speaks_by_its_compiled_release() {
        let record = br#"{"ocid":"ocds-abc123-1","releases":[{"url":"https://data.example.gov/1"}],
            "compiledRelease":{"tag":["compiled"],"planning":{"budget":{"description":"New park","amount":{"amount":5}}}}}"#;
        let deals = deals(Form::Records, record);
        let deal = &deals[0];
        assert_eq!((deal.ocid.as_deref(), deal.stage), (Some("ocds-abc123-1"), Stage::Tender));
        assert_eq!((deal.description.as_deref(), deal.amount), (Some("New park"), Some(5.0)));
        assert_eq!(super::deals(Form::Records, b"{\"releases\":"), []);
    }
}
