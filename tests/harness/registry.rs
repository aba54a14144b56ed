//! A running registry: the process, its port, its database file and its log.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Client;
use crate::output::Output;

/// How long a start or a graceful stop may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary under test on a free port of 127.0.0.1, with a database file of its own. Dereferences to a [`Client`].
#[derive(Debug)]
pub struct Registry {
    directory: TempDir,
    flags: Vec<String>,
    process: Child,
    address: SocketAddr,
    client: Client,
    log: Output,
}

impl Registry {
    /// Starts on a new, empty database.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts on a new, empty database with further flags of `registry serve`.
    ///
    /// # Panics
    ///
    /// When the server does not become ready; the message has its log.
    #[must_use]
    pub fn start_with(flags: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let log = Output::default();
        let (process, address) = spawn(&directory.path().join("registry.db"), &flags, &log);
        let client = Client::new(&format!("http://{address}"));
        Self { directory, flags, process, address, client, log }
    }

    /// Stops the server gracefully and starts it again on the same database file, on another port.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// Starts a stopped or killed server on the same database file, on another port.
    pub fn start_again(&mut self) {
        let (process, address) = spawn(&self.database(), &self.flags, &self.log);
        self.process = process;
        self.address = address;
        self.client = Client::new(&self.base_url());
    }

    /// Asks the server to end and waits until it has.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub fn stop(&mut self) -> ExitStatus {
        if let Ok(Some(status)) = self.process.try_wait() {
            return status;
        }
        terminate(self.pid());
        let asked = Instant::now();
        loop {
            match self.process.try_wait().expect("the process is ours") {
                Some(status) => return status,
                None => {
                    assert!(asked.elapsed() < PATIENCE, "the server ignores SIGTERM\n{}", self.log_tail())
                }
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks the server to end, without waiting for it.
    pub fn ask_to_end(&self) {
        terminate(self.pid());
    }

    /// Ends the server at once, as a power cut of the process would: nothing is flushed, no connection is closed.
    pub fn kill(&mut self) {
        kill(&mut self.process);
    }

    /// Whether the process still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// A client with connections of its own.
    #[must_use]
    pub fn connect(&self) -> Client {
        Client::new(&self.base_url())
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The process id of the running server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.directory.path().join("registry.db")
    }

    /// Resident memory of the process in bytes.
    ///
    /// # Panics
    ///
    /// When the process is gone.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let path = format!("/proc/{}/status", self.pid());
        let status = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let line =
            status.lines().find(|line| line.starts_with("VmRSS:")).expect("a running process has memory");
        let kibibytes: u64 =
            line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number");
        kibibytes * 1024
    }

    /// Everything the server has printed since the first start.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }

    fn log_tail(&self) -> String {
        self.log.tail()
    }
}

impl Deref for Registry {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- the server's last lines ---\n{}", self.log_tail());
        }
        if self.is_running() {
            terminate(self.pid());
            let asked = Instant::now();
            while self.is_running() && asked.elapsed() < Duration::from_secs(5) {
                thread::sleep(Duration::from_millis(5));
            }
            kill(&mut self.process);
        }
    }
}

fn spawn(database: &Path, flags: &[String], log: &Output) -> (Child, SocketAddr) {
    let binary = binary();
    let mut command = Command::new(&binary);
    // The machine's own settings must not change what the tests see.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REGISTRY_")) {
        command.env_remove(name);
    }
    let mut process = command
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(format!("sqlite:{}", database.display()))
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", binary.display()));
    let (announce, announced) = channel();
    log.announce(process.stdout.take().expect("piped"), address_in, announce);
    log.collect(process.stderr.take().expect("piped"));
    let Ok(address) = announced.recv_timeout(PATIENCE) else {
        kill(&mut process);
        panic!("the server announced no address\n{}", log.tail());
    };
    if let Err(error) = Client::new(&format!("http://{address}")).try_send("GET", "/subjects", &[], None) {
        kill(&mut process);
        panic!("the server announced {address} but does not answer: {error}\n{}", log.tail());
    }
    (process, address)
}

/// The binary under test: `REGISTRY_BIN`, else that of the same build, two levels above the test's own executable.
///
/// # Panics
///
/// When it has not been built.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("REGISTRY_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("the path of the test");
    let profile = test.parent().and_then(Path::parent).expect("the test lies in <target>/<profile>/deps");
    let binary = profile.join("registry");
    assert!(
        binary.is_file(),
        "{} is missing: build it with `cargo build -p registry`, or name another one in REGISTRY_BIN",
        binary.display()
    );
    binary
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn terminate(pid: u32) {
    // The shell's own `kill` is there even where the program is not installed.
    let sent = Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status();
    assert!(sent.is_ok_and(|status| status.success()), "cannot send SIGTERM to {pid}");
}

fn kill(process: &mut Child) {
    // Fails only when the process has ended already.
    let _ended = process.kill();
    let _reaped = process.wait();
}
