//! Something that goes well with what was bought: one product, or one to three on a card, in the quantity chosen.

use aftercart_e2e::Journey;
use anyhow::Result;
use dodo_sandbox::core::Fault;
use serde_json::json;

#[tokio::test]
async fn one_product_costs_what_the_button_says_in_every_kind_of_currency() -> Result<()> {
    let journey = Journey::start().await?;
    for (customer, bought, currency, amount) in [
        ("cus_jp", "pdt_lut_eur", "JPY", 4950),
        ("cus_kw", "pdt_brush_jpy", "KWD", 12_500),
        ("cus_de", "pdt_archive_kwd", "EUR", 3900),
    ] {
        journey.arrive(customer, bought).await?;
        let promise = journey.promise().await?;
        let quoted = promise.quote()?.currency;
        assert_eq!((quoted.code(), promise.amount_minor), (currency, amount), "{customer}");
        if customer == "cus_de" {
            journey.tick_consent().await?;
        }
        journey.click_accept().await?;
        journey.wait_for_state("succeeded").await?;
        journey.was_kept(&promise).await?;
    }
    assert_eq!(journey.charges_asked_for(), 3);
    Ok(())
}

const THREE: &str = r#"
[[offer]]
id = "course"
kind = "cross_sell"
product = "pdt_course"
when.purchased = ["pdt_presets"]
beside = ["guide", "stickers"]
{{words}}
[[offer]]
id = "guide"
kind = "cross_sell"
product = "pdt_guide"
{{words}}
[[offer]]
id = "stickers"
kind = "cross_sell"
product = "pdt_stickers"
quantity = { default = 2, min = 1, max = 9 }
{{words}}
"#;

/// One more, and in the same moment a click on accept: says what the button said then and whether it could be used.
const ONE_MORE_AND_ACCEPT: &str = "return (async () => {
    const root = document.querySelector('aftercart-offer').shadowRoot;
    const step = [...root.querySelectorAll('[part~=step]')].at(-1);
    step.focus();
    step.click();
    await new Promise((resolve) => setTimeout(resolve));
    const accept = root.querySelector('[part~=accept]');
    accept.click();
    return [accept.ariaDisabled, accept.innerText.trim(), root.activeElement === step];
    })()";

#[tokio::test]
async fn three_products_are_taken_singly_at_prices_that_the_button_waits_for() -> Result<()> {
    let journey = Journey::start_offering(THREE).await?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    assert_eq!(journey.promise().await?.amount_minor, 5390, "the first one is chosen beforehand");
    journey.choose("Sticker sheet").await?;
    assert_eq!(journey.promise().await?.amount_minor, 1980, "two sheets");
    journey.take_one_more().await?;
    let three = journey.promise().await?;
    assert_eq!(three.amount_minor, 2970);
    journey.next_call_meets("/checkouts/preview", Fault::Slow { ms: 1000 });
    let meanwhile = journey.browser.script(ONE_MORE_AND_ACCEPT).await?;
    assert_eq!(meanwhile, json!(["true", "Asking for the price…", true]));
    let four = journey.promise().await?;
    assert_eq!(four.amount_minor, 3960);
    assert_eq!(journey.charges_asked_for(), 0, "accepted at a price that nobody was told");
    journey.click_accept().await?;
    journey.wait_for_title("Colour grading course").await?;
    journey.was_kept(&four).await?;
    journey.choose("Colour grading guide").await?;
    for (name, next) in [
        ("Colour grading guide", "Colour grading course"),
        ("Colour grading course", "Thank you: Colour grading course is yours"),
    ] {
        let promise = journey.promise().await?;
        assert_eq!(promise.offer.product.name, name);
        journey.click_accept().await?;
        journey.wait_for_title(next).await?;
        journey.was_kept(&promise).await?;
    }
    assert_eq!(journey.charges_asked_for(), 3);
    Ok(())
}
