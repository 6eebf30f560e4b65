// One honest witness: whatever the endpoint tells, and whoever tells the same with it, no role says "valid", gives a share or
// a sum, or sends anything. What tells: a whole other history of the ledger, and replies rewritten at random.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { type Site, vouchingHosts } from '../../src/ledger/site.ts';
import { audit } from '../../src/parties/audit.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { checkReceipts } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { type SumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import { type OtherWorld, otherWorld } from '../support/endpoint/other-world.ts';
import { type Endpoint, randomFrom, startEndpoint } from '../support/endpoint/proxy.ts';
import { fault, openCast, storedRecords, storeRows } from '../support/parties.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });
let scene: Scene;
let world: OtherWorld;
/** Two that tell the other history, and a second honest endpoint. */
let liars: [Endpoint, Endpoint];
let honest: Endpoint;
/** The proof of the sum of the other history's query. */
let proof: SumProof;
/** A query of the honest history, which two servers have answered, and its proof. */
let own: { query: Uint8Array; proof: SumProof };

beforeAll(async () => {
  scene = await openScene('witnesses');
  const patient = rows[0]!.patient;
  // One record fewer, and another amount in each.
  const others = rows.slice(0, -1).map((row) => ({ ...row, amounts: row.amounts.map((amount) => amount + 100n) }));
  world = await otherWorld(scene, patient, custodialSeed(scene.cast.hospitalSeed, patient), others);
  const records = scene.recordsOf('ambulatory').slice(1, 4);
  const query = fromHex((await scene.insurer.query(await scene.consentTo(records))).queryId);
  for (const server of scene.cast.servers.slice(0, 2)) {
    const answer = await server.prepare(scene.cast.ledgerId, query);
    if (typeof answer === 'string') throw new Error(answer);
    for await (const sent of server.send(scene.cast.ledgerId, [answer])) if ('error' in sent) throw sent.error;
  }
  own = { query, proof: (await scene.insurer.sum(toHex(query))).proof };
  await scene.chain.mine(30); // beyond the other history's last block, so that no log is of a block that is not there
  liars = [await world.liar(), await world.liar()];
  honest = await startEndpoint((_, forward) => forward(), scene.chain.node.url);
  ({ proof } = await new Insurer(await world.chain.reader(), scene.insurerSeed).sum(world.queryId));
});
afterAll(async () => {
  await honest?.stop();
  await world?.stop();
  await scene?.chain.stop();
});

/** A role's site. `seed`: with an account that may send. */
const at = (rpc: string, witnesses: string[], seed?: Uint8Array): Promise<Site> => {
  const options = { rpc, witnesses, waiting: { patience: 500 } };
  return seed ? scene.chain.site(seed, options) : scene.chain.reader(options);
};
const blocks = () => scene.chain.rpc.call<Hex>('eth_blockNumber');
/** What each role would do for the other history. */
const ROLES: Record<string, (rpc: string, witnesses: string[]) => Promise<unknown>> = {
  verify: async (...to) => {
    const { verdicts, missing } = await checkReceipts(await at(...to), world.receipts);
    return verdicts.every(({ fault }) => fault === null) && missing.length === 0 && 'valid';
  },
  audit: async (...to) => {
    const { faults, records } = await audit(await at(...to), scene.cast.ledgerId);
    return faults.length === 0 && records === rows.length - 1 && 'valid';
  },
  'sum verify': async (...to) => (await verifySumProof(await at(...to), proof)) && 'valid',
  server: async (...to) => {
    const [seed] = scene.cast.serverSeeds as [Uint8Array];
    return typeof (await new Server(await at(...to, seed), seed).prepare(scene.cast.ledgerId, fromHex(world.queryId)));
  },
  insurer: async (...to) =>
    typeof (await new Insurer(await at(...to, scene.insurerSeed), scene.insurerSeed).sum(world.queryId)).amounts,
  hospital: async (...to) => {
    const { hospitalSeed, ledgerId } = scene.cast;
    const site = await at(...to, hospitalSeed);
    const hospital = new Hospital(site, hospitalSeed);
    for await (const { total } of hospital.readBack(ledgerId)) if (total) return 'read';
    return storeRows({ ...scene.cast, hospital, hospitalSite: site }, rows);
  },
};

describe.each(Object.entries(ROLES))('%s', (_, work) => {
  it('believes another history that an endpoint tells alone', async () => {
    expect(await work(liars[0].url, [])).toMatch(/valid|object|read/);
  });

  it.each<[string, () => [string, string[]]]>([
    ['an endpoint against a witness', () => [liars[0].url, [scene.chain.node.url]]],
    ['two endpoints alike against a witness', () => [liars[0].url, [liars[1].url, scene.chain.node.url]]],
    ['one witness of two', () => [scene.chain.node.url, [honest.url, liars[0].url]]],
    ['the other chain as a whole, its blocks too', () => [world.chain.node.url, [scene.chain.node.url]]],
    ['the other chain as a witness', () => [scene.chain.node.url, [honest.url, world.chain.node.url]]],
  ])('stops where it is told by %s, and sends nothing', async (_, endpoints) => {
    const before = await blocks();
    const { code, message } = await fault(work(...endpoints()));
    expect(code, message).toMatch(/^WITNESS_(DISAGREES|LAGS)$/);
    expect(await blocks()).toBe(before);
  });
});

it('a site says by whose word the state is believed', async () => {
  const { url } = scene.chain.node;
  const hosts = [url, honest.url].map((one) => new URL(one).host);
  expect(vouchingHosts(await at(url, [honest.url]))).toEqual(hosts);
  expect(vouchingHosts(await at(url, []))).toEqual(hosts.slice(0, 1));
});

it('who sends, reads what the transaction has changed, with a witness too', async () => {
  const { chain } = scene;
  const site: typeof chain.site = (seed, options) => chain.site(seed, { ...options, witnesses: [honest.url] });
  const cast = await openCast({ ...chain, site }, 'witnessed', 2, 3);
  await storeRows(cast, rows);
  expect((await storedRecords(cast)).length).toBe(rows.length);
});

/** The work of each role in the honest history, as its result. */
const HONEST: Record<string, (rpc: string, witnesses: string[]) => Promise<unknown>> = {
  verify: async (...to) => checkReceipts(await at(...to), scene.receipts),
  audit: async (...to) => audit(await at(...to), scene.cast.ledgerId),
  'sum verify': async (...to) => (await verifySumProof(await at(...to), own.proof)).amounts,
  server: async (...to) => {
    const [, , seed] = scene.cast.serverSeeds as [Uint8Array, Uint8Array, Uint8Array];
    return new Server(await at(...to, seed), seed).prepare(scene.cast.ledgerId, own.query);
  },
  insurer: async (...to) =>
    (await new Insurer(await at(...to, scene.insurerSeed), scene.insurerSeed).sum(toHex(own.query))).amounts,
  hospital: async (...to) => {
    const { hospitalSeed, ledgerId } = scene.cast;
    const records: unknown[] = [];
    const hospital = new Hospital(await at(...to, hospitalSeed), hospitalSeed);
    for await (const record of hospital.readBack(ledgerId)) records.push(record);
    return records;
  },
};

describe.each(Object.entries(HONEST))('%s, of whose replies one is rewritten,', (_, work) => {
  it('gives the right result or an error, whichever reply it is', async () => {
    const right = await work(scene.chain.node.url, [honest.url]);
    expect(right).toEqual(await work(scene.chain.node.url, []));
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      const liar = await startEndpoint(rewriting(seed), scene.chain.node.url);
      try {
        expect(await work(liar.url, [honest.url]), `seed ${seed}`).toEqual(right);
        outcomes.add('right');
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === undefined || code === 'ERR_ASSERTION') throw error;
        outcomes.add(code);
      } finally {
        await liar.stop();
      }
    }
    expect(outcomes).toContain('WITNESS_DISAGREES');
  });
});

/** Changes one digit in one reply, of the first thirty that have any: another one for each seed, of every method. */
function rewriting(seed: number): Endpoint['answer'] {
  const random = randomFrom(seed);
  let left = Math.floor(random() * 30);
  return async (_, forward) => {
    const answer = await forward();
    if (typeof answer === 'string' || !('result' in answer)) return answer;
    const text = JSON.stringify(answer.result);
    const texts = [...text.matchAll(/(?<=0x)[0-9a-f]+/g)];
    if (texts.length === 0 || left-- !== 0) return answer;
    const { 0: digits, index: start } = texts[Math.floor(random() * texts.length)]!;
    const index = start + Math.floor(random() * digits.length);
    const other = ((Number.parseInt(text[index]!, 16) + 1 + Math.floor(random() * 15)) % 16).toString(16);
    return { result: JSON.parse(`${text.slice(0, index)}${other}${text.slice(index + 1)}`) };
  };
}
