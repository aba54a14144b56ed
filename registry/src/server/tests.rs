//! The server against clients that behave badly, over real sockets.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::CONNECTION;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::http::application::{Answer, Application, RouteLabel};
use crate::http::body::BodyLimits;
use crate::http::edge::{Edge, EdgeLimits};
use crate::telemetry::BuildInfo;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(50);
const GET: &str = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";
const LIMITS: Limits = Limits {
    connections_max: NonZeroU32::new(5000).unwrap(),
    header_timeout: LONG,
    keep_alive_timeout: LONG,
    shutdown_timeout: LONG,
};

/// Lets a test see that a request is in flight, and let it go on.
#[derive(Default)]
struct Gates {
    entered: Notify,
    leave: Notify,
}

struct Probe(Arc<Gates>);

impl Application for Probe {
    async fn call(&self, request: Request<Bytes>) -> Answer {
        let body = match request.uri().path() {
            "/held" => {
                self.0.entered.notify_one();
                self.0.leave.notified().await;
                Bytes::from_static(b"released")
            }
            "/huge" => Bytes::from(vec![b'x'; 32 * 1024 * 1024]),
            "/panic" => panic!("on purpose"),
            _ => request.into_body(),
        };
        Answer { route: RouteLabel("/probe"), response: Response::new(body) }
    }
}

struct Server {
    address: SocketAddr,
    gates: Arc<Gates>,
    metrics: Arc<Metrics>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Drained>,
}

impl Server {
    async fn start(limits: Limits, body: BodyLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (gates, metrics) =
            (Arc::new(Gates::default()), Arc::new(Metrics::new(BuildInfo::CURRENT, &["/probe"])));
        let edge_limits = EdgeLimits { body, request_timeout: LONG };
        let service = Edge::new(Probe(Arc::clone(&gates)), Arc::clone(&metrics), edge_limits).into_service();
        let (stop, stopped) = oneshot::channel();
        let counted = Arc::clone(&metrics);
        let ended = tokio::spawn(async move {
            serve(listener, service, limits, &counted, async { stopped.await.unwrap_or(()) }).await
        });
        Self { address, gates, metrics, stop, ended }
    }

    async fn with(limits: Limits) -> Self {
        Self::start(limits, BodyLimits { size_max: 1024, timeout: LONG }).await
    }

    async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap() }
    }

    async fn stop(self) -> Drained {
        self.stop.send(()).unwrap();
        self.ended.await.unwrap()
    }
}

struct Client {
    stream: TcpStream,
}

impl Client {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The status line, header lines and body of one answer.
    async fn receive(&mut self) -> (String, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).await.unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    async fn exchange(&mut self, text: &str) -> (String, String) {
        self.send(text).await;
        self.receive().await
    }

    /// What comes until the server closes the connection.
    async fn rest(&mut self) -> usize {
        let mut buffer = vec![0; 64 * 1024];
        let mut total = 0;
        while let Ok(size @ 1..) = self.stream.read(&mut buffer).await {
            total += size;
        }
        total
    }
}

fn post(length: usize, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn requests_share_a_connection() {
    let server = Server::with(LIMITS).await;
    let mut client = server.connect().await;
    for body in ["one", "two", "three"] {
        let (head, answer) = client.exchange(&post(body.len(), body)).await;
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert_eq!(answer, body);
    }
    client.send(&format!("{GET}{GET}")).await;
    assert_eq!(client.receive().await.1, "");
    assert_eq!(client.receive().await.1, "");
}

#[tokio::test]
async fn half_open_connections_do_not_hinder_others() {
    let server = Server::with(LIMITS).await;
    let mut half_open = Vec::new();
    for index in 0..1000 {
        let mut client = server.connect().await;
        match index % 3 {
            0 => {}
            1 => client.send("GET / HT").await,
            _ => client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf").await,
        }
        half_open.push(client);
    }
    assert!(server.connect().await.exchange(GET).await.0.starts_with("http/1.1 200 "));
    drop(half_open);
}

#[tokio::test]
async fn connections_that_send_nothing_or_half_a_head_are_cut_off() {
    let server = Server::with(Limits { header_timeout: SHORT, ..LIMITS }).await;
    for text in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n"] {
        let mut client = server.connect().await;
        client.send(text).await;
        assert_eq!(client.rest().await, 0, "{text:?}");
    }
}

#[tokio::test]
async fn one_byte_at_a_time_does_not_win_time() {
    let server = Server::with(Limits { header_timeout: SHORT, ..LIMITS }).await;
    let mut client = server.connect().await;
    let mut sent = 0;
    while client.stream.write_all(b"G").await.is_ok() {
        sent += 1;
        assert!(sent < 10_000, "the server still listens");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_second_head_has_its_own_deadline() {
    let server = Server::with(Limits { header_timeout: SHORT, ..LIMITS }).await;
    let mut client = server.connect().await;
    client.exchange(GET).await;
    tokio::time::sleep(SHORT * 2).await;
    client.exchange(GET).await;
    client.send("GET / HT").await;
    assert_eq!(client.rest().await, 0);
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let server = Server::with(Limits { keep_alive_timeout: SHORT, ..LIMITS }).await;
    let mut client = server.connect().await;
    client.exchange(GET).await;
    assert_eq!(client.rest().await, 0);
}

#[tokio::test]
async fn a_request_may_take_longer_than_the_deadlines_of_connections() {
    let server = Server::with(Limits { header_timeout: SHORT, keep_alive_timeout: SHORT, ..LIMITS }).await;
    let mut client = server.connect().await;
    client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    server.gates.entered.notified().await;
    tokio::time::sleep(SHORT * 3).await;
    server.gates.leave.notify_one();
    assert_eq!(client.receive().await.1, "released");
}

#[tokio::test]
async fn a_client_that_takes_no_answer_is_cut_off() {
    let server = Server::with(Limits { keep_alive_timeout: SHORT, ..LIMITS }).await;
    let mut client = server.connect().await;
    client.send("GET /huge HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let is_cut_off =
        |text: &str| text.contains("status=\"200\"} 1") && text.contains("registry_connections 0");
    while !is_cut_off(&server.metrics.encode()) {
        tokio::time::sleep(SHORT).await;
    }
    assert!(client.rest().await < 32 * 1024 * 1024);
}

#[tokio::test]
async fn a_client_that_takes_its_answer_slowly_gets_all_of_it() {
    let server = Server::with(Limits { keep_alive_timeout: Duration::from_millis(500), ..LIMITS }).await;
    let mut client = server.connect().await;
    client.send("GET /huge HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let mut buffer = vec![0; 2 * 1024 * 1024];
    let mut total = 0;
    for _ in 0..16 {
        tokio::time::sleep(SHORT).await;
        total += client.stream.read_exact(&mut buffer).await.unwrap();
    }
    total += client.rest().await;
    assert!(total > 32 * 1024 * 1024);
}

#[tokio::test]
async fn a_slow_body_gets_an_answer() {
    let server = Server::start(LIMITS, BodyLimits { size_max: 1024, timeout: SHORT }).await;
    let mut client = server.connect().await;
    let (head, body) = client.exchange(&post(10, "half")).await;
    assert!(head.starts_with("http/1.1 408 "), "{head}");
    assert!(body.contains("\"error_code\":408"), "{body}");
    assert_eq!(client.rest().await, 0);
}

#[tokio::test]
async fn bodies_are_limited_however_they_are_framed() {
    let server = Server::with(LIMITS).await;
    let (fits, exceeds) = ("x".repeat(1024), "x".repeat(1025));
    let chunked = |body: &str| {
        let head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
    };
    for (text, status) in [
        (post(1024, &fits), "200"),
        (chunked(&fits), "200"),
        (post(1025, &exceeds), "413"),
        (chunked(&exceeds), "413"),
    ] {
        let (head, body) = server.connect().await.exchange(&text).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
        assert_eq!(body.contains("\"error_code\":413"), status == "413", "{body}");
    }
}

#[tokio::test]
async fn a_client_that_sends_far_too_much_still_reads_why() {
    let server = Server::with(LIMITS).await;
    let mut client = server.connect().await;
    let length = 8 * 1024 * 1024;
    client.send(&post(length, &"x".repeat(length))).await;
    let (head, _) = client.receive().await;
    assert!(head.starts_with("http/1.1 413 ") && head.contains("connection: close"), "{head}");
}

#[tokio::test]
async fn nothing_is_sent_by_a_client_that_asks_first() {
    let server = Server::with(LIMITS).await;
    let ask = "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n";
    assert!(server.connect().await.exchange(ask).await.0.starts_with("http/1.1 413 "));
}

#[tokio::test]
async fn a_client_that_closes_its_half_gets_its_answer() {
    let server = Server::with(LIMITS).await;
    let mut client = server.connect().await;
    client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    client.stream.shutdown().await.unwrap();
    server.gates.entered.notified().await;
    server.gates.leave.notify_one();
    assert_eq!(client.receive().await.1, "released");
}

#[tokio::test]
async fn a_panic_does_not_end_the_connection() {
    let server = Server::with(LIMITS).await;
    let mut client = server.connect().await;
    let (head, body) = client.exchange("GET /panic HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert!(head.starts_with("http/1.1 500 ") && body.contains("\"error_code\":500"), "{head}{body}");
    assert!(client.exchange(GET).await.0.starts_with("http/1.1 200 "));
}

#[tokio::test]
async fn shutdown_finishes_what_is_in_flight_and_nothing_else() {
    let server = Server::with(LIMITS).await;
    let (mut held, mut idle) = (server.connect().await, server.connect().await);
    idle.exchange(GET).await;
    held.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    server.gates.entered.notified().await;
    let (gates, address) = (Arc::clone(&server.gates), server.address);
    let stopped = tokio::spawn(server.stop());
    assert_eq!(idle.rest().await, 0);
    assert!(TcpStream::connect(address).await.is_err());
    assert!(!stopped.is_finished());
    gates.leave.notify_one();
    let (head, body) = held.receive().await;
    assert!(head.contains(&format!("{CONNECTION}: close")), "{head}");
    assert_eq!(body, "released");
    assert_eq!(stopped.await.unwrap(), Drained { cut_off: 0 });
}

#[tokio::test]
async fn shutdown_does_not_wait_for_ever() {
    let server = Server::with(Limits { shutdown_timeout: SHORT, ..LIMITS }).await;
    let mut held = server.connect().await;
    held.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n").await;
    server.gates.entered.notified().await;
    assert_eq!(server.stop().await, Drained { cut_off: 1 });
    assert_eq!(held.rest().await, 0);
}

#[tokio::test]
async fn when_connections_run_out_idle_ones_make_room() {
    let server = Server::with(Limits { connections_max: NonZeroU32::new(2).unwrap(), ..LIMITS }).await;
    let (mut idle, half_open) = (server.connect().await, server.connect().await);
    idle.exchange(GET).await;
    assert!(server.connect().await.exchange(GET).await.0.starts_with("http/1.1 200 "));
    drop(half_open);
}

/// Refuses the first accepts as a process without file descriptors would.
struct Starved {
    listener: TcpListener,
    refusals_left: AtomicUsize,
}

impl Listen for Starved {
    async fn accept(&self) -> io::Result<TcpStream> {
        let left = self.refusals_left.load(Ordering::Relaxed);
        if left > 0 {
            self.refusals_left.store(left - 1, Ordering::Relaxed);
            const EMFILE: i32 = 24;
            return Err(io::Error::from_raw_os_error(EMFILE));
        }
        Listen::accept(&self.listener).await
    }
}

#[tokio::test]
async fn running_out_of_file_descriptors_is_survived() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let starved = Starved { listener, refusals_left: AtomicUsize::new(3) };
    let metrics = Arc::new(Metrics::new(BuildInfo::CURRENT, &[]));
    let limits = EdgeLimits { body: BodyLimits { size_max: 0, timeout: LONG }, request_timeout: LONG };
    let service = Edge::new(Probe(Arc::default()), Arc::clone(&metrics), limits).into_service();
    let mut gate = Gate::new(LIMITS.connections_max);
    let pace = gate.pace.subscribe();
    let mut client = Client { stream: TcpStream::connect(address).await.unwrap() };
    tokio::select! {
        never = accept(&starved, &mut gate, service, LIMITS, &metrics) => match never {},
        (head, _) = client.exchange(GET) => assert!(head.starts_with("http/1.1 200 "), "{head}"),
    }
    assert_eq!(starved.refusals_left.load(Ordering::Relaxed), 0);
    assert_eq!(*pace.borrow(), Pace::Hurried);
}
