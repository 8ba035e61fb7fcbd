'use strict';
/* A challenge in a frame is over; the page around it asks what came of it. There is no secret here. */
if (parent !== self) {
  parent.postMessage({portcullis: 'returned'}, '*');
}
