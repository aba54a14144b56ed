//! A registry that knows one schema: what clients with an HTTP client inside are given to talk to.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::failure::Failure;
use crate::shape::SCHEMA_ID;

/// Starts it on a free port; it ends with the process. Gives its URL.
pub(crate) fn serve(schema: &str) -> Result<String, Failure> {
    let answer = serde_json::json!({
        "subject": "records-value", "id": SCHEMA_ID, "version": 1, "schema": schema,
    });
    let answer = Arc::new(response(&answer.to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::other)?;
    let address = listener.local_addr().map_err(Failure::other)?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || answer_all(&stream, &answer));
        }
    });
    Ok(format!("http://{address}"))
}

/// Holds what any of the calls asks for: id, version and text.
fn response(body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.schemaregistry.v1+json\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

fn answer_all(mut stream: &TcpStream, answer: &[u8]) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while read_request(&mut reader)? {
        stream.write_all(answer)?;
    }
    Ok(())
}

/// Reads over one request; `false` when the client is gone.
fn read_request(reader: &mut BufReader<&TcpStream>) -> io::Result<bool> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        if line == "\r\n" {
            io::copy(&mut reader.take(length), &mut io::sink())?;
            return Ok(true);
        }
        let header = line.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
}
