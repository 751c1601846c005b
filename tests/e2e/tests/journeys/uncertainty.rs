//! Charges whose end is not known at once: never a second one, and the truth in the end.

use std::time::Duration;

use aftercart_e2e::{Journey, Screen, click, wait_for_state, words};
use anyhow::Result;
use dodo_sandbox::core::Fault;

/// Accepts and expects one charge in the end, whatever the answer to it was.
async fn ends_in_one_charge(customer: &str, on_the_way: Option<&str>) -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive(customer, "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    if let Some(state) = on_the_way {
        journey.wait_for_state(state).await?;
        assert!(!journey.has_accept().await?, "the shopper is invited to pay again");
    }
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1, "the charge was sent again");
    Ok(())
}

#[tokio::test]
async fn a_bank_that_takes_its_time_is_waited_for() -> Result<()> {
    ends_in_one_charge("cus_processing", Some("processing")).await
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_never_sent_again() -> Result<()> {
    ends_in_one_charge("cus_lost_answer", None).await
}

#[tokio::test]
async fn an_error_after_the_charge_is_looked_up_and_never_sent_again() -> Result<()> {
    ends_in_one_charge("cus_error_after_commit", None).await
}

#[tokio::test]
async fn a_reload_while_the_bank_works_shows_no_offer_and_ends_in_success() -> Result<()> {
    let journey = Journey::start().await?;
    journey.arrive("cus_processing", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.click_accept().await?;
    journey.wait_for_state("processing").await?;
    journey.browser.reload().await?;
    journey.wait_for_state("succeeded").await?;
    journey.was_kept(&promise).await?;
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

/// Accepts while the charge meets a fault; returns when the widget says `state`.
async fn accept_under(fault: Fault, state: &str) -> Result<Journey> {
    // A backend that gives up soon, so that nobody waits 20 seconds for what never comes.
    let quick = |config: &mut aftercart_server::Config| config.dodo.timeout = Duration::from_secs(3);
    let journey = Journey::start_with(Screen::Desktop, quick).await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let promise = journey.promise().await?;
    journey.next_charge_meets(fault);
    journey.click_accept().await?;
    journey.wait_for_state(state).await?;
    assert_eq!(journey.charges_asked_for(), 1, "the charge was sent again");
    match state {
        "succeeded" => journey.was_kept(&promise).await?,
        _ => assert_eq!(journey.payments_after(&purchase).len(), 0, "something was charged"),
    }
    Ok(journey)
}

fn status(status: u16, commit: bool) -> Fault {
    Fault::Status { status, code: None, retry_after: None, commit }
}

/// Nobody knows whether it was charged: the shopper is told so, and invited to nothing, also after a reload.
async fn is_being_checked(fault: Fault) -> Result<()> {
    let journey = accept_under(fault, "unknown").await?;
    let told = journey.words().await?.to_lowercase();
    assert!(told.contains("check"), "nothing is said about the check: {told}");
    assert!(!journey.has_accept().await?, "the shopper is invited to pay again");
    journey.browser.reload().await?;
    journey.wait_for_state("unknown").await?;
    assert!(!journey.has_accept().await?, "the offer came back");
    assert_eq!(journey.charges_asked_for(), 1, "the charge was sent again");
    Ok(())
}

#[tokio::test]
async fn an_answer_after_the_time_limit_is_looked_up_and_never_sent_again() -> Result<()> {
    accept_under(Fault::Slow { ms: 6_000 }, "succeeded").await?;
    Ok(())
}

#[tokio::test]
async fn an_answer_that_trickles_in_is_looked_up_and_never_sent_again() -> Result<()> {
    accept_under(Fault::Trickle { ms: 200 }, "succeeded").await?;
    Ok(())
}

#[tokio::test]
async fn an_unreadable_answer_is_looked_up_and_never_sent_again() -> Result<()> {
    accept_under(Fault::Malformed, "succeeded").await?;
    Ok(())
}

#[tokio::test]
async fn a_committed_charge_behind_a_gateway_error_is_found() -> Result<()> {
    accept_under(status(502, true), "succeeded").await?;
    Ok(())
}

#[tokio::test]
async fn a_connection_cut_before_the_charge_is_being_checked() -> Result<()> {
    is_being_checked(Fault::Drop { commit: false }).await
}

#[tokio::test]
async fn a_conflict_at_dodo_is_being_checked() -> Result<()> {
    is_being_checked(status(409, false)).await
}

#[tokio::test]
async fn an_error_before_the_charge_is_being_checked() -> Result<()> {
    is_being_checked(status(500, false)).await
}

#[tokio::test]
async fn a_rate_limit_at_dodo_charges_nothing_and_leads_to_the_checkout() -> Result<()> {
    let journey = accept_under(status(429, false), "failed").await?;
    journey.browser.wait_for_address(&format!("{}/session/", journey.sandbox.url())).await?;
    Ok(())
}

#[tokio::test]
async fn a_dodo_that_is_gone_charges_nothing_and_the_shopper_hears_it() -> Result<()> {
    let journey = Journey::start().await?;
    let purchase = journey.arrive("cus_paid", "pdt_presets").await?;
    let Journey { browser, page: _page, sandbox, backend: _backend, .. } = journey;
    let payments_of = |ledger: dodo_sandbox::core::Ledger| {
        ledger.payments.iter().filter(|payment| payment.customer_id == purchase.customer_id).count()
    };
    let before = payments_of(sandbox.ledger());
    assert_eq!(before, 1);
    sandbox.stop().await;
    click(&browser, "accept").await?;
    // The refusal came through a network that may deliver the click once more: half a minute of doubt.
    wait_for_state(&browser, "unknown").await?;
    wait_for_state(&browser, "failed").await?;
    let told = words(&browser).await?.to_lowercase();
    assert!(told.contains("nothing was charged"), "{told}");
    Ok(())
}
