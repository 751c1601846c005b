//! The operator at the machine: the same answers straight from the database, while servers run or not.

use super::{AttemptList, AttemptStory, Explanation, OfferList, RefundList, Resolution, ask};
use crate::app::StartError;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::dodo::{Dodo, SdkWire};
use crate::rules::{OfferBook, load_offers};
use crate::store::SqlStore;
use crate::upsell::{Core, Refusal, Unresolved};
use aftercart_contract::Subject;
use std::sync::Arc;

/// A core that serves nobody, looks at nothing by itself, and offers nothing.
pub struct Operator {
    core: Core,
}

/// Why there is no answer; the text says it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct OperatorError(Unresolved);

impl From<Unresolved> for OperatorError {
    fn from(why: Unresolved) -> Self {
        Self(why)
    }
}

impl From<Refusal> for OperatorError {
    fn from(why: Refusal) -> Self {
        Self(why.into())
    }
}

impl Operator {
    /// Opens the database that the servers of this configuration use; it must be there.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        let store = SqlStore::open_existing(&config.database_url).await.map_err(StartError::Database)?;
        let (base_url, key) = (config.dodo.base_url.as_str(), config.dodo.api_key.reveal());
        let dodo = Dodo::new(
            Arc::new(SdkWire::new(base_url, key, config.dodo.timeout).map_err(StartError::Dodo)?),
            0,
        );
        let core = Core::new(config, OfferBook::default(), Arc::new(store), dodo, Arc::new(SystemClock));
        Ok(Self { core })
    }

    /// As [`Operator::open`], knowing the shop's offers, to explain them.
    pub async fn open_with_offers(config: Config) -> Result<Self, StartError> {
        let book = load_offers(&config.offers).map_err(StartError::Config)?;
        let mut operator = Self::open(config).await?;
        operator.core.set_book(book);
        Ok(operator)
    }

    /// Why this subject, `cus_…` or `pay_…`, is shown what it is.
    pub async fn explain(&self, subject: &Subject) -> Result<Explanation, OperatorError> {
        Ok(self.core.explain(subject).await?)
    }

    /// The newest attempts in one of these [`super::STATES`], or in any if none is named.
    pub async fn attempts(&self, states: &[&str], limit: u32) -> Result<AttemptList, OperatorError> {
        Ok(ask::attempts(&self.core, states, limit).await?)
    }

    /// Everything about one attempt.
    pub async fn attempt(&self, id: &str) -> Result<AttemptStory, OperatorError> {
        Ok(ask::story(&self.core, id).await?)
    }

    /// Takes the operator's word about an attempt, if Dodo does not speak against it, and answers it as it is
    /// then. A running server does what follows from it, such as giving back what was paid twice.
    pub async fn resolve(
        &self,
        id: &str,
        resolution: &Resolution,
        reason: &str,
    ) -> Result<AttemptStory, OperatorError> {
        Ok(ask::resolve(&self.core, id, resolution, reason).await?)
    }

    /// What became of every offer in the last days, 1 to 3,650.
    pub async fn offers(&self, days: u32) -> Result<OfferList, OperatorError> {
        Ok(ask::offers(&self.core, days).await?)
    }

    /// The newest refunds.
    pub async fn refunds(&self, limit: u32) -> Result<RefundList, OperatorError> {
        Ok(ask::refunds(&self.core, limit).await?)
    }
}
