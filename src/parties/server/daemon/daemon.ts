// A server at work for as long as it is wanted: round after round it looks at the chain, joins what it is to join, answers the
// queries that it can, checks the batches dealt to it and complains about wrong ones. It acts on blocks that are deep enough;
// one ledger or query that somebody made up does not keep it from the others, and an endpoint that fails is waited for.
import { toHex } from '../../../bytes.ts';
import { HeadSubscription } from '../../../chain/heads.ts';
import { quantity } from '../../../chain/rpc.ts';
import { checkInteger, type MIStoreError } from '../../../errors.ts';
import type { Site } from '../../../ledger/site.ts';
import type { Server } from '../server.ts';
import { CacheKeeper } from '../state/cache-keeper.ts';
import { ChainCursor, type Look } from '../state/chain-cursor.ts';
import { DaemonState } from '../state/daemon-state.ts';
import { type FollowedLedger, isHeld, LONGEST_PAUSE } from '../state/followed-ledger.ts';
import type { SealedQuery } from '../state/query-book.ts';
import { Answering } from './answering.ts';
import { Background } from './background.ts';
import { BatchChecks } from './batch-checks.ts';
import { complainAbout } from './complaining.ts';
import type { DaemonEvent, DaemonSummary, Task } from './daemon-events.ts';
import type { DaemonParts } from './daemon-parts.ts';
import { type JoinRules, takePlace } from './joining.ts';
import { Rest } from './rest.ts';
import { StatingFee } from './stating-fee.ts';
import { Tally } from './tally.ts';
import { asFault, Trouble } from './trouble.ts';

/** What a server's daemon does by itself, and how often. */
export interface DaemonOptions extends JoinRules {
  /** Serve this ledger only, if it has been joined; if not given, every ledger that names the server. */
  ledgerId?: Uint8Array;
  /** Blocks behind the head up to which the chain is believed; 0 on the embedded chain (31337), else 2 if not given. */
  depth?: number;
  /** Milliseconds between rounds, 1 to 2^31 − 1; 1,000 if not given. */
  interval?: number;
  /** WebSocket endpoint (ws://, wss://) that announces new heads: then a round begins at once. */
  websocket?: string;
  /** Milliseconds from one seat's turn to answer to the next; two blocks' time, at least 5,000, if not given. */
  patience?: number;
  /** Complains about wrong shares by itself; true if not given. */
  complain?: boolean;
  /** File that is kept so that a restart is quick. */
  cacheFile?: string;
  /** Called with each event as it happens. It must not throw. */
  onEvent?: (event: DaemonEvent) => void;
  /** Ends the daemon: it begins nothing more, waits a little for transactions on their way, and writes the cache. */
  signal?: AbortSignal;
}

const EMBEDDED_CHAIN = 31337n;
const LEAST_PATIENCE = 5000;
/** Milliseconds of a round for checking batches; then queries are looked at again. */
const CHECK_TIME = 2000;
/** Milliseconds that transactions on their way are waited for at the end; then they are left to the chain. */
const STOP_PATIENCE = 5000;

/** Runs a server: joins ledgers, checks batches, complains, and answers queries, round after round. */
export class ServerDaemon {
  readonly #site: Site;
  readonly #options: DaemonOptions;
  readonly #parts: DaemonParts;
  readonly #background: Background;
  readonly #state: DaemonState;
  readonly #checks: BatchChecks;
  readonly #answering: Answering;
  readonly #statingFee: StatingFee;
  readonly #cache: CacheKeeper;
  readonly #tally = new Tally();
  readonly #away = new Trouble(LONGEST_PAUSE);
  readonly #rest: Rest;
  #cursor: ChainCursor;
  #firstHead: Look['head'] | undefined;

  /** `site`: that of the server. Throws ArgumentError. */
  constructor(site: Site, server: Server, options: DaemonOptions = {}) {
    const { depth = site.contract.chainId === EMBEDDED_CHAIN ? 0 : 2, interval = 1000, patience = 0, signal } = options;
    checkInteger('depth', depth, 0, 1_000_000);
    checkInteger('interval', interval, 1, 2 ** 31 - 1);
    checkInteger('patience', patience, 0, 2 ** 31 - 1);
    this.#site = site;
    this.#options = { ...options, depth, interval };
    this.#rest = new Rest(signal);
    this.#background = new Background(() => this.#rest.wake());
    this.#parts = {
      server,
      site,
      background: this.#background,
      report: (event) => this.#report(event),
      fail: (ledger, task, error, query) => this.#fail(ledger, task, error, query),
      isStopping: () => this.#isStopping,
    };
    this.#state = new DaemonState({
      account: server.address,
      only: options.ledgerId,
      events: site.events,
      onChange: ({ ledgerId }) => server.forget(ledgerId),
      onJustified: (ledger, recordId) => this.#justified(ledger, recordId),
    });
    this.#checks = new BatchChecks(this.#parts);
    this.#answering = new Answering(this.#parts);
    this.#statingFee = new StatingFee(this.#parts);
    this.#cursor = new ChainCursor(site.contract.rpc, depth);
    this.#cache = new CacheKeeper(options.cacheFile, site, server, options.ledgerId, (event) => this.#report(event));
  }

  /** Rounds until the signal is aborted. Throws OTHER_CACHE at once; whatever goes wrong later is reported and tried again. */
  async run(): Promise<void> {
    await this.#restore();
    const { websocket } = this.#options;
    const heads = websocket === undefined ? undefined : this.#subscribe(websocket);
    try {
      while (!this.#isStopping) await this.#roundUnlessAway();
    } finally {
      heads?.close();
      await this.#end();
    }
  }

  /** Does what there is to do now, whoever's turn it is, and waits for its transactions. Throws if the chain cannot be read. */
  async once(): Promise<void> {
    await this.#restore();
    do {
      await this.#round({ patience: 0, until: Number.POSITIVE_INFINITY });
    } while ((await this.#background.ended()) && !this.#isStopping);
    await this.#save();
  }

  /** Looks at the chain now, if it is resting. */
  wake(): void {
    this.#rest.wake();
  }

  get summary(): DaemonSummary {
    return this.#tally.summary(this.#state, this.#away.error ?? null);
  }

  get #isStopping(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  #report(event: DaemonEvent): void {
    this.#tally.add(event);
    this.#options.onEvent?.(event);
  }

  #fail(ledger: FollowedLedger, task: Task, error: MIStoreError, query?: SealedQuery): void {
    if (!(query?.trouble ?? ledger.troubles[task]).add(error)) return;
    const of = query === undefined ? {} : { queryId: toHex(query.queryId) };
    this.#report({ kind: 'left-out', ledgerId: ledger.name, ...of, task, error });
  }

  #subscribe(url: string): HeadSubscription {
    const onHead = () => this.#rest.wake();
    return new HeadSubscription(url, { onHead, onState: (error) => this.#report({ kind: 'heads', error }) });
  }

  async #restore(): Promise<void> {
    const stored = await this.#cache.read();
    if (stored === null) return;
    this.#state.restore(stored);
    this.#cursor = new ChainCursor(this.#site.contract.rpc, this.#options.depth!, stored.points);
  }

  async #save(): Promise<void> {
    await this.#cache.write(() => this.#state.stored(this.#cursor.points));
  }

  async #end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_PATIENCE);
    });
    await Promise.race([this.#background.ended(), patience]);
    clearTimeout(timer);
    await this.#save();
  }

  async #roundUnlessAway(): Promise<void> {
    const { interval = 0, patience } = this.#options;
    try {
      const isDone = await this.#round({ until: Date.now() + CHECK_TIME, ...(patience !== undefined && { patience }) });
      if (this.#away.end()) this.#report({ kind: 'back' });
      await this.#cache.writeIfDue(() => this.#state.stored(this.#cursor.points));
      if (isDone) await this.#rest.for(interval);
    } catch (error) {
      const fault = asFault(error);
      if (this.#away.add(fault)) this.#report({ kind: 'away', error: fault });
      await this.#rest.for(this.#away.pause, { wakeable: false });
    }
  }

  /** Whether everything that could be done was. */
  async #round({ patience, until }: { patience?: number; until: number }): Promise<boolean> {
    const look = await this.#cursor.look();
    if (look === null) return true;
    this.#firstHead ??= look.head;
    this.#statingFee.begin();
    const { settled, from, reorganised } = look;
    if (reorganised) {
      this.#state.rewind(reorganised.to);
      this.#report({ kind: 'reorganised', lost: reorganised.lost, to: reorganised.to ?? null });
    }
    if (from === undefined || from <= settled.number) await this.#state.read(from, settled);
    this.#cursor.advance(settled);
    const pending = await this.#serve(look, patience ?? this.#patienceAt(look));
    const held = this.#state.ledgers.filter(isHeld);
    const isChecked = await this.#checks.check(held, settled, until);
    if (this.#options.complain ?? true) for (const ledger of held) complainAbout(this.#parts, ledger);
    this.#state.prune((this.#cursor.points[0] ?? settled).number);
    const { gasUsed, fees } = this.#site.contract.stats();
    this.#report({
      kind: 'round',
      head: look.head.number,
      settled: settled.number,
      pending: pending.count,
      gasUsed,
      fees,
    });
    return isChecked && !pending.more;
  }

  /** Takes places, and answers. */
  async #serve(look: Look, patience: number): Promise<{ count: number; more: boolean }> {
    let [count, more] = [0, false];
    for (const ledger of this.#state.ledgers) {
      if (this.#isStopping) break;
      if (!(await this.#isServed(ledger, look))) continue;
      const pending = this.#answering.pending(ledger, this.#state.queries.all);
      count += pending.length;
      more = (await this.#answering.answer(ledger, pending, look, patience)) || more;
    }
    return { count, more };
  }

  async #isServed(ledger: FollowedLedger, { settled }: Look): Promise<boolean> {
    const { join } = ledger.troubles;
    if (!join.isOver) return ledger.place !== null && ledger.hasQueries;
    try {
      if (ledger.isStale) await takePlace(this.#parts, this.#options, ledger, quantity(settled.number));
      if (ledger.place !== null && !ledger.hasQueries) await this.#state.readQueries(ledger, settled);
      if (!this.#background.has(`join ${ledger.name}`)) join.end();
    } catch (error) {
      this.#fail(ledger, 'join', asFault(error));
    }
    return ledger.place !== null && ledger.hasQueries;
  }

  /** Two blocks' time, as far as it is known. */
  #patienceAt({ head }: Look): number {
    const first = this.#firstHead!;
    const blocks = head.number - first.number;
    return blocks > 0 ? Math.max(LEAST_PATIENCE, (2000 * (head.timestamp - first.timestamp)) / blocks) : LEAST_PATIENCE;
  }

  /** Queries that were refused for want of the right share can be answered now. */
  #justified(ledger: FollowedLedger, recordId: number): void {
    this.#report({ kind: 'justified', ledgerId: ledger.name, recordId });
    for (const query of this.#state.queries.all) {
      if (query.ledger !== ledger.name || query.refusal !== 'the hospital dealt wrong shares of these records')
        continue;
      delete query.refusal;
      query.trouble.retryNow();
    }
  }
}
