//! SQL that every engine understands, and the seam below which engines differ.
//!
//! Statements number their parameters `$1`, `$2`, … An engine implements [`Connection`] and [`Cells`]; everything else
//! in this folder is written once.

pub(super) mod keys;
pub(super) mod listings;
pub(super) mod reads;
mod rows;

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use super::StoreError;

/// A connection that answers statements.
pub(super) trait Connection: Send {
    /// A row of an answer.
    type Row: Cells + Send;

    /// Runs a statement and returns all its rows.
    fn fetch(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<Self::Row>, StoreError>> + Send;

    /// Runs a statement that returns no rows.
    fn execute(&mut self, statement: Statement) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Typed access to the columns of a row, from 0.
pub(super) trait Cells {
    /// A number.
    fn integer(&self, column: usize) -> Result<i64, StoreError>;
    /// A truth value.
    fn flag(&self, column: usize) -> Result<bool, StoreError>;
    /// A text.
    fn text(&self, column: usize) -> Result<&str, StoreError>;
    /// A text or nothing.
    fn text_if_any(&self, column: usize) -> Result<Option<&str>, StoreError>;
    /// Bytes.
    fn bytes(&self, column: usize) -> Result<&[u8], StoreError>;
}

/// A parameter.
#[derive(Clone, Debug)]
pub(super) enum Bind {
    /// A number or nothing.
    Integer(Option<i64>),
    /// A text or nothing.
    Text(Option<Arc<str>>),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Bind {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<i32> for Bind {
    fn from(number: i32) -> Self {
        Self::Integer(Some(number.into()))
    }
}

impl From<u32> for Bind {
    fn from(number: u32) -> Self {
        Self::Integer(Some(number.into()))
    }
}

impl From<Option<i32>> for Bind {
    fn from(number: Option<i32>) -> Self {
        Self::Integer(number.map(i64::from))
    }
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Self::Text(Some(Arc::from(text)))
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Self {
        Self::Text(Some(Arc::from(text)))
    }
}

impl From<Arc<str>> for Bind {
    fn from(text: Arc<str>) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<Arc<str>>> for Bind {
    fn from(text: Option<Arc<str>>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Bind {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Arc::from))
    }
}

impl From<&[u8]> for Bind {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// A statement with its parameters.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// The SQL.
    pub(super) text: Cow<'static, str>,
    /// The parameters in the order of their numbers.
    pub(super) binds: Vec<Bind>,
    /// Whether the engine may keep it prepared: not when its text depends on the size of the input.
    pub(super) reusable: bool,
}

impl Statement {
    /// A fixed text.
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), binds: Vec::new(), reusable: true }
    }

    /// A text with as many parts as the input has.
    pub(super) fn of_varying_size(text: &'static str) -> Self {
        Self { reusable: false, ..Self::new(text) }
    }

    /// Binds the next parameter that the text names.
    pub(super) fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }

    /// Appends SQL.
    pub(super) fn push(&mut self, text: &str) {
        self.text.to_mut().push_str(text);
    }

    /// Appends a parameter.
    pub(super) fn push_bind(&mut self, value: impl Into<Bind>) {
        self.binds.push(value.into());
        let number = self.binds.len();
        self.push(&format!("${number}"));
    }

    /// Appends rows of a `VALUES` list.
    pub(super) fn push_rows<const N: usize>(&mut self, rows: impl Iterator<Item = [Bind; N]>) {
        for (index, row) in rows.enumerate() {
            self.push(if index == 0 { "(" } else { ", (" });
            for (column, value) in row.into_iter().enumerate() {
                if column > 0 {
                    self.push(", ");
                }
                self.push_bind(value);
            }
            self.push(")");
        }
    }
}
