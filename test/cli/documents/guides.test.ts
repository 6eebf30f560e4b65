// Every command that the guides and the reference have people type does what they say, each document in a copy of the folder of one
// development network. What cannot be typed here is marked in the document; definitions.test.ts looks at that. Needs dist/.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { typedIn } from '../../support/documents/blocks.ts';
import { DevelopmentNetwork } from '../../support/documents/development.ts';
import { DOCUMENTS, FROM_NOTHING, readDocument } from '../../support/documents/documents.ts';
import { describeTyping } from '../../support/documents/typing.ts';
import { Workplace } from '../../support/documents/workplace.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });
let workplace: Workplace;
let network: DevelopmentNetwork;
beforeAll(async () => {
  workplace = await Workplace.make();
  network = await DevelopmentNetwork.start(workplace);
});
afterAll(async () => {
  await network?.stop();
  await workplace?.remove();
});

const typed = DOCUMENTS.filter((file) => typedIn(readDocument(file)).length > 0);
for (const file of typed.filter((file) => !FROM_NOTHING.includes(file)))
  describeTyping(file, async () => ({ place: await network.place(file), url: network.url }));

it('every guide but the glossary has commands that are typed', () => {
  const guides = DOCUMENTS.filter((file) => file.startsWith('docs/guides/') && !file.endsWith('/glossary.md'));
  expect(guides.length).toBe(7);
  expect(typed).toEqual(expect.arrayContaining([...guides, ...FROM_NOTHING]));
});
