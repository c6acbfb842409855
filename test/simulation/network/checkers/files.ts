/** Do all replicas hold the same files? */
import { isTracked } from '../../checkers/disk.ts';
import type { Judged } from '../judge.ts';
import { displacedIn } from './branches.ts';

export function sameFiles({ replicas, plan }: Judged): string[] {
  // Who prefers what others do not keeps what it prefers.
  if (plan.strategies === 'each') return [];
  const files = replicas.map(({ name, disk, sql }) => ({
    name,
    displaced: displacedIn({ sql }),
    texts: new Map(
      [...disk.snapshot()]
        .filter(([path]) => isTracked(path))
        .map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    ),
  }));
  const paths = [...new Set(files.flatMap(({ texts }) => [...texts.keys()]))].toSorted();
  return paths.flatMap((path) => {
    const [first, ...others] = files.filter(({ displaced }) => !displaced.has(path));
    return others
      .filter(({ texts }) => texts.get(path) !== first?.texts.get(path))
      .map(
        ({ name, texts }) =>
          `${path}: ${first?.name} holds ${shown(first?.texts.get(path))}, ${name} ${shown(texts.get(path))}`,
      );
  });
}

const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(text));
