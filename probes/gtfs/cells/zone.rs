//! Time zones: a name in the database, or an offset as Java's `ZoneId` takes it.

use std::sync::LazyLock;

static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names: Vec<&str> = include_str!("zones.txt").split_whitespace().collect();
    names.sort_unstable();
    names
});

/// The zone's name in its normal form, if it is a zone.
pub(super) fn normal(text: &str) -> Option<String> {
    if NAMES.binary_search(&text).is_ok() {
        return Some(text.to_owned());
    }
    for prefix in ["UTC", "GMT", "UT"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            if rest.is_empty() {
                return Some(prefix.to_owned());
            }
            let seconds = rest.starts_with(['+', '-']).then(|| offset(rest)).flatten()?;
            return Some(if seconds == 0 { prefix.to_owned() } else { format!("{prefix}{}", written(seconds)) });
        }
    }
    if text == "Z" {
        return Some(text.to_owned());
    }
    offset(text).map(written)
}

/// Seconds of `+h`, `+hh`, `+hhmm`, `+hh:mm`, `+hhmmss` or `+hh:mm:ss`.
fn offset(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-'])?;
    let parts = match (digits.len(), digits.is_ascii()) {
        (1 | 2, true) => [digits, "0", "0"],
        (4, true) => [&digits[..2], &digits[2..], "0"],
        (6, true) => [&digits[..2], &digits[2..4], &digits[4..]],
        (5, true) if &digits[2..3] == ":" => [&digits[..2], &digits[3..], "0"],
        (8, true) if &digits[2..3] == ":" && &digits[5..6] == ":" => [&digits[..2], &digits[3..5], &digits[6..]],
        _ => return None,
    };
    let mut numbers = [0i32; 3];
    for (number, part) in numbers.iter_mut().zip(parts) {
        *number = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()?;
    }
    let [hours, minutes, seconds] = numbers;
    let total = hours * 3600 + minutes * 60 + seconds;
    let fits = minutes < 60 && seconds < 60 && total <= 18 * 3600;
    fits.then_some(if text.starts_with('-') { -total } else { total })
}

fn written(seconds: i32) -> String {
    if seconds == 0 {
        return "Z".to_owned();
    }
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let short = format!("{sign}{:02}:{:02}", size / 3600, size % 3600 / 60);
    if size % 60 == 0 { short } else { format!("{short}:{:02}", size % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_names_or_offsets() {
        let zone = |text: &str| normal(text).unwrap_or_default();
        assert_eq!(zone("America/New_York"), "America/New_York");
        assert_eq!([zone("UTC+01:00"), zone("GMT0"), zone("+5"), zone("Z")], ["UTC+01:00", "GMT0", "+05:00", "Z"]);
        assert_eq!([zone("Nowhere"), zone("+19"), zone("UTCx"), zone("+01:0")], ["", "", "", ""]);
    }
}
