//! Accept and decline as a plain HTML form: the way that needs no script.
//!
//! 1. The fields are those of the JSON, and `idempotency_key` is the header: a form sends none.
//! 2. Token and key are in the body, never in an address.
//! 3. Where the page that follows needs a token, because the subject is a customer, a cookie brings it: for that
//!    address alone, out of reach of scripts, gone after an hour, and good for looking only.
//! 4. Whatever happened, the answer leads to a page that can be reloaded without sending again (303). Only a price
//!    that the shopper has not seen yet is answered at once, with the offer: that charges nothing.

use super::body::bounded;
use super::page;
use super::problem::malformed;
use super::router::Shared;
use crate::token::OfferClaims;
use crate::upsell::{Acceptance, Refusal};
use aftercart_contract::{
    AcceptRequest, DeclineRequest, Failure, IdempotencyKey, Ineligible, MethodRef, OfferAnswer, OfferId,
    OfferToken, Outcome, QuoteRequest, Subject, WebUrl,
};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE as HEADER_COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const FORM: &str = "application/x-www-form-urlencoded";
const COOKIE: &str = "aftercart_outcome";
const MAX_FORM: usize = 16 * 1024;

/// What an accept button sends.
#[derive(Deserialize)]
pub(super) struct AcceptForm {
    pub(super) offer_id: OfferId,
    pub(super) token: OfferToken,
    pub(super) idempotency_key: IdempotencyKey,
    pub(super) payment_method: Option<MethodRef>,
    pub(super) quantity: Option<u32>,
    pub(super) text_version: Option<String>,
    /// A ticked box sends a value, whatever it is; an unticked one sends nothing.
    pub(super) consent: Option<String>,
}

/// What the buttons of another quantity send.
#[derive(Deserialize)]
struct QuoteForm {
    offer_id: OfferId,
    token: OfferToken,
    /// What is written in the field.
    quantity: Option<u32>,
    /// What the button is for, which counts more.
    step: Option<u32>,
}

/// What a decline button sends.
#[derive(Deserialize)]
struct DeclineForm {
    offer_id: OfferId,
    token: OfferToken,
}

/// True for a request whose body is a form's.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
}

/// Accepts, then leads to the outcome, or to the checkout where no saved method can pay.
pub(super) async fn accept(shared: &Shared, subject: Subject, body: Body) -> Result<Response, Response> {
    let form: AcceptForm = fields(body).await?;
    let (offer_id, token) = (form.offer_id.clone(), form.token.clone());
    let request = AcceptRequest {
        offer_id: form.offer_id,
        token: Some(form.token),
        payment_method: form.payment_method,
        quantity: form.quantity,
        text_version: form.text_version,
        consent: form.consent.is_some(),
    };
    let click = Acceptance { subject: subject.clone(), key: form.idempotency_key, request };
    let outcome = match shared.core.accept(click).await {
        // A number written over the one that the token is for: its price was never seen.
        Err(Refusal::QuantityOutOfRange) => {
            let request = QuoteRequest { offer_id, token, quantity: form.quantity.unwrap_or(1) };
            return quoted(shared, &subject, &request, true).await;
        }
        outcome => outcome.map_err(IntoResponse::into_response)?.settled(),
    };
    let claims = claims(shared, &token).map_err(IntoResponse::into_response)?;
    if let Outcome::Requote { offer } = outcome {
        return Ok(page::offered(shared, &subject, OfferAnswer::Offer(offer), true));
    }
    if let Outcome::Failed(Failure { checkout_url: Some(checkout), .. }) = &outcome
        && !is_recorded(shared, &claims, &offer_id, &token).await
        && shared.core.config.may_send_to(checkout)
    {
        return Ok(see(checkout.as_str()));
    }
    Ok(see_outcome(shared, claims))
}

/// Shows the offer at the price of another quantity.
pub(super) async fn quote(shared: &Shared, subject: Subject, body: Body) -> Result<Response, Response> {
    let form: QuoteForm = fields(body).await?;
    let quantity = form.step.or(form.quantity).unwrap_or(1);
    let request = QuoteRequest { offer_id: form.offer_id, token: form.token, quantity };
    quoted(shared, &subject, &request, false).await
}

/// The offer at the price of this quantity, or how it went if it was accepted meanwhile.
async fn quoted(
    shared: &Shared,
    subject: &Subject,
    request: &QuoteRequest,
    has_moved: bool,
) -> Result<Response, Response> {
    let answer = shared.core.quote_quantity(subject, request).await.map_err(IntoResponse::into_response)?;
    if let OfferAnswer::Ineligible(Ineligible { outcome: Some(_), .. }) = answer {
        let claims = claims(shared, &request.token).map_err(IntoResponse::into_response)?;
        return Ok(see_outcome(shared, claims));
    }
    Ok(page::offered(shared, subject, answer, has_moved))
}

/// Declines, then leads back to the shop.
pub(super) async fn decline(shared: &Shared, subject: &Subject, body: Body) -> Result<Response, Response> {
    let form: DeclineForm = fields(body).await?;
    let request = DeclineRequest { offer_id: form.offer_id, token: Some(form.token.clone()), reason: None };
    shared.core.decline(subject, &request).await.map_err(IntoResponse::into_response)?;
    let claims = claims(shared, &form.token).map_err(IntoResponse::into_response)?;
    let shop = shared.core.config.success_url.as_ref().map(WebUrl::as_str);
    Ok(match shop {
        Some(shop) => see(shop),
        None => see_outcome(shared, claims),
    })
}

pub(super) async fn fields<T: DeserializeOwned>(body: Body) -> Result<T, Response> {
    let bytes = bounded(body, MAX_FORM).await?;
    serde_urlencoded::from_bytes(&bytes).map_err(|_| malformed("the form is not what is expected"))
}

/// The claims of a token that has just been accepted as valid.
fn claims(shared: &Shared, token: &OfferToken) -> Result<OfferClaims, Refusal> {
    Ok(shared.core.config.token_keys.verify_offer(token.reveal())?)
}

/// False where nothing was claimed, so that the outcome page would have nothing to tell.
async fn is_recorded(shared: &Shared, claims: &OfferClaims, offer: &OfferId, token: &OfferToken) -> bool {
    let status = shared.core.status(&subject_of(claims), offer, Some(token.reveal())).await;
    !matches!(status, Err(Refusal::NotAccepted))
}

/// Whom the page told of: the purchase, else the customer.
fn subject_of(claims: &OfferClaims) -> Subject {
    match claims.occasion.purchase() {
        Some(payment) => Subject::Payment(payment.clone()),
        None => Subject::Customer(claims.customer.clone()),
    }
}

/// Leads to the page that tells how it went.
fn see_outcome(shared: &Shared, claims: OfferClaims) -> Response {
    let mut response = see(&outcome_address(&claims));
    if claims.occasion.purchase().is_none()
        && let Ok(token) = shared.core.looking_only(claims)
    {
        let is_https =
            shared.core.config.public_url.as_ref().is_some_and(|url| url.as_str().starts_with("https:"));
        let secure = if is_https { "; Secure" } else { "" };
        // Without a path it is for the folder of the form's address, which is the customer's, wherever that is nested.
        let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Lax; Max-Age=3600{secure}", token.reveal());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
    }
    response
}

/// The token that a form post left for the page that follows.
pub(super) fn left_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(HEADER_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Relative, so that it is right under any path that the router is nested at.
fn outcome_address(claims: &OfferClaims) -> String {
    let query = [("offer_id", claims.offer.as_str()), ("locale", claims.locale.as_str())];
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    format!("../{}/outcome?{query}", subject_of(claims).as_str().replace('%', "%25"))
}

fn see(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}
