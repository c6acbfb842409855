/** Git in a simulated work tree: it switches between two branches, of which one has other boards. */
import type { Actors } from './actions.ts';
import type { Replica } from './replica.ts';

export const boards = ['ROADMAP.md', 'AGENTS.md', 'packages/a/AGENTS.md'] as const;

/** What each branch has at the paths in which the two differ; null: no file. */
type Texts = Map<string, string | null>;
export type WorkTree = {
  branch: 'main' | 'feature';
  textsByBranch: Map<string, Texts>;
  /** So many, so that each has a commit of its own. */
  switches: number;
};

export const newWorkTree = (): WorkTree => ({ branch: 'main', textsByBranch: new Map(), switches: 0 });

const textOf = ({ disk }: Replica, path: string): string | null => {
  const bytes = disk.read(path);
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
};

const commitOf = ({ tree }: Replica): string => String(tree.switches).padStart(40, '0');

/** What lies there is committed, and the other branch checked out. */
export async function switchBranch({ world, draw }: Actors, replica: Replica): Promise<void> {
  const { tree, disk, git, wall } = replica;
  const from = tree.branch;
  const to = from === 'main' ? 'feature' : 'main';
  const there = tree.textsByBranch.get(to) ?? drawTexts(draw, replica);
  tree.textsByBranch.set(from, new Map([...there.keys()].map((path) => [path, textOf(replica, path)])));
  const moving = [...there].filter(([path, text]) => textOf(replica, path) !== text);
  world.tell(`git switches ${replica.name} to ${to}: ${JSON.stringify(moving)}`);
  git.setAtWork(true);
  for (const [path, text] of moving) {
    if (text === null) disk.agentDelete(path);
    else disk.agentWrite(path, new TextEncoder().encode(text), 'rename').finish();
    await world.clock.advance(draw.integer(10));
  }
  const left = { branch: from, commit: commitOf(replica) };
  git.moved({ atMs: wall.nowMs(), from, to, left }, Object.fromEntries(moving));
  git.setAtWork(false);
  tree.branch = to;
  tree.switches += 1;
  git.setCheckedOut({ branch: to, commit: commitOf(replica) }, Object.fromEntries(there));
  world.met.switched += 1;
}

function drawTexts(draw: Actors['draw'], replica: Replica): Texts {
  const texts = boards.map((path, index): [string, string | null] => {
    const text = textOf(replica, path);
    if (text === null || draw.chance(0.2)) return [path, `# Of the branch ${index}\n\n- branch\n`];
    return [path, draw.chance(0.2) ? null : text.replace(/^.*\n/, `# ${path} on a branch\n\n- branch\n`)];
  });
  return new Map(texts.filter(() => draw.chance(0.7)));
}

/** Everybody is on the branch where they began. */
export async function comeHome(actors: Actors): Promise<void> {
  for (const replica of actors.world.replicas)
    if (replica.tree.branch === 'feature') await switchBranch(actors, replica);
}
