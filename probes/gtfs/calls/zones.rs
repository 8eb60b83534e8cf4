//! Two zones of one trip that overlap in place and in time leave open where a rider is picked up.

use serde_json::json;

use super::{Call, Flex, Trips};
use crate::gtfs::cells::{NO_INT, UNRECOGNIZED, time_text};
use crate::gtfs::strings::NONE;

impl Trips<'_> {
    pub(super) fn overlaps(&mut self, trip: u32, block: &[Call]) {
        let flexible: Vec<(&Call, Flex)> = block
            .iter()
            .map(|call| (call, self.flex[call.flex as usize]))
            .filter(|(_, flex)| flex.zone != NONE && flex.start != NO_INT && flex.end != NO_INT)
            .collect();
        for (at, (call, flex)) in flexible.iter().enumerate() {
            for (other, second) in &flexible[at + 1..] {
                if flex.zone == second.zone || !alike(flex, second) || !at_once(flex, second) {
                    continue;
                }
                let zones = &self.context.feed.zones;
                let pair = (flex.zone, second.zone);
                if !*self.overlapping.entry(pair).or_insert_with(|| zones.overlap(pair.0, pair.1)) {
                    continue;
                }
                let told = &mut self.telling;
                let text = |id| told.strings.text(id);
                told.notices.add("overlapping_zone_and_pickup_drop_off_window", || {
                    json!({ "tripId": text(trip), "stopSequence1": call.sequence, "locationId1": text(flex.zone), "startPickupDropOffWindow1": time_text(flex.start), "endPickupDropOffWindow1": time_text(flex.end), "stopSequence2": other.sequence, "locationId2": text(second.zone), "startPickupDropOffWindow2": time_text(second.start), "endPickupDropOffWindow2": time_text(second.end) })
                });
            }
        }
    }
}

/// Whether both are for getting in alike, or for getting out.
fn alike(a: &Flex, b: &Flex) -> bool {
    let kinds = [a.pickup, b.pickup, a.drop_off, b.drop_off].map(|kind| if kind == NO_INT { 0 } else { kind });
    !kinds.contains(&UNRECOGNIZED) && (kinds[0] == kinds[1] || kinds[2] == kinds[3])
}

fn at_once(a: &Flex, b: &Flex) -> bool {
    a.start <= b.end && a.end >= b.start && a.end != b.start && a.start != b.end
}
