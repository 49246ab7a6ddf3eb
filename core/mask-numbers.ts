/** Beginnings and lengths of the card brands: Amex, Diners, Visa, Mastercard, Discover, JCB, UnionPay. */
const brands =
  /^(?:3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35\d{14}|62\d{14,17})$/;

/** True for the digits of a payment card: a brand's beginning and length, and Luhn's check digit (ISO/IEC 7812-1). */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!brands.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

/** True for an international bank account number: 15 to 34 characters whose remainder by 97 is 1 (ISO 13616). */
export function isIban(text: string): boolean {
  const code = text.replaceAll(' ', '');
  if (code.length < 15 || code.length > 34) return false;
  let rest = 0;
  for (const letter of code.slice(4) + code.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (value > 9 ? 100 * rest + value : 10 * rest + value) % 97;
  }
  return rest === 1;
}

/** True when so many digits stand in the text as a telephone number with its country has (ITU-T E.164). */
export function isPhoneNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  return digits >= 9 && digits <= 15;
}
