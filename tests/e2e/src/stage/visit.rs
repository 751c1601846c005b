//! A browser in front of the stage.

use anyhow::Result;

use super::{Scene, Situation, Stage};
use crate::browser::Browser;

impl Browser {
    /// Opens a situation and waits until it is reached.
    pub async fn watch(&self, stage: &Stage, situation: &Situation, scene: &Scene) -> Result<()> {
        self.open(&stage.address(situation, scene)).await?;
        self.wait_for_the_stage(&format!("{} in {scene}", situation.name)).await
    }

    /// Waits until everything on this page of the stage is reached.
    pub async fn wait_for_the_stage(&self, what: &str) -> Result<()> {
        self.wait_for(what, "return document.documentElement.dataset.stage === 'ready'").await?;
        Ok(())
    }
}
