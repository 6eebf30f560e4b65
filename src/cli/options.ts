// Options that commands share, and the readers of their values. A value that cannot be read is a usage error that says
// what was given and what is allowed.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../address.ts';
import { NETWORK_FILE } from '../network/network-file.ts';
import { nameFault } from '../records/input/names.ts';
import { readAccount, readLedger, readLedgerId, readName } from './input/named.ts';
import { FILE_ARGUMENTS, reading } from './input/option-kinds.ts';

/** A reader of commander's that says in words what is wrong. */
const reader =
  <T>(read: (text: string) => T) =>
  (text: string): T => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };

export const jsonOption = () =>
  new Option('--json', 'print one JSON object on standard output, and nothing else there');
export const rpcOption = () =>
  new Option('--rpc <url>', 'Ethereum endpoint')
    .env('MISTORE_RPC')
    .default(undefined, "the network file's, else the embedded chain, http://127.0.0.1:8545");
export const witnessOption = () =>
  new Option(
    '--witness <url>',
    'a further endpoint that must agree on all state that is read; can be given again; with spaces or commas between them in the environment',
  )
    .env('MISTORE_WITNESSES')
    .default(undefined, "the network file's")
    .argParser(collectUrls);
export const contractAddress = reader((text) => parseAddress(text));
const contractOption = () =>
  new Option('--contract <address>', 'the MIStore contract; that of the network file if not given')
    .env('MISTORE_CONTRACT')
    .argParser(contractAddress);

/** The network file of commands that work with it: it is read before they run. */
export class NetworkOption extends Option {}
export const networkOption = () =>
  new NetworkOption(
    '--network <file>',
    'the network file: contract, endpoint, names; mistore.json here or above if not given',
  ).env('MISTORE_NETWORK');
/** Of commands that write it, and make it where there is none. */
class NetworkToWriteOption extends Option {}
export const networkToWriteOption = () =>
  new NetworkToWriteOption(
    '--network <file>',
    `the network file; ${NETWORK_FILE} here or above if there is one, else here`,
  ).env('MISTORE_NETWORK');

const keystoreOption = () =>
  new Option('--keystore <file>', "the role's encrypted seed, from 'mistore keygen'")
    .env('MISTORE_KEYSTORE')
    .makeOptionMandatory();
export const passwordOption = () =>
  new Option(
    '--password-file <file>',
    'file with the password; or set MISTORE_PASSWORD or MISTORE_PASSWORD_COMMAND, or be asked',
  ).env('MISTORE_PASSWORD_FILE');

export const archiveOption = () =>
  new Option(
    '--archive <file>',
    "read the ledger's events from this file (mistore archive export), and from the node only later ones",
  ).env('MISTORE_ARCHIVE');

/** Of commands that can do without a network, beside archiveOption. */
export const offlineOption = () =>
  new Option(
    '--offline',
    'ask no node: check against the archive file alone (--archive), whose maker is believed then',
  );

export const forceOption = () => new Option('--force', 'replace the file if it exists');
export const yesOption = () => new Option('--yes', 'do it without asking');

/** Options whose <file> is written; every other <file> of an option is read. */
const WRITTEN = ['out', 'rejected', 'skipped', 'state'];
/** Options whose <file> is a keystore, which is read. */
const KEYSTORES = ['keystore', 'payer'];

/**
 * The files that a command line names: those to read, those of them that are keystores, and those to write. A network file to
 * write is neither: it is changed if it is there, and made if it is not.
 */
export function filesOf(command: Command): { read: string[]; keystores: string[]; written: string[] } {
  const named = command.options
    .filter((option) => option.flags.includes('<file>') && !(option instanceof NetworkToWriteOption))
    .map((option) => ({ name: option.attributeName(), file: command.getOptionValue(option.attributeName()) }));
  const files = (of: typeof named) => of.flatMap(({ file }) => file).filter((file) => typeof file === 'string');
  const isWritten = ({ name }: { name: string }) => WRITTEN.includes(name);
  const given = command.registeredArguments.flatMap((argument, a) =>
    [command.processedArgs[a]].flat().map((file) => ({ name: argument.name(), file })),
  );
  return {
    read: [
      ...files(named.filter((one) => !isWritten(one))),
      ...files(given.filter(({ name }) => FILE_ARGUMENTS.includes(name))),
    ],
    keystores: files(named.filter(({ name }) => KEYSTORES.includes(name))),
    written: files(named.filter(isWritten)),
  };
}

/** Of commands that only read the contract. */
export const chainOptions = (command: Command): Command =>
  command.addOption(rpcOption()).addOption(witnessOption()).addOption(contractOption()).addOption(networkOption());

/** Of commands that use a role's seed. */
export const keyOptions = (command: Command): Command =>
  command.addOption(keystoreOption()).addOption(passwordOption());

/** Of commands that act for a role in the contract. */
export const roleOptions = (command: Command): Command => keyOptions(chainOptions(command));

/** What chainOptions give. */
export interface ChainFlags {
  json?: boolean;
  /** The network file's endpoint, else the embedded chain, if not given. */
  rpc?: string;
  /** The network file's witnesses if not given. */
  witness?: string[];
  contract?: Uint8Array;
  network?: string;
  /** Only of commands that have archiveOption. */
  archive?: string;
  /** Only of commands that have offlineOption. */
  offline?: boolean;
}

/** What keyOptions give. */
export interface KeyFlags {
  keystore: string;
  passwordFile?: string;
}

/** What roleOptions give. */
export interface RoleFlags extends ChainFlags, KeyFlags {}

/** An address, or the name of an account: a Named until the command runs, bytes then. */
export const address = reading('account', reader(readAccount));

/** A name for the network file. */
export const newName = reader(readName);

/** Commander's reader of a whole number in a range. */
export const integer = (min: number, max: number) =>
  reader((text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new Error(`It must be a whole number from ${min} to ${max}.`);
    return value;
  });

/** Seconds for which --wait alone waits. */
const WAIT = 600;

/** Of commands that can wait for others: seconds, or undefined where nothing is waited for. `what`: "wait until …". */
export const waitOption = (what: string) =>
  new Option('--wait [seconds]', `${what}, ${WAIT} s if not said`).preset(`${WAIT}`).argParser(integer(1, 604_800));

/** Commander's reader of seconds in a range, with up to three decimals. */
export const seconds = (min: number, max: number) =>
  reader((text) => {
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new Error(`It must be a number of seconds from ${min} to ${max}, with at most three decimals.`);
    }
    return value;
  });

/** "HOST:PORT" or "PORT" on this machine; the host is 127.0.0.1 if not given. */
export const loopback = reader((text) => {
  const [, bracketed, name, port] = /^(?:(?:\[([0-9a-f:]+)\]|([0-9a-z.]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? name ?? '127.0.0.1';
  if (!/^(localhost|::1|127(\.\d{1,3}){3})$/i.test(host) || !(Number(port) < 65_536)) {
    throw new Error(
      'It must be a port, or HOST:PORT with a loopback address of this machine: 127.0.0.1:9464, [::1]:9464.',
    );
  }
  return { host, port: Number(port) };
});

/** A ledger's id, or its name: a Named until the command runs, bytes then. */
export const ledgerId = reading('ledger', reader(readLedger));

export const patientId = reader((text) => {
  const fault = nameFault(text);
  if (fault !== null) throw new Error(`No row has this patient's id: it ${fault}.`);
  return text;
});

const recordId = reader((text) => {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) throw new Error('A record id is a whole number, from 0.');
  return Number(text);
});

/** Commander's reader of the next value of an option that can be given again. */
const gather = <T>(read: (text: string) => T) =>
  Object.assign((text: string, before: T[] = []): T[] => [...before, read(text)], { gathers: true });

/** The same of one whose value may be a list with commas between its parts. */
const gatherList = <T>(read: (text: string) => T) =>
  Object.assign(
    (text: string, before: T[] = []): T[] => [...before, ...text.split(',').map((part) => read(part.trim()))],
    {
      gathers: true,
    },
  );

export const collect = gather((text) => text);
/** URLs with spaces or commas between them. A comma within a URL is part of it. */
const collectUrls = Object.assign(
  (text: string, before: string[] = []) => [
    ...before,
    ...text.split(/\s+|,(?=\s*https?:)/).filter((url) => url !== ''),
  ],
  { gathers: true },
);
export const collectAddresses = reading('account', gatherList(address));
export const collectRecords = gatherList(recordId);

/** "NAME=VALUE" as the name and what it is to stand for. */
const named =
  (read: (text: string) => Uint8Array) =>
  (text: string): [string, Uint8Array] => {
    const at = text.indexOf('=');
    if (at === -1) throw new InvalidArgumentError('It must be a name, "=" and what it stands for, without spaces.');
    return [newName(text.slice(0, at)), read(text.slice(at + 1))];
  };
export const collectNamedAddresses = gather(named(contractAddress));
export const collectNamedLedgers = gather(named(reader(readLedgerId)));
