//! The yardstick: an axum server that does nothing but answer. It reads a request's body, if there is one, and returns
//! the same bytes to everyone.

use std::io::{self, Write};
use std::path::Path;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum::serve::ListenerExt;
use bytes::Bytes;

/// Serves the bytes of a file from memory until it is killed. Threads are the runtime's default, as in the registry.
pub(crate) fn serve(answer: &Path) -> io::Result<()> {
    let answer = Bytes::from(std::fs::read(answer)?);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
        let listener = listener.tap_io(|stream| {
            // A refusal costs speed, nothing else.
            let _refused = stream.set_nodelay(true);
        });
        let methods = get(return_it).post(read_and_return_it);
        axum::serve(listener, Router::new().route("/{*path}", methods).with_state(answer)).await
    })
}

type Returned = ([(axum::http::HeaderName, &'static str); 1], Bytes);

async fn return_it(State(answer): State<Bytes>) -> Returned {
    ([(CONTENT_TYPE, "application/vnd.schemaregistry.v1+json")], answer)
}

async fn read_and_return_it(State(answer): State<Bytes>, _body: Bytes) -> Returned {
    ([(CONTENT_TYPE, "application/vnd.schemaregistry.v1+json")], answer)
}
