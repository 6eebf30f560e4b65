// More answers than one transaction takes, among them some that the contract refuses: every right one is accepted.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import { ConnectionError } from '../../src/chain/errors.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import type { SentAnswers } from '../../src/parties/server/send-answers.ts';
import { Server } from '../../src/parties/server/server.ts';
import { deviating } from '../support/adversary.ts';
import { lyingSite } from '../support/endpoint/liar.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;

beforeAll(async () => {
  scene = await openScene('many answers');
});
afterAll(() => scene?.chain.stop());

const prepared = async (server: Server, queryId: string) =>
  (await server.prepare(scene.cast.ledgerId, fromHex(queryId))) as AnswerCall;
const ask = async (records: number[]) => (await scene.insurer.query(await scene.consentTo(records))).queryId;
const gather = async (sending: AsyncIterable<SentAnswers>) => {
  const all: SentAnswers[] = [];
  for await (const sent of sending) all.push(sent);
  return all;
};
const accepted = (all: SentAnswers[]) => all.flatMap((sent) => ('transaction' in sent ? sent.queryIds.map(toHex) : []));

describe('Server.send', () => {
  it('gets right answers accepted although there are too many and most are wrong', async () => {
    const server = scene.cast.servers[0]!;
    const queries = [await ask([0]), await ask([1, 2]), await ask([3])];
    const right = await Promise.all(queries.map((id) => prepared(server, id)));
    const wrong = Array.from({ length: 300 }, (_, i) => ({
      ...right[0]!,
      y: new Uint8Array(32).fill(0, 31).fill(i, 31),
    }));
    const answers = [...wrong, right[0]!, ...wrong, right[1]!, right[2]!];
    expect((await fault(scene.cast.serverSites[0]!.contract.answer(scene.cast.ledgerId, answers))).code).toBe(
      'TRANSACTION_TOO_LARGE',
    );

    const all = await gather(server.send(scene.cast.ledgerId, answers));
    expect(accepted(all)).toEqual(queries);
    const codes = all.flatMap((sent) => ('error' in sent ? [sent.error.code] : []));
    expect(codes.length).toBe(600);
    expect(new Set(codes)).toEqual(new Set(['WRONG_ANSWERS', 'ALREADY_ANSWERED']));
    const states = queries.map((id) => scene.insurerSite.contract.queryState(fromHex(id)));
    expect((await Promise.all(states)).map(({ answeredSeats }) => answeredSeats)).toEqual([[1], [1], [1]]);
  });

  it('sends what fits into one transaction as one, and nothing for no answers', async () => {
    const server = scene.cast.servers[1]!;
    const queries = [await ask([4]), await ask([5, 6])];
    const all = await gather(
      server.send(scene.cast.ledgerId, await Promise.all(queries.map((id) => prepared(server, id)))),
    );
    expect([all.length, accepted(all)]).toEqual([1, queries]);
    expect(await gather(server.send(scene.cast.ledgerId, []))).toEqual([]);
  });

  it('does not try again in halves after a lost connection', async () => {
    const { serverSites, serverSeeds, servers } = scene.cast;
    let tries = 0;
    const cut = deviating(serverSites[1]!, {
      answer: () => () => {
        tries++;
        return Promise.reject(new ConnectionError('http://node', 'gone'));
      },
    });
    const server = new Server(cut, serverSeeds[1]!);
    const answer = await prepared(servers[1]!, await ask([7]));
    expect((await fault(gather(server.send(scene.cast.ledgerId, [answer, answer])))).code).toBe('CONNECTION_FAILED');
    expect(tries).toBe(1);
  });
});

describe('Server.prepare', () => {
  it('does not blame the hospital if the node leaves out edges of the query', async () => {
    const { serverSites, serverSeeds, ledgerId } = scene.cast;
    const queryId = await ask(scene.recordsOf('ambulatory').slice(1, 3));
    const partial = lyingSite(serverSites[2]!, {
      events: { QueryOpened: ({ edges }) => ({ edges: edges.subarray(0, 41) }) },
    });
    const server = new Server(partial, serverSeeds[2]!);
    expect(await fault(server.prepare(ledgerId, fromHex(queryId)))).toMatchObject({ code: 'INVALID_QUERY' });
  });
});
