// What an option or argument takes, as its definition shows it: for completion, and for what must not be given twice.
import { type Argument, Option } from 'commander';
import type { NamedKind } from '../../network/names.ts';

/** Arguments that name a file, which is read. */
export const FILE_ARGUMENTS: readonly string[] = ['file', 'files', 'consent'];

/** Whether the option can be given again. Of any other, the last value would win in silence. */
export const canBeRepeated = ({ variadic, parseArg }: Option): boolean =>
  variadic || (parseArg !== undefined && 'gathers' in parseArg);

/** Marks a reader of names, which stand for an account or a ledger. */
export const reading = <F extends (...given: never[]) => unknown>(names: NamedKind, read: F) =>
  Object.assign(read, { names });

/** Of what a name can be given; undefined where none can. */
export const namedKindOf = ({ parseArg }: Option | Argument): NamedKind | undefined =>
  parseArg !== undefined && 'names' in parseArg ? (parseArg.names as NamedKind) : undefined;

/** Whether a file, or a folder, is named. */
export const namesFile = (place: Option | Argument): boolean =>
  place instanceof Option ? /<(file|dir)>/.test(place.flags) : FILE_ARGUMENTS.includes(place.name());
