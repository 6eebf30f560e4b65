// montgomery (Gregor Mitscha-Baude's WASM fields and multi-scalar multiplication). What it exports is for BLS12-381 only, so
// it is built anew for BN254 from its own sources: its generator writes the field's module for our prime, in limbs of 29
// bits, the fastest of 28 to 30 here. Its splitting of scalars divides by a λ of 128 bits, which this curve does not have:
// that one file is replaced by scalars split in BigInt.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bn254 } from '@noble/curves/bn254.js';
import { build, type Plugin } from 'esbuild';
import { FIELD_PRIME, GROUP_ORDER } from '../../src/engine/bn254.ts';
import { power } from '../../src/engine/modular.ts';
import { read } from './bigint.ts';

const LIMB = 29;
const SCALAR_LIMB = 30; // the halves of a scalar are five limbs each
const HALF_BITS = 127;

interface Field {
  n: number;
  multiply: (out: number, a: number, b: number) => void;
  reduce: (a: number) => void;
  getPointers: (count: number) => number[];
  writeBigint: (at: number, value: bigint) => void;
  readBigInt: (at: number) => bigint;
  toMontgomery: (a: number) => void;
  fromMontgomery: (a: number) => void;
  copy: (out: number, a: number) => void;
  inverse: (scratch: number, out: number, a: number) => void;
}

type InputPoint = [x: Uint8Array, y: Uint8Array, isInfinity: boolean];

interface Built {
  Field: Field;
  msm: (scalars: Uint8Array[], points: InputPoint[]) => { result: InputPoint };
}

const u = 4965661367192848881n; // the curve's parameter
/** A cube root of 1; 3 is no cube modulo p or r. */
const cubeRoot = (modulus: bigint) => power(3n, (modulus - 1n) / 3n, modulus);
const lambda = cubeRoot(GROUP_ORDER);
/** (βx, y) = λ(x, y) */
const beta = bn254.G1.Point.BASE.multiply(lambda).toAffine().x;
/** Short vectors with a + bλ = c + dλ = 0 mod r. */
const [a, b] = [-(2n * u + 1n), 6n * u * u + 2n * u];
const [c, d] = [6n * u * u + 4n * u + 1n, 2n * u + 1n];
const [first, second] = [(d << 256n) / (a * d - b * c), (-b << 256n) / (a * d - b * c)];

/** k = k1 + k2·λ, both in 0..2^127 − 1. */
function splitScalar(k: bigint): [bigint, bigint] {
  const [m, n] = [(k * first) >> 256n, (k * second) >> 256n];
  const [k1, k2] = [k - m * a - n * c, -m * b - n * d];
  return k1 < 0n ? [k1 + c, k2 + d] : [k1, k2]; // a few k, the smallest among them
}

const { Field, msm: sumOfProducts } = await rebuilt();

async function rebuilt(): Promise<Built> {
  const source = dirname(createRequire(import.meta.url).resolve('montgomery'));
  const load = (file: string) => import(pathToFileURL(join(source, file)).href);
  const { createFiniteFieldWat, createGLVWat } = await load('finite-field-generate.js');
  const { compileWat } = await load('finite-field-compile.js');
  const halves = 2n ** BigInt(HALF_BITS) - 1n; // stands for λ where only its length matters
  const field = await compileWat(
    await createFiniteFieldWat(FIELD_PRIME, LIMB, { withBenchmarks: true, endoCubeRoot: beta }),
  );
  const scalar = await compileWat(await createGLVWat(GROUP_ORDER, halves, SCALAR_LIMB));
  const changes: Record<string, (text: string) => string> = {
    'finite-field.wasm.js': () => field.js,
    'scalar-glv.wasm.js': () => scalar.js,
    'finite-field.js': (text) =>
      changed(changed(text, /let p =\s*0x\w+n/, `let p = ${FIELD_PRIME}n`), /w = 30/, `w = ${LIMB}`),
    'scalar-glv.js': (text) => changed(text, /lambda = lambda2/, `lambda = ${halves}n`),
    // scalars come split
    'msm.js': (text) =>
      changed(text, /import \{ decompose, .*/, 'const decompose = () => {}, decomposeNoMsb = () => 0;'),
  };
  const plugin: Plugin = {
    name: 'bn254',
    setup({ onLoad }) {
      onLoad({ filter: /montgomery.src/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: changes[basename(path)]?.(text) ?? text };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * as Field from "./finite-field.js"; export { msmAffine as msm } from "./msm.js"',
      resolveDir: source,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: [plugin],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
}

function changed(text: string, from: RegExp, to: string): string {
  if (!from.test(text)) throw new Error(`montgomery's sources have changed: ${from} is not in them`);
  return text.replace(from, to);
}

/** The halves as the two numbers of five limbs that it reads, in 40 bytes. */
function packed(k1: bigint, k2: bigint): Uint8Array {
  const both = k1 | (k2 << BigInt(5 * SCALAR_LIMB));
  const out = new BigUint64Array(5);
  for (let i = 0; i < 5; i++) out[i] = both >> BigInt(64 * i);
  return new Uint8Array(out.buffer);
}

const fromNumbers = (numbers: readonly bigint[]): Uint8Array =>
  new Uint8Array(Buffer.from(numbers.map((number) => number.toString(16).padStart(64, '0')).join(''), 'hex'));

/** Products of Fp, a call each, since there is no batch. `run` computes, `read` shows. Good until the next msm(). */
export function productBatch(a: Uint8Array, b: Uint8Array) {
  const count = a.length / 32;
  const [x, y, z] = [0, 1, 2].map(() => Field.getPointers(count)) as [number[], number[], number[]];
  for (const [i, value] of read(a, 32).entries()) {
    Field.writeBigint(x[i]!, value);
    Field.toMontgomery(x[i]!);
  }
  for (const [i, value] of read(b, 32).entries()) Field.writeBigint(y[i]!, value);
  const { multiply } = Field;
  const [from, to, out, size] = [x[0]!, y[0]!, z[0]!, 4 * Field.n];
  return {
    run(): void {
      for (let i = 0, end = count * size; i < end; i += size) multiply(out + i, from + i, to + i);
    },
    read(): Uint8Array {
      for (const at of z) Field.reduce(at);
      return fromNumbers(z.map((at) => Field.readBigInt(at)));
    },
  };
}

/** One inverse; good until the next msm(). */
export function inverse(a: Uint8Array) {
  const [x, copy, out] = Field.getPointers(3) as [number, number, number];
  const [scratch] = Field.getPointers(4) as [number];
  Field.writeBigint(x, read(a, 32)[0]!);
  Field.toMontgomery(x);
  return {
    run(): void {
      Field.copy(copy, x); // it reduces its operand in place
      Field.inverse(scratch, out, copy);
    },
    read(): Uint8Array {
      Field.copy(copy, out);
      Field.fromMontgomery(copy);
      return fromNumbers([Field.readBigInt(copy)]);
    },
  };
}

/** Of five points at least: with fewer its windows have one bit, for which it changes signs in the splitting. */
export function msm(scalars: Uint8Array, points: Uint8Array): Uint8Array {
  const split = read(scalars, 32).map((k) => {
    const [k1, k2] = splitScalar(k);
    return packed(k1, k2);
  });
  const list = split.map((_, i): InputPoint => {
    const [x, y] = [points.slice(64 * i, 64 * i + 32).reverse(), points.slice(64 * i + 32, 64 * i + 64).reverse()];
    return [x, y, false];
  });
  const [x, y] = sumOfProducts(split, list).result;
  return new Uint8Array([...x.reverse(), ...y.reverse()]);
}
