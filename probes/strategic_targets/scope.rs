//! Whose plan it is, and for which years: as its head says.

use super::words::WORDS;
use crate::document::Role;
use crate::finding::Evidence;
use crate::paper::Read;

/// What the head of a plan says of it.
#[derive(Default)]
pub(super) struct Scope {
    /// The words that make it the plan of one part of the city.
    pub(super) whose: Option<String>,
    /// The years that it is for.
    pub(super) period: Option<String>,
    pub(super) evidence: Vec<Evidence>,
}

/// How many blocks a head has, and how long a line of it may be, in bytes.
const BLOCKS: usize = 6;
const LINE: usize = 140;

/// Reads the head of a plan.
pub(super) fn of(read: &Read) -> Scope {
    let mut lines: Vec<(Option<(usize, usize)>, &str)> = Vec::new();
    lines.extend(read.document().title.as_deref().map(|title| (None, title)));
    let pages = read.document().pages.iter().enumerate();
    let blocks = pages.flat_map(|(page, of)| of.blocks.iter().enumerate().map(move |(at, block)| ((page, at), block)));
    let head = blocks.filter(|(_, block)| !matches!(block.role, Role::Contents | Role::Row)).take(BLOCKS);
    lines.extend(head.filter(|(_, block)| block.text.len() < LINE).map(|(at, block)| (Some(at), block.text.as_str())));
    let names = read.names();
    lines.extend(names.iter().map(|name| (None, *name)));
    let says_plan = lines.iter().any(|(_, line)| WORDS.plan.is_match(line));
    let of_city = lines.iter().any(|(_, line)| WORDS.city.is_match(line));
    let mut scope = Scope::default();
    if let Some((at, period)) = lines.iter().find_map(|(at, line)| Some((at, WORDS.period.find(line)?))) {
        scope.period = Some(period.as_str().to_owned());
        scope.evidence.extend(at.map(|at| read.evidence(Some(at), period.as_str())));
    }
    let of_department = |(at, line): &(Option<(usize, usize)>, &str)| {
        WORDS.department.is_match(line).then_some((*at, (*line).to_owned()))
    };
    if let Some((at, whose)) = lines.iter().find_map(of_department).filter(|_| says_plan && !of_city) {
        scope.evidence.extend(at.map(|at| read.evidence(Some(at), &whose)));
        scope.whose = Some(whose);
    }
    scope
}
