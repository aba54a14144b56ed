//! A running Apache Kafka node, shared by all tests of a test binary.

use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::output::Output;
use crate::{ports, repository, run};

/// How long a start may take before the test gives up on it. A node needs some seconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the script prints when the node answers, before the address.
const READY: &str = "kafka: ready on ";

/// One test's view of the node that all tests of the process share. Topics are created by their first use, so tests
/// keep apart by the names of their topics.
///
/// The node starts with the first test that asks. It ends with the process, however that ends: the script that runs it
/// watches a pipe that only the process holds open.
#[derive(Debug)]
pub struct Kafka {
    node: &'static Node,
}

#[derive(Debug)]
struct Node {
    bootstrap: String,
    log: Output,
    /// Keeps the pipe open.
    script: Child,
}

impl Kafka {
    /// The node of this process; starts it where no test has yet.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the message has its log.
    #[must_use]
    pub fn shared() -> Self {
        static NODE: OnceLock<Node> = OnceLock::new();
        Self { node: NODE.get_or_init(|| start("127.0.0.1:0", &[])) }
    }

    /// A node for one test, which may restart it. It ends with the process too.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the message has its log.
    #[must_use]
    pub fn alone() -> Self {
        Self::with(&[], 1)
    }

    /// The same, of another version of Kafka.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the message has its log.
    #[must_use]
    pub fn of_version(version: &str) -> Self {
        Self::with(&[&format!("--version={version}")], 1)
    }

    /// The same, with another setting, such as `offset.metadata.max.bytes=16`.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the message has its log.
    #[must_use]
    pub fn with_setting(setting: &str) -> Self {
        Self::with(&[&format!("--set={setting}")], 1)
    }

    /// The same, on a disk that is full when a file has so many MiB. The node ends then, and starts again on a larger one.
    ///
    /// # Panics
    ///
    /// When it does not become ready; the message has its log.
    #[must_use]
    pub fn on_small_disk(mebibytes: u32) -> Self {
        Self::with(&[&format!("--disk={mebibytes}")], 1)
    }

    /// Three nodes for one test, each with a copy of every topic.
    ///
    /// # Panics
    ///
    /// When they do not become ready; the message has their log.
    #[must_use]
    pub fn cluster() -> Self {
        Self::with(&["--nodes=3"], 6)
    }

    fn with(options: &[&str], ports: u16) -> Self {
        let address = format!("127.0.0.1:{}", ports::reserve(ports));
        Self { node: Box::leak(Box::new(start(&address, options))) }
    }

    /// Kills the node, of a cluster the next one, and starts it again on its data; clients find it when it answers. Not for
    /// [`Self::shared`].
    ///
    /// # Panics
    ///
    /// When the script that runs it has ended.
    pub fn restart(&self) {
        self.signal("-ALRM");
    }

    /// The node stands still: its connections stay, and nobody answers. Not for [`Self::shared`].
    ///
    /// # Panics
    ///
    /// When the script that runs it has ended.
    pub fn freeze(&self) {
        self.signal("-USR1");
    }

    /// Ends [`Self::freeze`].
    ///
    /// # Panics
    ///
    /// When the script that runs it has ended.
    pub fn thaw(&self) {
        self.signal("-USR2");
    }

    fn signal(&self, signal: &str) {
        let script = self.node.script.id().to_string();
        run(Command::new("kill").args([signal, &script]));
    }

    /// How often it has become ready.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.node.log.text().lines().filter(|line| line.starts_with(READY)).count()
    }

    /// `127.0.0.1:PORT`, of a cluster one for each node, for `bootstrap.servers`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        &self.node.bootstrap
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- Kafka's last lines ---\n{}", self.node.log.tail());
        }
    }
}

fn start(address: &str, options: &[&str]) -> Node {
    let log = Output::default();
    let mut command = Command::new(repository().join("scripts/kafka.sh"));
    command.arg("--until-eof").args(options).arg(address);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut script = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let (announce, announced) = channel();
    log.announce(script.stdout.take().expect("piped"), address_in, announce);
    log.collect(script.stderr.take().expect("piped"));
    let Ok(bootstrap) = announced.recv_timeout(PATIENCE) else {
        // The script ends the node when its input closes.
        drop(script.stdin.take());
        panic!("Kafka does not become ready\n{}", log.tail());
    };
    Node { bootstrap, log, script }
}

fn address_in(line: &str) -> Option<String> {
    line.strip_prefix(READY).map(str::to_owned)
}
