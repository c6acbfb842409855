/** What a pull would bring, as the JSON of the app API. */
import type { PullPreviewJson } from '../../shared/contracts/git-api.ts';
import { diffTexts } from '../../shared/domain/line-diff.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { PullPreview } from '../engine/git/pull-outcome.ts';
import type { GitObjects, TreeChange, TreeEntry } from '../engine/git/repository.ts';

type FileJson = PullPreviewJson['files'][number];

export async function previewToJson(
  store: Pick<GitObjects, 'readBlob'>,
  preview: PullPreview,
): Promise<Result<PullPreviewJson>> {
  const mixed = new Set(preview.mixed);
  const files: FileJson[] = [];
  for (const change of preview.files) {
    const diff = files.length < limits.previewDiffs ? await diffOf(store, change) : null;
    files.push({ path: change.path, kind: kindOf(change), diff, mixed: mixed.has(change.path) });
  }
  return ok({
    kind: preview.kind,
    remote: preview.remote,
    branch: preview.branch,
    commits: preview.commits.map(({ id, author, atMs, subject }) => ({
      id,
      author: author.name,
      at_ms: atMs,
      subject,
    })),
    commit_count: preview.commitCount,
    files,
    obstacles: [...preview.obstacles],
    conflicts: [...preview.conflicts],
    aside: [...preview.aside],
  });
}

const kindOf = ({ before, after }: TreeChange): FileJson['kind'] =>
  before === undefined ? 'created' : after === undefined ? 'deleted' : 'modified';

const submodule = '160000';

/** Null for what is no file, and for what is too large to be looked at. */
async function diffOf(store: Pick<GitObjects, 'readBlob'>, change: TreeChange): Promise<FileJson['diff']> {
  const [before, after] = [await sideOf(store, change.before), await sideOf(store, change.after)];
  if (before === undefined || after === undefined) return null;
  return diffTexts(before, after, { context: 3 });
}

async function sideOf(
  store: Pick<GitObjects, 'readBlob'>,
  entry: TreeEntry | undefined,
): Promise<Uint8Array | null | undefined> {
  if (entry === undefined) return null;
  if (entry.mode === submodule) return undefined;
  const bytes = await store.readBlob(entry.id);
  return bytes.ok && bytes.value.length <= limits.patchBytes ? bytes.value : undefined;
}
