// globalSetup of vitest: a folder for the programs that support/process.ts bundles, each once in a run of the tests. It stands in build/,
// so that they find their packages, and is emptied before a run that follows a change.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

export default function setUp(project: TestProject): () => void {
  const parent = fileURLToPath(new URL('../build/test/', import.meta.url));
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(`${parent}programs-`);
  process.env.MISTORE_TEST_PROGRAMS = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  project.onTestsRerun(() => {
    remove();
    mkdirSync(folder);
  });
  return remove;
}
