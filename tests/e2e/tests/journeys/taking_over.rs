//! The moment in which the widget takes the place of the painted offer: nothing is seen of it, and nothing is lost.

use aftercart_e2e::Journey;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;

const ROOT: &str = "const root = document.querySelector('aftercart-offer').shadowRoot;";

/// A page with a painted offer, whose widget is held back.
async fn held(query: Option<&str>, customer: &str, product: &str) -> Result<Journey> {
    let journey = Journey::start().await?;
    journey.page.hold_the_widget()?;
    if let Some(query) = query {
        journey.page.print_offers(query);
    }
    journey.arrive(customer, product).await?;
    Ok(journey)
}

async fn let_go(journey: &Journey) -> Result<()> {
    journey.browser.script("letGo()").await?;
    journey.wait_for_take_over().await?;
    // One frame later it is on the screen.
    let frame =
        "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
    journey.browser.script(frame).await.map(drop)
}

/// Where everything is and how it is coloured, one line an element. What only screen readers find is not in it.
const LAYOUT: &str = "return [...root.querySelectorAll('*')].filter((element) => element.offsetHeight && !element.matches('.spoken')) \
    .map((element) => { const { x, y, width, height } = element.getBoundingClientRect(); \
        const { color, backgroundColor, font, visibility } = getComputedStyle(element); \
        return [element.part, x, y, width, height, color, backgroundColor, font, visibility, element.innerText].join(' '); }).join('\\n')";

/// What is seen: every pixel, or where a browser paints the same thing anew with other pixels, what they are made of.
async fn seen(journey: &Journey, file: &Path) -> Result<Vec<u8>> {
    if journey.browser.paints_anew_differently() {
        let layout = journey.browser.script(&format!("{ROOT} {LAYOUT}")).await?;
        let text = layout.as_str().context("a layout")?;
        std::fs::write(file, text)?;
    } else {
        journey.browser.picture_of_the_window(file).await?;
    }
    Ok(std::fs::read(file)?)
}

/// Compares what is seen before and after.
async fn is_unseen(journey: &Journey, what: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let loaded =
        format!("{ROOT} const image = root.querySelector('img'); return !image || image.complete || null");
    journey.browser.wait_for("the product's picture", &loaded).await?;
    let before = seen(journey, &folder.path().join("before.png")).await?;
    let_go(journey).await?;
    let after = seen(journey, &folder.path().join("after.png")).await?;
    if before != after {
        let kept = folder.keep();
        anyhow::bail!("{what}: what is kept in {} differs", kept.display());
    }
    let (shift, nodes) = journey.layout_shift().await?;
    anyhow::ensure!(shift < 0.001, "{what}: {shift}: {nodes}");
    Ok(())
}

#[tokio::test]
async fn nothing_is_seen_in_any_theme_place_or_language() -> Result<()> {
    let looks = [
        "theme=light",
        "theme=dark&locale=de",
        "theme=light&density=compact&locale=ja",
        "placement=banner&theme=dark",
        "locale=ar&theme=light",
        "locale=fr&placement=banner",
        "locale=hi",
        "locale=pt-BR&density=compact&theme=dark",
    ];
    let journey = held(Some(""), "cus_paid", "pdt_presets").await?;
    for look in looks {
        journey.page.print_offers(look);
        journey.browser.script("sessionStorage.clear()").await?;
        journey.browser.reload().await?;
        is_unseen(&journey, look).await?;
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_seen_for_any_kind_of_offer() -> Result<()> {
    let kinds = [
        ("cus_paid", "pdt_presets"),
        ("cus_many_cards", "pdt_presets"),
        ("cus_no_method", "pdt_presets"),
        ("cus_paid", "pdt_pro"),
        ("cus_paid", "pdt_guide"),
    ];
    for (customer, product) in kinds {
        let journey = held(Some("theme=dark"), customer, product).await?;
        is_unseen(&journey, &format!("{customer} who bought {product}")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_offer_that_the_loader_fetched_is_taken_over_unseen_too() -> Result<()> {
    let journey = held(None, "cus_paid", "pdt_presets").await?;
    is_unseen(&journey, "fetched").await
}

#[tokio::test]
async fn focus_selection_scroll_and_elements_stay() -> Result<()> {
    let journey = held(Some(""), "cus_many_cards", "pdt_presets").await?;
    let before = format!(
        "{ROOT} window.words = root.querySelector('[part=description]').firstChild; \
         getSelection().setBaseAndExtent(words, 4, words, 9); \
         window.kept = root.querySelector('[part~=decline]'); kept.focus(); scrollTo(0, 40); return scrollY"
    );
    let scrolled = journey.browser.script(&before).await?;
    let_go(&journey).await?;
    let after = format!(
        "{ROOT} return [root.activeElement === kept, root.querySelector('[part~=decline]') === kept, \
         words.isConnected && root.contains(words), scrollY]"
    );
    let expected = serde_json::json!([true, true, true, scrolled]);
    assert_eq!(journey.browser.script(&after).await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_card_chosen_before_the_widget_is_the_card_that_is_charged() -> Result<()> {
    let journey = held(Some(""), "cus_many_cards", "pdt_presets").await?;
    journey.browser.script(&format!("{ROOT} root.querySelectorAll('[type=radio]')[1].click()")).await?;
    let name = format!("{ROOT} return root.querySelectorAll('.choice span')[2].textContent");
    let chosen = journey.browser.script(&name).await?;
    let_go(&journey).await?;
    let chosen = chosen.as_str().context("a card")?;
    assert!(journey.accept_words().await?.contains(chosen), "{chosen}");
    Ok(())
}

#[tokio::test]
async fn a_card_cannot_be_chosen_any_more_once_accept_is_pressed() -> Result<()> {
    let journey = held(None, "cus_many_cards", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    // A real click, as a shopper's: where nothing can be hit, it hits what lies behind.
    let other = format!("{ROOT} return root.querySelectorAll('[part~=methods] [part~=choice]')[1]");
    let _ = journey.browser.element(&other).await?.click().await;
    let is_other = format!("{ROOT} return root.querySelectorAll('[part~=methods] input')[1].checked");
    assert_eq!(journey.browser.script(&is_other).await?, false);
    journey.browser.script("letGo()").await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}

#[tokio::test]
async fn steps_before_the_widget_count_and_bring_their_price() -> Result<()> {
    const SEATS: &str = "[[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.purchased = [\"pdt_presets\"]\n\
        quantity = { default = 2, min = 1, max = 5 }\n{{words}}";
    let journey = Journey::start_offering(SEATS).await?;
    journey.page.hold_the_widget()?;
    journey.arrive("cus_paid", "pdt_presets").await?;
    // Drawn anew, as on a change of an attribute: what was heard before is not heard twice.
    journey
        .browser
        .script("document.querySelector('aftercart-offer').setAttribute('density', 'compact')")
        .await?;
    let compact =
        "return document.querySelector('aftercart-offer[data-density=compact][data-state=offer]') && true";
    journey.browser.wait_for("the offer again", compact).await?;
    journey.take_one_more().await?;
    journey.take_one_more().await?;
    let number = format!("{ROOT} return root.querySelector('#quantity').value");
    assert_eq!(journey.browser.script(&number).await?, "4");
    let_go(&journey).await?;
    let promise = journey.promise().await?;
    assert_eq!(promise.quote()?.quantity, 4);
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}

/// Nothing is sent before the widget, and one charge by it.
async fn is_charged_once(journey: &Journey) -> Result<()> {
    assert_eq!(journey.charges_asked_for(), 0, "nothing is sent before the widget");
    let_go(journey).await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn clicks_before_the_widget_are_kept_shown_at_once_and_charged_once() -> Result<()> {
    let journey = held(None, "cus_paid", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.double_click_accept().await?;
    let shown = format!(
        "{ROOT} const button = root.querySelector('[part~=accept]'); \
         return [button.ariaDisabled, button.innerText.trim(), getComputedStyle(button.firstChild).visibility]"
    );
    assert_eq!(journey.browser.script(&shown).await?, serde_json::json!(["true", "Paying…", "hidden"]));
    is_charged_once(&journey).await
}

#[tokio::test]
async fn a_page_that_accepts_before_the_widget_is_heard_once() -> Result<()> {
    let journey = held(None, "cus_paid", "pdt_presets").await?;
    journey.wait_for_state("offer").await?;
    let accept = "const offer = document.querySelector('aftercart-offer'); offer.accept(); offer.accept()";
    journey.browser.script(accept).await?;
    is_charged_once(&journey).await
}

#[tokio::test]
async fn a_widget_that_the_page_began_in_vain_is_asked_for_again() -> Result<()> {
    let journey = held(None, "cus_paid", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.browser.script("fail()").await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn a_click_whose_widget_never_comes_is_sent_by_the_form_once() -> Result<()> {
    let journey = Journey::start().await?;
    journey.page.hold_the_widget()?;
    // What the loader asks for instead: script and WebAssembly.
    journey.page.set_widget_host(journey.page.origin());
    journey.page.fail_files(2);
    journey.arrive("cus_paid", "pdt_presets").await?;
    journey.click_accept().await?;
    journey.browser.script("fail()").await?;
    journey.browser.wait_for_address("/outcome").await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

#[tokio::test]
async fn a_decline_before_the_widget_shows_what_is_offered_instead() -> Result<()> {
    let journey = held(Some(""), "cus_paid", "pdt_presets").await?;
    journey.click_decline().await?;
    let_go(&journey).await?;
    journey.wait_for_title("Colour grading guide").await?;
    assert_eq!(journey.charges_asked_for(), 0);
    Ok(())
}

/// The names of all files that the page has loaded.
async fn loaded(journey: &Journey) -> Result<Vec<String>> {
    let names = "return performance.getEntriesByType('resource').map(({ name }) => name)";
    Ok(serde_json::from_value(journey.browser.script(names).await?)?)
}

#[tokio::test]
async fn where_nothing_is_offered_no_webassembly_is_loaded() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.buy("cus_not_eligible", "pdt_stickers").await?;
    journey.open_success_page(&purchase).await?;
    journey.wait_for_state("hidden").await?;
    let reason = "return JSON.parse(sessionStorage.getItem('recorded')).find(({ type }) => type === 'aftercart-hidden').detail.reason";
    assert_ne!(journey.browser.script(reason).await?, Value::Null, "developers are not told why");
    let files = loaded(&journey).await?;
    assert!(!files.iter().any(|name| name.contains("/widget-")), "{files:?}");
    Ok(())
}

#[tokio::test]
async fn an_offer_that_the_page_asks_for_early_is_asked_for_once() -> Result<()> {
    const SNIPPET: &str = "<script>aftercart={offer:fetch('https://shop.example/api/upsell/'+new URLSearchParams(location.search).get('payment_id')+'?locale=en',{headers:{accept:'text/html'}})}</script>";
    let journey = Journey::start().await?;
    journey.page.set_head(SNIPPET);
    journey.arrive("cus_paid", "pdt_presets").await?;
    let asked = loaded(&journey).await?.iter().filter(|name| name.contains("?locale=")).count();
    assert_eq!(asked, 1);
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await
}
