// Faults of a CSV file as a whole, which end the run. Faults of single rows are rejections (rows.ts), not errors.
// Messages name columns, lines and byte offsets, never a field of a row: those are private.
import { MIStoreError } from '../../errors.ts';

export type InputErrorCode =
  | 'INPUT_UNREADABLE'
  | 'INPUT_CHANGED'
  | 'INPUT_COMPRESSION'
  | 'INPUT_ENCODING'
  | 'INPUT_EMPTY'
  | 'CSV_LINE_TOO_LONG'
  | 'CSV_MISSING_COLUMN'
  | 'CSV_DUPLICATE_COLUMN'
  | 'INPUT_DECIMAL_MARK';

export class InputError extends MIStoreError {
  declare readonly code: InputErrorCode;

  constructor(code: InputErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(code, message, details, options);
  }
}
