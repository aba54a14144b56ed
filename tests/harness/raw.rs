//! Bytes over TCP, for requests that no HTTP client would send.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::Answer;

/// How long a test waits for bytes. Far above what any answer needs: a server that stays silent fails the test.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Opens a connection and sends some bytes, and no more.
///
/// # Panics
///
/// When there is no connection.
#[must_use]
pub fn open(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream =
        TcpStream::connect(address).unwrap_or_else(|error| panic!("connect to {address}: {error}"));
    stream.set_read_timeout(Some(SILENCE_MAX)).expect("a positive time-out is valid");
    stream.set_write_timeout(Some(SILENCE_MAX)).expect("a positive time-out is valid");
    // A server may refuse before it has read everything: what counts is the answer.
    let _refused_early = stream.write_all(bytes);
    stream
}

/// Sends bytes, says that no more will follow, and reads until the server closes.
///
/// `None` when the server closes without an answer.
#[must_use]
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let stream = open(address, bytes);
    let _closed_already = stream.shutdown(Shutdown::Write);
    read_answer(stream)
}

/// Sends a request line and headers with a body, as `exchange` does; `Host`, `Connection: close` and
/// `Content-Length` are added.
#[must_use]
pub fn request(address: SocketAddr, line: &[u8], headers: &[&str], body: &[u8]) -> Option<Answer> {
    let mut bytes = line.to_vec();
    bytes.extend_from_slice(b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    read_answer(open(address, &bytes))
}

/// Reads one answer from a connection that the server closes.
///
/// # Panics
///
/// When the server stays silent without closing.
#[must_use]
pub fn read_answer(mut stream: TcpStream) -> Option<Answer> {
    let mut received = Vec::new();
    match stream.read_to_end(&mut received) {
        Ok(_) => {}
        // A server that refuses early closes with bytes unread, which the network reports as a reset.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("no answer: {error} after {} bytes", received.len()),
    }
    parse(&received)
}

fn parse(received: &[u8]) -> Option<Answer> {
    let head_length = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&received[..head_length]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &received[head_length + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunked(rest)? } else { rest.to_vec() };
    Some(Answer { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_length = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line_length]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let start = line_length + 2;
        body.extend_from_slice(rest.get(start..start + size)?);
        rest = rest.get(start + size + 2..)?;
    }
}
