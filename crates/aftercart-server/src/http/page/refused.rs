//! Turns a problem into a page where a person, not a script, reads the answer.
//!
//! Status and headers stay as they are; only the body changes. What is said depends on where the
//! person was: a decline charges nothing; an accept may be in doubt; an outcome must never sound like
//! an invitation to pay again.

use super::frame::{Told, page};
use super::words::Language;
use crate::http::form::is_form;
use crate::http::router::Shared;
use aftercart_contract::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

/// Where a person meets a problem.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Accept,
    Decline,
    Outcome,
}

impl Place {
    fn of(request: &Request) -> Option<Self> {
        let route = request.extensions().get::<MatchedPath>()?.as_str();
        let posted = request.method() == Method::POST && is_form(request.headers());
        match route.rsplit('/').next()? {
            "accept" if posted => Some(Self::Accept),
            "decline" if posted => Some(Self::Decline),
            "outcome" => Some(Self::Outcome),
            _ => None,
        }
    }
}

/// Answers a form post and the outcome page with pages only.
pub(in crate::http) async fn for_people(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let Some(place) = Place::of(&request) else { return next.run(request).await };
    let language = language(&request);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else { return response };
    let [title, text] = words(place, &problem.code, response.status());
    let told = Told {
        status: response.status(),
        title: language.either(title).to_owned(),
        text: language.either(text).to_owned(),
        link: None,
        shop: shared.core.config.success_url.as_ref().map(ToString::to_string),
        again_in: (place == Place::Outcome && passes(response.status())).then_some(5),
    };
    dressed_as(page(&told, language), &response)
}

/// The page with everything else that the answer had.
fn dressed_as(mut page: Response, answer: &Response) -> Response {
    page.extensions_mut().extend(answer.extensions().clone());
    for (name, value) in answer.headers() {
        if name != CONTENT_LENGTH && !page.headers().contains_key(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

/// The offer's language as the address says it, else the browser's.
fn language(request: &Request) -> Language {
    let asked = request.uri().query().unwrap_or_default();
    let asked = asked.split('&').find_map(|pair| pair.strip_prefix("locale="));
    let browser = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::of(asked.or(browser))
}

/// True where asking again later may be answered otherwise.
fn passes(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

type Both = [&'static str; 2];

fn words(place: Place, code: &str, status: StatusCode) -> [Both; 2] {
    match (place, code) {
        (Place::Accept, "internal" | "timed_out") => IN_DOUBT,
        (Place::Accept | Place::Decline, "already_accepted" | "already_owned" | "key_reused") => ANSWERED,
        (Place::Accept, "price_moved") => PRICE_MOVED,
        (Place::Accept, "token_expired" | "unknown_offer" | "unknown_subject" | "too_late") => ENDED,
        (Place::Accept, "unknown_payment_method") => METHOD_GONE,
        (Place::Accept | Place::Decline, _) if passes(status) || code == "body_timeout" => NOT_NOW,
        (Place::Accept | Place::Decline, _) => NOT_UNDERSTOOD,
        (Place::Outcome, "not_accepted") => NOTHING_HERE,
        (Place::Outcome, "too_late") => TOO_LATE,
        (Place::Outcome, _) if passes(status) => LOOK_AGAIN,
        (Place::Outcome, _) => NO_SUCH_PAGE,
    }
}

const IN_DOUBT: [Both; 2] = [
    ["We are checking your payment", "Nous vérifions votre paiement"],
    [
        "We could not see how it ended. Please do not pay again: you will be charged once at most, and if it went through you will get a receipt by e-mail.",
        "Nous n’avons pas pu voir comment il s’est terminé. Ne payez pas une seconde fois : vous serez débité une fois au plus et, si le paiement a abouti, vous recevrez un reçu par e-mail.",
    ],
];
const ANSWERED: [Both; 2] = [
    ["You have answered this offer already", "Vous avez déjà répondu à cette offre"],
    ["This click charged nothing.", "Ce clic n’a rien débité."],
];
const PRICE_MOVED: [Both; 2] = [
    ["The price has changed", "Le prix a changé"],
    [
        "Nothing was charged by this click. Open the page of your order again to see the new amount.",
        "Ce clic n’a rien débité. Rouvrez la page de votre commande pour voir le nouveau montant.",
    ],
];
const ENDED: [Both; 2] = [
    ["This offer has ended", "Cette offre est terminée"],
    [
        "Nothing was charged by this click. Open the page of your order again to see whether there is another.",
        "Ce clic n’a rien débité. Rouvrez la page de votre commande pour voir s’il y en a une autre.",
    ],
];
const METHOD_GONE: [Both; 2] = [
    ["This card cannot be used any more", "Cette carte ne peut plus être utilisée"],
    [
        "Nothing was charged by this click. Open the page of your order again to choose another.",
        "Ce clic n’a rien débité. Rouvrez la page de votre commande pour en choisir une autre.",
    ],
];
const NOT_NOW: [Both; 2] = [
    ["The shop is busy just now", "La boutique est très sollicitée"],
    [
        "Nothing was charged by this click. Please go back and try again in a moment.",
        "Ce clic n’a rien débité. Revenez en arrière et réessayez dans un instant.",
    ],
];
const NOT_UNDERSTOOD: [Both; 2] = [
    ["Your click did not reach the shop", "Votre clic n’est pas arrivé à la boutique"],
    [
        "Nothing was charged by this click. Open the page of your order again to try once more.",
        "Ce clic n’a rien débité. Rouvrez la page de votre commande pour réessayer.",
    ],
];
const NOTHING_HERE: [Both; 2] = [
    ["No payment was started for this offer", "Aucun paiement n’a été lancé pour cette offre"],
    ["Nothing was charged.", "Rien n’a été débité."],
];
const TOO_LATE: [Both; 2] = [
    ["This page no longer shows your payment", "Cette page ne montre plus votre paiement"],
    [
        "If it went through, you have a receipt by e-mail. You are charged once at most.",
        "S’il a abouti, vous avez reçu un reçu par e-mail. Vous êtes débité une fois au plus.",
    ],
];
const LOOK_AGAIN: [Both; 2] = [
    [
        "We cannot look up your payment just now",
        "Nous ne pouvons pas consulter votre paiement pour l’instant",
    ],
    [
        "Please do not pay again: you will be charged once at most. This page looks again by itself.",
        "Ne payez pas une seconde fois : vous serez débité une fois au plus. Cette page se met à jour d’elle-même.",
    ],
];
const NO_SUCH_PAGE: [Both; 2] = [
    ["There is nothing to see here", "Il n’y a rien à voir ici"],
    ["This address shows no payment.", "Cette adresse ne montre aucun paiement."],
];
