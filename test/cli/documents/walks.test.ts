// README and the guide for this computer, from an empty folder: every command that they have people type does what they say. Both
// make a network of their own on the default port, so they are read one after the other. Needs dist/.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { typedIn } from '../../support/documents/blocks.ts';
import { FROM_NOTHING, readDocument } from '../../support/documents/documents.ts';
import { describeTyping } from '../../support/documents/typing.ts';
import { Workplace } from '../../support/documents/workplace.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });
let workplace: Workplace;

/** Whether nobody listens there: another run of these tests may. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isOurs = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return isOurs;
}

beforeAll(async () => {
  await vi.waitUntil(() => isFree(8545), { timeout: 200_000, interval: 500 });
  workplace = await Workplace.make();
});
afterAll(() => workplace?.remove());

for (const file of FROM_NOTHING) describeTyping(file, async () => ({ place: await workplace.place(file) }));

it('README walks without hex, in few commands', () => {
  const typed = typedIn(readDocument('README.md'));
  expect(typed.length).toBeGreaterThanOrEqual(8);
  expect(typed.length).toBeLessThanOrEqual(12);
  expect(typed.filter(({ command, isMeanwhile }) => /0x|npm/.test(command) || isMeanwhile)).toEqual([]);
});
