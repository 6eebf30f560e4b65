// Daemons under test: what they report, and waiting until it is there.
import type { BlockRange, EventSource } from '../../../src/contract/events.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { type DaemonOptions, ServerDaemon } from '../../../src/parties/server/daemon/daemon.ts';
import type { DaemonEvent } from '../../../src/parties/server/daemon/daemon-events.ts';
import { Server, type ServerOptions } from '../../../src/parties/server/server.ts';

export interface TestDaemon {
  daemon: ServerDaemon;
  /** What it has reported, but for rounds and for ledgers that are served from now on. */
  reported: DaemonEvent[];
  /** Number of rounds that were done. */
  rounds(): number;
  of<K extends DaemonEvent['kind']>(kind: K): (DaemonEvent & { kind: K })[];
  /** Runs it; resolves at its end. */
  start(): Promise<void>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** A daemon of the server with this seed, with rounds each 20 ms and no waiting for turns. */
export function daemonOf(
  site: Site,
  seed: Uint8Array,
  options: DaemonOptions = {},
  serverOptions: ServerOptions = {},
): TestDaemon {
  const end = new AbortController();
  const reported: DaemonEvent[] = [];
  const served: DaemonEvent[] = [];
  let rounds = 0;
  let running: Promise<void> = Promise.resolve();
  const daemon = new ServerDaemon(site, new Server(site, seed, serverOptions), {
    interval: 20,
    patience: 0,
    signal: end.signal,
    ...options,
    onEvent: (event) => {
      if (event.kind === 'round') rounds++;
      else (event.kind === 'serving' ? served : reported).push(event);
      options.onEvent?.(event);
    },
  });
  return {
    daemon,
    reported,
    rounds: () => rounds,
    of: <K extends DaemonEvent['kind']>(kind: K) =>
      [...reported, ...served].filter((event): event is DaemonEvent & { kind: K } => event.kind === kind),
    start: () => {
      running = daemon.run();
      return running;
    },
    stop: async () => {
      end.abort();
      await running;
    },
  };
}

/** The site with its source of events passed through `before`, which may throw. */
export function watched(site: Site, before: (names: readonly string[], range?: BlockRange) => void): Site {
  const events: EventSource = {
    readBatches: (...given) => site.events.readBatches(...given),
    readBatch: (...given) => site.events.readBatch(...given),
    read: (names, where, range) => {
      before([names].flat(), range);
      return site.events.read(names, where, range);
    },
  };
  return { ...site, events };
}

export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
