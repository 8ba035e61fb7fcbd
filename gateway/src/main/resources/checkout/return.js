// The shopper comes back from the bank's challenge: in the page's frame, or in the whole window.
'use strict';
(() => {
  const page = document.getElementById('returned').dataset.page;
  if (window.parent === window) {
    location.replace(page);
  } else {
    // Without any secret; the page asks the gateway what came of it.
    window.parent.postMessage({portcullis: 'returned'}, location.origin);
  }
})();
