//! What dates and addresses must look like in a JSON document: RFC 3339 and RFC 3986.

/// The seconds since 1970 at a date and time by RFC 3339: seconds and offset are required, leap seconds are not known.
pub(super) fn date_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0u32, |n, digit| n * 10 + u32::from(digit - b'0')))
    };
    let at = |place: usize, one_of: &[u8]| bytes.get(place).is_some_and(|byte| one_of.contains(byte));
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let divided = at(4, b"-") && at(7, b"-") && at(10, b"Tt") && at(13, b":") && at(16, b":");
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let real = year > 0 && (1..=longest).contains(&day) && hour < 24 && minute < 60 && second < 60;
    let mut place = 19;
    if at(place, b".") {
        place += 1;
        let digits = bytes[place..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        place += digits;
    }
    let (ends, offset) = if at(place, b"Zz") {
        (place + 1 == bytes.len(), 0)
    } else {
        let (hours, minutes) = (number(place + 1, place + 3)?, number(place + 4, place + 6)?);
        let right = at(place, b"+-") && at(place + 3, b":") && hours < 24 && minutes < 60;
        let ahead = i64::from(hours * 60 + minutes) * 60;
        (right && place + 6 == bytes.len(), if at(place, b"-") { -ahead } else { ahead })
    };
    let seconds = i64::from((hour * 60 + minute) * 60 + second);
    (divided && real && ends)
        .then(|| days(i64::from(year), i64::from(month), i64::from(day)) * 86_400 + seconds - offset)
}

/// The days since 1970-01-01 of a date in the Gregorian calendar, by counting years from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Whether `text` is an absolute URI by RFC 3986; what stands behind the scheme may be empty.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let begins = scheme.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !begins || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').map_or((rest, ""), |(rest, fragment)| (rest, fragment));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.find('/').map_or((Some(rest), ""), |at| (Some(&rest[..at]), &rest[at..])),
        None => (None, rest),
    };
    authority.is_none_or(is_authority) && made_of(path, b":@/") && made_of(query, b":@/?") && made_of(fragment, b":@/?")
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let (host, port) = if let Some(literal) = host.strip_prefix('[') {
        let Some((address, behind)) = literal.split_once(']') else { return false };
        if address.is_empty() || !address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte)) {
            return false;
        }
        ("", behind.strip_prefix(':').unwrap_or(behind))
    } else {
        host.rsplit_once(':').unwrap_or((host, ""))
    };
    made_of(user, b":") && made_of(host, b"") && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether all of `text` is unreserved characters, sub-delimiters, percent-encoded bytes or one of `also`.
fn made_of(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                if !bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
                    return false;
                }
                at += 3;
                continue;
            }
            byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || also.contains(&byte) => {}
            _ => return false,
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_rfc_3339() {
        for right in ["2024-02-29T00:00:00Z", "2023-01-01t23:59:59z", "2023-01-01T00:00:00.125+05:30"] {
            assert!(date_time(right).is_some(), "{right}");
        }
        for wrong in [
            "2023-02-29T00:00:00Z",
            "2023-01-01",
            "2023-01-01T00:00:00",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:60Z",
            "2023-01-01T00:00:00+0530",
            "2023-01-01T00:00:00.Z",
            "",
        ] {
            assert!(date_time(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn dates_are_counted_from_1970() {
        assert_eq!(date_time("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(date_time("2026-03-01T00:00:00+01:00"), Some(1_772_319_600));
        assert_eq!(date_time("1969-12-31T23:00:00-01:00"), Some(0));
        assert_eq!(date_time("2024-02-29T12:00:00.5Z"), Some(1_709_208_000));
    }

    #[test]
    fn addresses_are_rfc_3986() {
        for right in [
            "https://data.example.gov/a?b=c#d",
            "urn:a:b",
            "http://",
            "http://[::1]:8080/x",
            "a:b",
            "http://x.example:/%20",
        ] {
            assert!(is_uri(right), "{right}");
        }
        for wrong in [
            "www.example.gov",
            "/a",
            "",
            "http://x.example/a b",
            "http://x.example/é",
            "http://x.example:8a/",
            "http://x.example/[a]",
            "http://x.example/#a#b",
            "http://x.example/%zz",
            "1http://x",
        ] {
            assert!(!is_uri(wrong), "{wrong}");
        }
    }
}
