const portcullis = Portcullis(document.currentScript.dataset.key);
const elements = portcullis.elements({appearance: {theme: 'auto'}});
const form = document.getElementById('form');
const pay = document.getElementById('pay');
const said = document.getElementById('said');
let intent;

elements.create('card').mount('#card').on('change', ({error}) => {
  said.textContent = error ? error.message : '';
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  pay.disabled = true;
  said.textContent = 'One moment…';
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
    said.textContent = error.message;
    pay.disabled = false;
  } else {
    location.assign('/thanks');
  }
});
