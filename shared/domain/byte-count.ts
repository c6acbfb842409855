/** Bytes as people read them, with two digits that count. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function byteCount(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** step;
  return `${step === 0 || amount >= 10 ? Math.round(amount) : amount.toFixed(1)} ${units[step]}`;
}
