//! Fixtures as named tests.

fn main() {}
