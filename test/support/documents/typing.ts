// The tests of one document: each command that it has people type is a test, so that the list of tests says what was typed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { typedIn } from './blocks.ts';
import { readDocument } from './documents.ts';
import { Reader } from './reader.ts';
import type { ShellPlace } from './shell.ts';
import { weakenKeystores } from './weak-keystores.ts';

/** Endpoint that documents give as an example of a real one. */
const EXAMPLE_ENDPOINT = 'https://rpc.example.org';

export interface Scene {
  place: ShellPlace;
  /** Endpoint instead of the example. */
  url?: string;
}

/** `scene`: called once, before the first command. */
export function describeTyping(file: string, scene: () => Promise<Scene>): void {
  describe(file, () => {
    let reader: Reader;
    let folder: string;
    let url: string;
    let failed = '';

    beforeAll(async () => {
      const { place, url: given = EXAMPLE_ENDPOINT } = await scene();
      reader = new Reader(place);
      folder = place.folder;
      url = given;
    });
    afterAll(() => reader?.leave());

    it.each(typedIn(readDocument(file)).map((one) => [one.at, one.command, one] as const))(
      'line %i: %s',
      async (_, command, one) => {
        expect(failed, 'a command before it failed').toBe('');
        failed = command;
        await reader.type({ ...one, command: command.replaceAll(EXAMPLE_ENDPOINT, url) });
        if (/ (keygen|handover) /.test(command)) await weakenKeystores(folder);
        failed = '';
      },
    );
  });
}
