/** `PATH@VERSION` as users type it. A path may hold `@` itself, so only what looks like a version counts as one. */

/** `latest`, `latest~2`, six or more digits of a stamp or checksum, or `{moment}`. */
const version = String.raw`(?:latest(?:~\d{1,6})?|[0-9a-f]{6,64}|\{[^{}]{1,40}\})`;
const withVersion = new RegExp(`^(?<path>.+)@(?<version>${version})$`, 's');
const withRange = new RegExp(`^(?<path>.+)@(?<from>${version})?\\.\\.(?<to>${version})?$`, 's');

export type VersionArgument = { path: string; version: string | undefined };
export type RangeArgument = { path: string; from: string | undefined; to: string | undefined };

/** Splits `PATH[@VERSION]`; without a version it is undefined. */
export function readVersionArgument(text: string): VersionArgument {
  const groups = withVersion.exec(text)?.groups;
  return groups === undefined
    ? { path: text, version: undefined }
    : { path: groups['path'] ?? text, version: groups['version'] };
}

/** Splits `PATH`, `PATH@FROM` (to the latest), `PATH@FROM..TO`, and `PATH@..TO` (what made that version). */
export function readRangeArgument(text: string): RangeArgument {
  const groups = withRange.exec(text)?.groups;
  if (groups !== undefined) return { path: groups['path'] ?? text, from: groups['from'], to: groups['to'] };
  const { path, version: from } = readVersionArgument(text);
  return { path, from, to: undefined };
}

/** The moment in `{2026-11-21T09:30}`; undefined when the version is of another kind. */
export const momentIn = (text: string): string | undefined => /^\{(.+)\}$/.exec(text)?.[1];
