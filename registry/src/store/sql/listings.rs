//! Listings, whose text depends on the filters that are set.
//!
//! A prefix is a range of names, never a pattern: names may hold `%` and `_`. Tables are joined with `CROSS JOIN`,
//! which SQLite takes as the order in which to nest them: the order of the listing then comes from the indexes, and a
//! page costs no more than the rows up to its end.

use schema::model::subject::Subject;

use super::{Bind, Connection, Statement, rows};
use crate::store::{
    ContextScope, DeletedFilter, Page, SchemaQuery, StoreError, SubjectQuery, SubjectVersionRow,
};

/// See [`crate::store::Reads::subjects`].
pub(in crate::store) async fn subjects<C: Connection>(
    connection: &mut C,
    query: &SubjectQuery,
) -> Result<Vec<Subject>, StoreError> {
    let rows = connection.fetch(subjects_statement(query)).await?;
    rows.iter().map(|row| rows::subject(row, 0)).collect()
}

/// See [`crate::store::Store::search`].
pub(in crate::store) async fn search<C: Connection>(
    connection: &mut C,
    query: &SchemaQuery,
) -> Result<Vec<SubjectVersionRow>, StoreError> {
    let rows = connection.fetch(search_statement(query)).await?;
    rows.iter()
        .map(|row| Ok(SubjectVersionRow { subject: rows::subject(row, 0)?, row: rows::version(row, 2)? }))
        .collect()
}

pub(in crate::store) fn subjects_statement(query: &SubjectQuery) -> Statement {
    let mut statement = Statement::new(
        "SELECT c.name, s.name FROM contexts c CROSS JOIN subjects s WHERE s.context_id = c.context_id",
    );
    push_scope(&mut statement, &query.scope);
    push_prefix(&mut statement, &query.name_prefix);
    const LIVE: &str =
        "EXISTS (SELECT 1 FROM versions v WHERE v.subject_id = s.subject_id AND NOT v.deleted)";
    match query.deleted {
        DeletedFilter::Live => statement.push(&format!(" AND {LIVE}")),
        DeletedFilter::DeletedOnly => statement.push(&format!(" AND NOT {LIVE}")),
        // A subject exists while it has a version.
        DeletedFilter::All => {}
    }
    statement.push(" ORDER BY c.name, s.name");
    push_page(&mut statement, query.page);
    statement
}

pub(in crate::store) fn search_statement(query: &SchemaQuery) -> Statement {
    let everything = query.scope == ContextScope::All && query.name_prefix.is_empty();
    let mut statement =
        if query.also.is_empty() || everything { in_listing_order(query) } else { with_wanted(query) };
    if query.latest_only {
        statement.push(
            " AND v.version = (SELECT max(v.version) FROM versions v WHERE v.subject_id = s.subject_id",
        );
        push_deleted(&mut statement, query.deleted);
        statement.push(")");
    } else {
        push_deleted(&mut statement, query.deleted);
    }
    if let Some(rule_type) = &query.rule_type {
        statement.push(
            " AND EXISTS (SELECT 1 FROM schema_rule_types t
            WHERE t.context_id = v.context_id AND t.schema_id = v.schema_id AND t.rule_type = ",
        );
        statement.push_bind(rule_type.as_str());
        statement.push(")");
    }
    statement.push(" ORDER BY c.name, s.name, v.version");
    push_page(&mut statement, query.page);
    statement
}

macro_rules! columns {
    () => {
        "SELECT c.name, s.name, v.version, v.schema_id, v.guid, v.definition, v.deleted, v.created_at_ms"
    };
}

/// The subjects in scope, in the order of the listing.
fn in_listing_order(query: &SchemaQuery) -> Statement {
    let mut statement = Statement::new(concat!(
        columns!(),
        " FROM contexts c CROSS JOIN subjects s CROSS JOIN versions v
        WHERE s.context_id = c.context_id AND v.subject_id = s.subject_id"
    ));
    push_scope(&mut statement, &query.scope);
    push_prefix(&mut statement, &query.name_prefix);
    statement
}

/// The subjects in scope together with those that are wanted whatever their names: these few are found first, and
/// sorted afterwards.
fn with_wanted(query: &SchemaQuery) -> Statement {
    let mut statement = Statement::of_varying_size("WITH wanted (context, name) AS (VALUES ");
    statement.push_rows(
        query
            .also
            .iter()
            .map(|subject| -> [Bind; 2] { [subject.context().as_str().into(), subject.name().into()] }),
    );
    statement.push(
        "), matched (subject_id) AS (
        SELECT s.subject_id FROM wanted w
        JOIN contexts c ON c.name = w.context
        JOIN subjects s ON s.context_id = c.context_id AND s.name = w.name
        UNION
        SELECT s.subject_id FROM contexts c CROSS JOIN subjects s WHERE s.context_id = c.context_id",
    );
    push_scope(&mut statement, &query.scope);
    push_prefix(&mut statement, &query.name_prefix);
    statement.push(concat!(
        ") ",
        columns!(),
        " FROM matched m CROSS JOIN subjects s CROSS JOIN contexts c CROSS JOIN versions v
        WHERE s.subject_id = m.subject_id AND c.context_id = s.context_id AND v.subject_id = s.subject_id"
    ));
    statement
}

fn push_scope(statement: &mut Statement, scope: &ContextScope) {
    if let ContextScope::One(context) = scope {
        statement.push(" AND c.name = ");
        statement.push_bind(context.as_str());
    }
}

fn push_prefix(statement: &mut Statement, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    statement.push(" AND s.name >= ");
    statement.push_bind(prefix);
    if let Some(end) = prefix_end(prefix) {
        statement.push(" AND s.name < ");
        statement.push_bind(end);
    }
}

fn push_deleted(statement: &mut Statement, deleted: DeletedFilter) {
    match deleted {
        DeletedFilter::Live => statement.push(" AND NOT v.deleted"),
        DeletedFilter::DeletedOnly => statement.push(" AND v.deleted"),
        DeletedFilter::All => {}
    }
}

pub(super) fn push_page(statement: &mut Statement, page: Page) {
    statement.push(" LIMIT ");
    statement.push_bind(page.limit);
    statement.push(" OFFSET ");
    statement.push_bind(page.offset);
}

/// The first text after all texts that start with `prefix`, in the order of their bytes.
pub(super) fn prefix_end(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        if let Some(next) = following(last) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn following(character: char) -> Option<char> {
    // The code points between these two are no characters.
    const BEFORE_SURROGATES: char = '\u{d7ff}';
    const AFTER_SURROGATES: char = '\u{e000}';
    if character == BEFORE_SURROGATES {
        return Some(AFTER_SURROGATES);
    }
    char::from_u32(u32::from(character) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_its_last_character_grows() {
        let cases = [
            ("a", Some("b")),
            ("a%", Some("a&")),
            ("ä", Some("å")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ];
        for (prefix, end) in cases {
            assert_eq!(prefix_end(prefix).as_deref(), end, "{prefix:?}");
            assert!(end.is_none_or(|end| format!("{prefix}\u{10ffff}x").as_str() < end), "{prefix:?}");
        }
    }
}
