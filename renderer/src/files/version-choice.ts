/** Which two versions of a file are compared. */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';

export type VersionChoice = { from: string | undefined; to: string | undefined };

/** Stamps are long; their beginning names a version, and the engine accepts it. */
export const shortStamp = (stamp: string): string => stamp.slice(0, 20);

export const isVersion = (change: ChangeJson, version: string | undefined): boolean =>
  version !== undefined && change.stamp.startsWith(version);

/** Shows one version against the one before it. `versions` are newest first. */
export function choiceOf(versions: readonly ChangeJson[], index: number): VersionChoice {
  const to = versions[index];
  const from = versions[index + 1];
  return { from: from && shortStamp(from.stamp), to: to && shortStamp(to.stamp) };
}

/** What the address asks for, completed: the newest version against the one before it. */
export function completeChoice(versions: readonly ChangeJson[], asked: VersionChoice): VersionChoice {
  if (asked.to === undefined && asked.from === undefined) return choiceOf(versions, 0);
  if (asked.to === undefined) return { ...asked, to: choiceOf(versions, 0).to };
  if (asked.from !== undefined) return asked;
  const index = versions.findIndex((version) => isVersion(version, asked.to));
  return { ...asked, from: index < 0 ? undefined : choiceOf(versions, index).from };
}
