// Shares a secret among five seats so that any three find it again; one seat lies and is named. Runs in Node, Deno and Bun.
// Needs @mistore/engine. Run: node share-and-reconstruct.mjs
import { createEngine } from '@mistore/engine';
import { dealShares, reconstruct, verify } from '@mistore/engine/sharing';

const engine = await createEngine();
const committee = { threshold: 3, seats: 5 };

// The dealer. A message is 32 bytes below the group's order; 31 bytes of anything after a zero byte are one.
const secret = crypto.getRandomValues(new Uint8Array(31));
const message = Uint8Array.of(0, ...secret);
const { shares, commitments } = dealShares(engine, committee, message);

// Each seat checks the share that it was sent against the commitments that all seats see.
shares.forEach((share, i) => {
  const wrong = verify(engine, committee, i + 1, share, commitments);
  if (wrong.length > 0) throw new Error(`the dealer sent seat ${i + 1} a wrong share`);
});

// Later, four seats give their shares, and one of them lies.
const given = [1, 2, 4, 5].map((seat) => ({ seat, shares: shares[seat - 1] ?? new Uint8Array(64) }));
given[1] = { seat: 2, shares: new Uint8Array(64) };
const { messages, wrong } = reconstruct(engine, committee, given, commitments);

const found = messages[0];
if (found === undefined) throw new Error('fewer than 3 of the shares are right');
const same = found.every((byte, i) => byte === message[i]);
console.log(`Wrong shares: ${wrong.map(({ seat }) => `seat ${seat}`).join(', ') || 'none'}.`);
console.log(`The three others gave ${same ? 'the secret' : 'something else'}, by the engine "${engine.name}".`);
if (!same) throw new Error('not the secret');
