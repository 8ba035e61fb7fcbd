// Sells a teapot: /buy by the hosted page, /embedded by card fields. Run it as README.md says.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import Stripe from 'stripe';

const wanted = ['PORTCULLIS_API', 'PORTCULLIS_CARDS', 'PORTCULLIS_SECRET_KEY', 'PORTCULLIS_PUBLISHABLE_KEY', 'SHOP_PAGE', 'BANK'];
const missing = wanted.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`Set ${missing.join(', ')}, as examples/README.md shows.`);
  process.exit(2);
}
const [api, cards, secretKey, publishableKey, page, bank] = wanted.map((name) => process.env[name]);
const url = new URL(api);
const stripe = new Stripe(secretKey, {
  host: url.hostname, port: url.port || 443, protocol: url.protocol.slice(0, -1),
});

// What the embedded page may load and ask; an origin of the bank's page goes to frame-src too.
const policy = `default-src 'self'; script-src 'self' ${cards}; connect-src 'self' ${api}; `
  + `frame-src https: ${cards} ${api} ${bank}; frame-ancestors 'none'; require-trusted-types-for 'script'`;

const read = (name) => readFileSync(`${page}/${name}`, 'utf8');

const intent = async () => {
  const made = await stripe.paymentIntents.create({amount: 2000, currency: 'usd', payment_method_types: ['card']});
  return JSON.stringify({clientSecret: made.client_secret});
};

const session = async (shop) => {
  const made = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: shop + '/thanks',
    cancel_url: shop + '/embedded',
    line_items: [{quantity: 1, price_data: {currency: 'usd', unit_amount: 2000, product_data: {name: 'Teapot'}}}],
  });
  return made.url;
};

const answers = {
  '/': () => ['text/html', read('index.html')],
  '/thanks': () => ['text/html', read('thanks.html')],
  '/shop.js': () => ['text/javascript', read('shop.js')],
  '/icon.svg': () => ['image/svg+xml', read('icon.svg')],
  '/shop.css': () => ['text/css', read('shop.css')],
  '/embedded': () => ['text/html', read('embedded.html').replace('${cards}', cards).replace('${key}', publishableKey)],
  '/intents': async () => ['application/json', await intent()],
};

const port = Number(process.argv[2] ?? 8080);
createServer(async (request, response) => {
  const path = new URL(request.url, 'http://shop').pathname;
  response.setHeader('Content-Security-Policy', policy);
  try {
    if (path === '/buy') {
      response.writeHead(303, {Location: await session('http://' + request.headers.host)}).end();
    } else if (path in answers) {
      const [type, body] = await answers[path]();
      response.writeHead(200, {'Content-Type': type + '; charset=utf-8'}).end(body);
    } else {
      response.writeHead(404, {'Content-Type': 'text/html; charset=utf-8'}).end(read('index.html'));
    }
  } catch (error) {
    console.error(`${path}: ${error.message}`);
    response.writeHead(500).end('Please try again.');
  }
}).listen(port, '127.0.0.1', () => console.log(`The shop is open: http://localhost:${port}/`));
