//! The migrations are compiled in; a change to their folder alone must compile them anew.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
