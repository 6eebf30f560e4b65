// What npm installs once for several consumers: a runtime, or both packages for the projects that only use them, which have
// those by a link. How package managers install them is the subject of installers.ts.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tarballs } from './consumer.ts';
import { createProject, install } from './project.ts';

/** Folders of projects by what was installed there, also where the installation has not ended. */
const folders = new Map<string, Promise<string>>();

/** The folder of a project in which npm has installed these packages and nothing else; options of npm may stand among them. */
export function installOnce(...packages: string[]): Promise<string> {
  const key = packages.join(' ');
  const create = async (name: string) => {
    const folder = await createProject(name);
    await install(folder, ...packages);
    return folder;
  };
  if (!folders.has(key)) folders.set(key, create(`installed-${folders.size}`));
  return folders.get(key)!;
}

/** A project that has both packages, and these files. */
export async function createUser({ core, engine }: Tarballs, name: string, files = {}): Promise<string> {
  const installed = await installOnce(core, engine);
  const folder = await createProject(name, {}, files);
  await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}
