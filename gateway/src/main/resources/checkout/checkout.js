// The hosted checkout page. The card is typed into frames of the cards origin, which this script
// cannot read; what it sends to pay is the name that the vault gave the card.
'use strict';
(() => {
  const page = JSON.parse(document.body.dataset.page);
  const words = page.words;
  const byId = (id) => document.getElementById(id);
  const form = byId('form');
  const button = byId('pay');
  const label = byId('pay-label');
  const statusLine = byId('status');
  const problem = byId('problem');
  const idle = label.textContent;
  const cards = {};
  let busy = false;

  const wait = (millis) => new Promise((done) => setTimeout(done, millis));

  function working(text) {
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    label.textContent = words.working;
    statusLine.textContent = text || words.working;
  }

  function ready(sentence) {
    busy = false;
    button.removeAttribute('aria-disabled');
    label.textContent = idle;
    statusLine.textContent = '';
    say(sentence);
  }

  function say(sentence) {
    problem.textContent = sentence || '';
    if (sentence) {
      problem.focus();
    }
  }

  // What is wrong with a field stands below it, is tied to it, and is read out with it.
  function mark(id, sentence) {
    const error = byId(id + '-error');
    const input = byId(id);
    if (!error) {
      return false;
    }
    error.textContent = sentence || '';
    error.hidden = !sentence;
    error.closest('.field').classList.toggle('bad', Boolean(sentence));
    if (input && input.matches('input, select')) {
      input.setAttribute('aria-invalid', String(Boolean(sentence)));
    }
    return true;
  }

  function faultOf(input) {
    if (input.type === 'checkbox') {
      return input.required && !input.checked ? words.terms : '';
    }
    if (input.required && !input.value.trim()) {
      return words.required;
    }
    if (!input.validity.valid) {
      return input.type === 'email' ? words.email : words.value;
    }
    return '';
  }

  const isNew = () => {
    const chosen = form.querySelector('input[name=card]:checked');
    return !chosen || chosen.value === '';
  };

  function inputs() {
    return [...form.querySelectorAll('input[id], select[id]')].filter(
        (each) => each.name !== 'card' && (isNew() || !each.closest('#new-card')));
  }

  function checked() {
    let first = null;
    for (const input of inputs()) {
      const fault = faultOf(input);
      mark(input.id, fault);
      first = first || (fault ? input : null);
    }
    let card = null;
    if (isNew()) {
      for (const [name, each] of Object.entries(cards)) {
        if (!each.complete) {
          mark('card-' + name, each.fault || words.required);
          card = card || each;
        }
      }
    }
    if (!first && !card) {
      return true;
    }
    problem.textContent = words.fields;
    const cardFirst = card && (!first || Boolean(byId('new-card').compareDocumentPosition(first) & 4));
    if (cardFirst || !first) {
      card.element.focus();
    } else {
      first.focus();
    }
    return false;
  }

  function text(id) {
    const input = byId(id);
    return input && input.value.trim() ? input.value.trim() : undefined;
  }

  function address(which) {
    const lines = {};
    for (const line of ['name', 'line1', 'line2', 'city', 'postal_code', 'state', 'country']) {
      lines[line] = text(which + '-' + line);
    }
    return byId(which + '-line1') ? lines : undefined;
  }

  const ticked = (id) => (byId(id) ? byId(id).checked : undefined);

  function entered(method) {
    const custom = [...form.querySelectorAll('[data-custom]')]
        .filter((each) => each.value.trim())
        .map((each) => ({key: each.id.slice('custom-'.length), value: each.value.trim()}));
    return {
      payment_method: method,
      email: text('email'),
      phone: text('phone'),
      name: isNew() ? text('name') : undefined,
      save: isNew() ? ticked('save') : undefined,
      terms: ticked('terms'),
      promotions: ticked('promotions'),
      billing: address('billing'),
      shipping: address('shipping'),
      custom: custom.length ? custom : undefined,
    };
  }

  async function ask(path, body) {
    const response = await fetch(page.path + path, {
      method: body ? 'POST' : 'GET',
      headers: body ? {'Content-Type': 'application/json'} : {},
      body: body && JSON.stringify(body),
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
    });
    return response.json();
  }

  async function cardToken() {
    const billing = address('billing') || {};
    const details = {
      name: text('name'),
      email: text('email') || page.email || undefined,
      phone: text('phone'),
      address: {
        line1: billing.line1,
        line2: billing.line2,
        city: billing.city,
        state: billing.state,
        postal_code: billing.postal_code,
        country: billing.country,
      },
    };
    return portcullis.createPaymentMethod({
      type: 'card',
      card: cards.number.element,
      billing_details: JSON.parse(JSON.stringify(details)),
    });
  }

  async function pay() {
    if (busy || !checked()) {
      return;
    }
    say('');
    working();
    let method = form.querySelector('input[name=card]:checked')?.value;
    if (!method) {
      const made = await cardToken().catch(() => ({error: {}}));
      if (made.error) {
        ready(made.error.message || words.again);
        return;
      }
      method = made.paymentMethod.id;
    }
    await follow(() => ask('/pay', entered(method)));
  }

  // Whatever happens to an answer, the gateway knows: it is asked until it says how things stand.
  async function follow(first) {
    let next = first;
    let pause = 1000;
    for (;;) {
      let answer = null;
      try {
        answer = await next();
      } catch (lost) {
        working(words.network);
      }
      next = () => ask('/status');
      if (answer === null) {
        await wait(pause);
      } else if (answer.state === 'processing') {
        working(words.waiting);
        await wait(pause);
      } else if (answer.state === 'action') {
        working(words.challenge);
        const left = await challenge(answer.client_secret);
        if (left) {
          ready(left);
          return;
        }
      } else {
        finish(answer);
        return;
      }
      pause = Math.min(pause * 1.5, 5000);
    }
  }

  // The library shows the bank's page. Empty when the bank has said something, else why not.
  async function challenge(clientSecret) {
    const {error} = await portcullis.handleNextAction({clientSecret});
    const intent = error && (error.payment_intent || error.setup_intent);
    const said = intent && !error.canceled && intent.status !== 'requires_action';
    return error && !said ? error.message || words.again : '';
  }

  function finish(answer) {
    if (answer.state === 'complete') {
      button.classList.add('done');
      label.textContent = words.done;
      statusLine.textContent = words.done;
      location.replace(answer.url);
    } else if (answer.state === 'open') {
      const marked = answer.field && mark(answer.field, answer.message);
      ready(marked ? words.fields : answer.message || words.again);
      const field = answer.field && byId(answer.field);
      if (field && field.matches('input, select')) {
        field.focus();
      }
    } else {
      location.reload();
    }
  }

  function mountCard() {
    const elements = portcullis.elements({
      locale: page.locale,
      // The ring is drawn around the whole field, as around those of this page.
      appearance: {theme: 'auto', variables: {fontSize: '16px', colorPrimary: 'transparent'}},
    });
    for (const [name, type] of
        [['number', 'cardNumber'], ['expiry', 'cardExpiry'], ['cvc', 'cardCvc']]) {
      const element = elements.create(type);
      const own = {element, complete: false, fault: ''};
      cards[name] = own;
      element.on('change', (event) => {
        own.complete = event.complete;
        own.fault = event.error ? event.error.message : '';
        mark('card-' + name, own.fault);
      });
      element.mount('#card-' + name);
    }
  }

  function showCard() {
    byId('new-card').hidden = !isNew();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    pay();
  });
  form.addEventListener('change', showCard);
  form.addEventListener('focusout', (event) => {
    if (event.target.id && event.target.getAttribute('aria-invalid') === 'true') {
      mark(event.target.id, faultOf(event.target));
    }
  });
  // A page out of the browser's memory may be of another time: the gateway knows how things stand.
  addEventListener('pageshow', (event) => {
    if (event.persisted) {
      location.reload();
    }
  });

  if (page.state === 'sample') {
    return; // There is no session behind it: the form stays hidden.
  }

  const portcullis = Portcullis(
      page.key, {locale: page.locale, apiUrl: page.apiUrl, cardsUrl: page.cardsUrl});
  form.hidden = false;
  mountCard();
  showCard();
  if (page.state === 'processing') {
    working(words.waiting);
    follow(() => ask('/status'));
  } else if (page.state === 'action') {
    say(words.challenge);
  }
})();
