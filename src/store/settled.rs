//! How far runs are to be believed, and what changed once it was settled.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::runs::kept;
use super::{KeptRun, Store, StoreError, count, json};
use crate::criteria::verdict::{Lead, Standing};

/// A clause that could not be looked at, held as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastSeen {
    /// The scheme's id.
    pub scheme: String,
    /// The clause's id.
    pub clause: String,
    /// How it stood.
    pub standing: Option<Standing>,
    /// How strongly passages led to it.
    pub lead: Option<Lead>,
    /// The run that saw it last.
    pub run: String,
    /// The date of that run.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The date of the first look that failed; one on another day settles it.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
    /// Whether that second look failed too: it stands as runs have it, and is held only to compare with once it is seen again.
    pub out_of_sight: bool,
}

/// A clause that stands otherwise than it did, and why: what people are told of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SettledChange {
    /// The scheme's id.
    pub scheme: String,
    /// The clause's id.
    pub clause: String,
    /// How it stood; none where it was not asked.
    pub was: Option<Standing>,
    /// How it stands; none where it is not asked any more.
    pub now: Option<Standing>,
    /// How strongly passages led to it.
    pub led: Option<Lead>,
    /// How strongly they do now.
    pub leads: Option<Lead>,
    /// Why, as `tickmark diff --format json` writes it.
    #[schema(value_type = Vec<Object>)]
    pub causes: Vec<Value>,
}

/// A run, and what is settled of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The run.
    pub run: KeptRun,
    /// What is held as it was last seen.
    pub held: Vec<LastSeen>,
    /// What changed since the run before.
    pub changes: Vec<SettledChange>,
}
