/** What the desktop was started with. Chromium and the system add switches of their own; those are passed over. */
import { resolve } from 'node:path';
import { isDeepLink } from './deep-link.ts';

export type LaunchArguments = {
  /** Absolute path of the workspace to open. */
  folder: string | undefined;
  /** A `skein://` link, not yet judged. */
  link: string | undefined;
  dataFolder: string | undefined;
  port: number | undefined;
  /** Started at login: only the tray shows. */
  hidden: boolean;
  /** Opens the loopback API to `x-dev-bypass`. */
  dev: boolean;
};

export type Launch = {
  argv: readonly string[];
  /** Folder that relative paths start from. */
  workingFolder: string;
  /** Run by Electron's own program, which puts the path of the application first. */
  defaultApp: boolean;
};

/** Switches whose value is the next argument; `-r` is what test tools give to Electron itself. */
const withValue = new Set(['--data', '--port', '-r', '--require']);

/** Reads the arguments of a launch; what makes no sense counts as absent. `argv[0]` is the program. */
export function readLaunchArguments({ argv, workingFolder, defaultApp }: Launch): LaunchArguments {
  const { values, flags, others } = sort(argv.slice(1));
  const links = others.filter(isDeepLink);
  const paths = others.filter((text) => !isDeepLink(text)).slice(defaultApp ? 1 : 0);
  const [folder] = paths;
  return {
    folder: folder === undefined ? undefined : resolve(workingFolder, folder),
    link: links[0],
    dataFolder: values.get('--data'),
    port: readPort(values.get('--port')),
    hidden: flags.has('--hidden'),
    dev: flags.has('--dev'),
  };
}

function sort(args: readonly string[]) {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const others: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [name = '', ...rest] = arg.split('=');
    if (!arg.startsWith('-')) others.push(arg);
    else if (withValue.has(name) && rest.length > 0) values.set(name, rest.join('='));
    else if (withValue.has(arg)) values.set(arg, args[++index] ?? '');
    else flags.add(arg);
  }
  return { values, flags, others };
}

function readPort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : undefined;
  return port !== undefined && port <= 65_535 ? port : undefined;
}
