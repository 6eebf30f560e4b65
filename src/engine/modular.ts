// Arithmetic modulo an odd prime on BigInt, for the constants and the BigInt twin. Plain and NOT constant-time.
// Unless said otherwise arguments are in 0..modulus − 1 and so are results.

/** `value` (any sign, any size) reduced to 0..modulus − 1. */
export function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** base^exponent for exponent ≥ 0, by windows of four bits. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n];
  for (let i = 1; i < 16; i++) powers.push((powers[i - 1]! * base) % modulus);
  let out = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) out = (out * out) % modulus;
    out = (out * powers[Number.parseInt(digit, 16)]!) % modulus;
  }
  return out;
}

/** 1 / value for value ≠ 0, by the extended Euclidean algorithm: rest = value · factor (mod modulus) throughout. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, factor] = [value, 1n];
  let [previousRest, previousFactor] = [modulus, 0n];
  while (rest > 1n) {
    const quotient = previousRest / rest;
    [previousRest, rest] = [rest, previousRest - quotient * rest];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return mod(factor, modulus);
}

/** The inverses of all `values` (none zero) at the price of one inversion and three products a value (Montgomery). */
export function inverses(values: readonly bigint[], modulus: bigint): bigint[] {
  const out = new Array<bigint>(values.length);
  let product = 1n;
  for (let i = 0; i < values.length; i++) {
    out[i] = product;
    product = (product * values[i]!) % modulus;
  }
  let inverted = inverse(product, modulus);
  for (let i = values.length - 1; i >= 0; i--) {
    out[i] = (out[i]! * inverted) % modulus;
    inverted = (inverted * values[i]!) % modulus;
  }
  return out;
}

/** A square root for modulus = 3 (mod 4), or undefined where there is none. */
export function squareRoot(value: bigint, modulus: bigint): bigint | undefined {
  const root = power(value, (modulus + 1n) / 4n, modulus);
  return (root * root) % modulus === value ? root : undefined;
}
