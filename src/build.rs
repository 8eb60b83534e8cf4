//! The criteria are part of the program: it is built again when one is added, which their embedding alone overlooks.

fn main() {
    println!("cargo::rerun-if-changed=criteria");
}
