//! Makes the Rust types and the descriptors of `schemas/ad_click.proto`, without a `protoc`.

use std::error::Error;
use std::path::Path;

use prost::Message;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=schemas/ad_click.proto");
    let files = protox::compile(["ad_click.proto"], ["schemas"])?;
    let out = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&out).join("descriptors.bin"), files.encode_to_vec())?;
    // As in the structs of the other peers, so that maps are written in the same order by all.
    prost_build::Config::new().btree_map(["."]).compile_fds(files)?;
    Ok(())
}
