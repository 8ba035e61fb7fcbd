'use strict';
/*
 * The frame that a card is typed into. Its page's owner sees whether something stands here, whether it is
 * whole, the brand and a fault's code; the card itself goes from here to this origin and nowhere else.
 *
 * The host page is not trusted. It gives the one port that commands come by, and may forge any of them: none of
 * them gives back what was typed, and what it may change of the look can hide or imitate nothing. Sibling frames
 * give their parts over a channel that exists within this origin alone, only while a card is being sent.
 */
(() => {
  const format = globalThis.PortcullisFormat;
  const page = document.documentElement;
  const kind = page.dataset.kind;
  const parts = kind === 'card' ? ['number', 'expiry', 'cvc'] : [kind];
  const PLACEHOLDERS = {number: () => '1234 1234 1234 1234', expiry: () => texts.date, cvc: () => texts.code};
  const FILLED = {number: 'cc-number', expiry: 'cc-exp', cvc: 'cc-csc'};
  const TRIES = 4;

  let texts = globalThis.PortcullisTexts.en;
  let port;
  let bus;
  let brand = 'unknown';
  let options = {};
  let running;
  let told = '';
  const fields = {};

  /* ---- the look: a short list of properties, each with a pattern; nothing can be fetched or moved ---- */

  const COLOR = /^(#[0-9a-f]{3,8}|(rgb|hsl)a?\([\d\s.,%/-]{1,40}\)|[a-z]{3,30})$/i;
  /* What is typed stays to be seen. */
  const OPAQUE = /^(#[0-9a-f]{3}|#[0-9a-f]{6}|(rgb|hsl)\(\s*[\d.]{1,7}(deg)?%?([\s,]+[\d.]{1,7}%?){2}\s*\)|(?!transparent$)[a-z]{3,30})$/i;
  const SIZE = /^\d{1,2}(\.\d{1,3})?(px|rem|em)$/;
  const LOOKS = {
    color: OPAQUE,
    backgroundColor: COLOR,
    caretColor: COLOR,
    iconColor: COLOR,
    fontFamily: /^[\w\s,'"-]{1,200}$/,
    fontSize: /^([1-3]\d(\.\d{1,3})?px|(0?\.[89]\d{0,2}|[12](\.\d{1,3})?)r?em)$/,
    fontStyle: /^(normal|italic)$/,
    fontWeight: /^(normal|bold|[1-9]00)$/,
    letterSpacing: /^(normal|0?\.\d{1,3}r?em|[0-3](\.\d{1,3})?px)$/,
    lineHeight: /^(normal|[12](\.\d{1,3})?|[1-6]\d(\.\d{1,3})?px)$/,
    padding: /^(0|\d{1,2}px|\d(\.\d{1,3})?r?em)( (0|\d{1,2}px|\d(\.\d{1,3})?r?em)){0,3}$/,
    textAlign: /^(left|center|right|start|end)$/,
  };
  const VARIABLES = {
    colorPrimary: ['--primary', COLOR],
    colorText: ['--text', OPAQUE],
    colorDanger: ['--danger', COLOR],
    colorPlaceholder: ['--placeholder', COLOR],
    colorBackground: ['--background', COLOR],
    iconColor: ['--icon', COLOR],
    fontFamily: ['--font', LOOKS.fontFamily],
    fontSize: ['--size', LOOKS.fontSize],
    fontWeight: ['--weight', LOOKS.fontWeight],
    borderRadius: ['--radius', SIZE],
  };

  const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);
  const fits = (value, pattern) => typeof value === 'string' && pattern.test(value);
  const dashed = (name) => name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());

  const dress = (field) => {
    const {input, state} = field;
    const style = own(options, 'style');
    const base = own(style, 'base');
    const wishes = [base, own(style, state.error ? 'invalid' : state.empty ? 'empty' : state.complete ? 'complete' : '')];
    if (document.activeElement === input) {
      wishes.push(own(base, ':focus'));
    }
    for (const [name, pattern] of Object.entries(LOOKS)) {
      const value = wishes.map((wish) => own(wish, name)).filter((wish) => fits(wish, pattern)).pop();
      const property = name === 'iconColor' ? '--icon' : dashed(name);
      const target = name === 'iconColor' ? page : input;
      if (value) {
        target.style.setProperty(property, value);
      } else if (name !== 'iconColor') {
        target.style.removeProperty(property);
      }
    }
    const placeholder = own(own(base, '::placeholder'), 'color');
    if (fits(placeholder, COLOR)) {
      input.style.setProperty('--placeholder', placeholder);
    }
  };

  const theme = (appearance) => {
    const wanted = own(appearance, 'theme');
    page.dataset.theme = ['light', 'dark', 'auto'].includes(wanted) ? wanted : 'light';
    for (const [name, [property, pattern]] of Object.entries(VARIABLES)) {
      const value = own(own(appearance, 'variables'), name);
      if (fits(value, pattern)) {
        page.style.setProperty(property, value);
      }
    }
  };

  /* ---- the brand's sign: letters on a card, no image to load ---- */

  const SIGNS = {
    visa: ['VISA', '#1a3fb5'], mastercard: ['MC', '#b3261e'], amex: ['AMEX', '#0f6ab0'], discover: ['DISC', '#a14a00'],
    diners: ['DINERS', '#3d5a73'], jcb: ['JCB', '#12683c'], unionpay: ['UP', '#8a1538'],
  };
  const draw = (name, attributes, parent) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    parent.append(element);
    return element;
  };
  const sign = (place) => {
    const [letters, color] = SIGNS[brand] || [];
    const svg = draw('svg', {viewBox: '0 0 32 20', width: 32, height: 20, 'aria-hidden': 'true', 'data-brand': brand}, place);
    if (letters) {
      draw('rect', {width: 32, height: 20, rx: 3, fill: color}, svg);
      draw('text', {x: 16, y: 13.2, 'text-anchor': 'middle', 'font-size': letters.length > 4 ? 7 : 9,
        'font-weight': 700, 'font-family': 'system-ui, sans-serif', fill: '#fff'}, svg).textContent = letters;
    } else {
      draw('rect', {x: 0.75, y: 0.75, width: 30.5, height: 18.5, rx: 3, class: 'outline'}, svg);
      draw('rect', {x: 1, y: 5, width: 30, height: 3.5, class: 'stripe'}, svg);
    }
    [...place.children].slice(0, -1).forEach((old) => old.remove());
  };

  /* ---- what is typed ---- */

  const show = (part, typed, grows) =>
    part === 'number' ? format.showNumber(typed)
      : part === 'expiry' ? format.showExpiry(typed, grows)
        : format.showCvc(typed, brand);

  const check = (part, typed, left) =>
    part === 'number' ? format.checkNumber(typed, left)
      : part === 'expiry' ? format.checkExpiry(typed, left, new Date())
        : format.checkCvc(typed, left, brand);

  const message = (code) => texts[/_past$/.test(code) ? 'past' : code];
  const fault = (code) => code && {type: 'validation_error', code, message: message(code)};
  const send = (type, more) => port && port.postMessage({type, ...more});

  const look = () => {
    for (const part of parts) {
      const field = fields[part];
      field.state = check(part, field.input.value, field.left);
      field.input.setAttribute('aria-invalid', String(Boolean(field.state.error)));
      dress(field);
    }
    const states = parts.map((part) => fields[part].state);
    const error = fault(states.map((state) => state.error).find(Boolean));
    const said = document.getElementById('fault');
    if (said.textContent !== (error ? error.message : '')) {
      said.textContent = error ? error.message : '';
    }
    if (fields.number) {
      setBrand(fields.number.state.brand);
    }
    const change = {
      complete: states.every((state) => state.complete),
      empty: states.every((state) => state.empty),
      brand: fields.number ? brand : undefined,
      error,
    };
    /* Nothing per key: how many digits stand there is nobody's business. */
    if (port && told !== JSON.stringify(change)) {
      told = JSON.stringify(change);
      send('change', change);
    }
  };

  const setBrand = (name) => {
    const same = name === brand;
    brand = name;
    const place = document.getElementById('sign');
    if (place && (!same || !place.firstChild)) {
      sign(place);
    }
    if (!same && fields.number && bus) {
      bus.postMessage({brand});
    }
    if (!same && fields.cvc) {
      fields.cvc.input.value = format.showCvc(fields.cvc.input.value, brand);
      if (!fields.number) {
        look();
      }
    }
  };

  const put = (part, typed, caret, grows) => {
    const {input} = fields[part];
    const shown = show(part, typed, grows);
    const before = format.digitsOf(typed.slice(0, caret)).length;
    const at = caret >= typed.length ? shown.length : format.caretAt(shown, before, grows);
    if (input.value !== shown) {
      input.value = shown;
      if (document.activeElement === input) {
        input.setSelectionRange(at, at);
      }
    }
    fields[part].left = false;
    look();
    const next = fields[parts[parts.indexOf(part) + 1]];
    const there = document.activeElement === input && at === shown.length;
    if (grows && there && next && fields[part].state.complete && isFull(part)) {
      next.input.focus();
    }
  };

  /* A number that could go on is not left by itself. */
  const isFull = (part) => part !== 'number' || format.digitsOf(fields.number.input.value).length >= (brand === 'amex' ? 15 : brand === 'diners' ? 14 : 16);

  /* A deletion meets the blank of a gap: the digit behind it is meant. */
  const overGap = (part, event) => {
    const {input} = fields[part];
    const backward = event.inputType === 'deleteContentBackward';
    if ((!backward && event.inputType !== 'deleteContentForward') || input.selectionStart !== input.selectionEnd) {
      return;
    }
    const text = input.value;
    let at = input.selectionStart;
    const step = backward ? -1 : 1;
    const next = () => text[backward ? at - 1 : at];
    if (!next() || /\d/.test(next())) {
      return;
    }
    while (next() && /\D/.test(next())) {
      at += step;
    }
    const from = backward ? at - 1 : at;
    event.preventDefault();
    if (next()) {
      const rest = text.slice(0, from) + text.slice(from + 1);
      put(part, rest, from, false);
      const caret = format.caretAt(input.value, format.digitsOf(rest.slice(0, from)).length, false);
      input.setSelectionRange(caret, caret);
    }
  };

  const listen = (part) => {
    const {input} = fields[part];
    input.addEventListener('beforeinput', (event) => overGap(part, event));
    input.addEventListener('input', (event) => {
      if (!event.isComposing) {
        put(part, input.value, input.selectionStart, !/^(delete|history)/.test(event.inputType || ''));
      }
    });
    input.addEventListener('compositionend', () => put(part, input.value, input.selectionStart, true));
    input.addEventListener('focus', look);
    input.addEventListener('blur', () => {
      fields[part].left = true;
      if (part === 'expiry') {
        input.value = show(part, input.value, false);
      }
      look();
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing) {
        event.preventDefault();
        fields[part].left = true;
        look();
        send('submit');
      } else if (event.key === 'Escape') {
        send('escape');
      } else if (event.key === 'Backspace' && !input.value && parts.indexOf(part) > 0) {
        event.preventDefault();
        fields[parts[parts.indexOf(part) - 1]].input.focus();
      }
    });
  };

  /* ---- building ---- */

  const build = () => {
    const form = document.createElement('form');
    form.noValidate = true;
    form.addEventListener('submit', (event) => event.preventDefault());
    if (parts.includes('number')) {
      const place = document.createElement('span');
      place.id = 'sign';
      form.append(place);
    }
    const rest = document.createElement('span');
    rest.id = 'rest';
    for (const part of parts) {
      const input = document.createElement('input');
      Object.entries({
        id: part, name: FILLED[part], type: 'text', inputmode: 'numeric', autocomplete: FILLED[part], autocorrect: 'off',
        autocapitalize: 'off', spellcheck: 'false', 'aria-required': 'true', 'aria-invalid': 'false', 'aria-describedby': 'fault',
      }).forEach(([name, value]) => input.setAttribute(name, value));
      fields[part] = {input, left: false, state: {empty: true}};
      (part === 'number' || parts.length === 1 ? form : rest).append(input);
      listen(part);
    }
    if (parts.length > 1) {
      form.append(rest);
    }
    const said = document.createElement('p');
    said.id = 'fault';
    said.setAttribute('role', 'status');
    said.setAttribute('aria-live', 'polite');
    document.body.append(form, said);
    document.addEventListener('focusin', (event) => !event.relatedTarget && send('focus'));
    document.addEventListener('focusout', (event) => !event.relatedTarget && send('blur'));
    new ResizeObserver(() => send('size', {height: Math.ceil(form.getBoundingClientRect().height)})).observe(form);
  };

  const update = (given) => {
    for (const name of ['style', 'disabled', 'placeholder', 'showIcon', 'hideIcon']) {
      if (own(given, name) !== undefined) {
        options[name] = given[name];
      }
    }
    for (const part of parts) {
      const {input} = fields[part];
      const placeholder = parts.length === 1 ? own(options, 'placeholder') : undefined;
      input.placeholder = typeof placeholder === 'string' ? placeholder.slice(0, 40) : PLACEHOLDERS[part]();
      input.setAttribute('aria-label', texts[part]);
      input.disabled = options.disabled === true;
    }
    page.classList.toggle('unsigned', options.showIcon === false || options.hideIcon === true);
    look();
  };

  const clear = () => {
    for (const part of parts) {
      fields[part].input.value = '';
      fields[part].left = false;
    }
    look();
  };

  /* ---- the parts of one card ---- */

  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, (c) => (c === '+' ? '-' : '_'));
  };

  const partOf = (part) => {
    fields[part].left = true;
    look();
    const {input, state} = fields[part];
    return {value: input.value, error: state.error || (state.complete ? undefined : 'incomplete_' + part)};
  };

  const join = (group) => {
    bus = new BroadcastChannel('portcullis ' + group);
    bus.addEventListener('message', ({data}) => {
      if (data.who && fields.number) {
        bus.postMessage({brand});
      } else if (typeof data.brand === 'string' && !fields.number) {
        setBrand(data.brand);
      } else if (data.ask && kind === data.part) {
        bus.postMessage({answer: data.ask, ...partOf(kind)});
      }
    });
    bus.postMessage({who: true});
  };

  /* From the frame beside, of the same origin and the same random group; without an answer it is not there. */
  const askFor = (part) =>
    new Promise((resolve) => {
      const ask = random();
      const done = (answer) => {
        clearTimeout(timer);
        bus.removeEventListener('message', hear);
        resolve(answer);
      };
      const hear = ({data}) => data.answer === ask && done(data);
      const timer = setTimeout(() => done({value: '', error: 'incomplete_' + part}), 3000);
      bus.addEventListener('message', hear);
      bus.postMessage({ask, part});
    });

  /* ---- sending ---- */

  const BESIDE = {
    payment_method: ['billing_details', 'metadata', 'allow_redisplay'],
    token: ['name', 'address_line1', 'address_line2', 'address_city', 'address_state', 'address_zip', 'address_country'],
  };

  const append = (body, name, value, depth) => {
    if (value && typeof value === 'object' && depth < 3) {
      Object.entries(value).slice(0, 60).forEach(([key, each]) => append(body, `${name}[${key}]`, each, depth + 1));
    } else if (['string', 'number', 'boolean'].includes(typeof value)) {
      body.append(name, String(value));
    }
  };

  const bodyOf = (what, card, details) => {
    const body = new URLSearchParams();
    if (what === 'payment_method') {
      body.append('type', 'card');
    }
    Object.entries(card).forEach(([name, value]) => value && body.append(`card[${name}]`, value));
    for (const name of BESIDE[what]) {
      append(body, what === 'token' ? `card[${name}]` : name, own(details, name), 0);
    }
    return body;
  };

  const gather = async (with_) => {
    const [number, expiry, cvc] = await Promise.all(
      ['number', 'expiry', 'cvc'].map((part) =>
        fields[part] ? partOf(part) : with_.includes(part) ? askFor(part) : {value: ''}));
    const error = number.error || expiry.error || cvc.error;
    if (error || !expiry.value) {
      return {error: fault(error || 'incomplete_expiry')};
    }
    const date = format.checkExpiry(expiry.value, true, new Date());
    return {
      card: {
        number: format.digitsOf(number.value), exp_month: date.month, exp_year: date.year, cvc: format.digitsOf(cvc.value),
      },
    };
  };

  const ERROR = ['type', 'code', 'decline_code', 'message', 'param', 'doc_url'];

  /* The same key each time: whatever became of a try whose answer was lost, there is one card. */
  const post = async (what, key, body) => {
    const headers = {Authorization: 'Bearer ' + key, 'Idempotency-Key': random()};
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await fetch('/v1/' + what + 's', {
          method: 'POST', headers, body, credentials: 'omit', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(25000),
        });
        const result = await answer.json();
        if (answer.ok) {
          return {result};
        }
        if (![409, 429, 500, 502, 503, 504].includes(answer.status) || attempt === TRIES) {
          return {error: Object.fromEntries(ERROR.filter((name) => result.error[name]).map((name) => [name, result.error[name]]))};
        }
      } catch {
        if (attempt === TRIES) {
          return {error: {type: 'api_connection_error', message: texts.connection}};
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** attempt));
    }
  };

  const create = async (command) => {
    if (!fits(command.key, /^pk_(test|live)_\w{1,200}$/) || !Object.hasOwn(BESIDE, command.what) || !Array.isArray(command.with)) {
      return {error: {type: 'invalid_request_error', message: 'A publishable key is needed.'}};
    }
    const {card, error} = await gather(command.with);
    if (error) {
      return {error};
    }
    const body = bodyOf(command.what, card, command.details);
    const same = command.key + ' ' + body;
    if (!running || running.same !== same) {
      const answer = post(command.what, command.key, body);
      running = {same, answer};
      answer.finally(() => {
        running = undefined;
      });
    }
    return running.answer;
  };

  /* ---- commands, by the one port of the first greeting ---- */

  const obey = async ({data}) => {
    switch (data && data.type) {
      case 'update':
        update(data.options);
        break;
      case 'focus':
        (parts.map((part) => fields[part]).find((field) => !field.state.complete) || fields[parts[0]]).input.focus();
        break;
      case 'blur':
        document.activeElement.blur();
        break;
      case 'clear':
        clear();
        break;
      case 'create':
        if (fields.number) {
          send('created', {id: data.id, ...(await create(data))});
        }
        break;
    }
  };

  const greet = (event) => {
    const hello = event.data;
    if (event.source !== parent || parent === self || port || !hello || hello.portcullis !== 'init' || !event.ports[0]
      || !fits(hello.group, /^[\w-]{16,64}$/)) {
      return;
    }
    const locale = fits(hello.locale, /^[a-z]{2}$/) && Object.hasOwn(globalThis.PortcullisTexts, hello.locale) ? hello.locale : 'en';
    page.lang = locale;
    texts = globalThis.PortcullisTexts[locale];
    port = event.ports[0];
    theme(hello.appearance);
    join(hello.group);
    port.onmessage = obey;
    told = '';
    update(hello.options || {});
    send('ready', {api: page.dataset.api});
    send('size', {height: Math.ceil(document.forms[0].getBoundingClientRect().height)});
  };

  build();
  addEventListener('message', greet);
})();
