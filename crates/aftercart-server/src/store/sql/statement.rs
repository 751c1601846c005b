//! One statement, its values and its rows, for either database: text, 64-bit integers and null are all that the
//! columns hold. `$1` is the first value, wherever it stands and however often.

use super::StoreError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row as _, SqlSafeStr};
use std::borrow::Cow;

/// A connection, lent for a question or within a transaction. SQLite's never waits for anything but the disk.
pub(super) enum Connection<'c> {
    Sqlite(&'c mut rusqlite::Connection),
    Postgres(&'c mut PgConnection),
}

/// A statement of ours with the values of others.
#[must_use]
pub(super) struct Statement<'v> {
    sql: Cow<'static, str>,
    values: Vec<Value<'v>>,
}

/// Without values yet.
pub(super) fn statement<'v>(sql: impl Into<Cow<'static, str>>) -> Statement<'v> {
    Statement { sql: sql.into(), values: Vec::new() }
}

impl<'v> Statement<'v> {
    /// Its next value.
    pub(super) fn bind(mut self, value: impl Into<Value<'v>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// How many rows it changed.
    pub(super) async fn run(self, connection: &mut Connection<'_>) -> Result<u64, StoreError> {
        match connection {
            Connection::Sqlite(sqlite) => Ok(self.run_on_sqlite(sqlite)?),
            Connection::Postgres(postgres) => {
                Ok(self.for_postgres().execute(&mut **postgres).await?.rows_affected())
            }
        }
    }

    /// Its rows.
    pub(super) async fn all<T>(
        self,
        connection: &mut Connection<'_>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        match connection {
            Connection::Sqlite(sqlite) => self.read_on_sqlite(sqlite, read),
            Connection::Postgres(postgres) => {
                let rows = self.for_postgres().fetch_all(&mut **postgres).await?;
                rows.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
        }
    }

    /// Its only row, if there is one.
    pub(super) async fn one<T>(
        self,
        connection: &mut Connection<'_>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(connection, read).await?.into_iter().next())
    }

    /// The `number` of its only row; of none, 0.
    pub(super) async fn number(self, connection: &mut Connection<'_>) -> Result<i64, StoreError> {
        Ok(self.one(connection, |row| row.number("number")).await?.unwrap_or_default())
    }

    fn run_on_sqlite(&self, sqlite: &rusqlite::Connection) -> rusqlite::Result<u64> {
        let mut prepared = sqlite.prepare_cached(&self.sql)?;
        self.bind_on_sqlite(&mut prepared)?;
        Ok(prepared.raw_execute()? as u64)
    }

    fn read_on_sqlite<T>(
        &self,
        sqlite: &rusqlite::Connection,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut prepared = sqlite.prepare_cached(&self.sql)?;
        self.bind_on_sqlite(&mut prepared)?;
        let (mut rows, mut all) = (prepared.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            all.push(read(&Row::Sqlite(row))?);
        }
        Ok(all)
    }

    /// To SQLite `$2` is a name, whose place is where it is met first.
    fn bind_on_sqlite(&self, prepared: &mut rusqlite::Statement<'_>) -> rusqlite::Result<()> {
        for place in 1..=prepared.parameter_count() {
            let name = prepared.parameter_name(place).unwrap_or_default();
            let number = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
            let value = number.and_then(|number| self.values.get(number.checked_sub(1)?));
            match value.ok_or_else(|| rusqlite::Error::InvalidParameterName(name.to_owned()))? {
                Value::Text(text) => prepared.raw_bind_parameter(place, text.as_deref())?,
                Value::Number(number) => prepared.raw_bind_parameter(place, number)?,
            }
        }
        Ok(())
    }

    fn for_postgres(self) -> Query<'v, Postgres, PgArguments> {
        let sql = match self.sql {
            Cow::Borrowed(sql) => sql.into_sql_str(),
            Cow::Owned(sql) => AssertSqlSafe(sql).into_sql_str(),
        };
        self.values.into_iter().fold(sqlx::query(sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
        })
    }
}

/// What a statement is given; null has a type, too.
pub(super) enum Value<'v> {
    Text(Option<Cow<'v, str>>),
    Number(Option<i64>),
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Cow::Owned))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

/// A row, column by column.
pub(super) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r PgRow),
}

impl Row<'_> {
    pub(super) fn text(&self, column: &'static str) -> Result<&str, StoreError> {
        self.maybe_text(column)?.ok_or(StoreError::Unreadable(column))
    }

    pub(super) fn maybe_text(&self, column: &'static str) -> Result<Option<&str>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                row.get_ref(column)?.as_str_or_null().map_err(|_| StoreError::Unreadable(column))
            }
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(super) fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.maybe_number(column)?.ok_or(StoreError::Unreadable(column))
    }

    pub(super) fn maybe_number(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                row.get_ref(column)?.as_i64_or_null().map_err(|_| StoreError::Unreadable(column))
            }
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}
