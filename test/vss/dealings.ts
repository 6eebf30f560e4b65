// A whole dealing for the tests: pads from random channels, what is public, and each seat's shares.
import { randomBytes } from 'node:crypto';
import { createEngine } from '../../src/engine/load.ts';
import { type Committee, deal, shares } from '../../src/vss/dealing.ts';
import { pads } from '../../src/vss/pads.ts';
import { encode } from '../engine/oracle.ts';

export const engine = await createEngine();
export const random = (length: number) => new Uint8Array(randomBytes(length));

/** A dealing of these messages with pads from random channels, and each seat's shares. */
export function dealing(threshold: number, seats: number, messages: readonly bigint[]) {
  const committee: Committee = { threshold, seats };
  const position = { ledgerId: 1n, index: 0, nonce: random(16) };
  const keystreams = Array.from({ length: seats }, (_, s) => pads(random(32), position, s + 1, messages.length));
  const result = deal(engine, committee, encode(messages), keystreams);
  const all = keystreams.map((stream, s) => shares(engine, committee, s + 1, stream, result.corrections));
  return { committee, keystreams, ...result, shares: all };
}
