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

elements.create('card').mount('#card').on('change', ({error}) => say(error?.message ?? '', error ? 'error' : ''));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  pay.disabled = true;
  say('One moment…', '');
  // One payment for this page, however often somebody tries to pay it.
  intent ||= await (await fetch('/intents', {method: 'POST'})).json();
  const {error} = await portcullis.confirmPayment({
    elements,
    clientSecret: intent.clientSecret,
    confirmParams: {
      return_url: location.origin + '/thanks',
      payment_method_data: {billing_details: {name: document.getElementById('name').value || undefined}},
    },
    redirect: 'if_required',
  });
  if (error) {
    say(error.type === 'card_error' ? `${error.message} You can try another card.` : error.message, 'error');
    pay.disabled = false;
  } else {
    location.assign('/thanks');
  }
});
