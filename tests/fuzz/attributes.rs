//! Attributes of the element, as a host page or a template on its way may have mangled them.

use aftercart::config::Config;
use aftercart::contract::{Subject, WebUrl};
use aftercart_fuzz::{Corpus, fuzz};

/// What was set under this name: the first line `name=value`, as a document keeps the first of two attributes.
fn attribute(text: &str, name: &str) -> Option<String> {
    text.split('\n').find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

#[test]
fn config_attributes() {
    let corpus = Corpus::of(&[
        "subject=pay_1\nendpoint=https://shop.example/api/upsell/\ntoken=a1.k1.abc.def\nlocale=fr-CA\ntheme=dark",
        "subject=cus_1\ncheckout-url=https://shop.example/checkout\nsuccess-url=http://localhost:8080/thanks",
        "subject=cus_1\nplacement=dialog\ndensity=compact",
        "subject=cus_1\non-unknown=checkout\ntheme=auto\nlocale=\nendpoint=/",
    ]);
    let names = [
        "subject=",
        "endpoint=",
        "token=",
        "locale=",
        "theme=",
        "placement=",
        "density=",
        "on-unknown=",
        "checkout-url=",
        "success-url=",
        "\n",
    ];
    fuzz("config_attributes", &corpus.words(&names), |input| {
        let text = String::from_utf8_lossy(input);
        let Ok(config) = Config::from_attributes(|name| attribute(&text, name)) else { return Ok(()) };
        let addresses = [&config.checkout_url, &config.success_url].into_iter().flatten();
        if !addresses.map(WebUrl::as_str).all(|url| url.starts_with("https://") || url.starts_with("http://"))
        {
            return Err("an address that leads elsewhere".to_owned());
        }
        let is_asked_for = attribute(&text, "on-unknown").is_some_and(|value| value.trim() == "checkout");
        if (config.on_unknown == aftercart::config::OnUnknown::Checkout) != is_asked_for {
            return Err("the risk of paying twice was not asked for".to_owned());
        }
        let is_subject = Subject::parse(config.subject.as_str()).as_ref() == Ok(&config.subject);
        if is_subject && !config.endpoint.ends_with('/') { Ok(()) } else { Err(format!("{config:?}")) }
    });
}
