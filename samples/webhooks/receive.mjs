// A receiver of webhooks in Node: three ways to verify a delivery. One that holds is enough, of those
// that it has the secret or the public key for; `listen` and `webhook-attack` know a secret alone.
//
//   npm install stripe standardwebhooks
//   WEBHOOK_SECRET=whsec_... node receive.mjs 3000        (and, or instead: WEBHOOK_PUBLIC_KEY=whpk_...)
import {createServer} from 'node:http';
import {createPublicKey, verify} from 'node:crypto';
import Stripe from 'stripe';
import {Webhook} from 'standardwebhooks';

// While a secret is rolled there are two, with a comma between them.
const secrets = (process.env.WEBHOOK_SECRET ?? '').split(',').filter(Boolean);
const publicKey = process.env.WEBHOOK_PUBLIC_KEY;
const TOLERANCE_SECONDS = 300;
if (secrets.length === 0 && !publicKey) {
  console.error('Set WEBHOOK_SECRET=whsec_... or WEBHOOK_PUBLIC_KEY=whpk_... or both: with neither, nothing can be verified.');
  process.exit(2);
}

const isOfNow = (time = '') => /^[0-9]{1,11}$/.test(time) && Math.abs(Date.now() / 1000 - time) <= TOLERANCE_SECONDS;

/** Stripe's own library, which takes what is signed for the future, or for no time that is a number. */
const byStripe = (body, headers, secret) => {
  const signature = headers['stripe-signature'] ?? '';
  if (!isOfNow(/^t=([^,]*),/.exec(signature)?.[1])) throw new Error('not of now');
  // As text: of bytes the library drops a byte order mark, which nobody has signed.
  Stripe.webhooks.constructEvent(body.toString('utf8'), signature, secret, TOLERANCE_SECONDS);
};

/** The library of Standard Webhooks: a shared secret. */
const byStandardWebhooks = (body, headers, secret) =>
  new Webhook(secret).verify(body.toString('utf8'), headers);

/** Standard Webhooks by a public key, with nothing but Node: who has it can verify and not sign. */
const byPublicKey = (body, headers) => {
  const {'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': list = ''} = headers;
  if (!isOfNow(time)) throw new Error('not of now');
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
    asymmetric: Boolean(publicKey) && holds(() => byPublicKey(body, headers)),
  };
  // Whichever holds, only who has that key can have signed it; where none does, nothing is taken.
  const genuine = Object.values(checks).some(Boolean);
  console.log(JSON.stringify({id: headers['webhook-id'], ...checks}));
  // Acknowledge at once, act afterwards, and once for each id: a delivery may come again.
  response.writeHead(genuine ? 200 : 400).end();
});
const port = Number(process.argv[2] ?? 3000);
server.listen(port, '127.0.0.1', () => console.error(`Receiving at http://127.0.0.1:${port}/`));
