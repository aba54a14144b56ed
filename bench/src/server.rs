//! Servers as child processes: the release binary of the registry and the bare server. They are stopped when dropped.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::connection::BlockingConnection;
use crate::failure::{Attempt, Failure, Result};
use crate::interruption::Interruption;
use crate::traffic;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const POLL_PAUSE: Duration = Duration::from_millis(1);

/// Where servers are started from and where they keep their files.
pub(crate) struct Ground {
    /// The registry's release binary.
    pub(crate) registry: PathBuf,
    /// A directory on the disk that counts.
    pub(crate) directory: PathBuf,
    /// Told when the run is to end early.
    pub(crate) interruption: Interruption,
}

impl Ground {
    /// A new, empty place for a database, removed when dropped.
    pub(crate) fn place(&self) -> Result<TempDir> {
        TempDir::with_prefix_in("bench-", &self.directory)
            .attempt(format!("make a directory in {}", self.directory.display()))
    }

    /// The registry on a new, empty database.
    pub(crate) fn empty_registry(&self) -> Result<Server> {
        let place = self.place()?;
        let mut server = self.registry(place.path())?;
        server.place = Some(place);
        Ok(server)
    }

    /// The registry on the database in this place.
    pub(crate) fn registry(&self, place: &Path) -> Result<Server> {
        let mut command = Command::new(&self.registry);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database"]);
        command.arg(format!("sqlite:{}", place.join("registry.db").display()));
        Server::start(command, place, self.interruption.clone())
    }

    /// The bare server, which returns these bytes.
    pub(crate) fn bare(&self, answer: &[u8]) -> Result<Server> {
        let place = self.place()?;
        let file = place.path().join("answer");
        std::fs::write(&file, answer).attempt("write the bare server's answer")?;
        let mut command = Command::new(std::env::current_exe().attempt("find this executable")?);
        command.arg("bare").arg(&file);
        let mut server = Server::start(command, place.path(), self.interruption.clone())?;
        server.place = Some(place);
        Ok(server)
    }
}

/// What the kernel counts processor time in, for all programs and on all machines.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running server.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to the first 200 of `GET /health/ready`.
    pub(crate) ready_after: Duration,
    pub(crate) interruption: Interruption,
    // Dropped after `drop` has ended the process that writes here.
    place: Option<TempDir>,
}

impl Server {
    fn start(mut command: Command, place: &Path, interruption: Interruption) -> Result<Self> {
        let log = place.join("server.log");
        let output = File::create(&log).attempt("make a log file")?;
        let errors = output.try_clone().attempt("make a log file")?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let program = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let process = command.spawn().attempt(format!("start {program}"))?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server =
            Self { process, address: nowhere, ready_after: Duration::ZERO, interruption, place: None };
        while started.elapsed() < START_TIMEOUT && server.is_running() {
            if server.is_ready(&log) {
                server.ready_after = started.elapsed();
                return Ok(server);
            }
            thread::sleep(POLL_PAUSE);
        }
        Err(Failure::NotReady { program, log: std::fs::read_to_string(&log).unwrap_or_default() })
    }

    fn is_ready(&mut self, log: &Path) -> bool {
        let Some(address) = std::fs::read_to_string(log).ok().and_then(|text| address_in(&text)) else {
            return false;
        };
        self.address = address;
        let Ok(mut connection) = BlockingConnection::open(address) else { return false };
        let answer = connection.exchange(traffic::get("/health/ready").as_bytes());
        answer.is_ok_and(|answer| answer.status == 200)
    }

    fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// A connection of its own for what surrounds a measurement.
    pub(crate) fn connect(&self) -> Result<BlockingConnection> {
        BlockingConnection::open(self.address)
    }

    /// Resident memory, in megabytes.
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(&path).attempt(format!("read {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kibibytes.unwrap_or(f64::NAN) * 1024.0 / 1e6)
    }

    /// Processor time that the process has used so far, in seconds: less disturbed by others on the machine than its
    /// throughput is.
    pub(crate) fn processor_seconds(&self) -> Result<f64> {
        let path = format!("/proc/{}/stat", self.process.id());
        let stat = std::fs::read_to_string(&path).attempt(format!("read {path}"))?;
        Ok(processor_ticks(&stat).map_or(f64::NAN, |ticks| ticks / TICKS_PER_SECOND))
    }

    /// Ends the process as an operator would, and waits for it.
    pub(crate) fn stop(&mut self) {
        if self.is_running() {
            // The shell has a `kill` of its own, which spares a dependency. If it fails, the process is killed below.
            let command = format!("kill -TERM {}", self.process.id());
            let _sent = Command::new("sh").args(["-c", &command]).status();
            let asked = Instant::now();
            while self.is_running() && asked.elapsed() < STOP_TIMEOUT {
                thread::sleep(POLL_PAUSE);
            }
        }
        // Both fail only when the process has ended already.
        let _killed = self.process.kill();
        let _reaped = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Time in user and in kernel mode. The program's name, in parentheses, comes first and may hold blanks.
fn processor_ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(11).take(2).map_while(|field| field.parse().ok()).collect();
    (ticks.len() == 2).then(|| ticks.iter().sum())
}

/// The address that a server announces. An address whose line is not yet complete does not count.
fn address_in(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once("http://")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')?;
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_log() {
        let expected = Some(SocketAddr::from(([127, 0, 0, 1], 4711)));
        assert_eq!(address_in("INFO ready\nINFO listening on http://127.0.0.1:4711\n"), expected);
        assert_eq!(address_in("listening url=\"http://127.0.0.1:4711\""), expected);
        assert_eq!(address_in("listening on http://127.0.0.1:471"), None);
    }

    #[test]
    fn processor_time_is_that_of_user_and_kernel_mode() {
        let stat = "4711 (a (strange) name) S 1 1 1 0 -1 4194304 10 11 12 13 250 50 7 8 20 0 3 0 100";
        assert_eq!(processor_ticks(stat), Some(300.0));
        assert_eq!(processor_ticks("4711 (cut off) S 1"), None);
    }
}
