/** Filtering and sorting the tracked files. */
import type { TrackedFileJson } from '../../../shared/contracts/shapes.ts';

export type FileOrder = 'path' | 'newest' | 'versions';
export type FileChoice = { text: string; fileClass: string; order: FileOrder };

export function chooseFiles(files: readonly TrackedFileJson[], choice: FileChoice): TrackedFileJson[] {
  const text = choice.text.trim().toLowerCase();
  return files
    .filter((file) => file.file_path.toLowerCase().includes(text))
    .filter((file) => choice.fileClass === '' || file.file_class === choice.fileClass)
    .sort(comparisons[choice.order]);
}

const byPath = (a: TrackedFileJson, b: TrackedFileJson) => (a.file_path < b.file_path ? -1 : 1);
const comparisons: Readonly<Record<FileOrder, (a: TrackedFileJson, b: TrackedFileJson) => number>> = {
  path: byPath,
  newest: (a, b) => b.last_modified_ms - a.last_modified_ms || byPath(a, b),
  versions: (a, b) => b.versions - a.versions || byPath(a, b),
};

/** The state of a file in words. `pending` speaks for `out_of_sync`, which only says that a report is due. */
export function fileState(file: TrackedFileJson): {
  label: string;
  tone: 'bad' | 'accent' | 'neutral' | 'good';
} {
  if (file.state === 'error') return { label: 'Problem', tone: 'bad' };
  if (file.displaced) return { label: 'Of a branch', tone: 'neutral' };
  if (file.pending > 0) return { label: `${file.pending} pending`, tone: 'accent' };
  if (file.deleted) return { label: 'Deleted', tone: 'neutral' };
  return file.state === 'synced' ? { label: 'In step', tone: 'good' } : { label: 'Changed', tone: 'accent' };
}
