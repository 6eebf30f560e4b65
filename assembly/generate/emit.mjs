// The vocabulary that all generators write AssemblyScript with: lists of statements, functions of addresses, and the passage
// between the 64-bit words of a number (w0 … w3) and its limbs of fewer bits (a name and a number, as t0 … t8).
import { words } from './integers.mjs';

/** f(0), …, f(n − 1). */
export const range = (n, f) => Array.from({ length: n }, (_, i) => f(i));

/** Definitions, in lists of any depth, as the text of a module. */
export const file = (...definitions) => `${definitions.flat(Infinity).join('\n')}\n`;

/** Statements, in lists of any depth, as the lines of a function's body. */
export const body = (...statements) =>
  statements
    .flat(Infinity)
    .map((line) => `  ${line}`)
    .join('\n');

/** 'a b s:u64' as a function declares it: addresses, unless a type is given. */
export const declared = (parameters) =>
  parameters
    .split(' ')
    .map((parameter) => parameter.split(':'))
    .map(([name, type]) => `${name}: ${type ?? 'usize'}`)
    .join(', ');

/** A function without a result. */
export const procedure = (name, parameters, ...statements) =>
  `function ${name}(${declared(parameters)}): void {\n${body(statements)}\n}`;

/** The same, for other modules to use. */
export const kernel = (...definition) => `export ${procedure(...definition)}`;

/** Bits i · bits to 64 (i + 1) − 1 of the words w0 … w(count − 1) at least: limb i, the bits above it still to mask. */
export function limb(i, bits, count = 4) {
  const [word, shift] = [(bits * i) >> 6, (bits * i) & 63];
  const low = `w${word} >> ${shift}`;
  return shift > 64 - bits && word < count - 1 ? `(${low}) | (w${word + 1} << ${64 - shift})` : low;
}

/** Word i of a number of n limbs, 0 ≤ limb < 2^bits. */
export function word(i, name, bits, n) {
  const overlapping = range(n, (j) => [j, bits * j - 64 * i]).filter(([, at]) => at > -bits && at < 64);
  const shifted = ([j, at]) =>
    at === 0 ? `${name}${j}` : at > 0 ? `(${name}${j} << ${at})` : `(${name}${j} >>> ${-at})`;
  return overlapping.map(shifted).join(' | ');
}

/** Carries from limb to limb, so that all but the last are 0 ≤ limb < 2^bits. Limbs are i64. */
export const carry = (name, bits, n) =>
  range(n - 1, (j) => `${name}${j + 1} += ${name}${j} >> ${bits}; ${name}${j} &= ${(1n << BigInt(bits)) - 1n};`);

/** Loads w0 … w3 from `at`. */
export const loadWords = (at) =>
  `const ${range(4, (i) => `w${i} = load<u64>(${at}${i === 0 ? '' : `, ${8 * i}`})`).join(', ')};`;

/** Stores words at `at`, the first `offset` bytes behind it. */
export const storeWords = (at, values, offset = 0) =>
  values.map((value, i) => `store<u64>(${at}, ${value}${8 * i + offset === 0 ? '' : `, ${8 * i + offset}`});`);

/** isCanonical(w): whether the number in the four words at w is below m. */
export function isCanonical(m) {
  const [m0, m1, m2, m3] = words(m, 64, 4);
  return `export function isCanonical(w: usize): bool {
  let a = load<u64>(w, 24);
  if (a != ${m3}) return a < ${m3};
  a = load<u64>(w, 16);
  if (a != ${m2}) return a < ${m2};
  a = load<u64>(w, 8);
  if (a != ${m1}) return a < ${m1};
  return load<u64>(w) < ${m0};
}`;
}
