'use strict';
/* How a card is typed: what the digits are, how they are shown, where the caret belongs. No page. */
globalThis.PortcullisFormat = (() => {
  /* First digits, gaps behind how many digits, lengths, digits of the code. ISO/IEC 7812 and the schemes' own ranges. */
  const BRANDS = [
    {name: 'amex', begins: /^3[47]/, gaps: [4, 10], lengths: [15], cvc: [4]},
    {name: 'diners', begins: /^3(0[0-5]|[689])/, gaps: [4, 10], lengths: [14, 15, 16, 17, 18, 19], cvc: [3]},
    {name: 'jcb', begins: /^35(2[89]|[3-8])/, gaps: [4, 8, 12, 16], lengths: [16, 17, 18, 19], cvc: [3]},
    {name: 'visa', begins: /^4/, gaps: [4, 8, 12, 16], lengths: [13, 16, 19], cvc: [3]},
    {name: 'mastercard', begins: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, gaps: [4, 8, 12], lengths: [16], cvc: [3]},
    {name: 'discover', begins: /^6(011|4[4-9]|5)/, gaps: [4, 8, 12, 16], lengths: [16, 17, 18, 19], cvc: [3]},
    {name: 'unionpay', begins: /^(62|81)/, gaps: [4, 8, 12, 16], lengths: [16, 17, 18, 19], cvc: [3]},
  ];
  const UNKNOWN = {name: 'unknown', begins: /^/, gaps: [4, 8, 12, 16], lengths: [12, 13, 14, 15, 16, 17, 18, 19], cvc: [3, 4]};
  /* The length that a number of several has nearly always: only there is a wrong check digit said at once. */
  const USUAL = {visa: 16, jcb: 16, discover: 16, unionpay: 16};

  const brandOf = (digits) => BRANDS.find((brand) => brand.begins.test(digits)) || UNKNOWN;
  const brandNamed = (name) => BRANDS.find((brand) => brand.name === name) || UNKNOWN;
  const digitsOf = (text) => text.normalize('NFKC').replace(/\D/g, '');
  const last = (list) => list[list.length - 1];

  const luhn = (digits) => {
    let sum = 0;
    for (let place = 0; place < digits.length; place++) {
      const digit = Number(digits[digits.length - 1 - place]) * (place % 2 + 1);
      sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 === 0;
  };

  /* A Diners number of 14 digits is grouped 4-6-4, one of 16 as the others'. */
  const gapsOf = (brand, digits) =>
    brand.name === 'diners' && digits.length > 14 ? [4, 8, 12, 16] : brand.gaps;

  const showNumber = (typed) => {
    const all = digitsOf(typed);
    const digits = all.slice(0, last(brandOf(all).lengths));
    const gaps = gapsOf(brandOf(digits), digits);
    return [...digits].map((digit, at) => (gaps.includes(at) ? ' ' + digit : digit)).join('');
  };

  /* Error: only what is sure while somebody types; `left` once they have gone on. */
  const checkNumber = (typed, left) => {
    const digits = digitsOf(typed);
    const brand = brandOf(digits);
    const fits = brand.lengths.includes(digits.length);
    const complete = fits && luhn(digits);
    const full = digits.length === last(brand.lengths) || digits.length === USUAL[brand.name];
    let error;
    if (!complete && digits && (full ? fits : left)) {
      error = fits ? 'invalid_number' : 'incomplete_number';
    }
    return {complete, empty: !digits, brand: brand.name, error};
  };

  /* What stands there as month and year: "12 / 34", "1234", "12/2034", "2034-12", "9/34". */
  const partsOf = (typed) => {
    const text = typed.normalize('NFKC').trim();
    const iso = /^(\d{4})-(\d{1,2})$/.exec(text);
    if (iso) {
      return [iso[2].padStart(2, '0'), iso[1]];
    }
    const parted = /^(\d)\s*[/.-]\s*(\d*)$/.exec(text);
    let digits = parted && parted[1] !== '0' ? '0' + parted[1] + parted[2] : digitsOf(text);
    if (/^[2-9]/.test(digits) || /^1[3-9]/.test(digits)) {
      digits = '0' + digits;
    }
    const year = digits.slice(2, 6);
    return [digits.slice(0, 2), /^20/.test(year) ? year : year.slice(0, 2)];
  };

  /* `grows`: somebody types on, so that the slash comes by itself; whoever deletes may delete it. */
  const showExpiry = (typed, grows) => {
    const [month, year] = partsOf(typed);
    const shown = year.length === 4 && !/^20\d{3}/.test(year) ? (grows ? year.slice(2) : year) : year;
    const parted = year || (grows && month.length === 2) || /^\s*\d\s*\/\s*$/.test(typed);
    return parted ? month.padStart(2, '0') + ' / ' + shown : month;
  };

  const checkExpiry = (typed, left, now) => {
    const [month, year] = partsOf(typed);
    const empty = !month;
    const number = Number(month);
    const whole = Number(year.length === 2 ? '20' + year : year);
    const long = year.length === 2 || year.length === 4;
    let error;
    if (month.length === 2 && (number < 1 || number > 12)) {
      error = 'invalid_expiry_month';
    } else if (!empty && (!long || (year === '20' && !left))) {
      error = left ? 'incomplete_expiry' : undefined;
    } else if (!empty && whole < now.getFullYear()) {
      error = 'invalid_expiry_year_past';
    } else if (!empty && whole === now.getFullYear() && number < now.getMonth() + 1) {
      error = 'invalid_expiry_month_past';
    } else if (!empty && whole > now.getFullYear() + 50) {
      error = 'invalid_expiry_year';
    }
    const complete = month.length === 2 && long && !error && (left || year !== '20');
    return {complete, empty, error, month: number, year: whole};
  };

  const showCvc = (typed, brand) => digitsOf(typed).slice(0, last(brandNamed(brand).cvc));

  const checkCvc = (typed, left, brand) => {
    const digits = digitsOf(typed);
    const complete = brandNamed(brand).cvc.includes(digits.length);
    return {complete, empty: !digits, error: digits && !complete && left ? 'incomplete_cvc' : undefined};
  };

  /* Behind as many digits as before; where one was typed and a gap follows, behind the gap. */
  const caretAt = (shown, digitsBefore, grows) => {
    let at = 0;
    for (let seen = 0; at < shown.length && seen < digitsBefore; at++) {
      seen += /\d/.test(shown[at]) ? 1 : 0;
    }
    while (grows && digitsBefore && at < shown.length && /\D/.test(shown[at])) {
      at++;
    }
    return at;
  };

  return {brandOf, digitsOf, luhn, showNumber, checkNumber, showExpiry, checkExpiry, showCvc, checkCvc, caretAt};
})();
