// The works of one place, a page or Node, by their numbers: which engines run there, what a work gives, and how long it takes.

import { toHex, utf8 } from '../../src/bytes.ts';
import type { EngineName } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/load.ts';
import { sha256 } from '../../src/sha256.ts';
import { clockStep, FULL, QUICK, type Timing, timeCalls } from './sample.ts';
import { type Place, type Prepared, works } from './work.ts';

export class PlaceBench {
  /** Milliseconds. */
  readonly step = clockStep();
  readonly #place: Omit<Place, 'engine'>;
  #prepared: { key: string; work: Prepared; warm: boolean } | undefined;

  constructor(place: Omit<Place, 'engine'>) {
    this.#place = place;
  }

  /** Why this engine cannot run here; undefined if it can. */
  async lacks(kind: EngineName): Promise<string | undefined> {
    return createEngine({ kind }).then(
      () => undefined,
      (error: Error) => error.message,
    );
  }

  /** SHA-256 of the work's result, as hex. */
  async result(number: number, kind: EngineName, quick: boolean): Promise<string> {
    const { run, result = run } = await this.#prepare(number, kind, quick);
    return toHex(sha256(utf8(text(await result()))));
  }

  async time(number: number, kind: EngineName, quick: boolean): Promise<Timing> {
    const { run } = await this.#prepare(number, kind, quick);
    const effort = quick ? QUICK : FULL;
    const warmUp = this.#prepared!.warm ? effort.warmUp / 10 : effort.warmUp;
    this.#prepared!.warm = true;
    return timeCalls(run, { ...effort, warmUp }, this.step);
  }

  /** Ends what the last work has started. */
  async end(): Promise<void> {
    await this.#prepared?.work.end?.();
    this.#prepared = undefined;
  }

  async #prepare(number: number, kind: EngineName, quick: boolean): Promise<Prepared> {
    const key = [number, kind, quick].join();
    if (this.#prepared?.key !== key) {
      await this.end();
      const work = await works(quick)[number]!.prepare({ ...this.#place, engine: await createEngine({ kind }) });
      this.#prepared = { key, work, warm: false };
    }
    return this.#prepared.work;
  }
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, part]) => `${key}: ${text(part)}`)
      .join(', ');
  }
  return String(value);
}
