/** Do all replicas hold the same files? */
import { isTracked } from '../../checkers/disk.ts';
import type { Judged } from '../judge.ts';

export function sameFiles({ replicas, plan }: Judged): string[] {
  // Who prefers what others do not keeps what it prefers.
  if (plan.strategies === 'each') return [];
  const files = replicas.map(({ name, disk }) => ({
    name,
    texts: new Map(
      [...disk.snapshot()]
        .filter(([path]) => isTracked(path))
        .map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    ),
  }));
  const [first, ...others] = files;
  if (first === undefined) return [];
  const paths = [...new Set(files.flatMap(({ texts }) => [...texts.keys()]))].toSorted();
  return others.flatMap(({ name, texts }) =>
    paths
      .filter((path) => texts.get(path) !== first.texts.get(path))
      .map(
        (path) =>
          `${path}: ${first.name} holds ${shown(first.texts.get(path))}, ${name} ${shown(texts.get(path))}`,
      ),
  );
}

const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(text));
