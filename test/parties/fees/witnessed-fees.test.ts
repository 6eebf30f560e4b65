// An endpoint that lies about a fee: alone it has an answer for nothing, beside an honest witness it has none.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes.ts';
import { CONTRACT } from '../../../src/contract/abi.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { fault } from '../../support/parties.ts';
import { type FeeScene, openFeeScene } from './fee-scene.ts';

let scene: FeeScene;
let liar: Endpoint;
beforeAll(async () => {
  scene = await openFeeScene('witnessed fees');
  const selector = CONTRACT.getFunction('feeOf')!.selector;
  const result = CONTRACT.encodeFunctionResult('feeOf', [10n ** 18n, 2 ** 40, 2]);
  liar = await startEndpoint(({ method, params }, forward) => {
    const asksForFee = method === 'eth_call' && (params[0] as { data: string }).data.startsWith(selector);
    return asksForFee ? { result } : forward();
  }, scene.chain.node.url);
});
afterAll(async () => {
  await liar?.stop();
  await scene?.chain.stop();
});

it('a fee that an endpoint makes up is believed alone, and not against a witness', async () => {
  const { queryId } = await scene.insurer.query(await scene.consentTo(scene.recordsOf('ambulatory').slice(0, 3)));
  const [seed] = scene.cast.serverSeeds as [Uint8Array];
  const prepared = async (witnesses: string[]) => {
    const site = await scene.chain.site(seed, { rpc: liar.url, witnesses, waiting: { patience: 500 } });
    return new Server(site, seed, { minimumFee: 10n }).prepare(scene.cast.ledgerId, fromHex(queryId));
  };
  expect(await prepared([])).toMatchObject({ queryId: fromHex(queryId) });
  expect(await fault(prepared([scene.chain.node.url]))).toMatchObject({ code: 'WITNESS_DISAGREES' });
});
