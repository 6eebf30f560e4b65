// The field kernels of both forms at the limits of their operands: every claim of assembly/generate/*/bounds.mjs, with
// the bounds written down again here, against BigInt. Both moduli; the two lanes always differ.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Digits, type Field, type Kernel, KernelForm, MODULI, mod, P } from './kernels.ts';

const HALF = 1n << 50n;
const LIMB = (1n << 29n) - 1n;
const RUNS = { numRuns: 400 };

type Class = 'reduced' | 'product' | 'lazy' | 'raw' | 'wide';
/** [bound of the digits, bound of the value's magnitude] */
const RELAXED: Record<Class, (m: bigint) => [bigint, bigint]> = {
  reduced: (m) => [HALF + 4n, m / 2n + m / 2n ** 40n],
  product: (m) => [HALF, (m * 88n) / 100n],
  lazy: (m) => [2n * HALF + 8n, m + m / 2n ** 39n],
  raw: (m) => [2n * HALF - 1n, m - 1n],
  wide: () => [2n * HALF - 1n, 2n ** 192n - 1n],
};
const SCALAR: Record<Class, (m: bigint) => bigint> = {
  reduced: (m) => m + m / 2n ** 16n,
  product: (m) => (m * 5n) / 2n,
  lazy: (m) => 5n * m + m / 2n ** 16n,
  raw: (m) => m - 1n,
  wide: () => 2n ** 192n - 1n,
};

/** Digits of a class, mostly at their limits. */
function element(form: KernelForm, field: Field, kind: Class): fc.Arbitrary<Digits> {
  const m = MODULI[field];
  const unsigned = form.name === 'scalar' || kind === 'raw' || kind === 'wide';
  const [digit, value] = form.name === 'relaxed' ? RELAXED[kind](m) : [LIMB, SCALAR[kind](m)];
  const low = unsigned ? 0n : -digit;
  const extremes = unsigned ? [0n, 1n, digit - 1n, digit] : [-digit, 1n - digit, -1n, 0n, 1n, digit - 1n, digit];
  const lower = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...extremes) },
    { weight: 1, arbitrary: fc.bigInt(low, digit) },
  );
  const top = fc.constantFrom('low', 'high', 'middle', 'zero');
  return fc
    .tuple(fc.array(lower, { minLength: form.count - 1, maxLength: form.count - 1 }), top)
    .map(([digits, at]) => {
      // the top digit such that the value stays within its bound
      const rest = form.value(digits);
      const unit = 1n << (form.bits * BigInt(form.count - 1));
      const highest = floorDivide(value - rest, unit);
      const lowest = unsigned ? 0n : -floorDivide(value + rest, unit);
      if (highest < lowest) return [...digits.map(() => 0n), 0n]; // a wide number has no top digit
      const choice = { low: lowest, high: highest, middle: (lowest + highest) / 2n, zero: lowest > 0n ? lowest : 0n }[
        at
      ];
      return [...digits, choice];
    });
}
const floorDivide = (a: bigint, b: bigint): bigint => (a - mod(a, b)) / b;

const pair = (form: KernelForm, field: Field, kind: Class) =>
  fc.tuple(element(form, field, kind), element(form, field, kind));

function expectInClass(form: KernelForm, field: Field, digits: Digits, kind: Class): void {
  const m = MODULI[field];
  const value = form.value(digits);
  if (form.name === 'scalar') {
    expect(digits.every((digit) => digit >= 0n && digit <= LIMB)).toBe(true);
    expect(value <= SCALAR[kind](m)).toBe(true);
    return;
  }
  const [digit, limit] = RELAXED[kind](m);
  expect(digits.slice(0, -1).every((d) => d >= -digit && d <= digit)).toBe(true);
  expect(value >= -limit && value <= limit).toBe(true);
}

/** What a kernel computes up to its factor below, and of which operands (the other order too). */
const CLAIMS: { kernel: Kernel; classes: [Class, Class][]; result: Class; f: (a: bigint, b: bigint) => bigint }[] = [
  {
    kernel: 'mul',
    classes: [
      ['product', 'product'],
      ['product', 'reduced'],
      ['reduced', 'reduced'],
      ['product', 'lazy'],
      ['reduced', 'lazy'],
      ['raw', 'wide'],
    ],
    result: 'product',
    f: (a, b) => a * b,
  },
  {
    kernel: 'sqr',
    classes: [
      ['product', 'product'],
      ['reduced', 'reduced'],
    ],
    result: 'product',
    f: (a) => a * a,
  },
  { kernel: 'add', classes: [['reduced', 'reduced']], result: 'lazy', f: (a, b) => a + b },
  { kernel: 'sub', classes: [['reduced', 'reduced']], result: 'lazy', f: (a, b) => a - b },
  {
    kernel: 'reduce',
    classes: [
      ['lazy', 'lazy'],
      ['product', 'product'],
      ['raw', 'raw'],
    ],
    result: 'reduced',
    f: (a) => a,
  },
  {
    kernel: 'addReduce',
    classes: [
      ['product', 'product'],
      ['product', 'raw'],
      ['reduced', 'raw'],
      ['product', 'reduced'],
      ['reduced', 'reduced'],
    ],
    result: 'reduced',
    f: (a, b) => a + b,
  },
  {
    kernel: 'subReduce',
    classes: [
      ['product', 'product'],
      ['product', 'raw'],
      ['reduced', 'raw'],
      ['product', 'reduced'],
      ['reduced', 'reduced'],
    ],
    result: 'reduced',
    f: (a, b) => a - b,
  },
  {
    kernel: 'subSubReduce',
    classes: [
      ['product', 'product'],
      ['product', 'reduced'],
      ['reduced', 'reduced'],
    ],
    result: 'reduced',
    f: (a, b) => a - 2n * b,
  },
];
/** What the result must be multiplied by to be what the claim says. */
const FACTORS: Partial<Record<Kernel, (form: KernelForm) => bigint>> = {
  mul: (form) => form.montgomery,
  sqr: (form) => form.montgomery,
};

const forms = [await KernelForm.load('relaxed'), await KernelForm.load('scalar')];

describe.each(forms)('$name kernels', (form) => {
  describe.each([0, 1] as const)('modulus %i', (field) => {
    const m = MODULI[field];

    describe.each(CLAIMS)('$kernel', ({ kernel, classes, result, f }) => {
      const factor = FACTORS[kernel]?.(form) ?? 1n;
      const ordered = classes.flatMap(([a, b]) =>
        a === b || kernel === 'sqr'
          ? [[a, b]]
          : [
              [a, b],
              [b, a],
            ],
      ) as [Class, Class][];

      test.each(ordered)('of %s and %s, at the limits', (first, second) => {
        fc.assert(
          fc.property(pair(form, field, first), pair(form, field, second), (a, b) => {
            const out = form.apply(field, kernel, a, b);
            for (const lane of [0, 1] as const) {
              const expected = f(form.value(a[lane]), form.value(b[lane]));
              expect(mod(form.value(out[lane]) * factor, m)).toBe(mod(expected, m));
              expectInClass(form, field, out[lane], result);
            }
          }),
          RUNS,
        );
      });
    });

    test('values come back as they went in: toWords(fromWords(x)) = x', () => {
      const values = [0n, 1n, 2n, m - 1n, m - 2n, m / 2n, m / 2n + 1n, (1n << 253n) - 1n, (1n << 204n) - 1n, 1n << 51n];
      for (const x of values) {
        form.writeWords(0, x);
        form.wasm.fromWords(field, form.slot(1), form.slot(0));
        // raw elements reach the other classes by reduce
        form.wasm.gather(form.slot(2), form.slot(1), form.slot(1));
        form.wasm.apply(field, 4, form.slot(3), form.slot(2), form.slot(2));
        form.wasm.scatter(form.slot(4), form.slot(5), form.slot(3));
        form.wasm.toWords(field, form.slot(6), form.slot(4));
        expect(form.readWords(6)).toBe(x);
      }
    });

    test('toWords is the residue of reduced and product elements at their limits', () => {
      fc.assert(
        fc.property(pair(form, field, 'reduced'), pair(form, field, 'product'), (a, b) => {
          for (const operand of [a, b]) {
            form.writePair(0, ...operand);
            form.wasm.scatter(form.slot(1), form.slot(2), form.slot(0));
            form.wasm.toWords(field, form.slot(3), form.slot(1));
            form.wasm.toWords(field, form.slot(4), form.slot(2));
            expect([form.readWords(3), form.readWords(4)]).toEqual(operand.map((x) => mod(form.value(x), m)));
          }
        }),
        RUNS,
      );
    });

    test('isCanonical(x) = x < modulus, at every word', () => {
      const values = [0n, m - 1n, m, m + 1n, 2n ** 256n - 1n, 2n ** 255n];
      for (let i = 0n; i < 4n; i++) values.push(m - (1n << (64n * i)), m + (1n << (64n * i)));
      for (const x of values) {
        form.writeWords(0, x);
        expect(Boolean(form.wasm.isCanonical(field, form.slot(0)))).toBe(x < m);
      }
    });

    test('gatherSigned(e, f, s, t) = (±e, ±f), reduced', () => {
      fc.assert(
        fc.property(pair(form, field, 'reduced'), fc.nat(1), fc.nat(1), (a, s, t) => {
          form.writePair(0, ...a);
          form.wasm.scatter(form.slot(1), form.slot(2), form.slot(0));
          form.wasm.gatherSigned(field, form.slot(3), form.slot(1), form.slot(2), BigInt(s), BigInt(t));
          const out = form.readPair(3);
          [s, t].forEach((sign, lane) => {
            const x = form.value(a[lane]!);
            expect(mod(form.value(out[lane]!), m)).toBe(mod(sign ? -x : x, m));
            expectInClass(form, field, out[lane]!, 'reduced');
          });
        }),
        RUNS,
      );
    });
  });

  test('gather, scatter and swapLanes keep the digits', () => {
    fc.assert(
      fc.property(pair(form, 0, 'lazy'), (a) => {
        form.writePair(0, ...a);
        form.wasm.scatter(form.slot(1), form.slot(2), form.slot(0));
        form.wasm.gather(form.slot(3), form.slot(1), form.slot(2));
        expect(form.readPair(3)).toEqual(a);
        form.wasm.gather(form.slot(3), form.slot(2), form.slot(1));
        expect(form.readPair(3)).toEqual([a[1], a[0]]);
        form.wasm.swapLanes(form.slot(3), form.slot(0));
        expect(form.readPair(3)).toEqual([a[1], a[0]]);
      }),
      RUNS,
    );
  });

  test('invert(x) x = 1 mod p', () => {
    const powers = Array.from({ length: 254 }, (_, k) => 1n << BigInt(k)).filter((x) => x < P);
    const known = [1n, 2n, 3n, P - 1n, P - 2n, P / 2n, P / 2n + 1n, ...powers, ...powers.map((x) => P - x)];
    const check = (x: bigint) => {
      form.writeWords(0, x);
      form.wasm.invert(form.slot(0));
      const inverse = form.readWords(0);
      expect(inverse < P && (inverse * x) % P === 1n, `1 / ${x}`).toBe(true);
    };
    known.forEach(check);
    fc.assert(fc.property(fc.bigInt(1n, P - 1n), check), RUNS);
  });
});

test('the bound is sharp: a difference times a difference of reduced elements leaves the range of the relaxed form', () => {
  const relaxed = forms[0]!;
  const limit = 2n * HALF + 8n; // the largest digit of a difference
  const big: Digits = [limit, limit, limit, limit, 0n];
  const inside: Digits = [HALF, HALF, HALF, HALF, 0n];
  const correct = (a: Digits, b: Digits) => {
    const [out] = relaxed.apply(0, 'mul', [a, a], [b, b]);
    return mod(relaxed.value(out) * relaxed.montgomery, P) === mod(relaxed.value(a) * relaxed.value(b), P);
  };
  expect(correct(big, inside)).toBe(true);
  expect(correct(big, big)).toBe(false);
});
