// mistore web: serves the page for patients, insurers and operators on this machine, until Ctrl-C.
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { addressText } from '../../../address.ts';
import { toHex } from '../../../bytes.ts';
import { ArgumentError, MIStoreError } from '../../../errors.ts';
import { defineCommand } from '../../command.ts';
import { type ChosenDeployment, deploymentFor, EMBEDDED_RPC, findNetwork } from '../../deployment.ts';
import { archiveOption, type ChainFlags, chainOptions, integer } from '../../options.ts';
import type { Output } from '../../output.ts';
import { stopSignal } from '../../signals.ts';

interface WebFlags extends ChainFlags {
  port?: number;
  open?: boolean;
  offline?: boolean;
}

export const web = defineCommand({
  examples: ['mistore web', 'mistore web --open', 'mistore web --archive ledger.archive --offline'],
  configure: (command) =>
    chainOptions(command)
      .addOption(archiveOption())
      .option('--offline', 'with --archive: the page checks in the archive alone, and may talk to no endpoint')
      .option('--port <number>', 'port on 127.0.0.1; 8080, or a free one, if not given', integer(1, 65535))
      .option('--open', "open it in the system's browser"),
  run: serveWeb,
});

/** Its object is printed when the page is served: whoever started it waits for that. */
async function serveWeb(output: Output, options: WebFlags): Promise<undefined> {
  const { offline = false, archive } = options;
  if (offline && !archive)
    throw new ArgumentError('--offline', 'given without --archive', 'given with an archive file');
  const { PageServer } = await import('../../web/page-server.ts');
  const stop = stopSignal();
  const deployment = await deploymentIfAny(options);
  const endpoint = offline ? undefined : (deployment?.rpc ?? options.rpc ?? EMBEDDED_RPC);
  if (endpoint !== undefined && !URL.canParse(endpoint)) throw new ArgumentError('--rpc', endpoint, 'a URL');
  const server = await PageServer.open({
    settings: settingsOf(deployment, { endpoint, archive, offline, names: await namesOf(options) }),
    ...(options.port !== undefined && { port: options.port }),
    ...(endpoint !== undefined && { endpoint }),
    ...(archive && { archive: { path: archive, size: (await stat(archive)).size } }),
  });
  const where = endpoint === undefined ? 'no endpoint' : `${new URL(endpoint).origin} only`;
  output.print(`The page is at ${server.url} and may talk to ${where}.`);
  output.end({ url: server.url, endpoint: endpoint ?? null, archive: archive ?? null, ready: true });
  if (options.open) {
    const { openInBrowser } = await import('../../web/browser.ts');
    if (!(await openInBrowser(server.url))) output.note('No browser could be opened: open the address yourself.');
  }
  output.note('Ctrl-C stops it.');
  if (!stop.aborted) await once(stop, 'abort');
  server.close();
  output.note('Stopped.');
  return undefined;
}

/** Undefined where nothing names a contract: files and archives then name their own. */
async function deploymentIfAny(options: ChainFlags): Promise<ChosenDeployment | undefined> {
  try {
    return await deploymentFor(options);
  } catch (error) {
    if (error instanceof MIStoreError && error.code === 'NO_DEPLOYMENT') return undefined;
    throw error;
  }
}

/** Accounts' names in the network file. */
async function namesOf(options: ChainFlags): Promise<Record<string, string>> {
  const names = (await findNetwork(options))?.network.names ?? new Map<string, Uint8Array>();
  return Object.fromEntries([...names].map(([name, address]) => [name, addressText(address)]));
}

interface Given {
  names: Record<string, string>;
  endpoint: string | undefined;
  archive: string | undefined;
  offline: boolean;
}

/** What the page reads as network.json (docs/page.md, "What a host can set"). */
function settingsOf(deployment: ChosenDeployment | undefined, { endpoint, archive, offline, names }: Given): object {
  return {
    ...(deployment && { chainId: deployment.chainId.toString(), contract: toHex(deployment.contract) }),
    ...(deployment?.codeHash && { codeHash: toHex(deployment.codeHash) }),
    ...(endpoint !== undefined && { endpoint }),
    fixed: true,
    offline,
    names,
    ...(archive && { archive: basename(archive) }),
  };
}
