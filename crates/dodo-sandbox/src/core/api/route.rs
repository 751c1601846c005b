//! The way of a call: key, fault, route, log.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Routed};
use super::request::ApiRequest;
use crate::core::error::ApiError;
use crate::core::fault::{Call, Fault};
use crate::core::journal::JournalEntry;
use crate::core::ledger::Ledger;
use crate::core::moment::Moment;
use crate::core::state::Core;

impl Core {
    /// Answers one API call and logs it. An `Idempotency-Key` has no effect, as with Dodo.
    pub fn answer(&mut self, now: Moment, request: &ApiRequest) -> Answer {
        let (answer, fault) = if request.bearer.as_deref() == Some(self.settings.api_key.as_str()) {
            self.answer_known(now, request)
        } else {
            (ApiError::unauthorized().into(), None)
        };
        self.journal.note(JournalEntry {
            at: now.stamp(),
            method: request.method.clone(),
            path: request.path.clone(),
            query: (!request.query.is_empty()).then(|| written(&request.query)),
            status: (!answer.cut).then_some(answer.status),
            body: request.loggable_body(),
            fault: fault.as_ref().map(Fault::words),
        });
        answer
    }

    fn answer_known(&mut self, now: Moment, request: &ApiRequest) -> (Answer, Option<Fault>) {
        let body = request.loggable_body();
        let customer_id = customer_of(request, &body).or_else(|| subscriber_of(&self.ledger, &request.path));
        let call = Call { method: &request.method, path: &request.path, customer_id };
        let Some(fault) = self.faults.take(&call) else {
            return (self.routed(now, request), None);
        };
        let answer = match &fault {
            Fault::Status { status, code, retry_after, commit } => {
                if *commit {
                    self.routed(now, request);
                }
                let code = code.as_deref().unwrap_or(usual_code(*status));
                let error = ApiError::new(*status, code, "A fault that was asked for");
                ApiError { retry_after: *retry_after, ..error }.into()
            }
            Fault::Drop { commit } => {
                if *commit {
                    self.routed(now, request);
                }
                Answer::cut()
            }
            Fault::Slow { ms } => {
                let answer = self.routed(now, request);
                Answer { delay: answer.delay + Duration::from_millis(*ms), ..answer }
            }
            Fault::Trickle { ms } => {
                Answer { trickle: Some(Duration::from_millis(*ms)), ..self.routed(now, request) }
            }
            Fault::EmptyList => Answer::json(200, &json!({ "items": [] })),
            Fault::Malformed => {
                let answer = self.routed(now, request);
                let half = answer.body.map(|body| body.chars().take(body.len() / 2 + 1).collect());
                Answer { body: half, ..answer }
            }
            Fault::Outcome { behaviour } => {
                self.forced_behaviour = Some(behaviour.clone());
                let answer = self.routed(now, request);
                self.forced_behaviour = None;
                answer
            }
        };
        (answer, Some(fault))
    }

    fn routed(&mut self, now: Moment, request: &ApiRequest) -> Answer {
        self.route(now, request).map_or_else(Answer::from, Answer::from)
    }

    fn route(&mut self, now: Moment, request: &ApiRequest) -> Result<Routed, ApiError> {
        let segments: Vec<&str> = request.path.split('/').filter(|part| !part.is_empty()).collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["customers"]) => self.list_customers(request),
            ("POST", ["customers"]) => self.create_customer(now, request),
            ("GET", ["customers", id]) => self.show_customer(id),
            ("PATCH", ["customers", id]) => self.change_customer(id, request),
            ("GET", ["customers", id, "payment-methods"]) => self.list_methods(id),
            ("DELETE", ["customers", id, "payment-methods", method]) => self.delete_method(id, method),
            ("POST", ["customers", id, "customer-portal", "session"]) => self.open_portal(id, request),
            ("GET", ["products"]) => self.list_products(request),
            ("GET", ["products", id]) => self.show_product(id),
            ("POST", ["checkouts"]) => self.post_checkout(now, request),
            ("POST", ["checkouts", "preview"]) => self.post_checkout_preview(now, request),
            ("GET", ["checkouts", id]) => self.show_checkout(id),
            ("GET", ["payments"]) => self.list_payments(request),
            ("POST", ["payments"]) => self.create_payment(now, request),
            ("GET", ["payments", id]) => self.payment_document(id).map(Routed::from),
            ("GET", ["subscriptions"]) => self.list_subscriptions(request),
            ("GET", ["subscriptions", id]) => self.subscription_document(id).map(Routed::from),
            ("PATCH", ["subscriptions", id]) => {
                self.patch_subscription(now, id, request.parse()?).map(Routed::from)
            }
            ("POST", ["subscriptions", id, "change-plan"]) => self.post_plan_change(now, id, request),
            ("POST", ["subscriptions", id, "change-plan", "preview"]) => {
                self.post_plan_change_preview(now, id, request)
            }
            ("DELETE", ["subscriptions", id, "change-plan", "scheduled"]) => {
                self.cancel_scheduled_change(now, id).map(|()| Routed::nothing())
            }
            ("GET", ["refunds"]) => self.list_refunds(request),
            ("POST", ["refunds"]) => self.create_refund(now, request),
            ("GET", ["refunds", id]) => self.refund_document(id).map(Routed::from),
            _ => Err(ApiError::not_found()),
        }
    }
}

/// The list object that every list answers.
pub(super) fn items(items: &[Value]) -> Routed {
    json!({ "items": items }).into()
}

fn customer_of<'a>(request: &'a ApiRequest, body: &'a Value) -> Option<&'a str> {
    let in_path = request.path.strip_prefix("/customers/").and_then(|rest| rest.split('/').next());
    let in_body = || body.get("customer")?.get("customer_id")?.as_str();
    in_path.or_else(|| request.parameters().get("customer_id")).or_else(in_body)
}

fn subscriber_of<'a>(ledger: &'a Ledger, path: &str) -> Option<&'a str> {
    let id = path.strip_prefix("/subscriptions/")?.split('/').next()?;
    ledger.subscription(id).ok().map(|subscription| subscription.customer_id.as_str())
}

fn usual_code(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHORIZED",
        404 => "NOT_FOUND",
        409 => "PREVIOUS_PAYMENT_PENDING",
        422 => "INVALID_REQUEST_PARAMETERS",
        429 => "TOO_MANY_REQUESTS",
        _ => "INTERNAL_SERVER_ERROR",
    }
}

fn written(query: &[(String, String)]) -> String {
    query.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}
