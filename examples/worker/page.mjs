// A page that has a worker commit to a thousand numbers. Bundlers such as Vite find the worker by its URL.
const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
const COUNT = 1000;
const values = new Uint8Array(32 * COUNT);
new DataView(values.buffer).setUint32(28, 42); // the first is 42, the others are 0
const blindings = new Uint8Array(32 * COUNT);
for (let k = 0; k < COUNT; k++) crypto.getRandomValues(blindings.subarray(32 * k + 1, 32 * k + 32)); // below 2^248

/** @param {string} text */
const show = (text) => {
  const output = document.querySelector('output');
  if (output) output.textContent = text;
};
worker.addEventListener('message', ({ data }) => {
  show(`${data.points.length / 32} commitments by the engine "${data.engine}"`);
});
worker.addEventListener('error', ({ message }) => show(`failed: ${message}`));
worker.postMessage({ values, blindings });
