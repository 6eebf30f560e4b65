// Times and durations for people. --json has the exact ones.
import { counted } from '../../counted.ts';

/** Unix milliseconds as the time of day here, "14:03:09". */
export const clock = (milliseconds: number): string => new Date(milliseconds).toTimeString().slice(0, 8);

/** Seconds in one or two units: "45 s", "2 min 5 s", "15 min", "3 h 20 min", "2 days 4 h". */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(whole / unit)) as [number, number, number];
  if (whole < 60) return `${whole} s`;
  if (whole < 600 && whole % 60 > 0) return `${minutes} min ${whole % 60} s`;
  if (whole < 3600) return `${minutes} min`;
  if (whole < 86_400) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const rest = hours % 24 > 0 && days < 7 ? ` ${hours % 24} h` : '';
  return `${counted(days, 'day')}${rest}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Unix seconds as a day in UTC, "3 May 2027". */
export function dayInWords(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** Unix seconds as day and time in UTC, "3 May 2027, 14:03 UTC". */
export const timeInWords = (seconds: number | bigint): string =>
  `${dayInWords(seconds)}, ${new Date(Number(seconds) * 1000).toISOString().slice(11, 16)} UTC`;
