// The engine of the CLI: the fastest that works here, or the one that MISTORE_ENGINE names.
import type { Engine, EngineName } from '../engine/engine.ts';
import { ArgumentError } from '../errors.ts';

const NAMES: readonly EngineName[] = ['relaxed', 'scalar', 'reference'];

export async function chosenEngine(): Promise<Engine> {
  const { createEngine } = await import('../engine/load.ts');
  const named = process.env.MISTORE_ENGINE;
  if (named === undefined) return createEngine();
  const kind = NAMES.find((name) => name === named);
  if (kind === undefined) throw new ArgumentError('MISTORE_ENGINE', named, `one of ${NAMES.join(', ')}`);
  return createEngine({ kind });
}
