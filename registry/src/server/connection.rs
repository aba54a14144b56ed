//! One connection from its acceptance to its end.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use super::activity::Activity;
use super::tracked::Tracked;
use super::{Limits, Pace};

/// Largest head of a request, and size of the buffers.
const HEAD_SIZE_MAX: usize = 64 * 1024;
/// How long, and for how many bytes, a client that was refused may go on sending before the connection is reset. A
/// reset any earlier could destroy the answer that tells the client why.
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);
const LINGER_SIZE_MAX: usize = 32 * 1024 * 1024;

/// Serves a connection until it ends, is cut off or the pace is [`Pace::Closed`].
pub(super) async fn drive<S>(stream: TcpStream, service: S, limits: Limits, mut pace: watch::Receiver<Pace>)
where
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S: Unpin,
{
    // Answers go out in one piece: waiting for more to send would only delay them. A refusal does no harm.
    let _refused = stream.set_nodelay(true);
    let activity = Arc::new(Activity::new());
    let io = TokioIo::new(Tracked::new(stream, Arc::clone(&activity)));
    let noted = &*activity;
    let observed = service_fn(move |request| {
        noted.request_began();
        let answer = service.call(request);
        async move {
            let answer = answer.await;
            if answer.as_ref().is_ok_and(refuses_the_rest) {
                noted.linger();
            }
            noted.request_ended();
            answer
        }
    });
    // A client that closes its half after the request still gets its answer, and a write it asked for is finished.
    // Deadlines are kept here, because the builder's one timer does not tell a slow head from an idle connection.
    let mut connection = http1::Builder::new()
        .half_close(true)
        .header_read_timeout(None)
        .max_buf_size(HEAD_SIZE_MAX)
        .serve_connection(io, observed);

    let mut sleep = pin!(tokio::time::sleep_until(Instant::now() + limits.header_timeout));
    loop {
        let now = *pace.borrow_and_update();
        match now {
            Pace::Normal | Pace::Hurried => {}
            Pace::Draining => Pin::new(&mut connection).graceful_shutdown(),
            Pace::Closed => return,
        }
        tokio::select! {
            biased;
            _ended = &mut connection => break,
            () = std::future::poll_fn(|cx| poll_expired(cx, sleep.as_mut(), || activity.deadline(limits, now))) => return,
            changed = pace.changed() => if changed.is_err() { return },
        }
    }
    if activity.lingers() {
        let stream = connection.into_parts().io.into_inner().into_stream();
        let _elapsed = tokio::time::timeout(LINGER_TIMEOUT, discard(stream)).await;
    }
}

/// Whether an answer turned its back on a body that may still be arriving.
fn refuses_the_rest(response: &Response<Full<Bytes>>) -> bool {
    response.status().is_client_error() && response.headers().contains_key(header::CONNECTION)
}

/// Ready once the deadline has passed. The deadline moves with every step of the connection; the timer follows it only
/// when it has to, because moving it costs more than letting it ring too early.
fn poll_expired(
    cx: &mut Context<'_>,
    mut sleep: Pin<&mut Sleep>,
    deadline: impl Fn() -> Option<Instant>,
) -> Poll<()> {
    // While the service works there is no deadline; the end of its work polls this again.
    let Some(deadline) = deadline() else { return Poll::Pending };
    if deadline < sleep.deadline() {
        sleep.as_mut().reset(deadline);
    }
    while sleep.as_mut().poll(cx).is_ready() {
        if deadline <= Instant::now() {
            return Poll::Ready(());
        }
        sleep.as_mut().reset(deadline);
    }
    Poll::Pending
}

/// Reads what is still coming and drops it. Our half is closed already, which makes most clients stop.
async fn discard(mut stream: TcpStream) {
    let mut buffer = vec![0; HEAD_SIZE_MAX];
    let mut total = 0_usize;
    while let Ok(size @ 1..) = stream.read(&mut buffer).await {
        total = total.saturating_add(size);
        if total > LINGER_SIZE_MAX {
            return;
        }
    }
}
