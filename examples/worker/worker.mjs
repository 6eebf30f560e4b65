// A worker that computes Pedersen commitments of batches, so that the page stays responsive. Needs @mistore/engine.
import { createEngine } from '@mistore/engine';

const ready = createEngine();

// A message: B values and B blindings, 32 bytes each. The reply: B compressed points, 32 bytes each.
self.addEventListener('message', async ({ data }) => {
  const { values, blindings } = data;
  const engine = await ready;
  const points = engine.commit(values, blindings);
  self.postMessage({ engine: engine.name, points }, { transfer: [points.buffer] });
});
