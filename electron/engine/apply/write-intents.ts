/** What we are about to write, remembered before it is written, and settled at the next start. */
import type { Change, Evidence } from '../../../shared/domain/change.ts';
import { folderOf, joinPath } from '../../../shared/domain/paths.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { startsWith } from '../../../shared/domain/utf8.ts';
import type { Sql } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import { type OwnWrite, type OwnWriteDeps, recordOwn } from './own-write.ts';

export type WriteIntents = {
  plan(write: Pick<OwnWrite, 'path' | 'evidence' | 'consolidation'>, content: number): void;
  forget(path: string): void;
  all(): { path: string; hash: string; evidence: Evidence; consolidation: number | null }[];
};

export function createWriteIntents(sql: Sql): WriteIntents {
  const plan = sql.prepare(
    `INSERT INTO own_writes (path, content, evidence, consolidation) VALUES (?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET content = excluded.content, evidence = excluded.evidence, consolidation = excluded.consolidation`,
  );
  const forget = sql.prepare('DELETE FROM own_writes WHERE path = ?');
  const all = sql.prepare<{ path: string; hash: string; evidence: string; consolidation: number | null }>(
    'SELECT w.path, c.hash, w.evidence, w.consolidation FROM own_writes w JOIN content c ON c.id = w.content',
  );
  return {
    plan: (write, content) => {
      plan.run(write.path, content, JSON.stringify(write.evidence), write.consolidation);
    },
    forget: (path) => {
      forget.run(path);
    },
    all: () => all.all().map((row) => ({ ...row, evidence: JSON.parse(row.evidence) as Evidence })),
  };
}

/** Our temporary files; the tracked set never selects them. */
const temporaryName = /^\.skein-.*\.tmp$/;

/**
 * Settles what a crash left: bytes of ours that lie on the disk become the change that they are, temporary files of
 * ours go, and bytes of somebody else that were displaced and never recorded get their name back for the scan to find.
 */
export async function settleIntents(deps: OwnWriteDeps, tracked: TrackedSet): Promise<Change[]> {
  const intents = createWriteIntents(deps.sql);
  const planned = intents.all();
  const paths = [...deps.known.everSeen(), ...planned.map((intent) => intent.path)];
  for (const folder of new Set(paths.map(folderOf))) {
    await clearTemporaries(
      deps,
      folder,
      planned.filter((intent) => folderOf(intent.path) === folder),
    );
  }
  const changes: Change[] = [];
  for (const intent of planned) {
    const read = await readWhole(deps.files, intent.path);
    const found = read.ok ? read.value : undefined;
    const ours = found !== undefined && deps.codec.sha256(found.bytes) === intent.hash;
    const fileClass = tracked.classify(intent.path) ?? 'note';
    deps.sql.transaction(() => {
      if (ours && deps.known.get(intent.path)?.content !== intent.hash) {
        changes.push(recordOwn(deps, { ...intent, fileClass }, found.bytes, found.stat));
      }
      intents.forget(intent.path);
    });
  }
  return changes;
}

type Intent = ReturnType<WriteIntents['all']>[number];

async function clearTemporaries(
  deps: OwnWriteDeps,
  folder: string,
  planned: readonly Intent[],
): Promise<void> {
  const entries = await deps.files.list(folder);
  if (!entries.ok) return;
  for (const { name } of entries.value ?? []) {
    if (temporaryName.test(name)) await clearTemporary(deps, joinPath(folder, name), planned);
  }
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
  const held = deps.contents.facts(deps.codec.sha256(bytes)) !== undefined;
  const begun = planned.some((intent) =>
    startsWith(deps.contents.get(intent.hash) ?? new Uint8Array(), bytes),
  );
  if (held || begun || bytes.length === 0) await deps.files.remove(temporary);
  else await giveBack(deps, temporary, planned);
}

/** Bytes of somebody else: they had the name that ours has now. */
async function giveBack(deps: OwnWriteDeps, temporary: string, planned: readonly Intent[]): Promise<void> {
  for (const intent of planned) {
    const lying = await readWhole(deps.files, intent.path);
    const bytes = lying.ok ? lying.value?.bytes : undefined;
    if (bytes === undefined || deps.codec.sha256(bytes) !== intent.hash) continue;
    const back = await deps.files.exchange(temporary, intent.path);
    if (back.ok && back.value) await deps.files.remove(temporary);
    return;
  }
}
