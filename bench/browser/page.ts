// The script of the page that the bench opens: what main.ts calls there.
import { PlaceBench } from './bench.ts';

declare global {
  var bench: PlaceBench;
}

globalThis.bench = new PlaceBench({
  kernels: async (form) => new Uint8Array(await (await fetch(`/kernels-${form}.wasm`)).arrayBuffer()),
  startWorker: () => new Worker('/pool-worker.js', { type: 'module' }),
});
