// Sums of many points: groups by trees, and columns one by one, in the batches of addition.ts. Infinity is allowed.
import { flushAdditions, orderAddition } from './addition';
import { take } from '../memory';
import { isInfinity, POINT } from './points';

/** Operands from this address on may be overwritten by sums. */
let owned: usize = 0;

/** P_i = P_i + Q_i for n points, Q_i `stride` bytes apart; if `sign` is 1, - Q_i, infinity only where P_i is. */
export function addAll(P: usize, Q: usize, stride: usize, sign: u32, n: i32): void {
  for (let i = 0; i < n; i++, P += POINT, Q += stride) {
    if (isInfinity(Q)) continue;
    if (isInfinity(P)) memory.copy(P, Q, POINT);
    else orderAddition(P, P, Q | sign);
  }
  flushAdditions();
}

/** Lets orderSum overwrite operands from this address on. */
export function startSums(from: usize): void {
  owned = from;
}

/** The operand of P + Q; orders the addition unless one is nothing (0) or infinity. */
export function orderSum(P: usize, Q: usize): usize {
  if (P === 0 || isInfinity(P & ~1)) return Q;
  if (Q === 0 || isInfinity(Q & ~1)) return P;
  const o = P >= owned ? P : Q >= owned ? Q : take(POINT);
  orderAddition(o, P, Q);
  return o;
}

/**
 * Sums groups of points by trees, all groups together. `operands`: u32 addresses, group after group; `groups`: for each
 * the position of its first operand and their number (u32 each), left as 1, or 0 for no operand. The sum's operand is
 * then the group's first. Operands at or above `from` are overwritten.
 */
export function sumGroups(operands: usize, groups: usize, n: i32, from: usize): void {
  startSums(from);
  let more = true;
  while (more) {
    more = false;
    for (let g = 0; g < n; g++) {
      const group = groups + 8 * <usize>g;
      const length = load<u32>(group, 4);
      if (length < 2) continue;
      const first = operands + 4 * <usize>load<u32>(group);
      const half = length >> 1;
      for (let k: u32 = 0; k < half; k++) {
        const at = first + 8 * <usize>k;
        store<u32>(first + 4 * <usize>k, <u32>orderSum(<usize>load<u32>(at), <usize>load<u32>(at, 4)));
      }
      if (length & 1) store<u32>(first + 4 * <usize>half, load<u32>(first + 4 * <usize>(length - 1)));
      store<u32>(group, (length + 1) >> 1, 4);
      if (length > 2) more = true;
    }
    flushAdditions();
  }
}
