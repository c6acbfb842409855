/** skein serve */
import { ok } from '../../../shared/result.ts';
import { openBrowser } from '../../host/open-browser.ts';
import { clientOf } from '../connect.ts';
import type { Command, Context } from '../context.ts';
import { timedLog } from '../log.ts';
import { wholeNumber } from '../read-option.ts';
import type { Serving } from '../serving.ts';
import { makeSignInAddress, signInTerms } from '../sign-in-address.ts';
import { startingFolder } from '../starting-folder.ts';
import { stopSignal } from '../stop-signal.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';

/** The port of the documents; `--port` chooses another. */
export const usualPort = 7420;

export const serve: Command = {
  name: 'serve',
  summary: 'watch a repository and serve its dashboard, until stopped by Ctrl+C',
  details: `Without FOLDER it opens the repository around this folder, and always what was open before.
AUTOSYNC_ENABLED=0 in the environment turns watching off.`,
  args: [{ name: 'FOLDER', optional: true, summary: 'folder to watch, usually a git repository' }],
  options: [
    {
      flags: '-p, --port <PORT>',
      summary: `port to listen on; 0 takes a free one (default: ${usualPort})`,
      read: wholeNumber(0, 65_535),
    },
    {
      flags: '--peer-port <PORT>',
      summary: 'port where paired devices call; 0 takes a free one (default: as set, else 7421)',
      read: wholeNumber(0, 65_535),
    },
    { flags: '--open', summary: 'show the dashboard in the browser' },
    {
      flags: '--dev',
      summary: 'for development: `x-dev-bypass: 1` stands for the token, answers are checked',
    },
  ],
  examples: [
    { line: 'skein serve', what: 'watch the repository around this folder' },
    { line: 'skein serve ~/code/site --open', what: 'watch another one, and show it' },
    { line: 'skein serve --port 0 --json', what: 'on any free port, told as JSON in the first answer' },
  ],
  async run(context, [folder], values) {
    const { dataFolder, env, workingFolder } = context;
    const stopped = stopSignal();
    const serving = await context.startServing({
      folder: await startingFolder(folder, workingFolder, env),
      dataFolder,
      port: Number(values['port'] ?? usualPort),
      peerPort: values['peerPort'] as number | undefined,
      dev: values['dev'] === true,
      env,
      log: timedLog(context.tell, Date.now),
    });
    if (!serving.ok) return serving;
    await tellReady(context, serving.value);
    if (values['open'] === true) await openDashboard(context, serving.value);
    const signal = await stopped;
    await serving.value.stop();
    return ok({ json: { stopped: signal }, write: () => 'Skein has stopped.' });
  },
};

const signInAddressOf = (serving: Serving) =>
  makeSignInAddress(clientOf(serving), serving.url, serving.opened?.id);

async function openDashboard({ env, tell }: Context, serving: Serving): Promise<void> {
  const address = await signInAddressOf(serving);
  const around = { platform: process.platform, env };
  const opened = address.ok && (await openBrowser(address.value.url, around));
  if (!opened)
    tell('No browser can be opened from here. `skein open --print` prints an address for one elsewhere.');
}

async function tellReady({ print, globals, style }: Context, serving: Serving): Promise<void> {
  const text = globals.json ? JSON.stringify(readyJson(serving)) : await readyText(serving, style);
  print(text);
}

function readyJson({ url, port, version, dataFolder, opened }: Serving) {
  const workspace = opened && { id: opened.id, name: opened.name, folder: opened.folder };
  return { url, port, pid: process.pid, version, data_folder: dataFolder, workspace: workspace ?? null };
}

async function readyText(serving: Serving, style: Context['style']): Promise<string> {
  const { colors } = style;
  const folders = serving.workspaces().map(({ folder, problem }) => {
    const reason = problem === null ? '' : `  ${colors.red('problem:')} ${problem.message} ${problem.advice}`;
    return plainText(folder) + reason;
  });
  const [first = 'none yet; the dashboard offers to choose one', ...others] = folders;
  const facts = writeFacts(
    [
      ...(await dashboardFacts(serving, style)),
      ['Watching', first],
      ...others.map((folder): [string, string] => ['', folder]),
      ['Data', plainText(serving.dataFolder)],
      ['Stop', 'Ctrl+C'],
    ],
    style,
  );
  return `\nSkein ${serving.version} is running.\n\n${facts}\n`;
}

/** A terminal has somebody who can click at once. In a pipe or a log a code would only grow old. */
async function dashboardFacts(
  serving: Serving,
  { colors, isTerminal }: Context['style'],
): Promise<[string, string][]> {
  const address = isTerminal ? await signInAddressOf(serving) : undefined;
  if (address?.ok !== true)
    return [['Dashboard', colors.cyan(`${serving.url}  (\`skein open\` signs a browser in)`)]];
  return [
    ['Dashboard', colors.cyan(address.value.url)],
    ['', `${signInTerms(address.value)}; later use \`skein open\``],
  ];
}
