//! Figures about the process, read when they are asked for. Where the system has no `/proc` they are left out.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;

#[derive(Debug)]
pub(super) struct Process {
    started_at_s: f64,
}

impl Process {
    pub(super) fn started_now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started_at_s: since_1970.as_secs_f64() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut gauge = |name, help, value: f64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
        };
        gauge("process_start_time_seconds", "Start of the process, seconds since 1970", self.started_at_s)?;
        if let Some(kilobytes) = resident_kilobytes() {
            let help = "Memory of the process in RAM, in bytes";
            gauge("process_resident_memory_bytes", help, f64::from(kilobytes) * 1024.0)?;
        }
        if let Some(descriptors) = open_descriptors() {
            gauge("process_open_fds", "Open file descriptors", f64::from(descriptors))?;
        }
        Ok(())
    }
}

fn resident_kilobytes() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn open_descriptors() -> Option<u32> {
    u32::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}
