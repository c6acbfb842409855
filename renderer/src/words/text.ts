/** Numbers, sizes and names as people read them. */
const wholeFormat = new Intl.NumberFormat('en-GB');

export const formatCount = (count: number): string => wholeFormat.format(count);

/** `1 change`, `12 changes`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Bytes in steps of 1024, three digits at most. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return plural(bytes, 'byte');
  const inKibibytes = bytes / 1024;
  const [value, unit] = inKibibytes < 1024 ? [inKibibytes, 'KiB'] : [inKibibytes / 1024, 'MiB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `docs/notes/plan.md` as its folder `docs/notes/` and its name `plan.md`. */
export function splitPath(path: string): { folder: string; name: string } {
  const cut = path.lastIndexOf('/') + 1;
  return { folder: path.slice(0, cut), name: path.slice(cut) };
}

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
