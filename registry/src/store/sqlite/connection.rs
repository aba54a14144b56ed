//! SQLite below the seam of [`super::super::sql`].

use std::borrow::Cow;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Executor, Row, SqlSafeStr, Sqlite, SqliteConnection};

use crate::store::StoreError;
use crate::store::sql::{Bind, Cells, Connection, Statement};

impl Connection for SqliteConnection {
    type Row = SqliteRow;

    async fn fetch(&mut self, statement: Statement) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(self.fetch_all(query(statement)?).await?)
    }

    async fn execute(&mut self, statement: Statement) -> Result<(), StoreError> {
        Executor::execute(self, query(statement)?).await?;
        Ok(())
    }
}

fn query(statement: Statement) -> Result<sqlx::query::Query<'static, Sqlite, SqliteArguments>, StoreError> {
    let mut arguments = SqliteArguments::default();
    for bind in statement.binds {
        let added = match bind {
            Bind::Integer(number) => arguments.add(number),
            Bind::Text(text) => arguments.add(text),
            Bind::Bytes(bytes) => arguments.add(bytes),
        };
        added.map_err(StoreError::Database)?;
    }
    let text = match statement.text {
        Cow::Borrowed(text) => text.into_sql_str(),
        // Texts are put together from fixed parts and parameter numbers only.
        Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
    };
    Ok(sqlx::query_with(text, arguments).persistent(statement.reusable))
}

impl Cells for SqliteRow {
    fn integer(&self, column: usize) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn text_if_any(&self, column: usize) -> Result<Option<&str>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        Ok(self.try_get(column)?)
    }
}
