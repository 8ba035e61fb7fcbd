// How a card is typed, against published test numbers. Run by FormatTest: node --test, with the file under test in FORMAT.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

vm.runInThisContext(readFileSync(process.env.FORMAT, 'utf8'));
const format = globalThis.PortcullisFormat;

const PUBLISHED = [
  ['visa', '4242424242424242', '4242 4242 4242 4242'],
  ['visa', '4000056655665556', '4000 0566 5566 5556'],
  ['mastercard', '5555555555554444', '5555 5555 5555 4444'],
  ['mastercard', '2223003122003222', '2223 0031 2200 3222'],
  ['amex', '378282246310005', '3782 822463 10005'],
  ['amex', '371449635398431', '3714 496353 98431'],
  ['discover', '6011111111111117', '6011 1111 1111 1117'],
  ['diners', '3056930009020004', '3056 9300 0902 0004'],
  ['diners', '36227206271667', '3622 720627 1667'],
  ['jcb', '3566002020360505', '3566 0020 2036 0505'],
  ['unionpay', '6200000000000005', '6200 0000 0000 0005'],
  ['unionpay', '6205500000000000004', '6205 5000 0000 0000 004'],
];
const NOW = new Date(2026, 10, 27);

for (const [brand, number, shown] of PUBLISHED) {
  test(`${brand} ${number}`, () => {
    assert.equal(format.showNumber(number), shown);
    assert.equal(format.showNumber(shown), shown, 'what is shown stays as it is');
    assert.equal(format.showNumber(number.replace(/(.{4})/g, '$1-')), shown, 'pasted with dashes');
    assert.deepEqual(format.checkNumber(shown, true), {complete: true, empty: false, brand, error: undefined});
    const last = String((Number(number.at(-1)) + 1) % 10);
    assert.equal(format.checkNumber(number.slice(0, -1) + last, true).error, 'invalid_number', 'Luhn');
    for (let typed = 1; typed < 12; typed++) {
      const part = number.slice(0, typed);
      assert.equal(format.checkNumber(part, false).error, undefined, 'nothing is wrong while it is typed');
      assert.equal(format.checkNumber(part, true).error, 'incomplete_number', part);
    }
    for (let at = 0; at <= number.length; at++) {
      const caret = format.caretAt(shown, at, false);
      assert.equal(format.digitsOf(shown.slice(0, caret)).length, at, 'as many digits before the caret');
    }
  });
}

test('a number is no longer than its brand allows, in whatever digits it comes', () => {
  assert.equal(format.showNumber('42424242424242424242424242'), '4242 4242 4242 4242 424');
  assert.equal(format.showNumber('3782822463100059'), '3782 822463 10005');
  assert.equal(format.showNumber('４２４２　４２４２'), '4242 4242');
  assert.equal(format.showNumber('no digits'), '');
});

test('the caret goes over the gap behind a typed digit, and not behind a deleted one', () => {
  assert.equal(format.caretAt('4242 4', 4, true), 5);
  assert.equal(format.caretAt('4242 4', 4, false), 4);
  assert.equal(format.caretAt('4242 4', 0, true), 0);
});

for (const [typed, shown] of [
  ['1', '1'], ['9', '09 / '], ['13', '01 / 3'], ['12', '12 / '], ['1/', '01 / '], ['12/34', '12 / 34'], ['1234', '12 / 34'],
  ['122034', '12 / 34'], ['12/2034', '12 / 34'], ['2034-12', '12 / 34'], ['9/34', '09 / 34'], ['12 / 20', '12 / 20'],
  ['12 / 203', '12 / 203'], ['１２３４', '12 / 34'], ['', ''], ['12/345', '12 / 34'],
]) {
  test(`expiry ${JSON.stringify(typed)} is shown as ${JSON.stringify(shown)}`, () => {
    assert.equal(format.showExpiry(typed, true), shown);
  });
}

test('whoever deletes gets the slash deleted', () => {
  assert.equal(format.showExpiry('12 / ', false), '12');
  assert.equal(format.showExpiry('1', false), '1');
});

for (const [typed, left, error, complete] of [
  ['12 / 34', false, undefined, true],
  ['11 / 26', false, undefined, true],
  ['10 / 26', false, 'invalid_expiry_month_past', false],
  ['12 / 25', false, 'invalid_expiry_year_past', false],
  ['12 / 20', false, undefined, false],
  ['12 / 20', true, 'invalid_expiry_year_past', false],
  ['00 / 34', false, 'invalid_expiry_month', false],
  ['12 / 99', false, 'invalid_expiry_year', false],
  ['12 / 3', false, undefined, false],
  ['12 / 3', true, 'incomplete_expiry', false],
  ['1', true, 'incomplete_expiry', false],
  ['', true, undefined, false],
]) {
  test(`expiry ${JSON.stringify(typed)}${left ? ', left,' : ''} is ${error || (complete ? 'complete' : 'under way')}`, () => {
    const state = format.checkExpiry(typed, left, NOW);
    assert.equal(state.error, error);
    assert.equal(state.complete, complete);
  });
}

test('the code has three digits, with American Express four', () => {
  assert.equal(format.showCvc('12345', 'visa'), '123');
  assert.equal(format.showCvc('12345', 'amex'), '1234');
  assert.equal(format.checkCvc('123', true, 'visa').complete, true);
  assert.equal(format.checkCvc('123', true, 'amex').error, 'incomplete_cvc');
  assert.equal(format.checkCvc('123', true, 'unknown').complete, true);
  assert.equal(format.checkCvc('12', false, 'visa').error, undefined);
});
