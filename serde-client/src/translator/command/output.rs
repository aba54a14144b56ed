//! What commands print.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use serde::Serialize;

/// The standard output. A reader that went away is no error.
pub(super) struct Out {
    writer: Box<dyn Write>,
}

impl Out {
    pub(super) fn stdout() -> Self {
        Self { writer: Box::new(io::stdout()) }
    }

    pub(super) fn line(&mut self, text: impl fmt::Display) {
        // Nobody is left to tell when the output is closed.
        let _ = writeln!(self.writer, "{text}");
    }

    pub(super) fn json(&mut self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(text),
            Err(error) => Self::complain(&error),
        }
    }

    /// Rows with their columns below each other.
    pub(super) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        let mut widths = head.map(|text| text.chars().count());
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        self.row(&head.map(str::to_owned), &widths);
        self.row(&widths.map(|width| "-".repeat(width)), &widths);
        for row in rows {
            self.row(row, &widths);
        }
    }

    fn row<const N: usize>(&mut self, cells: &[String; N], widths: &[usize; N]) {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let _ = write!(text, "{cell:<width$}  ");
        }
        self.line(text.trim_end());
    }

    /// Says on the standard error output why something failed.
    pub(super) fn complain(failure: &impl fmt::Display) {
        let _ = writeln!(io::stderr(), "translator: {failure}");
    }
}

impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Out")
    }
}
