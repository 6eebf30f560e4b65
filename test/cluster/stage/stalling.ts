// An endpoint that stalls: now and then it holds every reply for some seconds.
import { pause } from '../../../src/chain/rpc.ts';
import { type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';

/** Milliseconds: replies are held in the last part of each period. */
const [PERIOD, STALL] = [10_000, 4000];

export async function startStalling(url: string): Promise<Endpoint & { held: () => number }> {
  let held = 0;
  const endpoint = await startEndpoint(async (_, forward) => {
    const answer = await forward();
    const left = PERIOD - (Date.now() % PERIOD);
    if (left > STALL) return answer;
    held++;
    await pause(left);
    return answer;
  }, url);
  return Object.assign(endpoint, { held: () => held });
}
