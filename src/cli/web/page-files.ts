// The page's files, as the build has made them in dist/web/: read once, and nothing else is ever served from the disk.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIStoreError } from '../../errors.ts';

export interface PageFile {
  type: string;
  content: Buffer;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** By path: "/page.js", and "/" for index.html. Throws NO_PAGE where the page was not built. */
export function readPageFiles(): Map<string, PageFile> {
  const folder = join(packageFolder(), 'dist/web');
  if (!existsSync(join(folder, 'index.html'))) {
    throw new MIStoreError('NO_PAGE', `the page is not in ${folder}: npm run build makes it`, { folder });
  }
  const files = new Map<string, PageFile>();
  for (const name of readdirSync(folder)) {
    const type = TYPES[extname(name)];
    if (type !== undefined) files.set(`/${name}`, { type, content: readFileSync(join(folder, name)) });
  }
  files.set('/', files.get('/index.html')!);
  return files;
}

/** The package that this program is of: the nearest folder above it with a package.json. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
