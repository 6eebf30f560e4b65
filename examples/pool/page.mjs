// A page that has two workers deal batches among three seats, and check the first seat's shares. Needs @mistore/core.
import { createEngine, VssPool } from '@mistore/core/browser';

const COUNT = 100;
const committee = { threshold: 2, seats: 3 };

/** @param {number} length */
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {string} text */
const show = (text) => {
  const output = document.querySelector('output');
  if (output) output.textContent = text;
};

/**
 * @param {VssPool} pool
 * @param {number} index
 */
async function dealAndCheck(pool, index) {
  const keys = random(3 * 32); // one for each subset of a seat: the keys of all seats but that one
  const position = { index, nonce: random(16), contents: random(32) };
  const messages = new Uint8Array(32 * COUNT); // amounts of 0
  const { corrections, commitments } = await pool.run({ kind: 'deal', committee, position, keys, messages });
  const held = keys.subarray(32); // seat 1 has the keys of the subsets {2} and {3}
  const job = { committee, position, keys: held, seat: 1, corrections, commitments };
  return pool.run({ kind: 'check', ...job });
}

const startWorker = () => new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
try {
  const pool = new VssPool(await createEngine(), 2, startWorker);
  const wrong = await Promise.all([1, 2, 3, 4].map((index) => dealAndCheck(pool, index)));
  show(`${wrong.length * COUNT} records dealt on ${pool.threads} workers, ${wrong.flat().length} of them wrong`);
  await pool.close();
} catch (error) {
  show(`failed: ${error}`);
}
