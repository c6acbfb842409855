/** Tracked files as they are now. */
import { timestampText } from '../../../shared/domain/report.ts';
import { ok } from '../../../shared/result.ts';
import type { LogReader, TrackedFile } from '../../engine/engine-contract.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';
import { trackedFileToJson } from '../to-json.ts';

/** Every file that has history, deleted ones too. */
export const listFiles: Handler<'listFiles'> = ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  return ok({ files: log.files().map((file) => trackedFileToJson(log, file)) });
};

/** Checksums of the files that are on the disk, in the shape of reference/004. */
export const listChecksums: Handler<'listChecksums'> = ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const entries = engine.value.log.files().flatMap((file) => checksumEntry(engine.value.log, file));
  return ok({ count: entries.length, checksums: Object.fromEntries(entries) });
};

type Checksum = { checksum: string; last_modified: string; agent_owner: string };

function checksumEntry(log: LogReader, file: TrackedFile): [string, Checksum][] {
  const facts = file.deleted || file.content === null ? undefined : log.contentFacts(file.content);
  if (facts === undefined) return [];
  const last_modified = timestampText(file.modifiedMs);
  return [[file.path, { checksum: facts.md5, last_modified, agent_owner: file.agent }]];
}
