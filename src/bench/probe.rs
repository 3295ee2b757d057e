//! How many durable appends the disk takes in a second: what every figure of a run is read against.

use super::BenchError;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const PROBE_TIME: Duration = Duration::from_millis(400);
const APPEND_BYTES: usize = 4096;

/// Appends of 4 KiB, each made durable, per second.
///
/// # Errors
/// When the disk says no.
pub fn fdatasyncs_per_second(folder: &Path) -> Result<f64, BenchError> {
    let path = folder.join("probe");
    let mut file = std::fs::File::create(&path)?;
    let (block, started, mut count) = ([7_u8; APPEND_BYTES], Instant::now(), 0_u32);
    while started.elapsed() < PROBE_TIME {
        file.write_all(&block)?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    std::fs::remove_file(&path)?;
    Ok(rate)
}
