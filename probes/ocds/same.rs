//! Whether two JSON values are the same, whatever the order of their members.

use serde_json::Value;

use super::walk::hash;

/// The same number for the same value.
pub(super) fn fingerprint(value: &Value) -> u64 {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    hash(b'v', &bytes)
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Array(entries) => {
            bytes.push(b'[');
            for entry in entries {
                write(entry, bytes);
                bytes.push(b',');
            }
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            bytes.push(b'{');
            for (name, value) in members {
                bytes.extend(name.as_bytes());
                bytes.push(b'\0');
                write(value, bytes);
                bytes.push(b',');
            }
        }
        scalar => bytes.extend(scalar.to_string().as_bytes()),
    }
}
