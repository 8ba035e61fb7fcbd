'use strict';
/*
 * Portcullis(publishableKey, options): card fields in frames of the cards origin, payments confirmed, bank
 * challenges shown. Nothing here ever holds a card number: see docs/CARD_FIELDS.md.
 */
(() => {
  const loadedFrom = document.currentScript && document.currentScript.src ? new URL(document.currentScript.src).origin : undefined;
  const KINDS = {card: 'card', cardNumber: 'number', cardExpiry: 'expiry', cardCvc: 'cvc'};
  const TRIES = 4;
  const READY_LIMIT = 15000;
  const POLL_FROM = 6000;
  const POLL_EACH = 3000;

  const TEXTS = {
    en: {
      card: 'Card details', number: 'Card number', expiry: 'Expiry date', cvc: 'Security code',
      bank: 'Confirmation by your bank', close: 'Close', ask: 'Close the confirmation? Unless your bank has it already, nothing is paid.', stay: 'Back to my bank',
      aside: 'Nothing to see here? Open your bank’s page in a new tab.',
      canceled: 'The confirmation was cancelled. You can try again.',
      failed: 'Your bank could not confirm this card. Please choose another way to pay and try again.',
      connection: 'The connection failed. Please try again.', frame: 'The card fields could not be loaded.',
      declined: 'Your card was declined. Please try another card, or ask your bank.',
      funds: 'Your card does not have enough funds. Please try another card.',
      expired: 'Your card has expired. Please check the date, or try another card.',
      wrongCvc: 'The security code is not right. Please enter it again.',
      wrongNumber: 'The card number is not right. Please check it, or try another card.',
      unsupported: 'This card cannot be used for this payment. Please try another card.',
      limit: 'Your card has reached its limit. Please try another card.',
      again: 'Your bank could not be reached. Nothing was charged; please try again in a moment.',
    },
    de: {
      card: 'Kartendaten', number: 'Kartennummer', expiry: 'Gültig bis', cvc: 'Prüfnummer',
      bank: 'Bestätigung durch Ihre Bank', close: 'Schließen', ask: 'Bestätigung schließen? Wenn Ihre Bank sie noch nicht hat, wird nichts bezahlt.', stay: 'Zurück zur Bank',
      aside: 'Hier ist nichts zu sehen? Seite der Bank in neuem Tab öffnen.',
      canceled: 'Die Bestätigung wurde abgebrochen. Sie können es erneut versuchen.',
      failed: 'Ihre Bank konnte diese Karte nicht bestätigen. Bitte wählen Sie eine andere Zahlungsart und versuchen Sie es erneut.',
      connection: 'Die Verbindung ist fehlgeschlagen. Bitte versuchen Sie es erneut.', frame: 'Die Kartenfelder konnten nicht geladen werden.',
      declined: 'Ihre Karte wurde abgelehnt. Bitte versuchen Sie eine andere Karte oder fragen Sie Ihre Bank.',
      funds: 'Ihre Karte ist nicht ausreichend gedeckt. Bitte versuchen Sie eine andere Karte.',
      expired: 'Ihre Karte ist abgelaufen. Bitte prüfen Sie das Datum oder versuchen Sie eine andere Karte.',
      wrongCvc: 'Die Prüfnummer stimmt nicht. Bitte geben Sie sie noch einmal ein.',
      wrongNumber: 'Die Kartennummer stimmt nicht. Bitte prüfen Sie sie oder versuchen Sie eine andere Karte.',
      unsupported: 'Diese Karte kann für diese Zahlung nicht verwendet werden. Bitte versuchen Sie eine andere Karte.',
      limit: 'Ihre Karte hat ihr Limit erreicht. Bitte versuchen Sie eine andere Karte.',
      again: 'Ihre Bank war nicht erreichbar. Es wurde nichts abgebucht; bitte versuchen Sie es gleich noch einmal.',
    },
    fr: {
      card: 'Données de carte', number: 'Numéro de carte', expiry: 'Date d’expiration', cvc: 'Code de sécurité',
      bank: 'Confirmation par votre banque', close: 'Fermer', ask: 'Fermer la confirmation ? Si votre banque ne l’a pas encore, rien ne sera payé.', stay: 'Retour à ma banque',
      aside: 'Rien ne s’affiche ? Ouvrir la page de la banque dans un nouvel onglet.',
      canceled: 'La confirmation a été annulée. Vous pouvez réessayer.',
      failed: 'Votre banque n’a pas pu confirmer cette carte. Choisissez un autre moyen de paiement et réessayez.',
      connection: 'La connexion a échoué. Veuillez réessayer.', frame: 'Les champs de carte n’ont pas pu être chargés.',
      declined: 'Votre carte a été refusée. Veuillez essayer une autre carte ou contacter votre banque.',
      funds: 'Le solde de votre carte est insuffisant. Veuillez essayer une autre carte.',
      expired: 'Votre carte a expiré. Veuillez vérifier la date ou essayer une autre carte.',
      wrongCvc: 'Le code de sécurité est incorrect. Veuillez le saisir à nouveau.',
      wrongNumber: 'Le numéro de carte est incorrect. Veuillez le vérifier ou essayer une autre carte.',
      unsupported: 'Cette carte ne peut pas être utilisée pour ce paiement. Veuillez essayer une autre carte.',
      limit: 'Votre carte a atteint son plafond. Veuillez essayer une autre carte.',
      again: 'Votre banque est injoignable. Rien n’a été débité ; veuillez réessayer dans un instant.',
    },
    es: {
      card: 'Datos de la tarjeta', number: 'Número de tarjeta', expiry: 'Fecha de caducidad', cvc: 'Código de seguridad',
      bank: 'Confirmación de tu banco', close: 'Cerrar', ask: '¿Cerrar la confirmación? Si tu banco aún no la tiene, no se pagará nada.', stay: 'Volver a mi banco',
      aside: '¿No se ve nada? Abre la página del banco en otra pestaña.',
      canceled: 'La confirmación se ha cancelado. Puedes volver a intentarlo.',
      failed: 'Tu banco no ha podido confirmar esta tarjeta. Elige otra forma de pago e inténtalo de nuevo.',
      connection: 'La conexión ha fallado. Inténtalo de nuevo.', frame: 'No se han podido cargar los campos de la tarjeta.',
      declined: 'Tu tarjeta ha sido rechazada. Prueba con otra tarjeta o consulta a tu banco.',
      funds: 'Tu tarjeta no tiene fondos suficientes. Prueba con otra tarjeta.',
      expired: 'Tu tarjeta ha caducado. Revisa la fecha o prueba con otra tarjeta.',
      wrongCvc: 'El código de seguridad no es correcto. Escríbelo de nuevo.',
      wrongNumber: 'El número de tarjeta no es correcto. Revísalo o prueba con otra tarjeta.',
      unsupported: 'Esta tarjeta no se puede usar para este pago. Prueba con otra tarjeta.',
      limit: 'Tu tarjeta ha alcanzado su límite. Prueba con otra tarjeta.',
      again: 'No se ha podido contactar con tu banco. No se ha cobrado nada; inténtalo de nuevo en un momento.',
    },
    pt: {
      card: 'Dados do cartão', number: 'Número do cartão', expiry: 'Data de validade', cvc: 'Código de segurança',
      bank: 'Confirmação pelo seu banco', close: 'Fechar', ask: 'Fechar a confirmação? Se o seu banco ainda não a tiver, nada será pago.', stay: 'Voltar ao meu banco',
      aside: 'Não vê nada? Abra a página do banco noutro separador.',
      canceled: 'A confirmação foi cancelada. Pode tentar novamente.',
      failed: 'O seu banco não conseguiu confirmar este cartão. Escolha outra forma de pagamento e tente novamente.',
      connection: 'A ligação falhou. Tente novamente.', frame: 'Não foi possível carregar os campos do cartão.',
      declined: 'O seu cartão foi recusado. Tente outro cartão ou contacte o seu banco.',
      funds: 'O seu cartão não tem saldo suficiente. Tente outro cartão.',
      expired: 'O seu cartão expirou. Verifique a data ou tente outro cartão.',
      wrongCvc: 'O código de segurança não está correto. Introduza-o novamente.',
      wrongNumber: 'O número do cartão não está correto. Verifique-o ou tente outro cartão.',
      unsupported: 'Este cartão não pode ser usado para este pagamento. Tente outro cartão.',
      limit: 'O seu cartão atingiu o limite. Tente outro cartão.',
      again: 'Não foi possível contactar o seu banco. Nada foi cobrado; tente novamente dentro de momentos.',
    },
    ja: {
      card: 'カード情報', number: 'カード番号', expiry: '有効期限', cvc: 'セキュリティコード',
      bank: 'カード会社による本人確認', close: '閉じる', ask: '本人確認を閉じますか？承認がまだの場合、お支払いは行われません。', stay: '本人確認に戻る',
      aside: '何も表示されない場合は、新しいタブで本人確認のページを開いてください。',
      canceled: '本人確認が中止されました。もう一度お試しください。',
      failed: 'カードの本人確認ができませんでした。別のお支払い方法でもう一度お試しください。',
      connection: '接続に失敗しました。もう一度お試しください。', frame: 'カード入力欄を読み込めませんでした。',
      declined: 'カードが承認されませんでした。別のカードをお試しいただくか、カード会社にお問い合わせください。',
      funds: 'カードの残高が不足しています。別のカードをお試しください。',
      expired: 'カードの有効期限が切れています。日付をご確認いただくか、別のカードをお試しください。',
      wrongCvc: 'セキュリティコードが正しくありません。もう一度入力してください。',
      wrongNumber: 'カード番号が正しくありません。ご確認いただくか、別のカードをお試しください。',
      unsupported: 'このカードはこのお支払いにはご利用いただけません。別のカードをお試しください。',
      limit: 'カードの利用限度額に達しています。別のカードをお試しください。',
      again: 'カード会社に接続できませんでした。請求は行われていません。しばらくしてからもう一度お試しください。',
    },
  };

  /* As on the hosted page: what the shopper can do, and nothing that helps a thief. */
  const DECLINES = {
    insufficient_funds: 'funds', expired_card: 'expired', invalid_expiry_month: 'expired', invalid_expiry_year: 'expired',
    incorrect_cvc: 'wrongCvc', invalid_cvc: 'wrongCvc', incorrect_number: 'wrongNumber', invalid_number: 'wrongNumber',
    authentication_required: 'failed', payment_intent_authentication_failure: 'failed', setup_intent_authentication_failure: 'failed',
    card_not_supported: 'unsupported', currency_not_supported: 'unsupported', restricted_card: 'unsupported',
    card_velocity_exceeded: 'limit', withdrawal_count_limit_exceeded: 'limit',
    issuer_not_available: 'again', processing_error: 'again', reenter_transaction: 'again', try_again_later: 'again',
  };

  const localeOf = (wanted) => {
    const name = (!wanted || wanted === 'auto' ? navigator.language || 'en' : wanted).slice(0, 2).toLowerCase();
    return Object.hasOwn(TEXTS, name) ? name : 'en';
  };
  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, (c) => (c === '+' ? '-' : '_'));
  };
  const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
  const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  const originOf = (url, what) => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol)) {
      throw new Error(`Portcullis: ${what} must be an http(s) address.`);
    }
    return parsed.origin;
  };
  const dress = (element, style) =>
    Object.entries(style).forEach(([name, value]) => element.style.setProperty(name, value, 'important'));
  const make = (tag, style, text) => {
    const element = document.createElement(tag);
    dress(element, style);
    if (text) {
      element.textContent = text;
    }
    return element;
  };

  /* What belongs to an element and is nobody else's. */
  const inner = new WeakMap();

  /* ---- an element: one frame of the cards origin, and the port to it ---- */

  const createElement = (owner, type, given) => {
    const kind = KINDS[type];
    const listeners = new Map();
    const waiting = new Map();
    let options = plain(given) || {};
    let frame;
    let port;
    let container;
    let labels = [];
    let ready = Promise.withResolvers();
    let timer;
    let destroyed = false;

    const emit = (name, event) => [...(listeners.get(name) || [])].forEach((listen) => listen({elementType: type, ...event}));
    const mark = (name, on) => container && container.classList.toggle('PortcullisElement--' + name, on);
    const tell = (message) => ready.promise.then(() => port && port.postMessage(message));
    const focus = () => {
      if (frame) {
        frame.focus();
        tell({type: 'focus'});
      }
    };

    /* Enter in the frame is Enter in the form around it: not while its button is disabled. */
    const submit = () => {
      emit('submit');
      const form = container.closest('form');
      const button = form && form.querySelector('button:not([type]), [type="submit"]');
      if (form && !(button && button.disabled)) {
        form.requestSubmit();
      }
    };

    const hear = ({data}) => {
      switch (data.type) {
        case 'ready':
          clearTimeout(timer);
          owner.api(data.api);
          ready.resolve();
          emit('ready');
          break;
        case 'change':
          mark('invalid', Boolean(data.error));
          mark('complete', data.complete);
          mark('empty', data.empty);
          emit('change', {complete: data.complete, empty: data.empty, brand: data.brand, error: data.error});
          break;
        case 'focus':
        case 'blur':
          mark('focus', data.type === 'focus');
          emit(data.type);
          break;
        case 'escape':
          emit('escape');
          break;
        case 'submit':
          submit();
          break;
        case 'size':
          dress(frame, {height: Math.min(300, Math.max(20, Number(data.height) || 0)) + 'px'});
          break;
        case 'created':
          if (waiting.has(data.id)) {
            waiting.get(data.id)({result: data.result, error: data.error});
            waiting.delete(data.id);
          }
          break;
      }
    };

    /* At each load: a frame that is moved within the page begins anew. */
    const greet = () => {
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = hear;
      frame.contentWindow.postMessage(
        {portcullis: 'init', group: owner.group, locale: owner.locale, appearance: owner.appearance, options},
        owner.cards,
        [channel.port2]);
    };

    const element = {
      on(name, listen) {
        listeners.set(name, [...(listeners.get(name) || []), listen]);
        return element;
      },
      off(name, listen) {
        listeners.set(name, listen ? (listeners.get(name) || []).filter((each) => each !== listen) : []);
        return element;
      },
      once(name, listen) {
        const first = (event) => {
          element.off(name, first);
          listen(event);
        };
        return element.on(name, first);
      },
      mount(target) {
        const place = typeof target === 'string' ? document.querySelector(target) : target;
        if (destroyed || !(place instanceof HTMLElement)) {
          throw new Error(destroyed ? 'Portcullis: this element was destroyed.' : `Portcullis: there is no ${target} to mount in.`);
        }
        element.unmount();
        container = place;
        frame = make('iframe', {
          display: 'block', width: '100%', height: '38px', border: '0', margin: '0', padding: '0',
          background: 'transparent', 'color-scheme': owner.scheme(),
        });
        frame.title = TEXTS[owner.locale][kind];
        frame.addEventListener('load', greet);
        frame.src = owner.cards + '/fields/' + kind;
        container.classList.add('PortcullisElement', 'PortcullisElement--empty');
        container.replaceChildren(frame);
        timer = setTimeout(() => {
          emit('error', {error: {type: 'api_connection_error', message: TEXTS[owner.locale].frame}});
        }, READY_LIMIT);
        labels = container.id ? [...document.querySelectorAll(`label[for="${CSS.escape(container.id)}"]`)] : [];
        labels.forEach((label) => label.addEventListener('click', focus));
        return element;
      },
      unmount() {
        clearTimeout(timer);
        labels.forEach((label) => label.removeEventListener('click', focus));
        if (frame) {
          frame.remove();
          port = undefined;
          frame = undefined;
          ready = Promise.withResolvers();
          waiting.forEach((answer) => answer({error: {type: 'invalid_request_error', message: 'The element was unmounted.'}}));
          waiting.clear();
        }
        return element;
      },
      destroy() {
        element.unmount();
        destroyed = true;
        owner.forget(type);
      },
      update(more) {
        options = {...options, ...plain(more)};
        tell({type: 'update', options});
        return element;
      },
      focus() {
        focus();
        return element;
      },
      blur() {
        tell({type: 'blur'});
        return element;
      },
      clear() {
        tell({type: 'clear'});
        return element;
      },
    };
    inner.set(element, {
      kind,
      owner,
      ready: () => ready.promise,
      create(what, key, details) {
        if (!frame) {
          return Promise.resolve({error: {type: 'invalid_request_error', message: 'The card element is not mounted.'}});
        }
        const id = random();
        const answer = new Promise((resolve) => waiting.set(id, resolve));
        tell({type: 'create', id, what, key, details: plain(details), with: owner.parts()});
        return answer;
      },
    });
    return element;
  };

  /* ---- the bank's page, in a dialog of the browser's own: it holds the focus, and gives it back ---- */

  const showChallenge = (url, texts, scheme, returned, isOver) =>
    new Promise((resolve) => {
      /* In the shop's page, whose own rules for buttons and headings would reach these too. */
      const dialog = make('dialog', {
        'box-sizing': 'border-box', width: 'min(520px, 100vw)', 'max-width': '100vw', height: 'min(680px, 100dvh)', 'max-height': '100dvh',
        margin: 'auto', padding: '0', border: '1px solid GrayText', 'border-radius': '8px', overflow: 'hidden', background: 'Canvas', color: 'CanvasText',
        'color-scheme': scheme, 'font-family': 'system-ui, sans-serif', 'font-size': '16px', 'line-height': '1.4', 'text-align': 'start',
        'box-shadow': '0 0 0 100vmax rgb(0 0 0 / 55%)',
      });
      const column = make('div', {display: 'flex', 'flex-direction': 'column', height: '100%', margin: '0'});
      const head = make('div', {display: 'flex', 'align-items': 'center', margin: '0', gap: '12px', padding: '10px 12px 10px 16px'});
      const title = make('h2', {flex: '1', margin: '0', padding: '0', border: '0', color: 'inherit', 'font-size': '16px', 'font-weight': '600'}, texts.bank);
      const button = (text) =>
        make('button', {
          flex: 'none', width: 'auto', height: 'auto', margin: '0', font: 'inherit', 'min-height': '36px', padding: '4px 14px', 'border-radius': '6px', border: '1px solid GrayText',
          background: 'ButtonFace', color: 'ButtonText', cursor: 'pointer',
        }, text);
      const close = button(texts.close);
      /* The question lies over the bank's page, which keeps its size: what it was laid out for is there again afterwards. */
      const stage = make('div', {position: 'relative', flex: '1', 'min-height': '0', margin: '0'});
      const question = make('div', {
        display: 'none', position: 'absolute', inset: '0', 'box-sizing': 'border-box', 'flex-wrap': 'wrap', 'align-content': 'safe center',
        'justify-content': 'center', gap: '16px 10px', margin: '0', padding: '16px', overflow: 'auto', background: 'Canvas',
      });
      const stay = button(texts.stay);
      const leave = button(texts.close);
      const frame = make('iframe', {
        display: 'block', width: '100%', height: '100%', margin: '0', border: '0', background: '#fff', 'color-scheme': 'light',
      });
      const aside = make('p', {margin: '0', padding: '8px 16px 10px', 'font-size': '14px', display: 'none'});
      const link = make('a', {color: 'LinkText'}, texts.aside);
      const asked = make('span', {flex: '1 1 100%', 'text-align': 'center'}, texts.ask);
      const timers = [];
      title.id = 'portcullis-' + random();
      dialog.setAttribute('aria-labelledby', title.id);
      question.setAttribute('role', 'alert');
      [close, stay, leave].forEach((each) => {
        each.type = 'button';
      });
      link.href = url;
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
      frame.title = texts.bank;
      /* A bank's page needs forms and scripts; it need not take the shop's page away. */
      frame.sandbox.add('allow-forms', 'allow-scripts', 'allow-same-origin', 'allow-popups', 'allow-popups-to-escape-sandbox');
      frame.referrerPolicy = 'no-referrer';
      frame.src = url;
      head.append(title, close);
      question.append(asked, stay, leave);
      aside.append(link);
      stage.append(frame, question);
      column.append(head, stage, aside);
      dialog.append(column);

      let over = false;
      const end = (how) => {
        if (!over) {
          over = true;
          timers.forEach(clearTimeout);
          removeEventListener('message', hear);
          dialog.close();
          dialog.remove();
          resolve(how);
        }
      };
      const hear = (event) => {
        if (event.source === frame.contentWindow && event.origin === returned && event.data && event.data.portcullis === 'returned') {
          end('returned');
        }
      };
      /* Where the page ends elsewhere, as in another tab or at the server's own address, the payment tells. */
      const look = async () => {
        if (!over && (await isOver())) {
          end('returned');
        } else if (!over) {
          timers.push(setTimeout(look, POLL_EACH));
        }
      };
      const asking = (now) => {
        dress(question, {display: now ? 'flex' : 'none'});
        dress(close, {visibility: now ? 'hidden' : 'visible'});
        frame.inert = now;
        (now ? stay : frame).focus();
      };
      const ask = () => asking(true);
      close.addEventListener('click', ask);
      stay.addEventListener('click', () => asking(false));
      leave.addEventListener('click', () => end('closed'));
      dialog.addEventListener('cancel', (event) => {
        event.preventDefault();
        ask();
      });
      dialog.addEventListener('close', () => end('closed'));
      timers.push(setTimeout(look, POLL_FROM));
      timers.push(setTimeout(() => dress(aside, {display: 'block'}), POLL_FROM));
      addEventListener('message', hear);
      document.body.append(dialog);
      dialog.showModal();
      frame.focus();
    });

  /* ---- the library ---- */

  const Portcullis = (key, settings = {}) => {
    if (!/^pk_(test|live)_\w{1,200}$/.test(key)) {
      throw new Error('Portcullis: a publishable key is needed (pk_test_… or pk_live_…); never put a secret key in a page.');
    }
    const cards = originOf(settings.cardsUrl || loadedFrom, 'cardsUrl');
    const locale = localeOf(settings.locale);
    const texts = TEXTS[locale];
    const api = Promise.withResolvers();
    const confirming = new Map();
    let scheme = 'light';
    if (settings.apiUrl) {
      api.resolve(originOf(settings.apiUrl, 'apiUrl'));
    }
    /* Given, or told by the first frame that is ready. */
    const apiIsKnown = () => Promise.race([api.promise, pause(READY_LIMIT)]);

    const failure = (message, more) => ({error: {type: 'invalid_request_error', message, ...more}});

    /* A decline in the page's language; api_message has the API's own words, for whoever builds the page. */
    const told = (error) => {
      if (!error || error.type !== 'card_error') {
        return error;
      }
      const code = error.decline_code || error.code;
      const reason = Object.hasOwn(DECLINES, code) ? DECLINES[code] : 'declined';
      return {...error, message: texts[reason], api_message: error.message};
    };

    const flatten = (body, name, value) => {
      if (value !== null && typeof value === 'object') {
        Object.entries(value).forEach(([each, inside]) => flatten(body, name ? `${name}[${each}]` : each, inside));
      } else if (value !== undefined && value !== null) {
        body.append(name, String(value));
      }
      return body;
    };

    /* Under the same key each time, so that a lost answer pays nothing twice. */
    const ask = async (method, path, params) => {
      if (!(await apiIsKnown())) {
        return failure('Give apiUrl, or mount an element first.');
      }
      const body = flatten(new URLSearchParams(), '', params);
      const url = (await api.promise) + path + (method === 'GET' ? '?' + body : '');
      const headers = {Authorization: 'Bearer ' + key};
      if (method === 'POST') {
        headers['Idempotency-Key'] = random();
      }
      for (let attempt = 1; ; attempt++) {
        try {
          const answer = await fetch(url, {
            method, headers, body: method === 'POST' ? body : undefined, credentials: 'omit', cache: 'no-store', redirect: 'error',
            referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(60000),
          });
          const result = await answer.json();
          if (answer.ok) {
            return {result};
          }
          if (![409, 429, 500, 502, 503, 504].includes(answer.status) || attempt === TRIES) {
            return {error: told(result.error) || {type: 'api_error', message: texts.connection}};
          }
        } catch {
          if (attempt === TRIES) {
            return {error: {type: 'api_connection_error', message: texts.connection}};
          }
        }
        await pause(300 * 2 ** attempt);
      }
    };

    /* What a client secret opens. */
    const INTENTS = {
      pi: {path: '/v1/payment_intents/', name: 'paymentIntent', last: 'last_payment_error', wire: 'payment_intent'},
      seti: {path: '/v1/setup_intents/', name: 'setupIntent', last: 'last_setup_error', wire: 'setup_intent'},
    };
    const read = (clientSecret, wanted) => {
      const match = /^((pi|seti)_\w{1,64})_secret_\w{1,200}$/.exec(clientSecret);
      return match && (!wanted || match[2] === wanted) ? {id: match[1], ...INTENTS[match[2]]} : undefined;
    };
    const noSecret = () => failure('A client secret is needed.', {param: 'client_secret'});

    const retrieve = async (clientSecret, wanted) => {
      const intent = read(clientSecret, wanted);
      if (!intent) {
        return noSecret();
      }
      const {result, error} = await ask('GET', intent.path + intent.id, {client_secret: clientSecret});
      return error ? {error} : {[intent.name]: result};
    };

    /* The intent as it is, or the error that it stands for. */
    const settled = (intent, object, left) => {
      if (object.status === 'requires_payment_method' || (left && object.status === 'requires_action')) {
        const failed = {type: 'card_error', code: intent.wire + '_authentication_failure'};
        const error = left ? {...failed, message: texts.canceled, canceled: true} : told({...failed, ...object[intent.last]});
        return {error: {...error, [intent.wire]: object}};
      }
      return {[intent.name]: object};
    };

    /* The bank may have been quicker, or nobody can tell; then the payment stands as it was. */
    const leave = async (intent, clientSecret, object) => {
      const {result, error} = await ask('POST', intent.path + intent.id + '/source_cancel', {client_secret: clientSecret});
      return settled(intent, error ? object : result, true);
    };

    const act = async (intent, clientSecret, object) => {
      const action = object.next_action && object.next_action.redirect_to_url;
      if (object.status !== 'requires_action' || !action) {
        return settled(intent, object, false);
      }
      const url = new URL(action.url);
      if (!/^https?:$/.test(url.protocol)) {
        return failure('The next action’s address cannot be opened.');
      }
      const isOver = async () => {
        const {[intent.name]: now} = await retrieve(clientSecret);
        return Boolean(now) && (now.status !== 'requires_action' || now.next_action?.redirect_to_url?.url !== action.url);
      };
      const how = await showChallenge(url.href, texts, scheme, await api.promise, isOver);
      const {[intent.name]: after, error} = await retrieve(clientSecret);
      if (error) {
        return {error};
      }
      const another = after.status === 'requires_action' && after.next_action?.redirect_to_url?.url;
      if (how === 'returned' && another && another !== action.url) {
        return act(intent, clientSecret, after);
      }
      /* Another window may have begun anew meanwhile: its challenge is not this one's to leave. */
      return how === 'closed' && another === action.url ? leave(intent, clientSecret, after) : settled(intent, after, Boolean(another));
    };

    const mainOf = (elements) => inner.has(elements) && inner.get(elements).main();
    const createBy = async (what, element, details) => {
      const inside = inner.get(element);
      if (!inside || !inside.create || !['card', 'number'].includes(inside.kind)) {
        return failure('A card or cardNumber element is needed.', {param: 'card'});
      }
      const {result, error} = await inside.create(what, key, details);
      return error ? {error: told(error)} : {result};
    };

    const createPaymentMethod = async ({type = 'card', card, elements, params, ...details}) => {
      if (type !== 'card') {
        return failure('Only cards can be typed here.', {param: 'type'});
      }
      const {result, error} = await createBy('payment_method', card || mainOf(elements), {...details, ...params});
      return error ? {error} : {paymentMethod: result};
    };

    const confirm = async (clientSecret, wanted, {payment_method: method, ...params}, handle) => {
      const intent = read(clientSecret, wanted);
      if (!intent) {
        return noSecret();
      }
      let id = method;
      if (method && typeof method === 'object') {
        const {paymentMethod, error} = await createPaymentMethod(method);
        if (error) {
          return {error};
        }
        id = paymentMethod.id;
      }
      const back = handle && (await apiIsKnown()) ? {return_url: (await api.promise) + '/redirect/framed'} : {};
      const {result, error} = await ask('POST', intent.path + intent.id + '/confirm', {
        ...params, ...(id ? {payment_method: id} : {}), ...back, client_secret: clientSecret,
      });
      if (error) {
        return {error};
      }
      return handle ? act(intent, clientSecret, result) : {[intent.name]: result};
    };

    /* Whoever asks twice while it is under way gets the same answer, and one payment. */
    const once = (clientSecret, work) => {
      if (!confirming.has(clientSecret)) {
        confirming.set(clientSecret, work().finally(() => confirming.delete(clientSecret)));
      }
      return confirming.get(clientSecret);
    };

    const confirmCard = (wanted) => (clientSecret, data = {}, {handleActions = true} = {}) =>
      once(clientSecret, () => {
        const {return_url: ignored, ...rest} = data;
        return confirm(clientSecret, wanted, rest, handleActions);
      });

    const leaveTo = (address, intent, clientSecret, outcome) => {
      const url = new URL(address);
      url.searchParams.set(intent.wire, intent.id);
      url.searchParams.set(intent.wire + '_client_secret', clientSecret);
      url.searchParams.set('redirect_status', outcome.status === 'processing' ? 'pending' : 'succeeded');
      location.assign(url);
      return new Promise(() => {});
    };

    const confirmWith = (wanted) => ({elements, clientSecret, confirmParams = {}, redirect = 'always'}) =>
      once(clientSecret, async () => {
        const intent = read(clientSecret, wanted);
        const {return_url: back, payment_method_data: beside, ...rest} = confirmParams;
        if (!intent) {
          return noSecret();
        }
        if (redirect === 'always' && !(URL.canParse(back) && /^https?:$/.test(new URL(back).protocol))) {
          return failure('An http(s) return_url is needed.', {param: 'return_url'});
        }
        const element = elements && mainOf(elements);
        const method = element ? {payment_method: {...beside, type: 'card', card: element}} : {};
        const answer = await confirm(clientSecret, wanted, {...rest, ...method}, true);
        return redirect === 'always' && !answer.error ? leaveTo(back, intent, clientSecret, answer[intent.name]) : answer;
      });

    const elements = (wishes = {}) => {
      const made = new Map();
      const appearance = plain(wishes.appearance) || {};
      const schemeOf = () => (appearance.theme === 'auto' ? 'light dark' : appearance.theme === 'dark' ? 'dark' : 'light');
      const owner = {
        cards,
        group: random(),
        locale: wishes.locale ? localeOf(wishes.locale) : locale,
        appearance,
        scheme: schemeOf,
        api: (url) => {
          if (url) {
            api.resolve(originOf(url, 'apiUrl'));
          }
        },
        parts: () => [...made.values()].map((element) => inner.get(element).kind),
        forget: (type) => made.delete(type),
      };
      scheme = schemeOf();
      const group = {
        create(type, options) {
          if (!Object.hasOwn(KINDS, type)) {
            throw new Error(`Portcullis: there is no element ${type}; there are ${Object.keys(KINDS).join(', ')}.`);
          }
          if (made.has(type)) {
            throw new Error(`Portcullis: ${type} was created already.`);
          }
          const element = createElement(owner, type, options);
          made.set(type, element);
          return element;
        },
        getElement: (type) => made.get(type) || null,
      };
      inner.set(group, {main: () => made.get('card') || made.get('cardNumber')});
      return group;
    };

    return {
      elements,
      createPaymentMethod,
      async createToken(card, details) {
        const {result, error} = await createBy('token', card, details);
        return error ? {error} : {token: result};
      },
      confirmCardPayment: confirmCard('pi'),
      confirmCardSetup: confirmCard('seti'),
      confirmPayment: confirmWith('pi'),
      confirmSetup: confirmWith('seti'),
      retrievePaymentIntent: (clientSecret) => retrieve(clientSecret, 'pi'),
      retrieveSetupIntent: (clientSecret) => retrieve(clientSecret, 'seti'),
      handleNextAction: ({clientSecret}) =>
        once(clientSecret, async () => {
          const intent = read(clientSecret);
          if (!intent) {
            return noSecret();
          }
          const {[intent.name]: object, error} = await retrieve(clientSecret);
          return error ? {error} : act(intent, clientSecret, object);
        }),
    };
  };

  globalThis.Portcullis = Portcullis;
})();
