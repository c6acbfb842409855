/** One run of the command line: the connection it opens and the workspace it means, closed at its end. */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { WorkspaceJson } from '../../shared/contracts/shapes.ts';
import { ok, type Result } from '../../shared/result.ts';
import { locateDataFolder } from '../host/data-folder.ts';
import type { Ask } from './ask.ts';
import { choosePlace, contains, type Wish } from './choose-workspace.ts';
import { findWay, type Way } from './connect.ts';
import type { Context, Globals } from './context.ts';
import type { OwnEngine } from './own-engine.ts';
import { repositoryAround } from './repository.ts';
import type { Serve } from './serving.ts';
import type { Style } from './style.ts';

export type Session = { context: Context; close(): Promise<void> };

export type Surroundings = {
  env: NodeJS.ProcessEnv;
  /** Absolute. */
  workingFolder: string;
  style: Style;
  startServing: Serve;
  ask: Ask;
  tell(line: string): void;
  print(text: string): void;
};

/** Opens nothing yet: a command that needs no engine touches none. */
export function createSession(globals: Globals, around: Surroundings): Session {
  const dataFolder = locateDataFolder({ argument: globals.data, env: around.env });
  let way: Promise<Result<Way>> | undefined;
  const connect = () => {
    way ??= findWay({ dataFolder, env: around.env, tell: around.tell });
    return way;
  };
  return {
    context: {
      ...around,
      globals,
      dataFolder,
      connect,
      async workspace() {
        const found = await connect();
        if (!found.ok) return found;
        const wish = await readWish(globals.workspace, around.workingFolder);
        const chosen =
          found.value.own === undefined
            ? await chooseOpen(found.value, wish)
            : await chooseOwn(found.value.own, wish, around.env);
        return chosen.ok ? ok({ ...found.value, workspace: chosen.value }) : chosen;
      },
    },
    async close() {
      const found = await way;
      if (found?.ok) await found.value.close();
    },
  };
}

async function readWish(wanted: string | undefined, workingFolder: string): Promise<Wish> {
  const realWorkingFolder = await withoutLinks(workingFolder);
  const wantedFolder = wanted === undefined ? undefined : await withoutLinks(resolve(workingFolder, wanted));
  return { wanted, wantedFolder, realWorkingFolder };
}

const withoutLinks = (folder: string): Promise<string> => realpath(folder).catch(() => folder);

async function chooseOpen(way: Way, wish: Wish): Promise<Result<WorkspaceJson>> {
  const answer = await way.client.call('listWorkspaces', {});
  if (!answer.ok) return answer;
  const open = await Promise.all(
    answer.value.workspaces.map(async (it) => ({ ...it, realFolder: await withoutLinks(it.folder) })),
  );
  return choosePlace(open, wish);
}

/** Known workspaces first; then the folder that was named, or the repository around the working folder. */
async function chooseOwn(own: OwnEngine, wish: Wish, env: NodeJS.ProcessEnv): Promise<Result<WorkspaceJson>> {
  const { wanted, wantedFolder, realWorkingFolder } = wish;
  const chosen = choosePlace(
    own.known.filter((it) => wanted !== undefined || it.open || contains(it.realFolder, realWorkingFolder)),
    wish,
  );
  if (chosen.ok) return own.open(chosen.value.folder);
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  const folder = wantedFolder ?? repositoryAround(realWorkingFolder, home);
  return folder === undefined ? chosen : own.open(folder);
}
