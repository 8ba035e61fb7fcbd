const portcullis = Portcullis(document.currentScript.dataset.key);
const elements = portcullis.elements({appearance: {theme: 'auto'}});
const form = document.getElementById('form');
const pay = document.getElementById('pay');
const said = document.getElementById('said');
let intent;

const say = (text, kind) => {
  said.className = kind;
  said.textContent = text;
};

// One payment for this page, however often somebody tries to pay it.
const opened = async () => {
  if (!intent) {
    const answer = await fetch('/intents', {method: 'POST'});
    if (!answer.ok) {
      throw new Error(`/intents answered ${answer.status}`);
    }
    intent = await answer.json();
  }
  return intent.clientSecret;
};

const confirmed = async () =>
  portcullis.confirmPayment({
    elements,
    clientSecret: await opened(),
    confirmParams: {
      return_url: location.origin + '/thanks',
      payment_method_data: {billing_details: {name: document.getElementById('name').value || undefined}},
    },
    redirect: 'if_required',
  });

elements.create('card').mount('#card').on('change', ({error}) => say(error?.message ?? '', error ? 'error' : ''));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  pay.disabled = true;
  say('One moment…', '');
  // Whatever goes wrong, the shopper is told, and can try again.
  const {error} = await confirmed().catch((fault) => {
    console.warn(fault);
    return {error: {message: 'Something went wrong in this shop. Please try again.'}};
  });
  if (error) {
    say(error.message, 'error');
    pay.disabled = false;
  } else {
    location.assign('/thanks');
  }
});
