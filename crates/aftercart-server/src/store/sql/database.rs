//! Either database, behind three ways in.

use super::shelf::Shelf;
use super::sqlite::Sqlite;
use super::statement::Connection;
use super::{Kind, StoreError};
use sqlx::{Connection as _, PgPool};

/// SQLite or PostgreSQL, open.
#[derive(Clone, Debug)]
pub(super) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// A pool, and of its connections those that are kept.
#[derive(Clone, Debug)]
pub(super) struct Postgres {
    pool: PgPool,
    questions: Shelf,
    writes: Shelf,
}

impl Postgres {
    /// Of a pool's connections, so many for questions and for writes.
    pub(super) fn of(pool: PgPool, questions: usize, writes: usize) -> Self {
        let (questions, writes) = (Shelf::of(pool.clone(), questions), Shelf::of(pool.clone(), writes));
        Self { pool, questions, writes }
    }
}

impl Database {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(_) => Kind::Postgres,
        }
    }

    /// Asks for a few rows that an index finds.
    pub(super) async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.ask(question).await,
            Self::Postgres(postgres) => {
                let asked =
                    async |lent: &mut sqlx::PgConnection| question(&mut Connection::Postgres(lent)).await;
                postgres.questions.ask(asked).await
            }
        }
    }

    /// Asks what may take seconds, on a connection that no shopper waits for.
    pub(super) async fn ask_at_length<T: Send + 'static>(
        &self,
        question: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.ask_at_length(question).await,
            Self::Postgres(postgres) => {
                question(&mut Connection::Postgres(&mut *postgres.pool.acquire().await?)).await
            }
        }
    }

    /// Changes, in one transaction: all of it is durable when this returns, or nothing is stored.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl AsyncFnOnce(&mut Connection<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.write(change).await,
            Self::Postgres(postgres) => {
                let transaction = async |lent: &mut sqlx::PgConnection| {
                    let mut transaction = lent.begin().await?;
                    let done = change(&mut Connection::Postgres(&mut transaction)).await?;
                    transaction.commit().await?;
                    Ok(done)
                };
                postgres.writes.ask(transaction).await
            }
        }
    }
}
