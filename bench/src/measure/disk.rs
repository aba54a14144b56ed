//! What the disk can do: the yardstick of durable writes.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::failure::{Attempt, Result};

const PAGE: [u8; 4096] = [0x5A; 4096];

/// How often per second one page can be overwritten and forced to the disk, one after the other. Overwriting is the
/// disk's best case: growing a file costs it more.
pub(crate) fn syncs_per_second(directory: &Path, duration: Duration) -> Result<f64> {
    let file = tempfile::tempfile_in(directory).attempt("make a file to measure the disk with")?;
    sync_page(&file)?;
    let start = Instant::now();
    let mut syncs = 0_u32;
    while start.elapsed() < duration {
        sync_page(&file)?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / start.elapsed().as_secs_f64())
}

fn sync_page(file: &File) -> Result<()> {
    file.write_all_at(&PAGE, 0).attempt("write a page")?;
    file.sync_data().attempt("force a page to the disk")
}
