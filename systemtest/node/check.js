'use strict';
// The official Node SDK, unchanged but for where it connects, against a running gateway.
// Prints one JSON line a check: {"name", "ok", "error"?}. Exit code 0 when every check passed.

const assert = require('node:assert/strict');
const {createHmac, randomUUID} = require('node:crypto');
const Stripe = require('stripe');

const {API, CARDS, SECRET_KEY, PUBLISHABLE_KEY, PROXY, MANY_EMAIL} = process.env;
const MANY = Number(process.env.MANY);
const RETURN_URL = 'https://shop.example.com/done';

const client = (base, key, more) => {
  const url = new URL(base);
  return new Stripe(key, {
    host: url.hostname,
    port: Number(url.port),
    protocol: url.protocol.slice(0, -1),
    telemetry: false,
    ...more,
  });
};
const stripe = client(API, SECRET_KEY);
const cards = client(CARDS, SECRET_KEY);

const checks = [];
const check = (name, body) => checks.push({name, body});

const card = (number) =>
  cards.paymentMethods.create({
    type: 'card',
    card: {number, exp_month: 12, exp_year: 2034, cvc: '123'},
  });
const pay = (amount, more) =>
  stripe.paymentIntents.create({amount, currency: 'usd', confirm: true, ...more});

/** The error that a promise ends with. */
const failure = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({message: 'expected the call to fail'});
};

/** Presses a button on the bank's page and follows the redirects of the gateway. */
const challenge = async (url, outcome) => {
  const page = await (await fetch(url)).text();
  const form = new URLSearchParams({outcome});
  for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
    form.set(name, value);
  }
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? url;
  let answer = await fetch(new URL(action, url), {method: 'POST', body: form, redirect: 'manual'});
  let to = answer.headers.get('location');
  for (let hop = 0; hop < 5 && to.startsWith(API); hop++) {
    answer = await fetch(to, {redirect: 'manual'});
    to = answer.headers.get('location');
  }
  return to;
};

const soon = async (look, until) => {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (until(seen)) return seen;
    assert.ok(performance.now() < deadline, `still ${seen.status}`);
    await new Promise((go) => setTimeout(go, 50));
  }
};
const settled = (id) =>
  soon(
    () => stripe.paymentIntents.retrieve(id),
    (intent) => intent.status !== 'requires_action'
  );

check('a customer is made, read, changed and deleted', async () => {
  const made = await stripe.customers.create({name: 'Jürgen Groß', email: 'j@example.com'});
  assert.match(made.id, /^cus_/);
  assert.equal((await stripe.customers.retrieve(made.id)).name, 'Jürgen Groß');
  const changed = await stripe.customers.update(made.id, {name: 'J', email: ''});
  assert.equal(changed.name, 'J');
  assert.equal(changed.email, null);
  assert.deepEqual(
    {...(await stripe.customers.del(made.id))},
    {id: made.id, object: 'customer', deleted: true}
  );
  assert.equal((await stripe.customers.retrieve(made.id)).deleted, true);
});

check('a card from the cards origin pays', async () => {
  const method = await card('4242424242424242');
  assert.equal(method.card.last4, '4242');
  const paid = await pay(1999, {payment_method: method.id});
  assert.equal(paid.status, 'succeeded');
  assert.equal(paid.amount_received, 1999);
  assert.match(paid.client_secret, new RegExp(`^${paid.id}_secret_`));
  const charge = await stripe.charges.retrieve(paid.latest_charge);
  assert.equal(charge.paid, true);
  assert.equal(charge.payment_intent, paid.id);
});

check('a publishable key makes a card', async () => {
  const made = await client(CARDS, PUBLISHABLE_KEY).paymentMethods.create({
    type: 'card',
    card: {number: '5555555555554444', exp_month: 1, exp_year: 2035, cvc: '321'},
  });
  assert.equal(made.card.fingerprint ?? null, null);
  assert.ok((await stripe.paymentMethods.retrieve(made.id)).card.fingerprint);
});

check('a token is used once', async () => {
  const token = await cards.tokens.create({
    card: {number: '4242424242424242', exp_month: '12', exp_year: '2034', cvc: '123'},
  });
  const use = {type: 'card', card: {token: token.id}};
  const method = await stripe.paymentMethods.create(use);
  assert.equal((await pay(500, {payment_method: method.id})).status, 'succeeded');
  assert.equal((await failure(stripe.paymentMethods.create(use))).code, 'token_already_used');
});

check('a held amount is captured in full, in part, or canceled', async () => {
  const hold = () => pay(2500, {payment_method: 'pm_card_visa', capture_method: 'manual'});
  const full = await hold();
  assert.equal(full.status, 'requires_capture');
  assert.equal(full.amount_capturable, 2500);
  assert.equal((await stripe.paymentIntents.capture(full.id)).amount_received, 2500);
  const part = await hold();
  const captured = await stripe.paymentIntents.capture(part.id, {amount_to_capture: 1000});
  assert.equal(captured.amount_received, 1000);
  assert.equal(captured.amount_capturable, 0);
  const over = await hold();
  const refused = await failure(stripe.paymentIntents.capture(over.id, {amount_to_capture: 2501}));
  assert.equal(refused.param, 'amount_to_capture');
  const canceled = await stripe.paymentIntents.cancel(over.id);
  assert.equal(canceled.status, 'canceled');
  const late = await failure(stripe.paymentIntents.capture(over.id));
  assert.equal(late.code, 'payment_intent_unexpected_state');
});

check('refunds: part, the rest, and too much', async () => {
  const paid = await pay(3000, {payment_method: 'pm_card_visa'});
  const first = await stripe.refunds.create({payment_intent: paid.id, amount: 1000});
  assert.equal(first.status, 'succeeded');
  const much = await failure(stripe.refunds.create({payment_intent: paid.id, amount: 2001}));
  assert.equal(much.type, 'StripeInvalidRequestError');
  assert.equal(much.param, 'amount');
  await stripe.refunds.create({charge: paid.latest_charge});
  const charge = await stripe.charges.retrieve(paid.latest_charge);
  assert.equal(charge.amount_refunded, 3000);
  assert.equal(charge.refunded, true);
  const again = await failure(stripe.refunds.create({charge: paid.latest_charge}));
  assert.equal(again.code, 'charge_already_refunded');
});

for (const [number, code, declineCode] of [
  ['4000000000000002', 'card_declined', 'generic_decline'],
  ['4000000000009995', 'card_declined', 'insufficient_funds'],
  ['4000000000009987', 'card_declined', 'lost_card'],
  ['4000000000009979', 'card_declined', 'stolen_card'],
  ['4000000000000069', 'expired_card', 'expired_card'],
  ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
  ['4000000000000119', 'processing_error', 'processing_error'],
  ['4000000000006975', 'card_declined', 'card_velocity_exceeded'],
]) {
  check(`${number} is declined: ${declineCode}`, async () => {
    const method = await card(number);
    const declined = await failure(pay(777, {payment_method: method.id}));
    assert.equal(declined.type, 'StripeCardError');
    assert.equal(declined.statusCode, 402);
    assert.equal(declined.code, code);
    assert.equal(declined.decline_code, declineCode);
    assert.match(declined.requestId, /^req_/);
    const after = await stripe.paymentIntents.retrieve(declined.payment_intent.id);
    assert.equal(after.status, 'requires_payment_method');
    assert.equal(after.last_payment_error.code, code);
  });
}

check('a passed challenge pays', async () => {
  const method = await card('4000002760003184');
  const asked = await pay(1099, {payment_method: method.id, return_url: RETURN_URL});
  assert.equal(asked.status, 'requires_action');
  const to = await challenge(asked.next_action.redirect_to_url.url, 'complete');
  assert.ok(to.startsWith(RETURN_URL), to);
  assert.equal((await settled(asked.id)).status, 'succeeded');
});

check('a failed challenge asks for another card', async () => {
  const asked = await pay(1099, {
    payment_method: 'pm_card_authenticationRequired',
    return_url: RETURN_URL,
  });
  await challenge(asked.next_action.redirect_to_url.url, 'fail');
  const failed = await settled(asked.id);
  assert.equal(failed.status, 'requires_payment_method');
  assert.equal(failed.last_payment_error.code, 'payment_intent_authentication_failure');
});

check('a card set up once pays off-session', async () => {
  const customer = await stripe.customers.create();
  const method = await card('4000002500003155');
  const setup = await stripe.setupIntents.create({
    customer: customer.id,
    payment_method: method.id,
    confirm: true,
    return_url: RETURN_URL,
    usage: 'off_session',
  });
  assert.equal(setup.status, 'requires_action');
  await challenge(setup.next_action.redirect_to_url.url, 'complete');
  const done = await soon(
    () => stripe.setupIntents.retrieve(setup.id),
    (seen) => seen.status !== 'requires_action'
  );
  assert.equal(done.status, 'succeeded');
  const later = await pay(5000, {
    customer: customer.id,
    payment_method: method.id,
    off_session: true,
  });
  assert.equal(later.status, 'succeeded');
});

check('the same key answers the same, and other parameters are refused', async () => {
  const idempotencyKey = randomUUID();
  const first = await pay(2100, {payment_method: 'pm_card_visa'}).catch(assert.ifError);
  assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
  const params = {amount: 2200, currency: 'usd', payment_method: 'pm_card_visa', confirm: true};
  const one = await stripe.paymentIntents.create(params, {idempotencyKey});
  const two = await stripe.paymentIntents.create(params, {idempotencyKey});
  assert.equal(two.id, one.id);
  assert.equal(two.lastResponse.headers['idempotent-replayed'], 'true');
  const other = await failure(
    stripe.paymentIntents.create({...params, amount: 2201}, {idempotencyKey})
  );
  assert.equal(other.type, 'StripeIdempotencyError');
  assert.equal(other.statusCode, 400);
});

check('lists page by themselves, newest first', async () => {
  const customer = await stripe.customers.create();
  const made = [];
  for (let i = 0; i < 5; i++) {
    made.unshift(
      (await stripe.paymentIntents.create({amount: 100 + i, currency: 'usd', customer: customer.id})).id
    );
  }
  const seen = [];
  for await (const intent of stripe.paymentIntents.list({customer: customer.id, limit: 2})) {
    seen.push(intent.id);
  }
  assert.deepEqual(seen, made);
  const newer = await stripe.paymentIntents.list({
    customer: customer.id,
    ending_before: made[2],
    limit: 2,
  });
  assert.deepEqual(
    newer.data.map((intent) => intent.id),
    made.slice(0, 2)
  );
});

check('metadata is merged, removed and cleared', async () => {
  const made = await stripe.customers.create({metadata: {order: '1', shop: 'north'}});
  const merged = await stripe.customers.update(made.id, {metadata: {order: '', lane: '3'}});
  assert.deepEqual({...merged.metadata}, {shop: 'north', lane: '3'});
  const cleared = await stripe.customers.update(made.id, {metadata: ''});
  assert.deepEqual({...cleared.metadata}, {});
});

check('expansion reaches nested objects and lists', async () => {
  const customer = await stripe.customers.create({name: 'expanded'});
  const paid = await pay(1500, {
    customer: customer.id,
    payment_method: 'pm_card_visa',
    expand: ['customer', 'latest_charge.customer'],
  });
  assert.equal(paid.customer.name, 'expanded');
  assert.equal(paid.latest_charge.customer.name, 'expanded');
  const listed = await stripe.paymentIntents.list({customer: customer.id, expand: ['data.customer']});
  assert.equal(listed.data[0].customer.id, customer.id);
});

check('every transition leaves an event', async () => {
  const held = await pay(1500, {payment_method: 'pm_card_visa', capture_method: 'manual'});
  await stripe.paymentIntents.capture(held.id);
  const events = await stripe.events.list({limit: 100});
  const types = events.data
    .filter((event) => event.data.object.id === held.id)
    .map((event) => event.type)
    .reverse();
  assert.deepEqual(types, [
    'payment_intent.created',
    'payment_intent.amount_capturable_updated',
    'payment_intent.succeeded',
  ]);
});

check('a card is attached, listed and detached', async () => {
  const customer = await stripe.customers.create();
  const method = await card('4242424242424242');
  await stripe.paymentMethods.attach(method.id, {customer: customer.id});
  const listed = await stripe.customers.listPaymentMethods(customer.id);
  assert.deepEqual(
    listed.data.map((each) => each.id),
    [method.id]
  );
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null);
});

check('each status is the class that the SDK expects', async () => {
  const wrong = await failure(client(API, 'sk_test_wrong').balance.retrieve());
  assert.equal(wrong.type, 'StripeAuthenticationError');
  const forbidden = await failure(client(API, PUBLISHABLE_KEY).customers.create());
  assert.equal(forbidden.type, 'StripePermissionError');
  const missing = await failure(stripe.customers.retrieve('cus_0000000000000000000000'));
  assert.equal(missing.statusCode, 404);
  assert.equal(missing.code, 'resource_missing');
  const unknown = await failure(stripe.customers.create({colour: 'red'}));
  assert.equal(unknown.code, 'parameter_unknown');
  assert.equal(unknown.param, 'colour');
  const nested = await failure(
    stripe.paymentIntents.create({amount: 1, currency: 'usd', shipping: {name: 'x', address: {planet: 'y'}}})
  );
  assert.equal(nested.param, 'shipping[address][planet]');
});

check('a thousand come once each, forwards and backwards, while more are made', async () => {
  const query = {email: MANY_EMAIL, limit: 100};
  let growing = true;
  const added = new Set();
  const growth = (async () => {
    while (growing) added.add((await stripe.customers.create({email: MANY_EMAIL})).id);
  })();
  const forwards = [];
  for await (const each of stripe.customers.list(query)) forwards.push(each.id);
  const backwards = [];
  await stripe.customers
    .list({...query, ending_before: forwards.at(-1)})
    .autoPagingEach((each) => void backwards.push(each.id));
  growing = false;
  await growth;
  assert.ok(added.size > 0);
  const old = (ids) => ids.filter((id) => !added.has(id));
  assert.equal(new Set(forwards).size, forwards.length);
  assert.equal(new Set(backwards).size, backwards.length);
  assert.equal(old(forwards).length, MANY);
  assert.deepEqual(old(forwards), [...old(forwards)].sort().reverse());
  assert.deepEqual(old(backwards), old(forwards).reverse().slice(1));
  const all = await stripe.customers.list(query).autoPagingToArray({limit: 10_000});
  assert.equal(all.length, MANY + added.size);
});

const cutting = client(PROXY, SECRET_KEY, {maxNetworkRetries: 3});
const cutOff = (customer, amount, cut) => ({
  amount,
  currency: 'usd',
  customer: customer.id,
  payment_method: 'pm_card_visa',
  confirm: true,
  metadata: {cut},
});
const paidOnce = async (customer, paid, amount, replayed) => {
  assert.equal(paid.status, 'succeeded');
  assert.equal(paid.lastResponse.headers['idempotent-replayed'], replayed);
  const intents = await stripe.paymentIntents.list({customer: customer.id});
  assert.deepEqual(
    intents.data.map((each) => each.id),
    [paid.id]
  );
  const charges = await stripe.charges.list({payment_intent: paid.id});
  assert.equal(charges.data.length, 1);
  assert.equal(charges.data[0].amount_captured, amount);
};

for (const [cut, amount, replayed] of [
  ['request', 7320],
  ['answer', 7321, 'true'],
  ['advised', 7323],
]) {
  check(`what is cut off is paid once: ${cut}`, async () => {
    const customer = await stripe.customers.create();
    const paid = await cutting.paymentIntents.create(cutOff(customer, amount, cut));
    await paidOnce(customer, paid, amount, replayed);
  });
}

// When an answer has begun, the SDK does not try again by itself but says so.
check('what breaks off in the answer is told, and paid once with the same key', async () => {
  const customer = await stripe.customers.create();
  const pays = () =>
    cutting.paymentIntents.create(cutOff(customer, 7322, 'middle'), {
      idempotencyKey: `middle-${customer.id}`,
    });
  assert.equal((await failure(pays())).type, 'StripeConnectionError');
  await paidOnce(customer, await pays(), 7322, 'true');
});

check('advice not to try again is taken', async () => {
  const refused = await failure(
    client(PROXY, SECRET_KEY, {maxNetworkRetries: 3}).customers.create({
      metadata: {cut: 'discouraged'},
    })
  );
  assert.equal(refused.type, 'StripeAPIError');
  assert.equal(refused.statusCode, 503);
});

check('an event is taken, and a tampered or old one is not', async () => {
  const {secret} = await stripe.webhookEndpoints.create({
    url: 'https://shop.example.com/hooks',
    enabled_events: ['customer.created'],
  });
  const customer = await stripe.customers.create({name: 'Jürgen Groß ✓'});
  const [{id}] = (await stripe.events.list({type: 'customer.created', limit: 1})).data;
  const raw = await fetch(`${API}/v1/events/${id}`, {
    headers: {Authorization: `Bearer ${SECRET_KEY}`},
  });
  const body = await raw.text();
  const hmac = (key, t) => createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  const now = Math.floor(Date.now() / 1000);
  const header = `t=${now},v1=${hmac('whsec_before', now)},v1=${hmac(secret, now)}`;
  const event = stripe.webhooks.constructEvent(body, header, secret);
  assert.equal(event.id, id);
  assert.equal(event.data.object.id, customer.id);
  assert.equal(event.data.object.name, 'Jürgen Groß ✓');
  const refused = (payload, signature, key) =>
    assert.throws(() => stripe.webhooks.constructEvent(payload, signature, key), {
      type: 'StripeSignatureVerificationError',
    });
  refused(body.replace('Jürgen', 'Jurgen'), header, secret);
  refused(body, header, 'whsec_other');
  refused(body, header.replace(`t=${now}`, `t=${now + 1}`), secret);
  refused(body, `t=${now - 400},v1=${hmac(secret, now - 400)}`, secret);
});

check('raw requests, versions, and other accounts', async () => {
  const made = await stripe.rawRequest(
    'POST',
    '/v1/payment_intents',
    {amount: 1300, currency: 'usd', metadata: {a: 'b'}},
    {apiVersion: '2023-08-16'}
  );
  assert.equal(made.amount, 1300);
  assert.equal(made.metadata.a, 'b');
  assert.equal(made.capture_method, 'automatic');
  assert.equal(made.lastResponse.headers['stripe-version'], '2023-08-16');
  const read = await stripe.rawRequest('GET', `/v1/payment_intents/${made.id}`);
  assert.equal(read.id, made.id);
  for (const options of [{stripeAccount: 'acct_other'}, {stripeContext: 'org_1/acct_other'}]) {
    const refused = await failure(stripe.customers.create({}, options));
    assert.equal(refused.type, 'StripePermissionError');
    assert.equal(refused.statusCode, 403);
    assert.match(refused.message, /acct_other/);
  }
});

(async () => {
  let failed = 0;
  for (const {name, body} of checks) {
    try {
      await body();
      console.log(JSON.stringify({name, ok: true}));
    } catch (error) {
      failed++;
      console.log(JSON.stringify({name, ok: false, error: String(error.stack ?? error)}));
    }
  }
  process.exitCode = failed === 0 ? 0 : 1;
})();
