//! Numbers, dates, times and colours, by what Java's parsers take.

use jiff::civil::Date;

/// Digits alone, as nearly every whole number is written.
pub(super) fn digits(raw: &[u8]) -> Option<i32> {
    if raw.is_empty() || raw.len() > 9 {
        return None;
    }
    raw.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0')))
}

/// A whole number of 32 bits, with a sign if it likes.
pub(super) fn java_int(text: &str) -> Option<i32> {
    text.parse().ok()
}

/// Seconds of a time `H:MM:SS`, `HH:MM:SS` or `HHH:MM:SS`.
pub(super) fn time(raw: &[u8]) -> Option<i32> {
    let at = raw.len().checked_sub(6)?;
    let (hours, rest) = raw.split_at(at);
    if hours.is_empty() || hours.len() > 3 || rest[0] != b':' || rest[3] != b':' {
        return None;
    }
    let (hours, minutes, seconds) = (digits(hours)?, digits(&rest[1..3])?, digits(&rest[4..])?);
    (minutes < 60 && seconds < 60).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Days since 1970 of a date `YYYYMMDD`.
pub(super) fn date(raw: &[u8]) -> Option<i32> {
    if raw.len() != 8 {
        return None;
    }
    let number = digits(raw)?;
    let part = |number: i32| i8::try_from(number).ok();
    let year = i16::try_from(number / 10_000).ok().filter(|year| *year > 0)?;
    Date::new(year, part(number / 100 % 100)?, part(number % 100)?).ok().map(day_of)
}

/// Days since 1970.
pub(crate) fn day_of(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(date).map_or(0, |span| span.get_days())
}

/// The date of a number of days since 1970.
fn civil(day: i32) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.saturating_add(jiff::Span::new().try_days(day).unwrap_or_default())
}

/// A day as a feed writes it.
pub(crate) fn date_text(day: i32) -> String {
    civil(day).strftime("%Y%m%d").to_string()
}

/// Seconds as a feed writes them.
pub(crate) fn time_text(seconds: i32) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60)
}

/// Six hexadecimal digits.
pub(super) fn color(text: &str) -> Option<i32> {
    let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| i32::from_str_radix(text, 16).ok()).flatten()
}

/// Powers of ten that are exact.
const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A number of at most fifteen digits: it and the power of ten are exact, so that one division rounds correctly.
fn short(raw: &[u8]) -> Option<f64> {
    let (negative, unsigned) = match raw {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, raw),
    };
    let (mut number, mut digits, mut point) = (0u64, 0, None);
    for byte in unsigned {
        match byte {
            b'0'..=b'9' => {
                number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                digits += 1;
            }
            b'.' if point.is_none() => point = Some(digits),
            _ => return None,
        }
    }
    let power = POWERS.get(digits - point.unwrap_or(digits)).filter(|_| (1..POWERS.len()).contains(&digits))?;
    let number = number as f64 / power;
    Some(if negative { -number } else { number })
}

/// A decimal number of digits, signs and points alone.
pub(super) fn decimal(raw: &[u8]) -> Option<f64> {
    if let Some(number) = short(raw) {
        return Some(number);
    }
    let plain = raw.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'));
    if !plain {
        return None;
    }
    std::str::from_utf8(raw).ok()?.parse().ok()
}

/// What `Double.parseDouble` takes, but for hexadecimal numbers.
pub(super) fn java_double(text: &str) -> Option<f64> {
    match text.trim_start_matches(['+', '-']) {
        "NaN" => return Some(f64::NAN),
        "Infinity" if text.len() <= 9 => {
            return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        _ => {}
    }
    let number = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let plain = number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { number.parse().ok() } else { None }
}

/// What `BigDecimal` takes: the number, and its decimals.
pub(super) fn big_decimal(text: &str) -> Option<(f64, i64)> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if !plain {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let exponent: i32 = exponent.parse().ok()?;
    Some((number, i64::try_from(decimals).ok()? - i64::from(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_java_takes() {
        assert_eq!(
            [digits(b"12"), digits(b"-1"), java_int("-1"), java_int("+2"), java_int("1.0")],
            [Some(12), None, Some(-1), Some(2), None]
        );
        assert_eq!(
            [decimal(b"1.5"), decimal(b"."), decimal(b"1e5"), java_double("1e2"), java_double("2d")],
            [Some(1.5), None, None, Some(100.0), Some(2.0)]
        );
        assert!(java_double("inf").is_none() && java_double("NaN").is_some_and(f64::is_nan));
        assert_eq!(
            [big_decimal("1.50"), big_decimal("2"), big_decimal("1e2"), big_decimal("x")],
            [Some((1.5, 2)), Some((2.0, 0)), Some((100.0, -2)), None]
        );
    }

    #[test]
    fn days_and_times() {
        assert_eq!(
            [time(b"8:00:01"), time(b"25:59:59"), time(b"08:60:00"), time(b":00:00")],
            [Some(28801), Some(93599), None, None]
        );
        assert_eq!([date(b"19700102"), date(b"20230229"), date(b"2023-1-1")], [Some(1), None, None]);
        assert_eq!((date_text(date(b"20240229").unwrap()), time_text(93599)), ("20240229".into(), "25:59:59".into()));
    }
}
