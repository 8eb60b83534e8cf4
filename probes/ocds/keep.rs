//! What of an object is kept until it ends, or until its contracting process does: numbers only, and no text.

/// What an object is to its contracting process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Release,
    Record,
    Planning,
    Budget,
    Tender,
    Award,
    Contract,
    Transaction,
    Milestone,
    Document,
    Amendment,
    Organization,
    Reference,
    Period,
    Value,
    /// Nothing.
    Other,
}

impl Sort {
    /// By the object's name in the table.
    pub(super) fn of(object: &str) -> Self {
        match object {
            "Release" => Self::Release,
            "Record" => Self::Record,
            "Planning" => Self::Planning,
            "Budget" => Self::Budget,
            "Tender" => Self::Tender,
            "Award" => Self::Award,
            "Contract" => Self::Contract,
            "Transaction" => Self::Transaction,
            "Milestone" => Self::Milestone,
            "Document" => Self::Document,
            "Amendment" => Self::Amendment,
            "Organization" => Self::Organization,
            "OrganizationReference" => Self::Reference,
            "Period" => Self::Period,
            "Value" => Self::Value,
            _ => Self::Other,
        }
    }
}

/// What of a member's value is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keep {
    #[default]
    Nothing,
    Id,
    Ocid,
    AwardId,
    Name,
    Roles,
    Status,
    Method,
    First,
    Second,
    Count,
    Amount,
    Currency,
    Tendering,
    Term,
    Money,
    Length,
}

impl Keep {
    /// By the object and the member's name.
    pub(super) fn of(sort: Sort, field: &str) -> Self {
        use Sort::{
            Amendment, Award, Budget, Contract, Document, Milestone, Organization, Period, Planning, Reference,
            Release, Tender, Transaction, Value,
        };
        match (sort, field) {
            (_, "id") => Self::Id,
            (_, "ocid") => Self::Ocid,
            (_, "awardID") => Self::AwardId,
            (Organization | Reference, "name") => Self::Name,
            (Organization, "roles") => Self::Roles,
            (Tender | Award | Contract | Milestone, "status") => Self::Status,
            (Tender, "procurementMethod") => Self::Method,
            (Period, "startDate")
            | (Release | Award | Transaction | Amendment, "date")
            | (Contract, "dateSigned")
            | (Milestone, "dateMet")
            | (Document, "datePublished") => Self::First,
            (Period, "endDate") | (Milestone | Document, "dateModified") => Self::Second,
            (Period, "durationInDays") | (Tender, "numberOfTenderers") => Self::Count,
            (Value, "amount") => Self::Amount,
            (Value, "currency") => Self::Currency,
            (Tender, "tenderPeriod") => Self::Tendering,
            (Tender | Award, "contractPeriod") | (Contract, "period") => Self::Term,
            (Tender | Award | Contract | Transaction, "value") | (Budget, "amount") | (Planning, "budget") => {
                Self::Money
            }
            (Tender, "tenderers") => Self::Length,
            _ => Self::Nothing,
        }
    }
}

/// A sum of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Money {
    pub amount: f64,
    /// A hash of the currency.
    pub currency: Option<u64>,
}

impl Money {
    /// Both amounts, if they are in the same currency.
    pub(super) fn beside(self, other: Self) -> Option<(f64, f64)> {
        (self.currency == other.currency).then_some((self.amount, other.amount))
    }
}

/// A period, in seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub start: Option<i64>,
    pub end: Option<i64>,
}

/// A status, or a method, that something else depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Under way or done.
    Going,
    /// Not begun yet, or given up.
    Still,
    /// Done without anything having come of it.
    Missed,
    /// A procurement without competition.
    Direct,
}

impl Status {
    /// By the code of a tender, an award, a contract, a milestone or a method.
    pub(super) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "active" | "complete" | "met" | "partiallyMet" | "terminated" => Self::Going,
            "planning" | "planned" | "pending" | "cancelled" | "unsuccessful" | "withdrawn" => Self::Still,
            "scheduled" | "notMet" => Self::Missed,
            "direct" => Self::Direct,
            _ => return None,
        })
    }
}

/// The roles that a party may have, each with the fields that ask it of the party they name.
pub(super) const ROLES: &[(&str, &str)] = &[
    ("buyer", "buyer"),
    ("procuringEntity", "procuringEntity"),
    ("tenderers", "tenderer"),
    ("suppliers", "supplier"),
    ("payer", "payer"),
    ("payee", "payee"),
];

/// A role's bit in a set of them.
pub(super) fn role(code: &str) -> u8 {
    ROLES.iter().position(|(_, role)| *role == code).map_or(0, |at| 1 << at)
}

/// What of an object's members is kept until it ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kept {
    pub id: Option<u64>,
    pub process: Option<u64>,
    pub award: Option<u64>,
    pub name: Option<u64>,
    pub roles: u8,
    pub status: Option<Status>,
    pub method: Option<Status>,
    pub first: Option<i64>,
    pub second: Option<i64>,
    pub count: Option<i64>,
    pub amount: Option<f64>,
    pub currency: Option<u64>,
    pub tendering: Option<Span>,
    pub term: Option<Span>,
    pub money: Option<Money>,
    pub length: Option<usize>,
}

/// What is known of the value that was walked last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Last {
    /// A hash of it, if it was a string or a number and was wanted.
    pub scalar: Option<u64>,
    /// A hash of what tells it apart: its id.
    pub id: Option<u64>,
    pub roles: u8,
    pub status: Option<Status>,
    pub date: Option<i64>,
    pub number: Option<f64>,
    pub span: Option<Span>,
    pub money: Option<Money>,
    pub length: Option<usize>,
}

impl Kept {
    /// Keeps what is wanted of the value that was walked last.
    pub(super) fn keep(&mut self, wanted: Keep, last: &Last) {
        match wanted {
            Keep::Nothing => {}
            Keep::Id => self.id = last.scalar,
            Keep::Ocid => self.process = last.scalar,
            Keep::AwardId => self.award = last.scalar,
            Keep::Name => self.name = last.scalar,
            Keep::Roles => self.roles = last.roles,
            Keep::Status => self.status = last.status,
            Keep::Method => self.method = last.status,
            Keep::First => self.first = last.date,
            Keep::Second => self.second = last.date,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a count beyond an integer's range is compared with nothing"
            )]
            Keep::Count => self.count = last.number.filter(|number| number.fract() == 0.0).map(|number| number as i64),
            Keep::Amount => self.amount = last.number,
            Keep::Currency => self.currency = last.scalar,
            Keep::Tendering => self.tendering = last.span,
            Keep::Term => self.term = last.span,
            Keep::Money => self.money = last.money,
            Keep::Length => self.length = last.length,
        }
    }

    pub(super) fn span(&self) -> Span {
        Span { start: self.first, end: self.second }
    }
}

/// A time as it is written, for an example.
pub(super) fn written(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}
