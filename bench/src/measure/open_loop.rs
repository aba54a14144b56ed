//! The open loop: requests are due at fixed times, whether or not earlier ones have been answered. Latency counts from
//! the time at which a request was due, so that a stall is charged to every request that it delays.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::figures::Latencies;
use crate::connection::BlockingConnection;
use crate::failure::{Failure, Result};
use crate::traffic::{Draw, Traffic};

/// Clients, each a thread: the system's timer wakes them to within some 60 µs, a runtime's only to within a millisecond.
const CLIENTS: u32 = 16;

/// Sends `per_second` requests, evenly spread over time and clients.
pub(crate) fn open_loop(
    address: SocketAddr,
    traffic: &Arc<Traffic>,
    per_second: f64,
    duration: Duration,
) -> Result<Latencies> {
    let interval = f64::from(CLIENTS) / per_second;
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        clients.push((BlockingConnection::open(address)?, traffic.of_client(u64::from(client))));
    }
    let start = Instant::now() + Duration::from_millis(5);
    let latencies = thread::scope(|scope| {
        let mut running = Vec::new();
        for ((connection, draw), number) in clients.into_iter().zip(0_u32..) {
            let first = start + Duration::from_secs_f64(f64::from(number) / per_second);
            let schedule = Schedule { first, interval, end: start + duration };
            running.push(scope.spawn(move || client(connection, draw, schedule)));
        }
        let mut all = Vec::new();
        for client in running {
            let stopped = |_| Failure::Unreadable("a client thread stopped".to_owned());
            all.extend(client.join().map_err(stopped)??);
        }
        Ok::<_, Failure>(all)
    })?;
    Ok(Latencies::new(latencies))
}

/// When the requests of one client are due.
struct Schedule {
    first: Instant,
    interval: f64,
    end: Instant,
}

fn client(mut connection: BlockingConnection, mut draw: Draw, schedule: Schedule) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    for number in 0_u32.. {
        let due = schedule.first + Duration::from_secs_f64(f64::from(number) * schedule.interval);
        if due >= schedule.end {
            break;
        }
        draw.advance();
        thread::sleep(due.saturating_duration_since(Instant::now()));
        draw.check(connection.exchange(draw.request())?)?;
        latencies.push(due.elapsed());
    }
    Ok(latencies)
}
