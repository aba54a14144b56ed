//! Tables of figures, as Markdown for people and as JSON for programs.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::failure::{Attempt, Failure, Result};

const BEGIN: &str = "<!-- figures: begin -->";
const END: &str = "<!-- figures: end -->";

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    /// A number and how many decimals of it are shown.
    Number(f64, usize),
    /// Whether the row meets its goal.
    Met(bool),
    Empty,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn markdown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number, decimals) => with_separators(&format!("{number:.decimals$}")),
            Self::Met(true) => "yes".to_owned(),
            Self::Met(false) => "**no**".to_owned(),
            Self::Empty => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number, _) => json!(number),
            Self::Met(met) => json!(met),
            Self::Empty => Value::Null,
        }
    }
}

/// Thousands apart, as in 12,345.6.
fn with_separators(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0
            && (whole.len() - index).is_multiple_of(3)
            && whole.as_bytes()[index - 1].is_ascii_digit()
        {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Figures that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) title: String,
    /// A remark below the title.
    pub(crate) remark: String,
    pub(crate) columns: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(title: &str, remark: impl Into<String>, columns: &'static [&'static str]) -> Self {
        Self { title: title.to_owned(), remark: remark.into(), columns, rows: Vec::new() }
    }

    pub(crate) fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let is_number =
            |column: usize| self.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(..))));
        let rule = |column| if is_number(column) { "---:".to_owned() } else { "---".to_owned() };
        let mut out = format!("### {}\n\n", self.title);
        if !self.remark.is_empty() {
            out.push_str(&self.remark);
            out.push_str("\n\n");
        }
        out.push_str(&line(self.columns.iter().map(|&column| column.to_owned()).collect()));
        out.push_str(&line((0..self.columns.len()).map(rule).collect()));
        for row in &self.rows {
            out.push_str(&line(row.iter().map(Cell::markdown).collect()));
        }
        out
    }

    pub(crate) fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Map<String, Value> {
            let pairs = self.columns.iter().zip(row);
            pairs.map(|(&column, cell)| (column.to_owned(), cell.json())).collect()
        };
        let rows: Vec<_> = self.rows.iter().map(object).collect();
        json!({"title": self.title, "remark": self.remark, "rows": rows})
    }
}

/// Puts the figures between the two markers of a document.
pub(crate) fn update(path: &Path, figures: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).attempt(format!("read {}", path.display()))?;
    let updated = replaced(&text, figures);
    let updated =
        updated.ok_or_else(|| Failure::NoMarkers { path: path.to_owned(), begin: BEGIN, end: END })?;
    std::fs::write(path, updated).attempt(format!("write {}", path.display()))
}

fn replaced(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_kept_apart() {
        for (number, text) in
            [(1_234_567.0, "1,234,567"), (999.0, "999"), (-1_000.0, "-1,000"), (-100.0, "-100")]
        {
            assert_eq!(Cell::Number(number, 0).markdown(), text);
        }
        assert_eq!(Cell::Number(1234.567, 2).markdown(), "1,234.57");
        assert_eq!(Cell::Number(f64::NAN, 2).markdown(), "NaN");
    }

    #[test]
    fn a_table_reads_the_same_in_both_forms() {
        let mut table = Table::new("Speed", "", &["call", "per second", "met"]);
        table.rows.push(vec![Cell::text("GET /"), Cell::Number(1500.0, 0), Cell::Met(false)]);
        assert_eq!(
            table.markdown(),
            "### Speed\n\n| call | per second | met |\n| --- | ---: | --- |\n| GET / | 1,500 | **no** |\n"
        );
        assert_eq!(table.json()["rows"], json!([{"call": "GET /", "per second": 1500.0, "met": false}]));
    }

    #[test]
    fn only_what_lies_between_the_markers_is_replaced() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        assert_eq!(replaced(&text, "new\n").unwrap(), format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert!(replaced("no place", "new").is_none());
    }
}
