// Where documents are read: a folder for each, with the built program as `mistore`.
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './documents.ts';
import type { ShellPlace } from './shell.ts';

/** The password of all keystores, where a document does not set another, stands in this file of its folder. */
const PASSWORD_FILE = 'password';

export class Workplace {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<Workplace> {
    if (!existsSync(join(ROOT, 'dist/cli.js'))) throw new Error('there is no dist/cli.js: npm run build');
    const folder = await mkdtemp(join(tmpdir(), 'mistore-documents-'));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/mistore'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/dist/cli.js" "$@"\n`);
    await chmod(join(folder, 'bin/mistore'), 0o755);
    return new Workplace(folder);
  }

  /** A folder for one document: as if it were in this clone, and else empty or with a copy of another folder's files. */
  async place(name: string, copied?: { folder: string; isWanted(file: string): boolean }): Promise<ShellPlace> {
    const folder = join(this.#folder, name.replaceAll('/', '-'));
    await mkdir(folder);
    await symlink(join(ROOT, 'dist'), join(folder, 'dist'));
    if (copied) await cp(copied.folder, folder, { recursive: true, filter: copied.isWanted });
    const path = `${join(this.#folder, 'bin')}:${process.env.PATH}`;
    const password = copied && { MISTORE_PASSWORD_FILE: join(folder, PASSWORD_FILE) };
    return { folder, env: { PATH: path, HOME: folder, TERM: 'dumb', ...password } };
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
