//! Lots, the same from the same seed.

use super::city::{City, FAULTS, Fault, Platform};

/// Municipal portals in the United States by platform, of 626 that a register of 2026 lists.
const PLATFORMS: [(Platform, u64); 5] = [
    (Platform::Hub, 495),
    (Platform::Socrata, 78),
    (Platform::File, 26),
    (Platform::Ckan, 20),
    (Platform::Opendatasoft, 7),
];
/// Datasets of a portal at the ends of the tenths and quarters of 2,371 snapshots.
const SIZES: [(f64, f64); 7] =
    [(0.0, 3.0), (0.1, 11.0), (0.25, 31.0), (0.5, 63.0), (0.75, 143.0), (0.9, 370.0), (1.0, 1595.0)];
/// Of a thousand portals on one day: those that cannot be used, those that give out nothing and say that all is well, and
/// those that give out less than half.
const UNUSABLE: u64 = 87;
const SILENTLY_EMPTY: u64 = 23;
const HALVED: u64 = 3;
/// Of a thousand datasets, how many are nothing that a program can read; half of all portals have none.
const UNREADABLE: [u64; 14] = [0, 0, 0, 0, 0, 0, 0, 20, 50, 80, 120, 200, 500, 1000];

/// Splitmix64.
pub(super) struct Draw(u64);

impl From<u64> for Draw {
    fn from(seed: u64) -> Self {
        Self(seed)
    }
}

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn city(&mut self, number: usize, shared: usize) -> City {
        let mut ticket = self.below(PLATFORMS.iter().map(|(_, weight)| weight).sum());
        let platform = PLATFORMS.iter().find(|(_, weight)| {
            let hit = ticket < *weight;
            ticket = ticket.saturating_sub(*weight);
            hit
        });
        let platform = platform.map_or(Platform::Hub, |(platform, _)| *platform);
        let unreadable = UNREADABLE[usize::try_from(self.below(UNREADABLE.len() as u64)).unwrap()];
        City { number, platform, datasets: self.size(), unreadable, fault: self.fault(), shared: number % shared }
    }

    /// Along the straight lines between the measured sizes' logarithms.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small and positive")]
    fn size(&mut self) -> usize {
        let lot = self.below(1_000_000) as f64 / 1e6;
        let at = SIZES.partition_point(|(share, _)| *share <= lot);
        let ((from, few), (to, many)) = (SIZES[at - 1], SIZES[at]);
        (few.ln() + (lot - from) / (to - from) * (many.ln() - few.ln())).exp().round() as usize
    }

    fn fault(&mut self) -> Option<Fault> {
        let unusable: Vec<Fault> =
            FAULTS.iter().copied().filter(|fault| !matches!(fault, Fault::Empty | Fault::Halved)).collect();
        match self.below(1000) {
            lot if lot < UNUSABLE => Some(unusable[usize::try_from(self.below(unusable.len() as u64)).unwrap()]),
            lot if lot < UNUSABLE + SILENTLY_EMPTY => Some(Fault::Empty),
            lot if lot < UNUSABLE + SILENTLY_EMPTY + HALVED => Some(Fault::Halved),
            _ => None,
        }
    }
}

/// A lot that hangs on nothing but the number.
pub(super) fn mixed(number: u64) -> u64 {
    let mut mixed = number;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
