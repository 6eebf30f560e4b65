// Forged archives: the events of a true one, changed by name and argument, in a file whose counts and digests are right. So
// only what the events say can give a lie away.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interface, type ParamType, type Result } from 'ethers';
import artifact from '../../../build/contracts/MIStore.json' with { type: 'json' };
import { exportArchive } from '../../../src/archive/export.ts';
import { type ArchiveVerdict, verifyArchive } from '../../../src/archive/verify.ts';
import type { MIStoreContract } from '../../../src/contract/client.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { engine, type TestLedger } from '../../support/ledger.ts';
import { buildArchive, type Event, type Parsed, parseArchive } from '../codec.ts';
import { type Story, tellStory } from '../story.ts';

export const ABI = new Interface(artifact.abi);

/** An event by its name, with arguments that can be changed. */
export interface EditableEvent {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each event has its own
  args: any;
  raw: Event;
}

const bytesOf = (hex: string) => Buffer.from(hex.slice(2), 'hex');
export const hexOf = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;

function plain(type: ParamType, value: unknown): unknown {
  if (type.isArray()) return (value as Result).toArray().map((one) => plain(type.arrayChildren, one));
  if (!type.isTuple()) return value;
  return Object.fromEntries(type.components.map((part, i) => [part.name, plain(part, (value as Result)[i])]));
}

function editable(raw: Event): EditableEvent {
  const { name, args, fragment } = ABI.parseLog({ topics: raw.topics.map(hexOf), data: hexOf(raw.data) })!;
  return {
    name,
    args: Object.fromEntries(fragment.inputs.map((input, i) => [input.name, plain(input, args[i])])),
    raw,
  };
}

function log({ name, args, raw }: EditableEvent): Event {
  const fragment = ABI.getEvent(name)!;
  const { topics, data } = ABI.encodeEventLog(
    fragment,
    fragment.inputs.map((input) => args[input.name]),
  );
  return { ...raw, topics: topics.map(bytesOf), data: bytesOf(data) };
}

/** What every story has: a ledger, and somebody who reads the contract. */
interface Told {
  ledger: TestLedger;
  insurer: MIStoreContract;
}

/** A story on a chain of its own, its archive, and what comes of changing that. */
export interface Forger<S extends Told = Story> {
  chain: TestChain;
  story: S;
  folder: string;
  /** The true archive. */
  file: string;
  archive: Parsed;
  check(path: string, contract?: MIStoreContract): Promise<ArchiveVerdict>;
  /** The verdict on the archive with its events changed; they stand in order, each in a log of its own. */
  forged(change: Change, contract?: MIStoreContract): Promise<ArchiveVerdict>;
  stop(): Promise<void>;
}

export type Change = (events: EditableEvent[]) => EditableEvent[] | undefined;

export const startForger = (): Promise<Forger> => startForgerOf(tellStory);

export async function startForgerOf<S extends Told>(tell: (chain: TestChain) => Promise<S>): Promise<Forger<S>> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-archive-'));
  const chain = await startChain();
  const story = await tell(chain);
  const file = join(folder, 'ledger');
  await exportArchive({ contract: story.insurer, ledgerId: story.ledger.ledgerId, file });
  const archive = parseArchive(await readFile(file));
  const check = (path: string, contract = story.insurer) => verifyArchive({ contract, engine, file: path });
  const forged = async (change: Change, contract?: MIStoreContract) => {
    const events = archive.parts.filter((part) => part.kind === 'event').map((part) => editable(part as Event));
    const changed = change(events) ?? events;
    const { block } = events[0]!.raw;
    const parts = changed.map((event, i) => ({ kind: 'event' as const, ...log(event), block, logIndex: i }));
    const path = join(folder, 'forged');
    await writeFile(path, buildArchive({ header: archive.header, parts: [...parts, archive.parts.at(-1)!] }));
    return check(path, contract);
  };
  const stop = async () => {
    await chain.stop();
    await rm(folder, { recursive: true });
  };
  return { chain, story, folder, file, archive, check, forged, stop };
}

export const find = (events: EditableEvent[], name: string, nth = 0) =>
  events.filter((event) => event.name === name).at(nth)!;
export const copy = (event: EditableEvent, args: object = {}): EditableEvent => ({
  ...event,
  args: { ...event.args, ...args },
});
export const without = (events: EditableEvent[], gone: EditableEvent) => events.filter((event) => event !== gone);
export const after = (events: EditableEvent[], place: EditableEvent, more: EditableEvent) =>
  events.flatMap((event) => (event === place ? [event, more] : [event]));
/** The hex with one bit of byte `at` changed. */
export const flipped = (hex: string, at: number) => {
  const bytes = bytesOf(hex);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return hexOf(bytes);
};

export type Forgery = [name: string, about: RegExp | string, what: RegExp, change: Change];
export const change =
  (which: (events: EditableEvent[]) => EditableEvent, args: (event: EditableEvent) => object) =>
  (events: EditableEvent[]): undefined => {
    const event = which(events);
    Object.assign(event.args, args(event));
  };
export const set = (name: string, args: (event: EditableEvent) => object, nth = 0) =>
  change((events) => find(events, name, nth), args);
export const drop =
  (name: string, nth = 0) =>
  (events: EditableEvent[]) =>
    without(events, find(events, name, nth));
export const twice =
  (name: string, nth = 0) =>
  (events: EditableEvent[]) =>
    after(events, find(events, name, nth), copy(find(events, name, nth)));
