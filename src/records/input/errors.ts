// Faults of an input as a whole, which end the run. Faults of single rows are rejections (row.ts), not errors.
// Messages name columns, lines and byte offsets, never a field of a row: those are private.
import { MIStoreError } from '../../errors.ts';

/** What an input as a whole can be refused for. */
export type InputErrorCode =
  | 'INPUT_UNREADABLE'
  | 'INPUT_CHANGED'
  | 'INPUT_COMPRESSION'
  | 'INPUT_ENCODING'
  | 'INPUT_EMPTY'
  | 'INPUT_FORMAT'
  | 'INPUT_DECIMAL_MARK'
  | 'CSV_LINE_TOO_LONG'
  | 'CSV_MISSING_COLUMN'
  | 'CSV_DUPLICATE_COLUMN'
  | 'JSON_TOO_LONG'
  | 'JSON_BROKEN'
  | 'JSON_CUT_SHORT'
  | 'JSON_TRAILING'
  | 'JSON_NOT_BUNDLE';

export class InputError extends MIStoreError {
  declare readonly code: InputErrorCode;

  constructor(code: InputErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(code, message, details, options);
  }
}
