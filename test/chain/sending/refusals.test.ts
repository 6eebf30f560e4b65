// Refusals whose words nobody knows, in front of a real pool: what became of the transaction is seen on the chain, so every
// refusal ends as it should. Passing ones are waited for, permanent ones are told, with the node's words, after a few
// attempts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Rpc } from '../../../src/chain/rpc.ts';
import type { SenderOptions } from '../../../src/chain/sending/sender.ts';
import { readBalance } from '../../../src/chain/state.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { GWEI, manualChain, note } from './manual-chain.ts';
import { type Fees, feesOf } from './raw-fees.ts';

const chain = manualChain();
let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
});
afterAll(() => endpoint?.stop());
afterEach(() => {
  endpoint.answer = (_, forward) => forward();
});

const isSend = ({ method }: Call) => method === 'eth_sendRawTransaction';
const sends = () => endpoint.calls.filter(isSend).map(({ params }) => feesOf(params[0]));
const refuse = (message: string, code = -32000): Answer => ({ error: { code, message } });
/** As the node answers, but each refusal in words that nobody knows. */
const speechless: Endpoint['answer'] = async (_, forward) => {
  const answer = await forward();
  return 'error' in Object(answer) ? refuse('zq', -31999) : answer;
};
/** Refuses what `refused` says, and else is speechless. */
function refusing(refused: (fees: Fees) => boolean, message = 'zq'): Endpoint['answer'] {
  return (call, forward) =>
    isSend(call) && refused(feesOf(call.params[0])) ? refuse(message) : speechless(call, forward);
}
async function open(options: Partial<SenderOptions> = {}) {
  const sender = await chain.open({
    rpc: new Rpc(endpoint.url, { retries: 1 }),
    rebroadcastAfter: 600_000,
    ...options,
  });
  endpoint.calls.length = 0;
  return sender;
}

describe('a node whose words nobody knows', () => {
  it('has the transaction already: it is followed', async () => {
    const sender = await open();
    endpoint.answer = async (call, forward) => {
      const answer = await speechless(call, forward);
      return isSend(call) && sends().length === 1 ? 'drop' : answer;
    };
    const sent = sender.send(note('once'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(sends().length).toBe(2);
    expect(await chain.executed(sender)).toEqual(['once']);
  });

  it('finds the nonce used: the next one is taken, or the caller told if it must not be', async () => {
    const privateKey = await chain.freshKey();
    const sender = await open({ privateKey });
    const foreign = await chain.open({ privateKey });
    const first = foreign.send(note('foreign'));
    await expect.poll(() => foreign.stats().unsettled).toBe(1);
    await chain.mine();
    await first;
    endpoint.answer = speechless;
    await expect(sender.submit({ ...note('own'), gas: 40_000n, inPlace: true })).rejects.toMatchObject({
      code: 'NONCE_TAKEN',
      details: { nonce: 0, said: 'zq' },
    });
    const sent = sender.send(note('own'));
    await expect.poll(() => sender.stats().unsettled, { timeout: 15_000 }).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.executed(sender)).toEqual(['foreign', 'own']);
  }, 40_000);

  it('has another transaction with the nonce in its pool: it is outbid', async () => {
    const privateKey = await chain.freshKey();
    const first = await chain.open({ privateKey });
    await first.submit(note('stuck'));
    first.close();
    const second = await open({ privateKey, replaceAfter: 10 });
    endpoint.answer = speechless;
    const sent = second.send(note('instead'));
    await expect.poll(() => second.stats().unsettled).toBe(1);
    await chain.mine();
    await sent;
    expect(await chain.executed(second)).toEqual(['instead']);
  });

  it('sees that the account cannot pay: so does the caller', async () => {
    const sender = await open({ privateKey: await chain.freshKey(1000n) });
    endpoint.answer = speechless;
    const error = await sender.send({ ...note('poor'), gas: 30_000n }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INSUFFICIENT_FUNDS', details: { balance: 1000n, said: 'zq' } });
    expect((error as Error).message).toMatch(/; the endpoint said: zq$/);
    expect(sends().length).toBe(1);
  });

  it('wants the transaction before it mined first: it waits, and pays no more', async () => {
    const sender = await open();
    endpoint.answer = refusing(({ nonce }) => nonce === 1 && sends().length < 4);
    const sent = [sender.send(note(0)), sender.send(note(1))];
    await expect.poll(() => sender.stats().unsettled, { timeout: 10_000 }).toBe(2);
    const [first, ...others] = sends();
    expect(others.map(({ nonce }) => nonce)).toEqual([1, 1, 1]);
    for (const { fee, tip } of others) expect([fee, tip]).toEqual([first!.fee, first!.tip]);
    await chain.mine();
    await Promise.all(sent);
  });

  it('wants a higher tip: it gets one, up to the cap', async () => {
    const sender = await open({ tipPerGas: GWEI });
    endpoint.answer = refusing(({ tip }) => tip < 3n * GWEI);
    const sent = sender.send(note('tip'));
    await expect.poll(() => sender.stats().unsettled, { timeout: 10_000 }).toBe(1);
    expect(sends().at(-1)!.tip).toBe(3n * GWEI);
    expect(sends().length).toBeLessThanOrEqual(4);
    await chain.mine();
    await sent;
    // What was learnt is offered at once from then on.
    endpoint.calls.length = 0;
    const next = sender.send(note('next'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    expect(sends().map(({ tip }) => tip)).toEqual([3n * GWEI]);
    await chain.mine();
    await next;
  });

  it('refuses for good: told in its words, after a few attempts, and nothing is left behind', async () => {
    const sender = await open({ tipPerGas: GWEI });
    const before = await readBalance(chain.rpc, sender.address);
    endpoint.answer = refusing(() => true, 'vq wx');
    await expect(sender.send(note('x'))).rejects.toThrow('the node refuses eth_sendRawTransaction: vq wx (-32000)');
    expect(sends().length).toBe(6);
    expect(sends().every(({ tip, fee }) => tip <= 3n * GWEI && fee <= 100n * GWEI)).toBe(true);
    endpoint.answer = speechless;
    const sent = sender.send(note('y'));
    await expect.poll(() => sender.stats().unsettled).toBe(1);
    await chain.mine();
    expect((await sent).gasUsed).toBeGreaterThan(0n);
    expect(await readBalance(chain.rpc, sender.address)).toBeLessThan(before);
    expect(await chain.executed(sender)).toEqual(['y']);
  }, 30_000);
});

describe('a refusal that cannot pass', () => {
  it.each([
    'transaction underpriced: tip needed 5000000000, tip permitted 3000000000',
    'FeeTooLowToCompete',
    'Gas price below configured minimum gas price',
  ])(
    '"%s": the caps are named, and so are the words',
    async (words) => {
      const sender = await open({ tipPerGas: GWEI });
      endpoint.answer = refusing(({ tip }) => tip < 5n * GWEI, words);
      const error = await sender.send(note('cheap')).catch((reason: unknown) => reason as Error);
      expect(error).toMatchObject({ code: 'FEE_CAP', details: { tip: 3n * GWEI, tipCap: 3n * GWEI, said: words } });
      expect((error as Error).message).toMatch(
        /with a tip of 3 gwei is too low for the node; the base fee is .* gwei, the caps are 100 gwei \(maxFeePerGas, --max-fee\) and 3 gwei \(maxTipPerGas, --max-tip\); the endpoint said: /,
      );
      expect(sends().length).toBeLessThanOrEqual(6);
    },
    30_000,
  );

  it('is told in its own words by a node that refuses to tell anything else', async () => {
    const sender = await open();
    const unknown = ['eth_getTransactionByHash', 'eth_getBalance'];
    endpoint.answer = (call, forward) => {
      if (isSend(call)) return refuse('vq wx');
      const told = !unknown.includes(call.method) && call.params?.[1] !== 'pending';
      return told ? forward() : refuse('the method does not exist', -32601);
    };
    await expect(sender.send(note('x'))).rejects.toThrow(/refuses eth_sendRawTransaction: vq wx/);
  }, 30_000);

  it.each([413, 401, 403])('HTTP status %i: told at once', async (status) => {
    const sender = await open();
    endpoint.answer = (call, forward) => (isSend(call) ? { status, text: '<h1>Not for you</h1>' } : forward());
    const error = await sender.send(note('large')).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect((error as Error).message).toMatch(new RegExp(`HTTP status ${status}.*: Not for you$`));
    expect(sends().length).toBe(1);
  });
});

describe('a base fee above the cap', () => {
  it('is waited for without offering the transaction again and again', async () => {
    await chain.setBaseFee(50n * GWEI);
    const sender = await open({ maxFeePerGas: 20n * GWEI });
    endpoint.answer = refusing(({ fee }) => fee < 30n * GWEI && sends().length === 1);
    const sent = sender.send({ ...note('later'), gas: 40_000n });
    await expect.poll(() => sends().length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(sends().length).toBe(1);
    await chain.setBaseFee(GWEI);
    await expect.poll(() => sender.stats().unsettled, { timeout: 10_000 }).toBe(1);
    await chain.mine();
    await sent;
    expect(sends().length).toBe(2);
  });

  it('is told when patience ends', async () => {
    await chain.setBaseFee(50n * GWEI);
    const sender = await open({ maxFeePerGas: 20n * GWEI, patience: 600 });
    endpoint.answer = refusing(({ fee }) => fee < 30n * GWEI);
    const error = await sender.send({ ...note('never'), gas: 40_000n }).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'FEE_CAP', details: { fee: 20n * GWEI, cap: 20n * GWEI, said: 'zq' } });
    await chain.setBaseFee(GWEI);
  });
});
