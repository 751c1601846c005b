// Every call of the sandbox's API through the official npm package, unmodified.
// Reads SANDBOX_URL and SANDBOX_WEBHOOK_SECRET.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import DodoPayments from 'dodopayments';

const url = process.env.SANDBOX_URL;
assert.ok(url, 'SANDBOX_URL is missing');
const client = new DodoPayments({
  bearerToken: 'dodo_test_sandbox',
  webhookKey: process.env.SANDBOX_WEBHOOK_SECRET,
  baseURL: url,
  maxRetries: 0,
});
const control = async (path, body) => {
  const answer = await fetch(`${url}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  return answer.json();
};
const isTime = (text) => assert.ok(!Number.isNaN(Date.parse(text)), `${text} is not a time`);

// Customers and saved methods
const made = await client.customers.create({ email: 'npm@example.com', name: 'Npm customer', metadata: { from: 'npm' } });
assert.match(made.customer_id, /^cus_/);
isTime(made.created_at);
assert.equal((await client.customers.retrieve(made.customer_id)).metadata.from, 'npm');
assert.equal((await client.customers.update(made.customer_id, { name: 'Renamed customer' })).name, 'Renamed customer');
assert.equal((await client.customers.list({ email: 'npm@example.com', page_number: 0 })).items.length, 1);
const methods = await client.customers.retrievePaymentMethods('cus_paid');
assert.deepEqual(methods.items.map((method) => method.payment_method_id), ['pm_paid', 'pm_paid_older']);
assert.equal(methods.items[0].card.last4_digits, '4242');
const spare = await control(`/customers/${made.customer_id}/methods`, {});
await client.customers.deletePaymentMethod(spare.payment_method_id, { customer_id: made.customer_id });
assert.deepEqual((await client.customers.retrievePaymentMethods(made.customer_id)).items, []);
const portal = await client.customers.customerPortal.create('cus_paid', { send_email: false });
assert.ok(portal.link.startsWith(url));

// Products
const product = await client.products.retrieve('pdt_pro');
assert.deepEqual([product.price.type, product.price.price, product.price.currency], ['recurring_price', 8000, 'USD']);
assert.equal((await client.products.list({ page_size: 100, page_number: 0 })).items.length, 10);
const goods = await client.products.list({ recurring: false, page_size: 100, page_number: 0 });
assert.equal(goods.items.length, 7);

// Checkouts: preview, one click, hosted, retrieve
const cart = { product_cart: [{ product_id: 'pdt_course', quantity: 1 }], customer: { customer_id: 'cus_paid' } };
const preview = await client.checkoutSessions.preview(cart);
assert.deepEqual([preview.total_price, preview.total_tax, preview.currency], [5390, 490, 'USD']);
const oneClick = await client.checkoutSessions.create({
  ...cart, confirm: true, payment_method_id: 'pm_paid', metadata: { attempt: 'att_npm' },
  billing_address: { country: 'US', zipcode: '94105' },
});
assert.equal(oneClick.checkout_url, null);
assert.match(oneClick.session_id, /^cks_.{21}$/);
const hosted = await client.checkoutSessions.create({ ...cart, show_saved_payment_methods: true, return_url: 'http://localhost:8080/thanks' });
assert.ok(hosted.checkout_url.startsWith(`${url}/session/cks_`));
assert.equal((await client.checkoutSessions.retrieve(oneClick.session_id)).payment_status, 'succeeded');

// Payments
const payment = await client.payments.retrieve(oneClick.payment_id);
assert.deepEqual([payment.status, payment.total_amount, payment.tax], ['succeeded', 5390, 490]);
assert.deepEqual(payment.product_cart, [{ product_id: 'pdt_course', quantity: 1 }]);
const found = await client.payments.list({ customer_id: 'cus_paid', page_size: 100, page_number: 0 });
assert.equal(found.items.filter((item) => item.metadata.attempt === 'att_npm').length, 1);
const seen = [];
for await (const item of client.payments.list({ customer_id: 'cus_paid', page_size: 1, page_number: 0 })) seen.push(item.payment_id);
assert.deepEqual(seen, [oneClick.payment_id], 'pages end with an empty one');
const old = await client.payments.create({
  billing: { country: 'US' }, customer: { customer_id: 'cus_paid' },
  product_cart: [{ product_id: 'pdt_guide', quantity: 1 }], payment_method_id: 'pm_paid',
});
assert.equal(old.total_amount, 2090);
assert.ok(typeof old.client_secret === 'string');

// A decline is a 200 and a failed payment
const declined = await client.checkoutSessions.create({
  product_cart: cart.product_cart, customer: { customer_id: 'cus_declined' }, confirm: true, payment_method_id: 'pm_declined',
});
assert.equal((await client.payments.retrieve(declined.payment_id)).error_code, 'INSUFFICIENT_FUNDS');

// Refunds and subscriptions, as far as they are imitated
const refund = await client.refunds.create({ payment_id: old.payment_id, reason: 'test' });
assert.equal((await client.refunds.retrieve(refund.refund_id)).amount, 2090);
assert.equal((await client.refunds.list({ page_number: 0 })).items[0].refund_id, refund.refund_id);
const subscriptions = await client.subscriptions.list({ customer_id: 'cus_upgrade', page_number: 0 });
const subscription = await client.subscriptions.retrieve(subscriptions.items[0].subscription_id);
assert.deepEqual([subscription.product_id, subscription.status], ['pdt_basic', 'active']);

// Plan changes: preview, now, scheduled and cancelled
const upgrade = { product_id: 'pdt_pro', quantity: 1, proration_billing_mode: 'difference_immediately' };
const quoted = await client.subscriptions.previewChangePlan(subscription.subscription_id, upgrade);
const { summary } = quoted.immediate_charge;
assert.deepEqual([summary.total_amount, summary.tax, summary.currency, summary.customer_credits], [5500, 500, 'USD', 0]);
assert.deepEqual(quoted.immediate_charge.line_items.map((line) => line.unit_price), [8000, -3000]);
assert.equal(quoted.new_plan.product_id, 'pdt_pro');
isTime(quoted.immediate_charge.effective_at);
const handles = await client.subscriptions.changePlan(subscription.subscription_id, upgrade);
assert.deepEqual(handles, { payment_id: null, payment_link: null, client_secret: null, expires_on: null });
assert.equal((await client.subscriptions.retrieve(subscription.subscription_id)).product_id, 'pdt_pro');
const charges = await client.payments.list({ subscription_id: subscription.subscription_id, page_number: 0 });
assert.deepEqual([charges.items[0].charge_type, charges.items[0].total_amount], ['plan_change', summary.total_amount]);
const downgrade = { product_id: 'pdt_basic', quantity: 1, proration_billing_mode: 'full_immediately', effective_at: 'next_billing_date' };
await client.subscriptions.changePlan(subscription.subscription_id, downgrade);
await assert.rejects(
  client.subscriptions.changePlan(subscription.subscription_id, downgrade),
  (error) => error.status === 409 && error.error.code === 'SCHEDULED_PLAN_CHANGE_EXISTS',
);
assert.equal((await client.subscriptions.retrieve(subscription.subscription_id)).scheduled_change.product_id, 'pdt_basic');
await client.subscriptions.cancelChangePlan(subscription.subscription_id);
assert.equal((await client.subscriptions.retrieve(subscription.subscription_id)).scheduled_change, null);
const ended = await client.subscriptions.update(subscription.subscription_id, { status: 'cancelled', cancellation_comment: 'begun twice' });
assert.deepEqual([ended.status, ended.cancellation_comment], ['cancelled', 'begun twice']);

// Errors
await assert.rejects(client.products.retrieve('pdt_nothing'), (error) => error.status === 404 && error.error.code === 'NOT_FOUND');
await assert.rejects(
  client.checkoutSessions.create({ ...cart, payment_method_id: 'pm_paid' }),
  (error) => error.status === 422 && error.error.code === 'INVALID_REQUEST_PARAMETERS',
);
await assert.rejects(
  new DodoPayments({ bearerToken: 'wrong', baseURL: url, maxRetries: 0 }).products.list(),
  (error) => error.status === 401 && error.error.code === 'UNAUTHORIZED',
);

// The default client sends a money POST again after a lost answer; the sandbox then charges again
const retrying = new DodoPayments({ bearerToken: 'dodo_test_sandbox', baseURL: url });
await control('/faults', { method: 'POST', path_prefix: '/checkouts', fault: { kind: 'drop', commit: true } });
await retrying.checkoutSessions.create({ ...cart, confirm: true, payment_method_id: 'pm_paid', metadata: { attempt: 'att_npm_twice' } });
const twice = await (await fetch(`${url}/_sandbox/charges?metadata_key=attempt`)).json();
assert.equal(twice.items.find((item) => item.value === 'att_npm_twice').count, 2);

// A webhook that is really delivered unwraps, and a changed one does not
const delivered = new Promise((resolve) => {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.end('ok');
      server.close();
      resolve({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    });
  });
  server.listen(0, '127.0.0.1', async () => {
    await control('/webhooks', { url: `http://127.0.0.1:${server.address().port}/` });
    await control('/purchases', { customer_id: 'cus_de', product_id: 'pdt_lut_eur' });
  });
});
const { headers, body } = await delivered;
const event = client.webhooks.unwrap(body, { headers });
assert.deepEqual([event.type, event.data.total_amount, event.data.payload_type], ['payment.succeeded', 3900, 'Payment']);
assert.throws(() => client.webhooks.unwrap(body.replace('3900', '1'), { headers }));
await control('/webhooks', { url: null });
console.log('npm package: every call decoded');
