//! What most commands begin with: the scheme, the probes' specs, the child's program.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use probes::spec::Spec;

use super::Trouble;
use crate::audit::reading::{Limits, Readers};
use crate::criteria::Scheme;

/// What every probe declares of itself, in report order.
pub(crate) fn specs() -> Vec<&'static Spec> {
    probes::specs().collect()
}

/// The scheme of that name, or in that folder, cut down to some criteria if any are named.
pub(crate) fn scheme(name_or_dir: &str, only: &[String]) -> Result<Scheme, Trouble> {
    let scheme = Scheme::load(name_or_dir, &specs())?;
    for code in only {
        if !scheme.criteria.iter().any(|criterion| criterion.code.get_ref() == code) {
            let hint = scheme.suggest(code).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            return Err(Trouble::asked(format!("{} has no criterion {code:?}{hint}", scheme.file.id)));
        }
    }
    Ok(if only.is_empty() { scheme } else { scheme.only(only) })
}

/// Several schemes, the first of them cut down to some criteria if any are named.
pub(crate) fn schemes(names_or_dirs: &[&str], only: &[String]) -> Result<Vec<Scheme>, Trouble> {
    let mut schemes: Vec<Scheme> = Vec::new();
    for (at, name) in names_or_dirs.iter().enumerate() {
        let scheme = scheme(name, if at == 0 { only } else { &[] })?;
        if let Some(other) = schemes.iter().find(|other| other.file.id == scheme.file.id) {
            return Err(Trouble::asked(format!("the criteria {:?} are named twice: name each once", other.file.id)));
        }
        schemes.push(scheme);
    }
    Ok(schemes)
}

/// Today, in UTC: the same day for everyone who runs it at the same moment.
pub(crate) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// Children of this very program.
pub(crate) fn readers() -> Result<Readers, Trouble> {
    let program = std::env::current_exe().map_err(|error| Trouble::asked(format!("cannot find itself: {error}")))?;
    Ok(Readers { program, limits: Limits::default(), told: None })
}
