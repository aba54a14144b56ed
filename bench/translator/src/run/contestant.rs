//! Programs that read the source and write the target.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::stage::{Round, Stage};
use crate::failure::{Failure, wrong};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) enum Contestant {
    /// The translator; with arguments of its own.
    Translator { delivery: &'static str, arguments: Vec<String> },
    /// The plain loop.
    Copy,
    /// The application in Java, with so many threads.
    Streams { program: PathBuf, threads: u16 },
}

/// A program that runs until it is dropped.
pub(crate) struct Running(Child);

impl Contestant {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Translator { delivery, arguments } if arguments.is_empty() => {
                format!("translator, {delivery}")
            }
            Self::Translator { delivery, arguments } => {
                format!("translator, {delivery}, {}", arguments.join(" "))
            }
            Self::Copy => "copy loop".to_owned(),
            Self::Streams { threads, .. } => format!("Kafka Streams, threads: {threads}"),
        }
    }

    pub(crate) fn delivery(&self) -> &'static str {
        match self {
            Self::Translator { delivery, .. } => delivery,
            Self::Copy | Self::Streams { .. } => "exactly_once",
        }
    }

    pub(crate) fn start(&self, stage: &Stage, round: &Round) -> Result<Running, Failure> {
        let place = &stage.place;
        let mut command = match self {
            Self::Translator { arguments, .. } => {
                let mut command = Command::new(beside("translator")?);
                command.arg("run").arg(&round.mapping).args(["--instance", "bench"]).args(arguments);
                command
                    .env("KAFKA_BOOTSTRAP_SERVERS", &place.kafka)
                    .env("SCHEMA_REGISTRY_URL", &place.registry);
                command
            }
            Self::Copy => {
                let mut command = Command::new(beside("copy")?);
                command.args([&place.kafka, &round.source, &round.target, &round.name]);
                command
            }
            Self::Streams { program, threads } => {
                let mut command = Command::new(program);
                let (threads, id) = (threads.to_string(), stage.target_id.to_string());
                command.args([&place.kafka, &round.source, &round.target, &round.name, &threads, &id]);
                command
            }
        };
        // Files beside the program would stay.
        command.current_dir(stage.folder()).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Running(command.spawn()?))
    }
}

/// A program of the same build.
fn beside(name: &str) -> Result<PathBuf, Failure> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

impl Running {
    /// Seconds of the processor so far, and the most memory that it has had: MiB.
    pub(crate) fn used(&mut self) -> Result<(f64, f64), Failure> {
        if let Some(status) = self.0.try_wait()? {
            return Err(wrong(format!("a program has ended: {status}")));
        }
        let process = PathBuf::from(format!("/proc/{}", self.0.id()));
        let stat = std::fs::read_to_string(process.join("stat"))?;
        // Names may hold spaces; what follows the last bracket does not. User and system time are the 14th and 15th field.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        let status = std::fs::read_to_string(process.join("status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let peak: f64 = peak.trim().trim_end_matches(" kB").parse().map_err(wrong)?;
        Ok((ticks / rustix::param::clock_ticks_per_second() as f64, peak / 1024.0))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(Some(_)) = self.0.try_wait() {
            return;
        }
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // Whoever does not answer in time is killed.
            let _gone = kill_process(pid, Signal::TERM);
        }
        for _ in 0..100 {
            if let Ok(Some(_)) = self.0.try_wait() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}
