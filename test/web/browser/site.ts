// The page as it is served: by `mistore web`'s server, with or without an endpoint, or by a host of plain files that sends no headers
// but types.
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toHex } from '../../../src/bytes.ts';
import { readPageFiles } from '../../../src/cli/web/page-files.ts';
import { PageServer } from '../../../src/cli/web/page-server.ts';
import type { Stage } from './stage.ts';

export interface Site {
  url: string;
  origin: string;
  close(): void;
}

const siteOf = (url: string, close: () => void): Site => ({ url, origin: new URL(url).origin, close });

/** As `mistore web` with a network file: contract, endpoint and names are set. */
export async function serveWithNetwork({ chain, insurer }: Stage): Promise<Site> {
  const endpoint = chain.node.url;
  const settings = {
    chainId: '31337',
    contract: toHex(chain.address),
    endpoint,
    fixed: true,
    names: { acme: toHex(insurer.address) },
  };
  const server = await PageServer.open({ port: 0, endpoint, settings });
  return siteOf(server.url, () => server.close());
}

/** As `mistore web --archive FILE --offline`. */
export async function serveOffline(stage: Stage): Promise<Site> {
  const path = stage.file('ledger.archive');
  const settings = { fixed: true, offline: true, archive: 'ledger.archive' };
  const server = await PageServer.open({ port: 0, settings, archive: { path, size: (await stat(path)).size } });
  return siteOf(server.url, () => server.close());
}

/** As any host of static files. */
export async function servePlain(): Promise<Site> {
  const files = readPageFiles();
  const server = createServer(({ url = '' }, response) => {
    const file = files.get(url);
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': file.type }).end(file.content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return siteOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => {
    server.close();
    server.closeAllConnections();
  });
}
