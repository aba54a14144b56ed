//! The closed loop: each client sends its next request as soon as it has the answer to the last one. All clients share
//! one thread, so that the server has as much of a small machine as possible.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::figures::Latencies;
use crate::connection::Connection;
use crate::failure::{Attempt, Failure, Result};
use crate::server::Server;
use crate::traffic::{Draw, Traffic};

/// How many clients send for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: u64,
    pub(crate) warm_up: Duration,
    pub(crate) duration: Duration,
}

/// What a closed loop saw.
pub(crate) struct Throughput {
    /// Answers per second, after the warm-up.
    pub(crate) per_second: f64,
    /// Of the answers after the warm-up.
    pub(crate) latencies: Latencies,
    /// All answers, those of the warm-up included.
    pub(crate) answers: u64,
    /// Processor time that the server took per answer, in microseconds.
    pub(crate) processor_us: f64,
}

/// Sends for as long as the load says. A wrong answer ends it.
pub(crate) fn closed_loop(server: &Server, traffic: &Arc<Traffic>, load: Load) -> Result<Throughput> {
    server.interruption.check()?;
    let before = server.processor_seconds()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().build().attempt("start a runtime")?;
    runtime.block_on(async {
        let mut connections = Vec::new();
        for client in 0..load.connections {
            connections.push((Connection::open(server.address).await?, traffic.of_client(client)));
        }
        let begin = Instant::now() + load.warm_up;
        let end = begin + load.duration;
        let mut clients = JoinSet::new();
        for (connection, draw) in connections {
            clients.spawn(client(connection, draw, begin, end));
        }
        let (mut latencies, mut answers) = (Vec::new(), 0_u64);
        while let Some(ended) = clients.join_next().await {
            let (timed, all) = ended.map_err(|error| Failure::Unreadable(error.to_string()))??;
            latencies.extend(timed);
            answers += all;
        }
        let latencies = Latencies::new(latencies);
        let per_second = latencies.count() as f64 / load.duration.as_secs_f64();
        let processor_us = (server.processor_seconds()? - before) * 1e6 / answers as f64;
        Ok(Throughput { per_second, latencies, answers, processor_us })
    })
}

async fn client(
    mut connection: Connection,
    mut draw: Draw,
    begin: Instant,
    end: Instant,
) -> Result<(Vec<Duration>, u64)> {
    let (mut timed, mut all) = (Vec::new(), 0);
    let mut sent = Instant::now();
    while sent < end {
        draw.advance();
        draw.check(connection.exchange(draw.request()).await?)?;
        let answered = Instant::now();
        if answered >= begin && answered < end {
            timed.push(answered - sent);
        }
        all += 1;
        sent = answered;
    }
    Ok((timed, all))
}
