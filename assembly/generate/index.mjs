// Writes build/assembly/: the kernels of both fields in both forms, the splitting of scalars, the permutation of keccak,
// and the constants.
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from './constants.mjs';
import { p, r } from './curve.mjs';
import { facade } from './facade.mjs';
import { inverseKernel } from './inverse.mjs';
import { keccakPermutation } from './keccak.mjs';
import { relaxedBytes } from './relaxed/bytes.mjs';
import { relaxedField } from './relaxed/field.mjs';
import { relaxedSums } from './relaxed/sums.mjs';
import { scalarField } from './scalar/field.mjs';
import { scalarSums } from './scalar/sums.mjs';
import { splitKernel } from './split.mjs';

export function generate() {
  const out = new URL('../../build/assembly/', import.meta.url);
  mkdirSync(out, { recursive: true });
  const write = (name, text) => writeFileSync(new URL(`${name}.ts`, out), text);
  for (const [field, modulus] of [
    ['fp', p],
    ['fr', r],
  ]) {
    write(field, facade(field));
    write(`relaxed-${field}`, relaxedField(modulus));
    write(`scalar-${field}`, scalarField(modulus));
  }
  write('inverse', inverseKernel());
  write('relaxed-bytes', relaxedBytes(r));
  write('relaxed-sums', relaxedSums(r));
  write('scalar-sums', scalarSums(r));
  write('split', splitKernel());
  write('keccak-f', keccakPermutation());
  write('constants', constants());
}
