/** What we are about to write, remembered before it is written, and settled at the next start. */
import type { Change, Evidence } from '../../../shared/domain/change.ts';
import { folderOf, joinPath } from '../../../shared/domain/paths.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
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
 * Settles what a crash left between the rename and the log: bytes of ours that lie on the disk become the change
 * that they are, and temporary files of ours go. Everything else is left to the scan.
 */
export async function settleIntents(deps: OwnWriteDeps, tracked: TrackedSet): Promise<Change[]> {
  const intents = createWriteIntents(deps.sql);
  const changes: Change[] = [];
  for (const intent of intents.all()) {
    await removeTemporaries(deps, folderOf(intent.path));
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

async function removeTemporaries(deps: OwnWriteDeps, folder: string): Promise<void> {
  const entries = await deps.files.list(folder);
  if (!entries.ok) return;
  for (const entry of entries.value ?? []) {
    if (temporaryName.test(entry.name)) await deps.files.remove(joinPath(folder, entry.name));
  }
}
