//! Connections that stay open from request to request: one that many tasks of a thread can share the thread with, and
//! one that blocks its thread.

use std::io::{Read, Write};
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::answer::{self, Answer};
use crate::failure::{Attempt, Failure, Result};
use crate::traffic;

/// Larger than the answers of all timed requests: a read that does not fill it tells the runtime that no more is there,
/// which saves a system call per request.
const BUFFER_SIZE: usize = 64 * 1024;

/// Bytes of an answer as they arrive.
struct Inbox {
    bytes: Vec<u8>,
    filled: usize,
}

impl Inbox {
    fn new() -> Self {
        Self { bytes: vec![0; BUFFER_SIZE], filled: 0 }
    }

    fn room(&mut self) -> &mut [u8] {
        if self.filled == self.bytes.len() {
            self.bytes.resize(self.bytes.len() * 2, 0);
        }
        &mut self.bytes[self.filled..]
    }

    /// Takes note of further bytes; true once the answer is complete.
    fn advance(&mut self, count: usize) -> Result<bool> {
        if count == 0 {
            return Err(Failure::Closed);
        }
        self.filled += count;
        Ok(answer::read(&self.bytes[..self.filled])?.is_some())
    }

    fn answer(&self) -> Result<Answer<'_>> {
        let whole = answer::read(&self.bytes[..self.filled])?;
        whole.map(|(answer, _)| answer).ok_or(Failure::Closed)
    }
}

/// A connection for the closed loop.
pub(crate) struct Connection {
    stream: tokio::net::TcpStream,
    inbox: Inbox,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await.attempt("connect")?;
        stream.set_nodelay(true).attempt("set TCP_NODELAY")?;
        Ok(Self { stream, inbox: Inbox::new() })
    }

    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.inbox.filled = 0;
        self.stream.write_all(request).await.attempt("send a request")?;
        loop {
            let count = self.stream.read(self.inbox.room()).await.attempt("read an answer")?;
            if self.inbox.advance(count)? {
                return self.inbox.answer();
            }
        }
    }
}

/// A connection for the open loop, and for what surrounds the measurements.
pub(crate) struct BlockingConnection {
    stream: std::net::TcpStream,
    inbox: Inbox,
}

impl BlockingConnection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self> {
        let stream = std::net::TcpStream::connect(address).attempt("connect")?;
        stream.set_nodelay(true).attempt("set TCP_NODELAY")?;
        Ok(Self { stream, inbox: Inbox::new() })
    }

    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.inbox.filled = 0;
        self.stream.write_all(request).attempt("send a request")?;
        loop {
            let count = self.stream.read(self.inbox.room()).attempt("read an answer")?;
            if self.inbox.advance(count)? {
                return self.inbox.answer();
            }
        }
    }

    /// The JSON of an answer that must be 200.
    pub(crate) fn json(&mut self, request: &str) -> Result<Value> {
        let answer = self.exchange(request.as_bytes())?;
        let value = serde_json::from_slice(answer.body).ok().filter(|_| answer.status == 200);
        value.ok_or_else(|| traffic::wrong(request.as_bytes(), answer, b"200 with JSON"))
    }

    /// The JSON of `GET path`.
    pub(crate) fn get(&mut self, path: &str) -> Result<Value> {
        self.json(&traffic::get(path))
    }

    /// The JSON of `POST path`.
    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.json(&traffic::post(path, body))
    }

    /// The JSON of `PUT path`.
    pub(crate) fn put(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.json(&traffic::put(path, body))
    }
}
