//! Ports for servers that cannot take port 0: several nodes that have to know each other's, and what starts again where it
//! was.

use std::fs::{File, create_dir_all};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Mutex;

/// Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): among those, one
/// that is free now may be the near end of somebody's connection a moment later.
const FIRST: u16 = 20_000;

/// How many ports in a row belong together.
const ROW: u16 = 8;

/// How many rows there are.
const ROWS: u16 = 1_250;

/// The first of so many free ports in a row, on 127.0.0.1. They stay this process's own until it ends: other test processes
/// pass them over, also while nobody listens there.
///
/// # Panics
///
/// For more than eight ports, and when none are free.
#[must_use]
pub fn reserve(count: u16) -> u16 {
    /// Locked files of the rows that are taken, each as long as the file is open.
    static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());
    assert!(count <= ROW, "a row has {ROW} ports");
    let folder = std::env::temp_dir().join("registry-tests-ports");
    create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    // Processes that start side by side begin at different rows.
    let begin = std::process::id() % u32::from(ROWS);
    for row in (0..ROWS).map(|row| (u32::from(row) + begin) % u32::from(ROWS)) {
        let path = folder.join(row.to_string());
        let file = File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let first = FIRST + u16::try_from(row).expect("a row's number") * ROW;
        if file.try_lock().is_ok() && (first..first + count).all(is_free) {
            TAKEN.lock().expect("no other thread panics here").push(file);
            return first;
        }
    }
    panic!("all ports from {FIRST} on are taken");
}

/// An address that nobody listens on, this process's own until it ends.
///
/// # Panics
///
/// When none is free.
#[must_use]
pub fn free_address() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, reserve(1)))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{FIRST, ROW, ROWS, free_address, reserve};

    #[test]
    fn what_is_reserved_is_not_given_again() {
        let rows = [reserve(6), reserve(6), free_address().port()];
        assert!(rows[0].abs_diff(rows[1]) >= ROW && rows[1].abs_diff(rows[2]) >= ROW, "{rows:?}");
        assert!(rows.iter().all(|row| (FIRST..FIRST + ROW * ROWS).contains(row)), "{rows:?}");
    }
}
