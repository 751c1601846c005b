//! Two hundred generated carts: the amount in the button's words, the quote, Dodo's preview and Dodo's books are one, to
//! the minor unit; and a price that moves between offer and click is shown anew and charges nothing before.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod cart;
mod shop;
mod visit;

use aftercart::contract::Currency;
use anyhow::{Context, Result, ensure};
use cart::{Cart, Kind, Move, Tax};
use fastrand::Rng;
use shop::Shop;
use std::collections::BTreeMap;
use std::fmt::Debug;
use visit::Visit;

const CARTS: usize = 200;
const SEED: u64 = 200;

/// One cart from the purchase to Dodo's books.
async fn is_honest(shop: &Shop, cart: &Cart) -> Result<()> {
    let payment = shop.buy(cart)?;
    let mut visit = Visit::to(shop, &payment).await?;
    if cart.kind == Kind::Several {
        visit.take(cart.quantity).await?;
    }
    let mut promise = visit.promise().await?;
    ensure!(promise.quote()?.quantity == cart.quantity, "another quantity: {:?}", promise.quote()?);
    if let Some(what) = cart.moves {
        shop.moves(cart, what);
        visit.accept().await?;
        ensure!(visit.says_that_the_price_moved()?, "accepted at a price that has moved");
        shop.charged_nothing(&promise)?;
        promise = visit.promise().await?;
    }
    visit.accept().await?;
    ensure!(visit.has_succeeded(), "not accepted");
    promise.was_kept(&shop.sandbox)?;
    Ok(())
}

/// Counts the carts by one of their sides, prints that, and wants every one of `all` to occur.
fn every_one_of<T: Ord + Debug>(what: &str, all: &[T], found: impl Iterator<Item = T>) {
    let mut counts = BTreeMap::new();
    for one in found {
        *counts.entry(one).or_insert(0) += 1;
    }
    println!("{what}: {counts:?}");
    for one in all {
        assert!(counts.contains_key(one), "no cart with {what} {one:?}");
    }
}

#[tokio::test]
async fn two_hundred_carts_charge_what_their_buttons_say() -> Result<()> {
    let mut random = Rng::with_seed(SEED);
    let carts: Vec<Cart> = (0..CARTS).map(|number| Cart::draw(number, &mut random)).collect();
    let exponent = |cart: &Cart| Currency::new(cart.currency).unwrap().exponent();
    let kinds = [Kind::Once, Kind::Several, Kind::Trial, Kind::Upgrade, Kind::Downgrade];
    let taxes = [Tax::Inclusive, Tax::Exclusive, Tax::None];
    every_one_of("kind", &kinds, carts.iter().map(|cart| cart.kind));
    every_one_of("tax", &taxes, carts.iter().map(|cart| cart.tax));
    every_one_of("decimals", &[0, 2, 3], carts.iter().map(exponent));
    every_one_of("move", &[Move::Price, Move::Tax], carts.iter().filter_map(|cart| cart.moves));
    let moved_kinds = carts.iter().filter(|cart| cart.moves.is_some()).map(|cart| cart.kind);
    every_one_of("kind that moves", &kinds, moved_kinds);
    let shop = Shop::open(&carts).await?;
    for cart in &carts {
        is_honest(&shop, cart).await.with_context(|| format!("{cart:#?}"))?;
    }
    Ok(())
}
