// Faults of a CSV file as a whole, which end the run. Faults of single rows are rejections (rows.ts), not errors.
// Messages name columns, lines and byte offsets, never a field of a row: those are private.
import { MIStoreError } from '../../errors.ts';

export type CsvErrorCode =
  | 'CSV_UNREADABLE'
  | 'CSV_CHANGED'
  | 'CSV_COMPRESSION'
  | 'CSV_ENCODING'
  | 'CSV_EMPTY'
  | 'CSV_LINE_TOO_LONG'
  | 'CSV_MISSING_COLUMN'
  | 'CSV_DUPLICATE_COLUMN'
  | 'CSV_DECIMAL_MARK';

export class CsvError extends MIStoreError {
  declare readonly code: CsvErrorCode;

  constructor(code: CsvErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(code, message, details, options);
  }
}
