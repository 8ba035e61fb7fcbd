// A receiver of webhooks in Node: three ways to verify a delivery; one is enough.
//
//   npm install stripe standardwebhooks
//   WEBHOOK_SECRET=whsec_... WEBHOOK_PUBLIC_KEY=whpk_... node receive.mjs 3000
import {createServer} from 'node:http';
import {createPublicKey, verify} from 'node:crypto';
import Stripe from 'stripe';
import {Webhook} from 'standardwebhooks';

// While a secret is rolled there are two, with a comma between them.
const secrets = (process.env.WEBHOOK_SECRET ?? '').split(',').filter(Boolean);
const publicKey = process.env.WEBHOOK_PUBLIC_KEY;
const TOLERANCE_SECONDS = 300;

/** Stripe's own library. */
const byStripe = (body, headers, secret) =>
  Stripe.webhooks.constructEvent(body, headers['stripe-signature'], secret, TOLERANCE_SECONDS);

/** The library of Standard Webhooks: a shared secret. */
const byStandardWebhooks = (body, headers, secret) =>
  new Webhook(secret).verify(body.toString('utf8'), headers);

/** Standard Webhooks by a public key, with nothing but Node: who has it can verify and not sign. */
const byPublicKey = (body, headers) => {
  const {'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': list = ''} = headers;
  if (!/^[0-9]{1,11}$/.test(time) || Math.abs(Date.now() / 1000 - time) > TOLERANCE_SECONDS) {
    throw new Error('not of now');
  }
  const raw = Buffer.from(publicKey.slice('whpk_'.length), 'base64');
  const key = createPublicKey({
    key: {kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url')},
    format: 'jwk',
  });
  const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
  const genuine = list
    .split(' ')
    .filter((each) => each.startsWith('v1a,'))
    .some((each) => verify(null, signed, key, Buffer.from(each.slice(4), 'base64')));
  if (!genuine) throw new Error('not signed');
};

const holds = (check) => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts); // the bytes as they came: parse them only afterwards
  const {headers} = request;
  const checks = {
    stripe: secrets.some((secret) => holds(() => byStripe(body, headers, secret))),
    standard: secrets.some((secret) => holds(() => byStandardWebhooks(body, headers, secret))),
    asymmetric: holds(() => byPublicKey(body, headers)),
  };
  const genuine = Object.values(checks).every(Boolean);
  console.log(JSON.stringify({id: headers['webhook-id'], ...checks}));
  // Acknowledge at once, act afterwards, and once for each id: a delivery may come again.
  response.writeHead(genuine ? 200 : 400).end();
});
server.listen(Number(process.argv[2] ?? 3000), '127.0.0.1');
