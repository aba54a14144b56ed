//! Real sockets that misbehave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::scripted::retries;
use crate::client::{ErrorKind, RegistryClient, RegistryError};

/// A server on a free port that reads the head of each request and then does `serve`; gives its URL and how many came.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            counted.fetch_add(1, Ordering::SeqCst);
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            serve(stream);
        }
    });
    (url, count)
}

fn saying(answer: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    server(move |mut stream| {
        // The client may have gone.
        let _ = stream.write_all(answer);
    })
}

async fn call(urls: &str) -> Result<Vec<String>, RegistryError> {
    let client = RegistryClient::builder(urls).retries(retries(1)).read_timeout(Duration::from_millis(300));
    client.build()?.api().list_contexts(crate::client::Page::default()).await
}

/// A port on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n[\".\"]";

#[tokio::test]
async fn a_plain_answer_is_read() {
    assert_eq!(call(&saying(FINE).0).await.unwrap(), ["."]);
}

#[tokio::test]
async fn silence_is_a_time_out() {
    let (url, count) = server(|stream| {
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(30));
            drop(stream);
        });
    });
    let error = call(&url).await.unwrap_err();
    assert_eq!((error.kind(), count.load(Ordering::SeqCst)), (ErrorKind::TimedOut, 2));
}

#[tokio::test]
async fn a_body_that_ends_early_is_tried_again() {
    let (url, count) = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[\".\"");
    let error = call(&url).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retriable()), (ErrorKind::Transport, true), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn nobody_at_one_address_leads_to_the_next() {
    let (there, count) = saying(FINE);
    assert_eq!(call(&format!("{},{there}", nobody())).await.unwrap(), ["."]);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let error = call(&nobody()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("onnection refused"), "{error}");
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    for garbage in [&b"\x00\xff\x16\x03\x01 garbage\r\n\r\n"[..], b"", b"HTTP/1.1 banana\r\n\r\n"] {
        assert_eq!(call(&saying(garbage).0).await.unwrap_err().kind(), ErrorKind::Transport);
    }
    let page = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>");
    assert_eq!(call(&page.0).await.unwrap_err().kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let (elsewhere, count) = saying(FINE);
    let (url, _) = server(move |mut stream| {
        let head = format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
        // The client may have gone.
        let _ = stream.write_all(head.as_bytes());
    });
    assert_eq!(call(&url).await.unwrap_err().status(), Some(302));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let (url, _) = server(|mut stream| {
        let chunk = vec![b' '; 1 << 20];
        let mut written = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while written.is_ok() {
            written = stream.write_all(&chunk);
        }
    });
    let client = RegistryClient::builder(&url).read_timeout(Duration::from_secs(60)).build().unwrap();
    let error = client.api().get_root().await.unwrap_err();
    assert!(error.to_string().contains("the answer is longer than"), "{error}");
    assert!(!error.is_retriable());
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_named_without_its_value() {
    let client = RegistryClient::builder(&nobody()).header("X-Key", "hid\nden").build().unwrap();
    let error = client.api().get_root().await.unwrap_err();
    assert!(error.to_string().contains("the header `X-Key` cannot be sent"), "{error}");
    assert!(!error.to_string().contains("hid") && error.kind() == ErrorKind::Settings);
}
