//! What a browser can pretend for a shopper: another window, larger text, less motion, colours of their own.

use anyhow::Result;
use serde_json::json;

use crate::browser::Browser;

impl Browser {
    /// A window of this width, in CSS pixels, and a phone's height.
    pub async fn resize(&self, width: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Sets media features, such as `("prefers-reduced-motion", "reduce")`; others are as they were at the start.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }
}
