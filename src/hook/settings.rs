//! What `<UpsellOffer/>` and `use_upsell` can both be told.

/// The settings of a visit. Empty fields mean the default, as an absent attribute does.
///
/// ```
/// let settings = aftercart::UpsellSettings { subject: "pay_1".into(), ..Default::default() };
/// # assert!(settings.endpoint.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpsellSettings {
    /// `cus_…` or `pay_…`; empty takes `payment_id` from the page's address.
    pub subject: String,
    /// Where the merchant backend answers. Default `/api/upsell`.
    pub endpoint: String,
    /// Proof minted by the merchant's server, for `cus_…` subjects.
    pub token: String,
    /// BCP 47 tag. Default: the page's language.
    pub locale: String,
    /// The standard checkout, used when an answer names none.
    pub checkout_url: String,
    /// Where to go after success. Default: stay.
    pub success_url: String,
}

impl UpsellSettings {
    /// The setting that the element's attribute of this name would hold.
    #[cfg_attr(not(feature = "browser"), allow(dead_code, reason = "a server reads no settings"))]
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let value = match name {
            "subject" => &self.subject,
            "endpoint" => &self.endpoint,
            "token" => &self.token,
            "locale" => &self.locale,
            "checkout-url" => &self.checkout_url,
            "success-url" => &self.success_url,
            _ => return None,
        };
        Some(value.clone())
    }
}
