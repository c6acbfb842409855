/** What we are about to write, remembered before it is written, and settled at the next start. */
import type { Change, Evidence } from '../../../shared/domain/change.ts';
import { folderOf, joinPath } from '../../../shared/domain/paths.ts';
import { labelOf, temporaryLabel } from '../../../shared/domain/temporary-label.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { startsWith } from '../../../shared/domain/utf8.ts';
import type { FileStat, Sql } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import { settingsFile } from '../settings/workspace-settings.ts';
import type { Lineage, Loser } from './lineage.ts';
import type { OwnWrite, OwnWriteDeps } from './own-write.ts';
import { recordBeside, recordOwn } from './record-own.ts';

export type WriteIntents = {
  plan(
    write: Pick<OwnWrite, 'path' | 'evidence' | 'consolidation'> & { planned?: Lineage | undefined },
    content: number,
  ): void;
  forget(path: string): void;
  all(): {
    path: string;
    hash: string;
    evidence: Evidence;
    consolidation: number | null;
    lineage: Lineage | undefined;
  }[];
};

type IntentRow = {
  path: string;
  hash: string;
  evidence: string;
  consolidation: number | null;
  lineage: string | null;
};

export function createWriteIntents(sql: Sql): WriteIntents {
  const plan = sql.prepare(
    `INSERT INTO own_writes (path, content, evidence, consolidation, lineage) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET content = excluded.content, evidence = excluded.evidence, consolidation = excluded.consolidation,
       lineage = excluded.lineage`,
  );
  const forget = sql.prepare('DELETE FROM own_writes WHERE path = ?');
  const all = sql.prepare<IntentRow>(
    'SELECT w.path, c.hash, w.evidence, w.consolidation, w.lineage FROM own_writes w JOIN content c ON c.id = w.content',
  );
  return {
    plan: (write, content) => {
      const lineage = write.planned === undefined ? null : JSON.stringify(write.planned);
      plan.run(write.path, content, JSON.stringify(write.evidence), write.consolidation, lineage);
    },
    forget: (path) => {
      forget.run(path);
    },
    all: () =>
      all.all().map((row) => ({
        ...row,
        evidence: JSON.parse(row.evidence) as Evidence,
        lineage: row.lineage === null ? undefined : (JSON.parse(row.lineage) as Lineage),
      })),
  };
}

/** Whether a write of ours began and did not come to its end. */
export const hasIntents = (sql: Sql): boolean =>
  sql.prepare('SELECT 1 FROM own_writes LIMIT 1').get() !== undefined;

/** Our temporary files; the tracked set never selects them. Those of a pull are its own to clear. */
const temporaryName = /^\.skein-(?!git-).*\.tmp$/;

/**
 * Settles what a crash left: bytes of ours that lie on the disk become the change that they are, temporary files of
 * ours go, and bytes of somebody else that were displaced and never recorded get their name back for the scan to find.
 */
export async function settleIntents(
  deps: OwnWriteDeps,
  tracked: TrackedSet,
  enterLosers: (path: string, losers: readonly Loser[]) => void = () => {},
): Promise<Change[]> {
  const intents = createWriteIntents(deps.sql);
  const planned = intents.all();
  const paths = [settingsFile, ...deps.known.everSeen(), ...planned.map((intent) => intent.path)];
  for (const folder of new Set(paths.map(folderOf))) await clearTemporaries(deps, folder, planned);
  const changes: Change[] = [];
  for (const intent of planned) {
    const ours = await readOurs(deps, intent);
    const content = ours === undefined ? undefined : await deps.contentWork.prepare(ours.bytes, intent.hash);
    const fileClass = tracked.classify(intent.path) ?? 'note';
    deps.sql.transaction(() => {
      if (ours !== undefined && content !== undefined && isToRecord(deps, intent)) {
        const change = recordOwn(deps, { ...intent, fileClass }, content, ours.stat, intent.lineage);
        enterLosers(intent.path, intent.lineage?.losers ?? []);
        if (change !== undefined) changes.push(change);
      }
      intents.forget(intent.path);
    });
  }
  return changes;
}

type Intent = ReturnType<WriteIntents['all']>[number];
type Whole = { bytes: Uint8Array; stat: FileStat };

/** What lies at the path, if it is what the intent meant to write there. */
async function readOurs(deps: OwnWriteDeps, intent: Intent): Promise<Whole | undefined> {
  const read = await readWhole(deps.files, intent.path);
  const found = read.ok ? read.value : undefined;
  if (found === undefined) return undefined;
  return (await deps.contentWork.hash(found.bytes)) === intent.hash ? found : undefined;
}

/** skein.json is no tracked file, and the intent to remove a file has no bytes: the scan sees what came of it. */
function isToRecord(deps: OwnWriteDeps, intent: Intent): boolean {
  if (intent.path === settingsFile || deps.contents.facts(intent.hash)?.size === 0) return false;
  return deps.known.get(intent.path)?.content !== intent.hash;
}

/** Clears the folder of temporary files that no write is busy with. */
export async function clearTemporaries(
  deps: OwnWriteDeps,
  folder: string,
  planned: readonly Intent[],
): Promise<void> {
  const entries = await deps.files.list(folder);
  if (!entries.ok) return;
  const here = planned.filter((intent) => folderOf(intent.path) === folder);
  for (const { name } of entries.value ?? []) {
    if (temporaryName.test(name)) await clearTemporary(deps, joinPath(folder, name), intentsOf(name, here));
  }
}

/** Those that the file may be of: several files of one folder may have been written at once. */
function intentsOf(name: string, planned: readonly Intent[]): readonly Intent[] {
  const label = labelOf(name);
  return label === undefined ? planned : planned.filter(({ path }) => temporaryLabel(path) === label);
}

/** Only what the log holds, or what is the beginning of something that we wrote, may go. */
async function clearTemporary(
  deps: OwnWriteDeps,
  temporary: string,
  planned: readonly Intent[],
): Promise<void> {
  const read = await readWhole(deps.files, temporary);
  const bytes = read.ok ? read.value?.bytes : undefined;
  if (bytes === undefined) return;
  const held = deps.contents.facts(await deps.contentWork.hash(bytes)) !== undefined;
  const begun = planned.some((intent) =>
    startsWith(deps.contents.get(intent.hash) ?? new Uint8Array(), bytes),
  );
  if (held || begun || bytes.length === 0) await deps.files.remove(temporary);
  else if (!(await giveBack(deps, temporary, planned))) await keepAsVersion(deps, temporary, bytes, planned);
}

/**
 * Bytes of somebody else had the name that ours has now, or that nothing has now. False when they did not get it:
 * somebody else took it, or the log says already that ours followed.
 */
async function giveBack(deps: OwnWriteDeps, temporary: string, planned: readonly Intent[]): Promise<boolean> {
  for (const intent of planned) {
    const ours = await readOurs(deps, intent);
    if (ours === undefined || deps.known.get(intent.path)?.content === intent.hash) continue;
    const back = await deps.files.exchange(temporary, intent.path);
    if (!back.ok || !back.value) continue;
    // Whoever wrote over ours a moment ago is displaced now: looked at like any other temporary file.
    await clearTemporary(deps, temporary, planned);
    return true;
  }
  for (const { path } of planned) {
    const placed = await deps.files.place(temporary, path);
    if (placed.ok && placed.value) return true;
  }
  return false;
}

/** skein.json has no versions; its bytes are kept with the contents of the log. */
async function keepAsVersion(
  deps: OwnWriteDeps,
  temporary: string,
  bytes: Uint8Array,
  planned: readonly Intent[],
): Promise<void> {
  for (const { path } of planned) {
    const known = deps.known.get(path);
    if (known === undefined && path !== settingsFile) continue;
    const content = await deps.contentWork.prepare(bytes);
    deps.sql.transaction(() => {
      if (known === undefined) deps.contents.put(content);
      else recordBeside(deps, { path, fileClass: known.fileClass }, content);
    });
    return void (await deps.files.remove(temporary));
  }
}
